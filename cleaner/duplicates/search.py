"""The search for duplicates: its steps in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import keep_best, rank
from cleaner.duplicates.contain import MOST_TEXTS, find_contained
from cleaner.duplicates.lsh import choose_bands, find_in_bands, merge_pairs, split_pairs, without_known
from cleaner.duplicates.records import Records
from cleaner.duplicates.result import Found
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.sketch import Sketches, sketch
from cleaner.duplicates.verdict import classify
from cleaner.duplicates.verify import verify
from cleaner.pool import count_cores

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Progress", "search"]

Progress = Callable[[str, int, int], object]
"""Called with a stage (`sketch`, `search`, `verify`), how much of it is done, and how much there is."""

SLACK = 0.1
"""Pairs that miss both thresholds by more are not kept for `DedupResult.pairs`."""


MOST_ROUNDS = 5
"""What went for one that goes itself in a later round may stay again; two rounds are nearly always enough."""


def search(
    records: Records, config: DedupConfig, progress: Progress | None = None, scratch: Scratch | None = None
) -> Found:
    """Sketches, ranks, finds exact copies, finds candidates, counts what they share; large arrays lie in `scratch`."""
    scratch = scratch or Scratch()
    jobs = config.jobs or count_cores()
    report = _Report(progress, "sketch", len(records.ids))
    contained = config.least_containment
    sketches = sketch(
        records.texts, config.num_perm, config.seed,
        sampled=contained > 0, jobs=jobs, progress=report.add, scratch=scratch,
    )  # fmt: skip
    scratch.relax()
    order = rank(records, sketches.sizes, config.prefer, config.prefer_sites)
    copy_of = _find_copies(sketches, order)
    searched = np.flatnonzero((copy_of == np.arange(len(order))) & (sketches.sizes[order] > 0))
    places = order[searched]
    sketches.digests = np.empty((0, 2), np.uint64)  # not needed any more
    bands, _ = choose_bands(config.threshold, config.num_perm)
    report = _Report(progress, "search", bands + (contained > 0))

    pairs = find_in_bands(
        sketches, places, config.threshold, contained, jobs=jobs, progress=report.add, scratch=scratch
    )
    sketches.signatures = np.empty((0, config.num_perm), np.uint32)  # more than half of the memory

    crowded = np.zeros(len(places), bool)
    if contained:
        more, crowded = find_contained(sketches.samples, places, contained, jobs=jobs, scratch=scratch)
        pairs = merge_pairs(pairs, more)
        report.add(1)

    def count(pairs: NDArray[np.uint64]) -> NDArray[np.int32]:
        ones, others = split_pairs(pairs)
        done = _Report(progress, "verify", len(pairs)).add
        return verify(records.texts, places[ones], places[others], sketches.sizes, config, jobs=jobs, progress=done)

    counts = count(pairs)
    for _ in range(MOST_ROUNDS if crowded.any() else 0):
        # A story in more than MOST_TEXTS versions had no rare shingles; once only one of them stays, it has.
        gone_by = keep_best(len(places), *split_pairs(pairs), classify(counts, config))
        kept, numbers = np.unique(split_pairs(pairs)[0][gone_by[gone_by >= 0]], return_counts=True)
        if not len(kept) or numbers.max() <= MOST_TEXTS:
            break
        stay = np.flatnonzero((gone_by < 0) & crowded)
        found, _ = find_contained(sketches.samples, places[stay], contained, jobs=jobs, scratch=scratch)
        ones, others = (stay[ranks] for ranks in split_pairs(found))
        more = without_known((ones << 32 | others).astype(np.uint64), pairs)
        if not len(more):
            break
        pairs, counts = np.concatenate([pairs, more]), np.concatenate([counts, count(more)])
    better, worse = split_pairs(pairs)
    verdicts = classify(counts, config)
    close = (verdicts.similarity >= config.threshold - SLACK) | (verdicts.containment >= (contained or 2) - SLACK)
    return Found(order, copy_of, searched[better[close]], searched[worse[close]], counts[close])


def _find_copies(sketches: Sketches, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each rank the best rank with the same digest; texts without tokens are copies of nothing."""
    digests = sketches.digests[order]
    ranks = np.lexsort([digests[:, 1], digests[:, 0]])  # stable: within a group, best first
    digests = digests[ranks]
    new = np.ones(len(ranks), bool)
    new[1:] = (digests[1:] != digests[:-1]).any(axis=1)
    copy_of = np.empty(len(ranks), np.int64)
    copy_of[ranks] = ranks[np.flatnonzero(new)][np.cumsum(new) - 1] if len(ranks) else 0
    empty = sketches.sizes[order] == 0
    copy_of[empty] = np.flatnonzero(empty)
    return copy_of


class _Report:
    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress, self._stage, self._total, self._done = progress, stage, total, 0

    def add(self, number: int) -> None:
        self._done += number
        if self._progress:
            self._progress(self._stage, self._done, self._total)
