"""Texts as columns: their lines, parts of them, and how long they are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.duplicates import texts as module
from cleaner.duplicates.texts import ArrowTexts, ListTexts, Spans, Texts, count_characters, find_lines

TEXTS = st.lists(st.text(st.sampled_from("a中é😀\ud800\n\n\r ")), max_size=8)
SOUND = st.lists(st.text(st.sampled_from("a中é😀\n\n\r ")), min_size=1, max_size=8)


def all_texts(texts: Texts, places: list[int]) -> list[str]:
    data, offsets = texts.take(places)
    parts = [data[start:stop] for start, stop in pairwise(offsets)]
    return [part.tobytes().decode("utf-8", "surrogatepass") for part in parts]


def as_arrow(texts: list[str]) -> ArrowTexts:
    half = len(texts) // 2
    return ArrowTexts(pa.chunked_array([texts[:half], texts[half:]], pa.large_string()))


@given(TEXTS, st.integers(0, 4), st.integers(1, 20))
@example(["", "\n", "甲\n乙", "丙\n", ""], 0, 1)
@example(["中中", "中é", "中😀"], 2, 1)
def test_lines_are_those_that_python_splits(texts: list[str], least: int, read: int) -> None:
    expected = [
        (place, number, line)
        for place, text in enumerate(texts)
        for number, line in enumerate(text.split("\n"))
        if len(line) >= least
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "READ", read)
        lines, numbers = find_lines(ListTexts(texts), least)
    found = all_texts(lines, list(range(len(lines))))
    assert list(zip(lines.places.tolist(), numbers.tolist(), found, strict=True)) == expected
    assert [lines.text(place) for place in range(len(lines))] == found
    assert lines.sizes().tolist() == [len(line.encode("utf-8", "surrogatepass")) for line in found]


@given(TEXTS, st.data())
def test_parts_can_be_had_in_any_order(texts: list[str], data: st.DataObject) -> None:
    lines, _ = find_lines(ListTexts(texts), 0)
    whole = all_texts(lines, list(range(len(lines))))
    order = data.draw(st.permutations(range(len(lines))))
    some = lines.only(np.array(order, np.int64))
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(lines)))))) if len(lines) else []
    assert all_texts(some, chosen) == [whole[order[place]] for place in chosen]
    assert len(some) == len(order)


@given(SOUND)
def test_characters_are_counted_of_every_kind_of_texts(texts: list[str]) -> None:
    kinds: list[Any] = [
        ListTexts(texts),
        as_arrow(texts),
        find_lines(ListTexts(texts), 0)[0].only(np.arange(len(texts))),
    ]
    for kind in kinds[:2]:
        assert count_characters(kind).tolist() == list(map(len, texts))
    assert isinstance(kinds[2], Spans)
    lines = [line for text in texts for line in text.split("\n")]
    assert count_characters(kinds[2]).tolist() == list(map(len, lines[: len(texts)]))


@given(SOUND)
def test_lines_of_a_column_are_those_of_a_list(texts: list[str]) -> None:
    (one, numbers), (other, others) = find_lines(ListTexts(texts), 1), find_lines(as_arrow(texts), 1)
    places = list(range(len(one)))
    assert (all_texts(one, places), numbers.tolist()) == (all_texts(other, places), others.tolist())
