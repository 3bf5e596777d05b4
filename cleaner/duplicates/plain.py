"""The loops of kernels.py and pair_kernels.py in plain NumPy: what tests hold those to, and what runs where numba is not installed.

They take and give the same, and are some thirty times slower. What their arguments are is told there.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import combinations, groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.duplicates import facts
from cleaner.duplicates.shingles import RUN, SHINGLE_TOKENS, SINGLE, UNSEEN, run_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]

__all__ = [
    "band_keys",
    "bucket_pairs",
    "collect_samples",
    "contained_pairs",
    "count_facts",
    "count_shared",
    "fill_texts",
    "group_samples",
    "sketch_texts",
    "sort_entries",
]

_MASK = (1 << 64) - 1
_DIGEST = (
    (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 29, 0xFF51AFD7ED558CCD),
    (0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5, 0x9FB21C651E98DF25, 31, 0xC4CEB9FE1A85EC53),
)


def _mix(values: U64) -> U64:
    values = (values ^ values >> np.uint64(33)) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ values >> np.uint64(33)) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ values >> np.uint64(33)


def _text(data: Any, offsets: Any, text: int) -> str:
    raw: bytes = data[offsets[text] : offsets[text + 1]].tobytes()
    return raw.decode("utf-8", "surrogatepass")


_run_value = lru_cache(1 << 16)(run_value)


def _read_tokens(text: str, table: Any) -> U64:
    """The values of a text's tokens."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    above = np.where(points < 0xE0000, SINGLE, UNSEEN).astype(np.uint32) << np.uint32(24) | points
    entries = np.where(points < 0x10000, table[np.minimum(points, 0xFFFF)], above)
    kinds = entries >> np.uint32(24)
    seen = kinds != UNSEEN
    values: U64 = (entries & np.uint32(0xFFFFFF))[seen].astype(np.uint64)
    kinds = kinds[seen]
    if not (kinds == RUN).any():
        singles: U64 = values[kinds == SINGLE]
        return singles
    tokens: list[int] = []
    for kind, group in groupby(zip(kinds.tolist(), values.tolist(), strict=True), key=lambda pair: pair[0]):
        points_of = [value for _, value in group]
        if kind == RUN:
            tokens.append(_run_value("".join(map(chr, points_of))))
        elif kind == SINGLE:
            tokens += points_of
    return np.array(tokens, np.uint64)


def _hash_shingles(tokens: U64, weights: U64) -> U64:
    count = len(tokens)
    if count == 0:
        return tokens
    if count < SHINGLE_TOKENS:
        total = (tokens * weights[:count]).sum(keepdims=True) + np.uint64(count)
    else:
        total = sum(
            (tokens[at : count - 4 + at] * weights[at] for at in range(SHINGLE_TOKENS)), np.zeros(count - 4, np.uint64)
        )
    return np.maximum(_mix(total), np.uint64(1))


def _digest(tokens: list[int], one: int, two: int, three: int, four: int, shift: int, factor: int) -> int:
    value = len(tokens)
    whole = len(tokens) - len(tokens) % 4
    for at in range(0, whole, 4):
        a, b, c, d = tokens[at : at + 4]
        value = value + a * one + b * two + c * three + d * four & _MASK
        value = (value ^ value >> shift) * factor & _MASK
    for token in tokens[whole:]:
        value = (value ^ value >> shift ^ token) * factor & _MASK
    return int(_mix(np.array([value], np.uint64))[0])


