"""Texts as columns, of every kind: parts of them, their lines, and how long they are."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.corpus import texts as stored_texts
from cleaner.corpus.texts import StoredTexts
from cleaner.duplicates.texts import ArrowTexts, ListTexts, Texts

TEXTS = st.lists(st.text(st.sampled_from("a中é😀\n\n\r ")), max_size=8)


def as_arrow(texts: list[str]) -> Texts:
    half = len(texts) // 2
    return ArrowTexts(pa.chunked_array([texts[:half], texts[half:]], pa.large_string()))


@contextmanager
def kept(texts: list[str]) -> Iterator[Texts]:
    """Texts in a file that is there as long as they are looked at."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = np.array(list(map(len, encoded)), np.int64)
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(encoded))
        file.flush()
        yield StoredTexts(Path(file.name), np.cumsum(sizes) - sizes, sizes)


def all_of(texts: Texts) -> list[str]:
    data, offsets = texts.take(range(len(texts)))
    return [data[start:stop].tobytes().decode("utf-8", "surrogatepass") for start, stop in pairwise(offsets.tolist())]


def check(texts: Texts, plain: list[str], least: int, order: list[int]) -> None:
    expected = [
        (place, number, line)
        for place, text in enumerate(plain)
        for number, line in enumerate(text.split("\n"))
        if len(line) >= least
    ]
    assert texts.characters().tolist() == list(map(len, plain))
    assert all_of(texts) == plain
    lines = texts.lines(least)
    assert list(zip(lines.places.tolist(), lines.numbers.tolist(), all_of(lines.texts), strict=True)) == expected
    assert [lines.texts.text(at) for at in range(len(lines.texts))] == [line for _, _, line in expected]
    some = texts.only(np.array(order, np.int64))
    assert [some.text(at) for at in range(len(some))] == [plain[place] for place in order]
    last_first = lines.only(np.arange(len(expected))[::-1])
    assert list(zip(last_first.places, last_first.numbers, all_of(last_first.texts), strict=True)) == expected[::-1]


@given(TEXTS, st.integers(0, 4), st.integers(1, 20), st.data())
@example(["", "\n", "甲\n乙", "丙\n", ""], 0, 1, None)
@example(["中中", "中é", "中😀"], 2, 1, None)
def test_texts_of_every_kind_are_the_same(texts: list[str], least: int, read: int, data: st.DataObject | None) -> None:
    order = data.draw(st.permutations(range(len(texts)))) if data else list(range(len(texts)))[::-1]
    with pytest.MonkeyPatch.context() as patch, kept(texts) as stored:
        patch.setattr(stored_texts, "READ", read)
        for kind in (ListTexts(texts), as_arrow(texts), stored):
            check(kind, texts, least, order)


@given(st.lists(st.text(st.sampled_from("中\ud800\n")), max_size=5))
def test_half_characters_are_kept(texts: list[str]) -> None:
    with kept(texts) as stored:
        for kind in (ListTexts(texts), stored):
            check(kind, texts, 1, list(range(len(texts))))


def test_texts_that_end_where_a_run_of_them_would_are_read_one_by_one() -> None:
    with kept(["0123456789", "abcde", "fghij", "klmno"]) as texts:
        assert all_of(texts.only(np.array([0, 3, 2]))) == ["0123456789", "klmno", "fghij"]


def test_a_file_that_cannot_be_opened_is_an_error_and_nothing_more(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):  # what goes wrong besides would be a warning, and those are errors here
        StoredTexts(tmp_path / "gone", np.zeros(1, np.int64), np.ones(1, np.int64))


@pytest.mark.parametrize("make", [lambda texts: texts, lambda texts: pa.table({"text": texts})])
def test_the_cost_of_paragraphs_grows_with_the_text_not_with_its_square(make: Callable[[list[str]], object]) -> None:
    def seconds(lines: int) -> float:
        own = [
            f"第{number}段说的是{number * 7}号桥，桥长{number * 13}米，两岸的居民等了{number}年才等到它通车。"
            for number in range(lines)
        ]
        texts = ["\n".join([*own, *own]), "\n".join(own), "\n".join(own)]
        began = time.process_time()
        found = cleaner.repeated_paragraphs(make(texts), jobs=1)
        assert len(found) > lines // 2
        return time.process_time() - began

    seconds(100)
    assert seconds(16_000) < 16 * 6 * max(seconds(1000), 0.02)
