"""The compiled loops and the plain ones are the same, number by number; without numba the search runs on the plain ones."""

from __future__ import annotations

import random
import subprocess
import sys
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates import loops, lsh, plain
from cleaner.duplicates.sketch import Sketches, sketch
from cleaner.duplicates.texts import ListTexts
from cleaner.duplicates.verify import COLUMNS, Pairs, count_facts, count_shared

ALPHABET = "大桥通车莲藕丰收臺灣颱風かなカナ한글กขabcXYZ089.,，。 \n第二十届次年〇ＡＢ１２é\u0301\xad\u200b\U000e0100𠀀😀\ud800"
TEXTS = st.lists(st.text(st.one_of(st.sampled_from(ALPHABET), st.characters()), max_size=80), max_size=6)
STORY = "云泽县今年的莲藕丰收，农户说亩产比去年多了2.5成，第二次订出3,000斤。Lotus ROOT 2024年，往年这个时候藕农还在为销路发愁。"


def on_plain_loops(work: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name in loops.__all__:
            patch.setattr(loops, name, getattr(plain, name))
        return work()


def all_counts(texts: list[str]) -> np.ndarray[Any, Any]:
    sizes = sketch(ListTexts(texts), 16, 1, sampled=False).sizes
    first, second = np.divmod(np.arange(len(texts) ** 2), max(len(texts), 1))
    longer = sizes[first] >= sizes[second]
    pairs = Pairs(ListTexts(texts), first[longer], second[longer], sizes)
    counts = np.zeros((int(longer.sum()), COLUMNS), np.int32)
    count_shared(pairs, counts)
    count_facts(pairs, counts)
    return counts


@given(TEXTS)
@example([STORY * 3, STORY, STORY[:9], "a b c", ""])
def test_sketches_are_the_same(texts: list[str]) -> None:
    def work() -> Sketches:
        return sketch(ListTexts(texts), 32, 7)

    compiled, other = work(), on_plain_loops(work)
    for name in ("sizes", "digests", "signatures", "samples.values", "samples.starts"):
        assert np.array_equal(attrgetter(name)(compiled), attrgetter(name)(other)), name


@given(TEXTS)
@example([STORY * 20 + STORY[::-1], STORY, STORY[:40], STORY[20:60], "大桥"])
def test_counts_are_the_same(texts: list[str]) -> None:
    assert np.array_equal(all_counts(texts), on_plain_loops(lambda: all_counts(texts)))


@pytest.mark.parametrize("all_pairs", [32, 3])
@pytest.mark.parametrize("settings", [{}, {"containment": "off"}, {"threshold": 0.5, "containment": 0.4}])
def test_a_search_is_the_same(all_pairs: int, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsh, "ALL_PAIRS", all_pairs)
    rng = random.Random(all_pairs)
    texts = []
    for _ in range(90):
        text = list(STORY * rng.randrange(1, 3))
        for _ in range(rng.randrange(25)):
            text[rng.randrange(len(text))] = rng.choice("春夏秋冬山水风云")
        texts.append("".join(text[rng.randrange(40) :]))

    def work() -> tuple[Any, ...]:
        result = cleaner.dedup(texts, **settings)
        return result.kept, result.duplicates, result.pairs

    assert work() == on_plain_loops(work)


def test_without_numba_the_search_runs_and_says_so() -> None:
    code = "import sys; sys.modules['numba'] = None; import cleaner; print(cleaner.dedup(['大桥今日通车', '大橋今日通車！', '别的']).kept)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "(0, 2)\n"
    assert "pip install numba" in done.stderr