def sketch_texts(
    data: Any, offsets: Any, table: Any, weights: Any, multipliers: Any, addends: Any, sample_below: Any,
    signatures: Any, digests: Any, sizes: Any, samples: Any, sample_ends: Any,
) -> None:  # fmt: skip
    """See `kernels.sketch_texts`."""
    done = 0
    for text in range(len(sizes)):
        tokens = _read_tokens(_text(data, offsets, text), table)
        sizes[text] = len(tokens)
        digests[text] = [_digest(tokens.tolist(), *constants) for constants in _DIGEST]
        ids = _hash_shingles(tokens, weights)
        hashes = (ids & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        hashes = (hashes ^ hashes >> np.uint32(16)) * np.uint32(0x85EBCA6B)
        hashes = (hashes ^ hashes >> np.uint32(13)) * np.uint32(0xC2B2AE35)
        hashes ^= hashes >> np.uint32(16)
        signatures[text] = 0xFFFFFFFF
        for start in range(0, len(hashes), 4096):
            least = (hashes[start : start + 4096, None] * multipliers + addends).min(axis=0)
            np.minimum(signatures[text], least, out=signatures[text])
        found = ids[ids < sample_below]
        samples[done : done + len(found)] = (found >> np.uint64(24)).astype(np.uint32)
        done += len(found)
        sample_ends[text] = done


def count_shared(
    data: Any, offsets: Any, table: Any, weights: Any, first: Any, second: Any,
    containment: float, much_longer: int, window: int, counts: Any,
) -> None:  # fmt: skip
    """See `kernels.count_shared`."""
    ids = [_hash_shingles(_read_tokens(_text(data, offsets, text), table), weights) for text in range(len(offsets) - 1)]
    distinct = [np.unique(its) for its in ids]
    for pair, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        both = np.intersect1d(distinct[one], distinct[other], assume_unique=True)
        together = len(both)
        least = containment * min(len(distinct[one]), len(distinct[other])) - 1
        if len(ids[one]) >= much_longer * len(ids[other]) and together >= least:
            half = max(1, window * len(ids[other]) // 2)
            shared = np.where(np.isin(ids[one], both), ids[one], np.uint64(0))
            windows = (shared[start : start + 2 * half] for start in range(0, len(shared), half))
            together = max((len(np.unique(its[its > 0])) for its in windows), default=0)
        counts[pair, :4] = len(distinct[one]), len(distinct[other]), len(both), together


def count_facts(
    data: Any, offsets: Any, table: Any, day_tokens: Any, first: Any, second: Any, same_length: float, counts: Any
) -> None:
    """See `kernels.count_facts`."""
    del table, day_tokens  # facts.py has its own
    for pair, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        found = facts.count_facts(_text(data, offsets, one), _text(data, offsets, other))
        sizes = counts[pair, :2].tolist()
        counts[pair, 4:9] = found[:5]
        if max(sizes) <= same_length * min(sizes):
            counts[pair, 9:11] = found[5:]


def band_keys(signatures: Any, ranks: Any, first: int, last: int, entries: Any) -> None:
    """See `pair_kernels.band_keys`."""
    texts = np.flatnonzero(ranks >= 0)
    keys = np.zeros(len(texts), np.uint64)
    for row in range(first, last):
        keys = _mix(keys ^ signatures[texts, row])
    entries[ranks[texts]] = keys >> np.uint64(32) << np.uint64(32) | ranks[texts].astype(np.uint64)


def sort_entries(entries: Any) -> None:
    """See `pair_kernels.sort_entries`."""
    entries[:] = entries[np.argsort(entries >> np.uint64(32), kind="stable")]


def _groups(entries: Any) -> Iterator[list[int]]:
    """The ranks of each key."""
    keys = entries >> np.uint64(32)
    cuts = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist(), len(keys)]
    ranks = (entries & np.uint64(0xFFFFFFFF)).tolist()
    for start, stop in pairwise(cuts):
        yield ranks[start:stop]


def bucket_pairs(
    entries: Any, order: Any, signatures: Any, sizes: Any, threshold: float, containment: float,
    all_pairs: int, most_leaders: int, neighbours: int, found: Any,
) -> int:  # fmt: skip
    """See `pair_kernels.bucket_pairs`."""
    rows = signatures.shape[1]

    def agreement(one: int, other: int) -> int:
        equal = int((signatures[order[one]] == signatures[order[other]]).sum())
        short, long = sorted((int(sizes[order[one]]), int(sizes[order[other]])))
        least = threshold
        if containment > 0:
            least = min(threshold, containment * short / (short + long - containment * short))
        return equal if equal >= rows * least - 4 * float(np.sqrt(rows * least * (1 - least))) else -1

    pairs = []
    for ranks in _groups(entries):
        if len(ranks) <= all_pairs:
            pairs += [(one, other) for one, other in combinations(ranks, 2) if agreement(one, other) >= 0]
            continue
        leaders: list[int] = []
        for at, rank in enumerate(ranks):
            led = False
            for leader in leaders:
                equal = agreement(leader, rank)
                if equal >= 0:
                    pairs.append((leader, rank))
                    if led := equal >= rows * threshold:
                        break
            if not led and len(leaders) < most_leaders:
                leaders.append(rank)
            pairs += [(one, rank) for one in ranks[max(0, at - neighbours) : at] if agreement(one, rank) >= 0]
    return _put(pairs, found)


def _put(pairs: Iterable[tuple[int, int]], found: Any) -> int:
    packed = np.array([one << 32 | other for one, other in pairs], np.uint64)
    found[: len(packed)] = packed[: len(found)]
    return len(packed)


def collect_samples(samples: Any, starts: Any, first: int, last: int, low: int, high: int, entries: Any) -> int:
    """See `pair_kernels.collect_samples`."""
    values = samples[starts[first] : starts[last]].astype(np.uint64)
    ranks = np.repeat(np.arange(first, last, dtype=np.uint64), np.diff(starts[first : last + 1]))
    inside = (values >= low) & (values < high)
    packed = values[inside] << np.uint64(32) | ranks[inside]
    entries[: len(packed)] = packed[: len(entries)]
    return len(packed)


def group_samples(entries: Any, most: int, usable: Any, list_starts: Any, list_texts: Any, list_count: Any) -> int:
    """See `pair_kernels.group_samples`."""
    number = written = 0
    for group in _groups(entries):
        ranks = list(dict.fromkeys(group))
        if len(ranks) > most:
            continue
        usable[ranks] += np.uint32(1)
        if len(ranks) > 1:
            list_starts[number] = written
            list_texts[written : written + len(ranks)] = ranks
            number, written = number + 1, written + len(ranks)
    list_count[0] = number
    return written


def fill_texts(list_starts: Any, list_texts: Any, text_starts: Any, text_lists: Any) -> None:
    """See `pair_kernels.fill_texts`."""
    lists = np.repeat(np.arange(len(list_starts) - 1), np.diff(list_starts))
    text_lists[:] = lists[np.argsort(list_texts, kind="stable")]
    text_starts[0] = 0
    np.cumsum(np.bincount(list_texts, minlength=len(text_starts) - 1), out=text_starts[1:])


def contained_pairs(
    first: int, last: int, text_starts: Any, text_lists: Any, list_starts: Any, list_texts: Any,
    usable: Any, share: float, found: Any,
) -> int:  # fmt: skip
    """See `pair_kernels.contained_pairs`."""
    pairs = []
    for rank in range(first, last):
        seen: Counter[int] = Counter()
        for shared in text_lists[text_starts[rank] : text_starts[rank + 1]].tolist():
            others = list_texts[list_starts[shared] : list_starts[shared + 1]]
            seen.update(others[others < rank].tolist())
        pairs += [(other, rank) for other, count in seen.items() if count >= share * min(usable[rank], usable[other])]
    return _put(pairs, found)
