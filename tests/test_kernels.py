"""The compiled loops: each computes what plain Python says it does, on any text."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates import contain, facts, kernels, lsh, pair_kernels, verify
from cleaner.duplicates import sketch as sketching
from cleaner.duplicates.compare import count_pair
from cleaner.duplicates.contain import find_contained
from cleaner.duplicates.lsh import choose_bands, find_in_bands, run_until_it_fits
from cleaner.duplicates.minhash import permutations
from cleaner.duplicates.shingles import _token_value, iter_tokens, shingle_id, shingles, token_table, weights
from cleaner.duplicates.sketch import SAMPLE_RATE, Samples, Sketches, sketch
from cleaner.duplicates.texts import ArrowTexts, ListTexts
from cleaner.duplicates.verify import COLUMNS, Pairs, count_facts, count_shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What the loops tell apart, in pieces that can meet within a text: tokens, figures, ordinals, and what is dropped.
PIECES = [
    *["大", "桥", "臺", "灣", "通车", "居民", "か", "カ", "한", "ไ", "a", "B", "Ｃ", "é", "\u0301", "\u3099", "ß", "ﬁ", "Ⅳ"],
    *["0", "1", "２", "０", "①", "25", "007", ".", "．", ",", "，", "、", "%", "一", "二", "〇", "十", "百", "零", "千"],
    *["第", "届", "屆", "次", "年", "月", "二〇二五", "第三", " ", "\u3000", "\n", "\t", "-", "。", "\u200b", "\xad", "\x00"],
    *["\ud800", "\udfff", "\ud83d\ude00", "𠀀", "😀", "𝟏", "\U000e0100", "\ufe00", "\uffff", "\ue000"],
]  # fmt: skip
FIGURES = ["0", "1", "12", "２", "０", "①", ".", "．", ",", "，", " ", "a", "大", "\u200b", "𝟏"]
ORDINALS = [*"一二十百零〇第届屆次年、大", "二〇二五", "a", "千"]
FEW = ["大", "桥", "a", " "]
ODD_CHARACTER = st.characters(codec=None, exclude_categories=[])
PIECED = st.one_of(
    [st.lists(st.sampled_from(pieces), max_size=50).map("".join) for pieces in (PIECES, FIGURES, ORDINALS, FEW)]
)
ANY_TEXT = st.one_of(PIECED, PIECED, st.text(ODD_CHARACTER, max_size=40))


@st.composite
def edited_texts(draw: st.DrawFn, most: int = 8) -> list[str]:
    """Texts some of which are others with a part replaced, put in, left out or said twice."""
    texts = draw(st.lists(ANY_TEXT, min_size=1, max_size=most // 2))
    for _ in range(draw(st.integers(0, most - len(texts)))):
        text = draw(st.sampled_from(texts))
        first, last = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        part = draw(st.one_of(PIECED, st.sampled_from(texts), st.just(""), st.just(text[first:last] * 2)))
        texts.append(text[:first] + part + text[last:])
    return draw(st.permutations(texts))


ANY_TEXTS = edited_texts()


# Texts to tokens, tokens to shingles


def read(text: str, *, before: str = "", after: str = "") -> tuple[list[int], list[int]]:
    """The tokens and figures that the loop reads of a text that stands among others."""
    parts = [part.encode("utf-8", "surrogatepass") for part in (before, text, after)]
    data = np.frombuffer(b"".join(parts), np.uint8)
    start, stop = len(parts[0]), len(parts[0]) + len(parts[1])
    room = len(parts[1]) // 2 + 2
    tokens, figures = np.empty(room, np.uint64), np.empty(room, np.uint64)
    count = kernels.read_tokens(data, start, stop, token_table(), tokens)
    number = kernels.read_figures(data, start, stop, token_table(), figures)
    assert max(count, number) <= room
    return tokens[:count].tolist(), figures[:number].tolist()


def hash_shingles(tokens: list[int]) -> list[int]:
    ids = np.empty(len(tokens), np.uint64)
    count = kernels.hash_shingles(np.array(tokens, np.uint64), len(tokens), weights(), ids)
    return ids[:count].tolist()


@given(ANY_TEXT)
@example("".join(map(chr, range(0x10000))))
@example("".join(map(chr, range(0x10000, 0x110000, 97))))
@example("a b c d e f " * 50)
def test_tokens(text: str) -> None:
    assert read(text)[0] == [_token_value(token.text) for token in iter_tokens(text)]


@given(ANY_TEXT)
def test_shingles(text: str) -> None:
    assert hash_shingles(read(text)[0]) == [shingle_id(shingle) for shingle in shingles(text)]


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_texts_beside_it_have_no_part_in_a_text(before: str, text: str, after: str) -> None:
    assert read(text, before=before, after=after) == read(text)


@given(ANY_TEXT)
@example("１,234.5亿元，增长0.80%，G20")
@example("0.0 00 0,0 1.,2 1..2 3 .5")
@example("1．2")
@example("1，2")
@example("1.a2")
@example("1\ud800.2 1𝟏2")
@example("①.②")
def test_figures(text: str) -> None:
    read_by_itself = {value for figure in facts.figures(text) for value in read(f"0{figure}")[1]}
    assert set(read(text)[1]) == read_by_itself
    assert len(read_by_itself) == len(facts.figures(text))


@pytest.mark.parametrize("value", [0, 1, 2, 1 << 33, (1 << 64) - 1, 0x9E3779B97F4A7C15])
def test_mixing(value: int) -> None:
    from cleaner.duplicates.shingles import _mix

    assert int(kernels.mix(np.uint64(value))) == _mix(value)


# Sketches


def plain_ids(text: str) -> list[int]:
    return [shingle_id(shingle) for shingle in shingles(text)]


def stir(value: int) -> int:
    """The 32-bit finalizer of MurmurHash3."""
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def plain_signature(text: str, num_perm: int, seed: int) -> list[int]:
    """MinHash as it is written in a book."""
    multipliers, addends = (values.tolist() for values in permutations(num_perm, seed))
    hashes = [stir(id & 0xFFFFFFFF) for id in plain_ids(text)]
    return [
        min(((a * value + b) & 0xFFFFFFFF for value in hashes), default=0xFFFFFFFF)
        for a, b in zip(multipliers, addends, strict=True)
    ]


def samples_of(sketches: Sketches, place: int) -> list[int]:
    values, starts = sketches.samples.values, sketches.samples.starts
    return values[starts[place] : starts[place + 1]].tolist()


def as_lists(sketches: Sketches) -> list[Any]:
    return [
        column.tolist()
        for column in (
            sketches.sizes, sketches.digests, sketches.signatures, sketches.samples.values, sketches.samples.starts,
        )
    ]  # fmt: skip


@given(ANY_TEXTS, st.sampled_from([16, 17, 128]), st.integers(0, (1 << 32) - 1))
def test_signatures(texts: list[str], num_perm: int, seed: int) -> None:
    sketches = sketch(ListTexts(texts), num_perm, seed)
    assert sketches.signatures.tolist() == [plain_signature(text, num_perm, seed) for text in texts]


@given(ANY_TEXTS)
def test_sizes_are_numbers_of_tokens(texts: list[str]) -> None:
    sketches = sketch(ListTexts(texts), 16, 1)
    assert sketches.sizes.tolist() == [sum(1 for _ in iter_tokens(text)) for text in texts]


@given(ANY_TEXTS)
def test_samples_are_the_shingles_with_low_ids(texts: list[str]) -> None:
    sketches = sketch(ListTexts(texts), 16, 1)
    bound = (1 << 64) // SAMPLE_RATE
    for place, text in enumerate(texts):
        assert samples_of(sketches, place) == [id >> 24 & 0xFFFFFFFF for id in plain_ids(text) if id < bound]


@given(ANY_TEXTS)
def test_digests_are_equal_where_tokens_are_and_only_there(texts: list[str]) -> None:
    digests = sketch(ListTexts(texts), 16, 1).digests.tolist()
    read_as = [[token.text for token in iter_tokens(text)] for text in texts]
    for one, other in combinations(range(len(texts)), 2):
        assert (digests[one] == digests[other]) == (read_as[one] == read_as[other])


def test_digests_tell_order_and_number_of_tokens_apart() -> None:
    texts = ["", "甲", "甲甲", "甲乙", "乙甲", "甲甲甲", "a", "aa", "a a", "\u0301", "甲乙丙", "丙乙甲", "乙甲丙"]
    digests = sketch(ListTexts(texts), 16, 1).digests
    assert len(np.unique(digests, axis=0)) == len(texts)
    assert len(np.unique(digests[:, 0])) == len(np.unique(digests[:, 1])) == len(texts)


@given(ANY_TEXTS)
def test_a_search_without_containment_takes_no_samples(texts: list[str]) -> None:
    plain, sampled = sketch(ListTexts(texts), 16, 1, sampled=False), sketch(ListTexts(texts), 16, 1)
    assert plain.samples.values.tolist() == []
    assert plain.samples.starts.tolist() == [0] * (len(texts) + 1)
    assert as_lists(plain)[:3] == as_lists(sampled)[:3]


@pytest.fixture(scope="module")
def made_texts() -> list[str]:
    """Texts of all lengths, with copies and edited copies."""
    chance = random.Random(11)
    texts: list[str] = []
    for at in range(90):
        if at % 3 or not texts:
            text = "".join(chance.choices(PIECES, k=chance.choice([0, 1, 3, 6, 40, 200])))
        else:
            text = chance.choice(texts)
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(PIECES) + text[place + chance.randrange(3) :]
        texts.append(text)
    return texts


@given(ANY_TEXTS, st.integers(1, 60), st.integers(1, 3))
def test_sketches_do_not_depend_on_batches_or_threads(texts: list[str], batch: int, jobs: int) -> None:
    whole = sketch(ListTexts(texts), 16, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketching, "BATCH", batch)
        done: list[int] = []
        parted = sketch(ListTexts(texts), 16, 1, jobs=jobs, progress=done.append)
    assert as_lists(parted) == as_lists(whole)
    assert sum(done) == len(texts)


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_texts_are_sketched_as_each_alone(
    made_texts: list[str], jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketching, "BATCH", 100)
    together = sketch(ListTexts(made_texts), 64, 3, jobs=jobs)
    for place, text in enumerate(made_texts):
        alone = sketch(ListTexts([text]), 64, 3)
        assert together.sizes[place] == alone.sizes[0]
        assert together.digests[place].tolist() == alone.digests[0].tolist()
        assert together.signatures[place].tolist() == alone.signatures[0].tolist()
        assert samples_of(together, place) == samples_of(alone, 0)


@given(st.lists(PIECED, max_size=8), st.lists(st.integers(0, 8), max_size=3), st.integers(0, 3), st.integers(1, 60))
def test_an_arrow_column_is_sketched_as_a_list(texts: list[str], cuts: list[int], skipped: int, batch: int) -> None:
    pa = pytest.importorskip("pyarrow")
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    bounds = [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    chunks = [pa.array(texts[a:b], pa.large_string()) for a, b in pairwise(bounds)]
    column = pa.chunked_array(chunks, pa.large_string()).slice(skipped)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketching, "BATCH", batch)
        assert as_lists(sketch(ArrowTexts(column), 16, 1)) == as_lists(sketch(ListTexts(texts[skipped:]), 16, 1))


def test_no_text_is_no_sketch() -> None:
    sketches = sketch(ListTexts([]), 16, 1)
    assert as_lists(sketches) == [[], [], [], [], [0]]


# Exact counts of pairs


def all_pairs(texts: ListTexts) -> Pairs:
    """Every pair, each text with itself too, the longer one first."""
    sizes = np.array([len(list(iter_tokens(text))) for text in texts.texts], np.int64)
    first, second = np.divmod(np.arange(len(texts) ** 2), max(len(texts), 1))
    longer = sizes[first] >= sizes[second]
    return Pairs(texts, first[longer], second[longer], sizes)


def counted(pairs: Pairs, jobs: int = 1) -> NDArray:
    counts = np.full((len(pairs.first), COLUMNS), -1, np.int32)
    count_shared(pairs, counts, jobs=jobs)
    count_facts(pairs, counts, jobs=jobs)
    return counts


LONG = "大桥今日通车，市民前来观看。" * 3 + "".join(chr(0x4E00 + at * 7) for at in range(200)) + "ABC 大桥今日通车"


@given(ANY_TEXTS)
@example(["大桥今日通车市民前来", LONG, LONG[::-1], LONG[40:], "市民前来观看" + LONG[90:100]])
def test_shared_shingles(texts: list[str]) -> None:
    pairs = all_pairs(ListTexts(texts))
    counts = np.full((len(pairs.first), COLUMNS), -1, np.int32)
    count_shared(pairs, counts)
    for one, other, found in zip(pairs.first.tolist(), pairs.second.tolist(), counts.tolist(), strict=True):
        assert found == [*count_pair(texts[one], texts[other])[:4], *[-1] * 7]


@given(ANY_TEXTS)
@example(["二百五十年", "第二百五十", "二〇二五年", "一二〇二五年", "二〇二五", "三年"])
@example(["第十四届", "十四次", "十四", "第", "届第", "十四大届", "第a十四"])
@example(["大桥大桥", "大桥", "桥大", "大桥大桥大桥", "桥大桥大", "大"])
def test_facts(texts: list[str]) -> None:
    pairs = all_pairs(ListTexts(texts))
    counts = np.full((len(pairs.first), COLUMNS), 1, np.int32)  # of one length: terms are counted
    count_facts(pairs, counts)
    for one, other, found in zip(pairs.first.tolist(), pairs.second.tolist(), counts.tolist(), strict=True):
        assert found == [*[1] * 4, *facts.count_facts(texts[one], texts[other])]


@pytest.mark.parametrize("letters", ["甲乙丙丁戊", "".join(map(chr, range(0x4E00, 0x5E00)))], ids=["few", "many"])
@pytest.mark.parametrize("size", [100, 2044, 2048, 2052, 2053, 6000])
def test_long_texts_are_counted_as_short_ones(size: int, letters: str) -> None:
    """On both sides of the room that is kept for a text that comes second."""
    chance = random.Random(size)
    one, other = ("".join(chance.choices(letters, k=size)) for _ in range(2))
    texts = [one, one[: size // 2] + other[size // 2 :], other, "甲乙丙", one[:50], ""]
    sets = [set(shingles(text)) for text in texts]
    pairs = all_pairs(ListTexts(texts))
    expected = [
        [len(sets[a]), len(sets[b]), len(sets[a] & sets[b])]
        for a, b in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    ]
    assert counted(pairs)[:, :3].tolist() == expected


def test_pairs_in_any_order_are_counted_alike(made_texts: list[str]) -> None:
    """Sorting by the first text only saves work."""
    texts = ListTexts(made_texts[:40])
    pairs = all_pairs(texts)
    order = np.random.RandomState(3).permutation(len(pairs.first))
    mixed = Pairs(texts, pairs.first[order], pairs.second[order], pairs.sizes)
    assert (counted(mixed) == counted(pairs)[order]).all()


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 50, 1000])
def test_counts_do_not_depend_on_chunks_or_threads(
    made_texts: list[str], jobs: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = all_pairs(ListTexts(made_texts[:30]))
    whole = counted(pairs)
    monkeypatch.setattr(verify, "CHUNK", chunk)
    assert (counted(pairs, jobs) == whole).all()


def test_no_pair_is_no_count() -> None:
    nothing = np.empty(0, np.int64)
    assert counted(Pairs(ListTexts(["大桥"]), nothing, nothing, nothing)).shape == (0, COLUMNS)


# Candidates from bands


def made_sketches(signatures: NDArray, sizes: NDArray, samples: list[list[int]] | None = None) -> Sketches:
    count = len(sizes)
    samples = samples or [[] for _ in range(count)]
    return Sketches(
        np.asarray(sizes, np.int64),
        np.zeros((count, 2), np.uint64),
        np.ascontiguousarray(signatures, np.uint32),
        Samples(
            np.array([sample for own in samples for sample in own], np.uint32),
            np.cumsum([0, *map(len, samples)], dtype=np.int64),
        ),
    )


def as_pairs(found: NDArray) -> list[tuple[int, int]]:
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in found.tolist()]


def may_match(sketches: Sketches, one: int, other: int, threshold: float, containment: float) -> bool:
    """Whether the signatures agree as far as those of a pair at the lower threshold do, less four standard deviations."""
    shorter, longer = sorted((int(sketches.sizes[one]), int(sketches.sizes[other])))
    least = threshold
    if containment:
        shared = containment * shorter
        least = min(threshold, shared / (shorter + longer - shared))
    rows = sketches.signatures.shape[1]
    agreed = int((sketches.signatures[one] == sketches.signatures[other]).sum())
    return bool(agreed >= rows * least - 4 * np.sqrt(rows * least * (1 - least)))


def buckets(sketches: Sketches, order: NDArray, threshold: float) -> Iterator[list[int]]:
    """The ranks that agree in all rows of a band, band after band."""
    bands, rows = choose_bands(threshold, sketches.signatures.shape[1])
    for band in range(bands):
        by_key: dict[tuple[int, ...], list[int]] = {}
        for rank, place in enumerate(order.tolist()):
            key = tuple(sketches.signatures[place, band * rows : (band + 1) * rows].tolist())
            by_key.setdefault(key, []).append(rank)
        yield from by_key.values()


@st.composite
def alike_sketches(draw: st.DrawFn, most: int = 24) -> tuple[Sketches, NDArray]:
    """Signatures of which some agree in most places, and an order of some of them."""
    chance = np.random.RandomState(draw(st.integers(0, 1 << 31)))
    num_perm = draw(st.sampled_from([16, 32, 64]))
    count = draw(st.integers(0, most))
    kinds = draw(st.integers(1, 4))
    bases = chance.randint(0, 1 << 32, (kinds, num_perm), dtype=np.uint32)
    signatures = bases[chance.randint(0, kinds, count)] if count else np.empty((0, num_perm), np.uint32)
    changed = chance.random_sample(signatures.shape) < draw(st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.6]))
    signatures = np.where(changed, chance.randint(0, 1 << 32, signatures.shape, dtype=np.uint32), signatures)
    sizes = chance.choice([1, 5, 90, 100, 110, 300, 2000], count)
    order = chance.permutation(count)[: draw(st.integers(0, count))]
    return made_sketches(signatures, sizes), order


THRESHOLDS = st.sampled_from([(0.8, 0.0), (0.8, 0.6), (0.5, 0.6), (0.95, 0.9), (1.0, 1.0), (1.0, 0.0), (0.2, 0.6)])


@given(alike_sketches(), THRESHOLDS, st.integers(1, 3))
def test_small_buckets_give_every_pair_that_may_match(
    made: tuple[Sketches, NDArray], thresholds: tuple[float, float], jobs: int
) -> None:
    sketches, order = made
    expected = {
        (one, other)
        for bucket in buckets(sketches, order, thresholds[0])
        for one, other in combinations(bucket, 2)
        if may_match(sketches, order[one], order[other], *thresholds)
    }
    assert as_pairs(find_in_bands(sketches, order, *thresholds, jobs=jobs)) == sorted(expected)


@given(alike_sketches(60), THRESHOLDS, st.integers(2, 6), st.integers(1, 4))
def test_large_buckets_give_at_least_the_pairs_with_their_first(
    made: tuple[Sketches, NDArray], thresholds: tuple[float, float], most: int, leaders: int
) -> None:
    sketches, order = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lsh, "ALL_PAIRS", most)
        patch.setattr(lsh, "MOST_LEADERS", leaders)
        found = as_pairs(find_in_bands(sketches, order, *thresholds))
    assert found == sorted(set(found))
    needed, allowed = set(), set()
    for bucket in buckets(sketches, order, thresholds[0]):
        alike = {
            (one, other)
            for one, other in combinations(bucket, 2)
            if may_match(sketches, order[one], order[other], *thresholds)
        }
        allowed |= alike
        needed |= alike if len(bucket) <= most else {pair for pair in alike if pair[0] == bucket[0]}
    assert needed <= set(found) <= allowed


def test_leaders_of_a_large_bucket_are_the_first_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsh, "ALL_PAIRS", 4)
    base = np.arange(64, dtype=np.uint32)
    other = np.where(np.arange(64) < 20, base, base + 1000)  # shares bands, but surely does not match
    signatures = np.array([base, other] * 6)
    found = as_pairs(find_in_bands(made_sketches(signatures, np.full(12, 100)), np.arange(12), 0.8, 0.0))
    assert found == [
        (one, other) for one in range(12) for other in range(one + 2, 12, 2) if one < 2 or other - one <= 2
    ]


def test_cost_grows_with_the_texts_of_a_bucket_not_with_their_square() -> None:
    sketches = made_sketches(np.zeros((5000, 64)), np.full(5000, 100))
    found = as_pairs(find_in_bands(sketches, np.arange(5000), 0.8, 0.6))
    assert found == [
        (one, other) for one in range(5000) for other in range(one + 1, 5000 if one == 0 else min(one + 2, 5000))
    ]


def test_more_pairs_than_there_was_room_for_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsh, "ALL_PAIRS", 300)
    sketches = made_sketches(np.zeros((200, 16)), np.full(200, 100))
    assert as_pairs(find_in_bands(sketches, np.arange(200), 0.8, 0.0)) == list(combinations(range(200), 2))


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11])
def test_a_loop_is_run_again_until_its_results_fit(size: int) -> None:
    runs = []

    def fill(found: NDArray) -> int:
        runs.append(len(found))
        found[:] = np.arange(10)[: len(found)] if len(found) <= 10 else np.arange(len(found))
        return 10

    assert run_until_it_fits(fill, size).tolist() == list(range(10))
    assert runs == ([size] if size >= 10 else [size, 10])


@pytest.mark.parametrize("num_perm", [16, 64, 128, 256])
@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.6, 0.8, 0.9, 0.99, 1.0])
def test_bands_fit_the_signature_and_miss_few(threshold: float, num_perm: int) -> None:
    bands, rows = choose_bands(threshold, num_perm)
    assert 1 <= bands * rows <= num_perm
    assert rows == 1 or (1 - threshold**rows) ** bands <= 0.005


# Candidates from samples


SAMPLES = [0, 1, 2, 3, 1 << 24, (1 << 30) - 1, 1 << 30, 1 << 31, 3 << 30, (1 << 32) - 2, (1 << 32) - 1]


@st.composite
def sampled_sketches(draw: st.DrawFn) -> tuple[Sketches, NDArray]:
    samples = draw(st.lists(st.lists(st.sampled_from(SAMPLES), max_size=8), max_size=12))
    order = draw(st.permutations(range(len(samples))))[: draw(st.integers(0, len(samples)))]
    count = len(samples)
    return made_sketches(np.zeros((count, 16)), np.ones(count), samples), np.array(order, np.int64)


def plain_contained(sketches: Sketches, order: NDArray, share: float, most: int) -> list[tuple[int, int]]:
    own = [set(samples_of(sketches, place)) for place in order.tolist()]
    texts = {sample: sum(sample in samples for samples in own) for sample in SAMPLES}
    usable = [{sample for sample in samples if texts[sample] <= most} for samples in own]
    return [
        (one, other)
        for one, other in combinations(range(len(own)), 2)
        if usable[one] & usable[other]
        and len(usable[one] & usable[other]) >= share * min(len(usable[one]), len(usable[other]))
    ]


@given(
    sampled_sketches(), st.sampled_from([0.3, 0.6, 0.8, 1.0]), st.integers(2, 64), st.integers(1, 40), st.integers(1, 3)
)
def test_texts_that_share_enough_samples_are_candidates(
    made: tuple[Sketches, NDArray], containment: float, most: int, entries: int, jobs: int
) -> None:
    """In one part or many, by one thread or several."""
    sketches, order = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contain, "MOST_TEXTS", most)
        patch.setattr(contain, "ENTRIES", entries)
        found = as_pairs(find_contained(sketches.samples, order, containment, jobs=jobs)[0])
    assert found == plain_contained(sketches, order, contain.SHARE * containment, most)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), max_size=40), st.integers(1, 5))
def test_samples_are_grouped_by_value(rows: list[tuple[int, int]], most: int) -> None:
    entries = np.array(sorted(sample << 32 | rank for sample, rank in rows), np.uint64)
    usable, list_count = np.zeros(6, np.uint32), np.zeros(1, np.int64)
    list_starts, list_texts = np.empty(len(rows) // 2 + 1, np.int64), np.empty(len(rows) + 1, np.uint32)
    written = pair_kernels.group_samples(entries, most, usable, list_starts, list_texts, list_count)
    groups = [sorted({rank for own, rank in rows if own == sample}) for sample in range(7)]
    bounds = [*list_starts[: list_count[0]].tolist(), written]
    lists = [list_texts[a:b].tolist() for a, b in pairwise(bounds)]
    assert lists == [group for group in groups if 2 <= len(group) <= most]
    assert usable.tolist() == [sum(rank in group for group in groups if len(group) <= most) for rank in range(6)]


@given(st.lists(st.sets(st.integers(0, 7), min_size=1).map(sorted), max_size=12))
def test_lists_are_turned_around(lists: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    ranks = np.array([rank for own in lists for rank in own], np.uint32)
    begins, turned = np.empty(9, np.int64), np.empty(len(ranks), np.uint32)
    pair_kernels.fill_texts(starts, ranks, begins, turned)
    for rank in range(8):
        own = turned[begins[rank] : begins[rank + 1]].tolist()
        assert own == [at for at, group in enumerate(lists) if rank in group]


# The search as a whole


def outcome(result: Any) -> tuple[Any, ...]:
    return result.kept, result.duplicates, result.pairs


@given(edited_texts(12), st.integers(1, 200), st.integers(1, 3))
def test_a_search_does_not_depend_on_batches_or_threads(texts: list[str], batch: int, jobs: int) -> None:
    whole = outcome(cleaner.dedup(texts, jobs=1))
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((sketching, "BATCH"), (verify, "CHUNK"), (contain, "ENTRIES")):
            patch.setattr(module, name, batch)
        assert outcome(cleaner.dedup(texts, jobs=jobs)) == whole


def test_a_search_through_many_texts_does_not_depend_on_threads(made_texts: list[str]) -> None:
    whole = outcome(cleaner.dedup(made_texts, jobs=1))
    assert any(pair.kind.is_match for pair in whole[2])
    for jobs in (2, 3, 8):
        assert outcome(cleaner.dedup(made_texts, jobs=jobs)) == whole


@given(edited_texts(10))
def test_a_search_misses_no_pair_that_is_near(texts: list[str]) -> None:
    """So few texts, and so many bands at a low threshold, that what is near is found: against every pair in plain Python."""
    result = cleaner.dedup(texts, 0.8, containment="off", compare_facts=False)
    sets = [set(shingles(text)) for text in texts]
    for one, other in combinations(result.kept, 2):
        both, either = sets[one] & sets[other], sets[one] | sets[other]
        assert not either or len(both) / len(either) < 0.9
    for item in result.duplicates:
        both, either = sets[item.id] & sets[item.kept_id], sets[item.id] | sets[item.kept_id]
        assert item.similarity == len(both) / len(either) >= 0.8


LOADED = "cleaner.duplicates.pair_kernels"


def run_afresh(script: str) -> str:
    """What a script says that is run by an interpreter of its own."""
    source = str(Path(cleaner.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_loops_are_loaded_beside_other_work() -> None:
    script = f"""
import sys
from cleaner.duplicates.ahead import loading_ahead
with loading_ahead():
    pass
print({LOADED!r} in sys.modules)
"""
    assert run_afresh(script) == "True"


def test_loops_that_are_not_wanted_any_more_are_not_loaded_and_can_be_later() -> None:
    script = f"""
import sys
from cleaner.duplicates.ahead import loading_ahead
try:
    with loading_ahead():
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print({LOADED!r} in sys.modules)
import cleaner
print(cleaner.dedup(["今天上午大桥正式通车了"] * 2).kept)
"""
    assert run_afresh(script).splitlines() == ["False", "(0,)"]
