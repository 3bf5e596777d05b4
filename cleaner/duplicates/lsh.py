"""Candidates for near duplicates: texts whose signatures agree in all rows of a band.

Bands and rows follow Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3.4: two texts of similarity J
share one of b bands of r rows with probability 1 - (1 - J^r)^b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from cleaner.duplicates import loops
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.sketch import Sketches, in_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["choose_bands", "find_in_bands", "merge_pairs", "run_until_it_fits", "split_pairs", "without_known"]

MOST_MISSED = 0.005
"""At the threshold itself, so many of the pairs may share no band; above it far fewer are missed."""

ALL_PAIRS = 32
"""In a bucket of up to so many texts each is compared with each."""

MOST_LEADERS = 16
"""In a larger one, with so many: see `pair_kernels.bucket_pairs`. Cost so grows with the texts, not with their square."""

TEXTS = 1 << 17
"""Texts whose signatures are looked at before their memory is let go: 64 MB at 128 permutations."""

NEIGHBOURS = 1
"""And with that ranked just before it: of many bulletins of one template, the reprint of one is the longest but for it."""


def choose_bands(threshold: float, num_perm: int) -> tuple[int, int]:
    """The number of bands and the rows of each: as many rows as keep what is missed at the threshold under 0.5 %.

    >>> choose_bands(0.8, 128), choose_bands(0.6, 128), choose_bands(1.0, 128)
    ((21, 6), (42, 3), (1, 128))
    """
    for rows in range(num_perm, 1, -1):
        bands = num_perm // rows
        if (1 - threshold**rows) ** bands <= MOST_MISSED:
            return bands, rows
    return num_perm, 1


def find_in_bands(
    sketches: Sketches,
    order: NDArray[np.int64],
    threshold: float,
    containment: float,
    *,
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
    scratch: Scratch | None = None,
) -> NDArray[np.uint64]:
    """Pairs that share a band and may match, as `rank << 32 | rank` with the better rank first; sorted, each once.

    `order` gives the texts to search, by rank. One band is in memory a thread.
    `progress` is called with 1 for each band; `scratch` is where the signatures lie.
    """
    scratch = scratch or Scratch()
    count = len(order)
    if count < 2:
        return np.empty(0, np.uint64)
    bands, rows = choose_bands(threshold, sketches.signatures.shape[1])
    ranks = np.full(len(sketches.sizes), -1, np.int64)
    ranks[order] = np.arange(count)

    def find_in_band(band: int) -> NDArray[np.uint64]:
        entries = np.empty(count, np.uint64)
        for start in range(0, len(ranks), TEXTS):
            part = slice(start, start + TEXTS)
            loops.band_keys(sketches.signatures[part], ranks[part], band * rows, (band + 1) * rows, entries)
            scratch.relax()
        loops.sort_entries(entries)
        return np.concatenate([find_in_buckets(part) for part in _split_keys(entries)])

    def find_in_buckets(entries: NDArray[np.uint64]) -> NDArray[np.uint64]:
        found = run_until_it_fits(
            lambda found: loops.bucket_pairs(
                entries,
                order,
                sketches.signatures,
                sketches.sizes,
                threshold,
                containment,
                ALL_PAIRS,
                MOST_LEADERS,
                NEIGHBOURS,
                found,
            )
        )
        scratch.relax()
        return found

    pairs = np.empty(0, np.uint64)
    for found in in_threads(find_in_band, range(bands), jobs):
        pairs = merge_pairs(pairs, found)
        if progress:
            progress(1)
    return pairs


def _split_keys(entries: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    """Cuts entries `key << 32 | rank`, sorted by key, into parts of about `TEXTS` with all of each key in one part."""
    start = 0
    while start < len(entries):
        stop = start + TEXTS
        if stop < len(entries):
            stop = int(np.searchsorted(entries, entries[stop - 1] | np.uint64(0xFFFFFFFF), side="right"))
        yield entries[start:stop]
        start = stop


def merge_pairs(pairs: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """All pairs of two arrays, sorted, each once. (A stable sort makes use of what is sorted already; `np.union1d` is a hundred times slower.)"""
    merged = np.concatenate([pairs, np.sort(others)])
    merged.sort(kind="stable")
    new = np.ones(len(merged), bool)
    new[1:] = merged[1:] != merged[:-1]
    return merged[new]


def without_known(pairs: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The pairs that are not among the known ones, of which there must be some."""
    known = np.sort(known)
    places = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
    unknown: NDArray[np.bool_] = known[places] != pairs
    return pairs[unknown]


def split_pairs(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The better and the worse ranks of pairs `rank << 32 | rank`."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def run_until_it_fits(fill: Callable[[NDArray[np.uint64]], int], size: int = 1 << 14) -> NDArray[np.uint64]:
    """What a loop writes that says how much it had to write: it is run again when the room was too small."""
    while True:
        found = np.empty(size, np.uint64)
        number = fill(found)
        if number <= size:
            return found[:number]
        size = number
