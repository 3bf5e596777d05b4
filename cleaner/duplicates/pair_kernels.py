"""The compiled loops from signatures and samples to candidate pairs, as those of kernels.py are.

A text goes by its rank here, and a pair is `rank << 32 | rank`, the better rank first. Where a loop finds more pairs than the room it was
given holds, it says how many there are.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int64, uint32, void

from cleaner.duplicates.compiled import I64, U32, U64, Array, compiled
from cleaner.duplicates.kernels import mix

__all__ = [
    "band_keys",
    "bucket_pairs",
    "collect_samples",
    "contained_pairs",
    "fill_texts",
    "group_samples",
    "sort_entries",
]


@compiled(void(uint32[:, ::1], I64, int64, int64, U64))
def band_keys(signatures: Array, ranks: Array, first: int, last: int, entries: Array) -> None:
    """What each text has in one band, as `key << 32 | rank`: the key is a hash of rows `first` to before `last` of its signature.

    `ranks` gives the rank of each text, -1 for those that take no part; entries stand in the order of the ranks.
    """
    for text in range(ranks.size):
        rank = ranks[text]
        if rank >= 0:
            key = np.uint64(0)
            for row in range(first, last):
                key = mix(key ^ np.uint64(signatures[text, row]))
            entries[rank] = key >> np.uint64(32) << np.uint64(32) | np.uint64(rank)


@compiled(void(U64))
def sort_entries(entries: Array) -> None:
    """Sorts `key << 32 | rank` by key, in place; those of one key stay in their order. (A radix sort: five times as fast as a general one.)"""
    spare = np.empty(entries.size, np.uint64)
    for shift in (32, 43, 54):
        starts = np.zeros(2049, np.int64)
        for at in range(entries.size):
            starts[((entries[at] >> np.uint64(shift)) & np.uint64(2047)) + np.uint64(1)] += 1
        for digit in range(2048):
            starts[digit + 1] += starts[digit]
        for at in range(entries.size):
            digit = (entries[at] >> np.uint64(shift)) & np.uint64(2047)
            spare[starts[digit]] = entries[at]
            starts[digit] += 1
        entries, spare = spare, entries
    spare[:] = entries  # three turns: the sorted ones are in what came as the spare


@compiled(int64(uint32[:, ::1], int64, int64))
def agreement(signatures: Array, first: int, second: int) -> int:
    """In how many places two signatures agree: this share of them estimates the Jaccard similarity."""
    equal = 0
    for row in range(signatures.shape[1]):
        equal += signatures[first, row] == signatures[second, row]
    return equal


@compiled(float64(float64, float64, float64, float64))
def least_jaccard(first: float, second: float, threshold: float, containment: float) -> float:
    """The lowest Jaccard similarity at which two texts of these sizes can match, by either threshold."""
    if containment <= 0:
        return threshold
    shorter, longer = min(first, second), max(first, second)
    shared = containment * shorter
    return min(threshold, shared / (shorter + longer - shared))


@compiled(int64(uint32[:, ::1], I64, int64, int64, float64, float64))
def may_match(signatures: Array, sizes: Array, first: int, second: int, threshold: float, containment: float) -> int:
    """In how many places the signatures of two texts agree, -1 where these are too few for a pair that matches."""
    rows = signatures.shape[1]
    equal = agreement(signatures, first, second)
    least = least_jaccard(sizes[first], sizes[second], threshold, containment)
    return equal if equal >= rows * least - 4 * np.sqrt(rows * least * (1 - least)) else -1


@compiled(int64(U64, I64, uint32[:, ::1], I64, float64, float64, int64, int64, int64, U64))
def bucket_pairs(
    entries: Array,
    order: Array,
    signatures: Array,
    sizes: Array,
    threshold: float,
    containment: float,
    all_pairs: int,
    most_leaders: int,
    neighbours: int,
    found: Array,
) -> int:
    """The pairs of one band that may match, from its sorted entries; their number.

    `order` gives the text of each rank. In a bucket of up to `all_pairs` texts every pair is looked at. In a larger one, each text is
    compared with leaders: the first text, and every one whose signature does not agree with a leader before it as far as the threshold asks,
    up to `most_leaders`; and with the `neighbours` ranked just before it. A pair passes when its signatures agree as far as a pair that
    matches does, less four standard deviations.
    """
    mask = np.uint64(0xFFFFFFFF)
    rows = signatures.shape[1]
    leaders = np.empty(most_leaders, np.int64)
    number = 0
    start = 0
    while start < entries.size:
        key = entries[start] >> np.uint64(32)
        stop = start + 1
        while stop < entries.size and entries[stop] >> np.uint64(32) == key:
            stop += 1
        large = stop - start > all_pairs
        count = 0
        for at in range(start, stop):
            rank = np.int64(entries[at] & mask)
            led = False
            for place in range(count):
                equal = may_match(signatures, sizes, order[leaders[place]], order[rank], threshold, containment)
                if equal >= 0:
                    if number < found.size:
                        found[number] = np.uint64(leaders[place]) << np.uint64(32) | np.uint64(rank)
                    number += 1
                    if equal >= rows * threshold:
                        led = True
                        break
            if large and not led and count < most_leaders:
                leaders[count] = rank
                count += 1
            for before in range(max(start, at - neighbours) if large else start, at):
                other = np.int64(entries[before] & mask)
                if may_match(signatures, sizes, order[other], order[rank], threshold, containment) >= 0:
                    if number < found.size:
                        found[number] = np.uint64(other) << np.uint64(32) | np.uint64(rank)
                    number += 1
        start = stop
    return number


@compiled(int64(U32, I64, int64, int64, int64, int64, U64))
def collect_samples(samples: Array, starts: Array, first: int, last: int, low: int, high: int, entries: Array) -> int:
    """Of the texts with ranks from `first` to before `last`, the samples from `low` to before `high`, as `sample << 32 | rank`.

    `samples` stand in the order of the ranks. Returns their number, as `bucket_pairs` does.
    """
    number = 0
    for rank in range(first, last):
        for at in range(starts[rank], starts[rank + 1]):
            sample = np.int64(samples[at])
            if low <= sample < high:
                if number < entries.size:
                    entries[number] = np.uint64(sample) << np.uint64(32) | np.uint64(rank)
                number += 1
    return number


@compiled(int64(U64, int64, U32, I64, U32, I64))
def group_samples(
    entries: Array, most: int, usable: Array, list_starts: Array, list_texts: Array, list_count: Array
) -> int:
    """Lists the texts of each sample that 2 to `most` texts have, from sorted entries `sample << 32 | rank`.

    Writes where each list begins and the ranks in it, and how many lists there are; returns how many ranks. Counts
    for each text the samples that at most `most` texts have, in `usable`.
    """
    written = number = 0
    start = 0
    while start < entries.size:
        sample = entries[start] >> np.uint64(32)
        stop = start
        begin = written
        while stop < entries.size and entries[stop] >> np.uint64(32) == sample:
            rank = np.uint32(entries[stop] & np.uint64(0xFFFFFFFF))
            if (written == begin or list_texts[written - 1] != rank) and written - begin <= most:
                list_texts[written] = rank
                written += 1
            stop += 1
        if written - begin <= most:
            for at in range(begin, written):
                usable[list_texts[at]] += np.uint32(1)
        if 2 <= written - begin <= most:
            list_starts[number] = begin
            number += 1
        else:
            written = begin
        start = stop
    list_count[0] = number
    return written


@compiled(void(I64, U32, I64, U32))
def fill_texts(list_starts: Array, list_texts: Array, text_starts: Array, text_lists: Array) -> None:
    """Turns lists of texts around: for each text the lists it stands in, and in `text_starts` where they begin, and the end."""
    text_starts[:] = 0
    for at in range(list_texts.size):
        text_starts[list_texts[at] + 1] += 1
    for rank in range(1, text_starts.size):
        text_starts[rank] += text_starts[rank - 1]
    text_ends = text_starts.copy()
    for number in range(list_starts.size - 1):
        for at in range(list_starts[number], list_starts[number + 1]):
            rank = list_texts[at]
            text_lists[text_ends[rank]] = np.uint32(number)
            text_ends[rank] += 1


@compiled(int64(int64, int64, I64, U32, I64, U32, U32, float64, U64))
def contained_pairs(
    first: int,
    last: int,
    text_starts: Array,
    text_lists: Array,
    list_starts: Array,
    list_texts: Array,
    usable: Array,
    share: float,
    found: Array,
) -> int:
    """Of the texts with ranks from `first` to before `last`, the pairs with better ranked ones that share enough samples.

    `text_lists[text_starts[r] : text_starts[r + 1]]` are the lists that a text stands in, and
    `list_texts[list_starts[l] : list_starts[l + 1]]` the ranks in a list, ascending. Enough is `share` of what the one with
    fewer `usable` samples has, and at least one. Pairs go to `found` as in `bucket_pairs`.
    """
    counts = np.zeros(last, np.uint32)
    touched = np.empty(last, np.uint32)
    number = 0
    for rank in range(first, last):
        seen = 0
        for place in range(text_starts[rank], text_starts[rank + 1]):
            shared = text_lists[place]
            for at in range(list_starts[shared], list_starts[shared + 1]):
                other = list_texts[at]
                if other >= rank:
                    break
                if counts[other] == 0:
                    touched[seen] = other
                    seen += 1
                counts[other] += np.uint32(1)
        for place in range(seen):
            other = touched[place]
            if counts[other] >= share * min(usable[rank], usable[other]):
                if number < found.size:
                    found[number] = np.uint64(other) << np.uint64(32) | np.uint64(rank)
                number += 1
            counts[other] = np.uint32(0)
    return number
