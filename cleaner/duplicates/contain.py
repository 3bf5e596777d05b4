"""Candidates for containment: a shortened reprint, a page with two articles, an article with paragraphs added.

Their Jaccard similarity may be low, so that no band finds them. Of every text, the shingles whose hash is under a bound are kept: the
same of each text, so that a text within another shares its samples with it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cleaner.duplicates import loops
from cleaner.duplicates.lsh import run_until_it_fits
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.sketch import Samples, in_threads
from cleaner.duplicates.texts import split_batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOST_TEXTS", "find_contained"]

MOST_TEXTS = 64
"""A shingle that more texts have is a phrase or a footer, and says little; or a story in many versions: see search.py."""

ENTRIES = 1 << 22
"""Samples that a thread sorts at once, to bound memory: with what it makes of them, 100 MB."""

READ = 1 << 24
"""Samples that are read before the memory of what was read is let go: 64 MB."""

PARTS = 16
"""Parts, a thread, in which pairs are looked for."""

SHARE = 0.5
"""Of the samples of the shorter text that a pair at the containment threshold shares on average, so many make it a candidate."""


def find_contained(
    samples: Samples,
    order: NDArray[np.int64],
    containment: float,
    *,
    jobs: int = 1,
    scratch: Scratch | None = None,
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Pairs of which one may contain the other, as `rank << 32 | rank` with the better rank first; sorted, each once.

    And for each rank whether most of its samples were left out, since too many texts have them. `order` gives the texts to
    search, by rank; large arrays lie in `scratch`.
    """
    scratch = scratch or Scratch()
    samples = samples.take(order, scratch)
    count, total = len(order), len(samples.values)
    if count < 2 or not total:
        return np.empty(0, np.uint64), np.zeros(count, bool)
    list_starts, list_texts, usable = _list_texts(samples, jobs, scratch)
    text_starts = np.empty(count + 1, np.int64)
    text_lists = scratch.empty((len(list_texts),), np.uint32)
    loops.fill_texts(list_starts, list_texts, text_starts, text_lists)

    def find_part(ranks: tuple[int, int]) -> NDArray[np.uint64]:
        first, last = ranks
        found = run_until_it_fits(
            lambda found: loops.contained_pairs(
                first, last, text_starts, text_lists, list_starts, list_texts, usable, SHARE * containment, found
            )
        )
        scratch.relax()
        return found

    # Later ranks have more before them; parts of equal work would be smaller towards the end.
    cuts = np.unique(np.linspace(0, count, PARTS * jobs + 1).astype(np.int64)).tolist()
    parts = list(in_threads(find_part, pairwise(cuts), jobs))
    return np.sort(np.concatenate(parts)), 2 * usable < np.diff(samples.starts)


def _list_texts(
    samples: Samples, jobs: int, scratch: Scratch
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
    """For each sample that 2 to `MOST_TEXTS` texts have, the ranks of these: where each list begins, and the lists.

    And for each rank how many of its samples no more texts than that have. `samples` stand in the order of the ranks.
    """
    count, total = len(samples.starts) - 1, len(samples.values)
    parts = max(jobs, -(-total // ENTRIES))
    reads = list(split_batches(np.diff(samples.starts), READ))

    def collect_part(low: int, high: int, entries: NDArray[np.uint64]) -> int:
        number = 0
        for ranks in reads:
            number += loops.collect_samples(
                samples.values, samples.starts, ranks.start, ranks.stop, low, high, entries[number:]
            )
            scratch.relax()
        return number

    def list_part(part: int) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
        low, high = (part << 32) // parts, ((part + 1) << 32) // parts
        room = total // parts + total // (8 * parts) + 1024
        entries = run_until_it_fits(lambda entries: collect_part(low, high, entries), room)
        loops.sort_entries(entries)
        list_starts = np.empty(len(entries) // 2 + 1, np.int64)
        list_texts = np.empty(len(entries) + 1, np.uint32)
        list_count = np.zeros(1, np.int64)
        usable = np.zeros(count, np.uint32)
        written = loops.group_samples(entries, MOST_TEXTS, usable, list_starts, list_texts, list_count)
        return list_starts[: list_count[0]].copy(), list_texts[:written].copy(), usable

    starts, texts = scratch.growing(np.int64, total // 2 + 1), scratch.growing(np.uint32, total)
    done = 0
    usable = np.zeros(count, np.uint32)
    for list_starts, list_texts, its_usable in in_threads(list_part, range(parts), jobs):
        starts.add(list_starts + done)
        texts.add(list_texts)
        done += len(list_texts)
        usable += its_usable
    starts.add(np.array([done], np.int64))
    return starts.finish(), texts.finish(), usable
