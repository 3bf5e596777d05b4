"""The search for duplicates: its steps in order."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import rank
from cleaner.duplicates.contain import find_contained
from cleaner.duplicates.lsh import choose_bands, find_in_bands, merge_pairs
from cleaner.duplicates.result import Found
from cleaner.duplicates.sketch import Sketches, sketch
from cleaner.duplicates.texts import Records
from cleaner.duplicates.verdict import DIFFERENT, classify
from cleaner.duplicates.verify import COLUMNS, Pairs, count_facts, count_shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Progress", "count_cores", "search"]

Progress = Callable[[str, int, int], object]
"""Called with a stage (`sketch`, `search`, `verify`), how much of it is done, and how much there is."""

SLACK = 0.1
"""Pairs that miss both thresholds by more are not kept for `DedupResult.pairs`."""


def search(records: Records, config: DedupConfig, progress: Progress | None = None) -> Found:
    """Sketches, ranks, finds exact copies, finds candidates, counts what they share."""
    jobs = config.jobs or count_cores()
    report = _Report(progress, "sketch", len(records.ids))
    contained = config.least_containment
    sketches = sketch(
        records.texts, config.num_perm, config.seed, sampled=contained > 0, jobs=jobs, progress=report.add
    )
    order = rank(records, sketches.sizes, config.prefer, config.sites)
    copy_of = _find_copies(sketches, order)
    searched = np.flatnonzero((copy_of == np.arange(len(order))) & (sketches.sizes[order] > 0))
    places = order[searched]
    sketches.digests = np.empty((0, 2), np.uint64)  # not needed any more
    bands, _ = choose_bands(config.threshold, config.num_perm)
    report = _Report(progress, "search", bands + (contained > 0))
    pairs = find_in_bands(sketches, places, config.threshold, contained, jobs=jobs, progress=report.add)
    sketches.signatures = np.empty((0, config.num_perm), np.uint32)  # more than half of the memory
    if contained:
        pairs = merge_pairs(pairs, find_contained(sketches, places, contained, jobs=jobs))
        report.add(1)
    better, worse = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    report = _Report(progress, "verify", len(pairs))
    counts = np.zeros((len(pairs), COLUMNS), np.int32)
    count_shared(
        Pairs(records.texts, places[better], places[worse], sketches.sizes),
        counts,
        contained,
        jobs=jobs,
        progress=report.add,
    )
    verdicts = classify(counts, config)
    close = (verdicts.similarity >= config.threshold - SLACK) | (verdicts.containment >= (contained or 2) - SLACK)
    better, worse, counts = better[close], worse[close], counts[close]
    alike = np.flatnonzero(verdicts.kinds[close] != DIFFERENT)
    facts = counts[alike]
    count_facts(Pairs(records.texts, places[better[alike]], places[worse[alike]], sketches.sizes), facts, jobs=jobs)
    counts[alike] = facts
    return Found(order, copy_of, searched[better], searched[worse], counts)


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


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Report:
    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress, self._stage, self._total, self._done = progress, stage, total, 0

    def add(self, number: int) -> None:
        self._done += number
        if self._progress:
            self._progress(self._stage, self._done, self._total)
