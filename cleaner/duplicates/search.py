"""The search for duplicates: the steps of this room in order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import rank
from cleaner.duplicates.contain import find_contained
from cleaner.duplicates.lsh import choose_bands, find_in_bands, merge_pairs
from cleaner.duplicates.minhash import Signature, Signatures
from cleaner.duplicates.result import DedupResult, Found
from cleaner.duplicates.sketch import Sketches, sketch
from cleaner.duplicates.texts import Records, read_records
from cleaner.duplicates.verdict import DIFFERENT, classify
from cleaner.duplicates.verify import COLUMNS, Pairs, count_facts, count_shared
from cleaner.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dedup", "search", "signature", "signatures"]

Progress = Callable[[str, int, int], object]
"""Called with a stage (`sketch`, `search`, `verify`), how much of it is done, and how much there is."""

SLACK = 0.1
"""Pairs that miss both thresholds by more are not kept for `DedupResult.pairs`."""


def dedup(
    items: Any,
    threshold: float | None = None,
    *,
    config: DedupConfig | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> DedupResult:
    """Finds which articles are the same, and keeps the best of each group; `settings` are the fields of DedupConfig by name.

    `items` are texts, mappings with `text`, Documents, Articles, or an Arrow table with a column `text`. The id of what has
    none is its position.

    >>> text = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆，市民从四面八方赶来。"
    >>> result = dedup([text, text.replace("市民", "居民"), "河湾大桥的设计者说，桥面比原计划高出两米。"], threshold=0.7)
    >>> result.kept, [(item.id, item.kept_id, item.kind.value, round(item.similarity, 2)) for item in result.duplicates]
    ((0, 2), [(1, 0, 'near', 0.75)])

    Raises ConfigError for wrong settings and ids that stand twice, NotTextError for a record without text.
    """
    if not (config is None or isinstance(config, DedupConfig)):
        raise ConfigError(f"config is {config!r:.60}; give a DedupConfig")
    if threshold is not None:
        settings["threshold"] = threshold
    if settings or config is None:
        config = DedupConfig.from_mapping({**(asdict(config) if config else {}), **settings}, "dedup()")
    records = read_records(items)
    found = search(records, config, progress)
    return DedupResult(records, found, config)


def search(records: Records, config: DedupConfig, progress: Progress | None = None) -> Found:
    """Sketches, ranks, finds exact copies, finds candidates, counts what they share."""
    jobs = config.jobs or _cores()
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


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Report:
    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress, self._stage, self._total, self._done = progress, stage, total, 0

    def add(self, number: int) -> None:
        self._done += number
        if self._progress:
            self._progress(self._stage, self._done, self._total)


def signature(text: str, *, num_perm: int = 128, seed: int = 1) -> Signature:
    """The MinHash signature of one text: for many, `signatures` is faster.

    >>> signature("大桥今日通车").jaccard(signature("大橋今日，通車！"))
    1.0
    """
    return signatures([text], num_perm=num_perm, seed=seed)[0]


def signatures(items: Any, *, num_perm: int = 128, seed: int = 1) -> Signatures:
    """The MinHash signatures of many texts, by their ids."""
    config = DedupConfig(num_perm=num_perm, seed=seed)
    records = read_records(items)
    sketches = sketch(records.texts, config.num_perm, config.seed, sampled=False, jobs=_cores())
    return Signatures(records.ids, sketches.signatures, config.seed)
