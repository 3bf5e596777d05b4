"""Exact counts for pairs: the shingles that each text has and both have, and the facts that tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates import loops
from cleaner.duplicates.facts import SAME_LENGTH, day_values
from cleaner.duplicates.shingles import token_table, weights
from cleaner.duplicates.sketch import in_threads
from cleaner.duplicates.texts import Texts
from cleaner.duplicates.verdict import DIFFERENT, MUCH_LONGER, WINDOW, classify

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COLUMNS", "Pairs", "count_facts", "count_shared", "verify"]

COLUMNS = 11
"""What is counted of a pair, all different ones: 0 to 2 the shingles of the longer text, of the shorter, and of both; 3 those of both that
stand together (see `verdict.WINDOW`); 4 to 6 the figures of the one, of the other, and of both; 7 and 8 the ordinals that only the
one and only the other has (one more where they have days and none in common); 9 and 10 the terms that it repeats and the other lacks."""

CHUNK = 1 << 21
"""Tokens that are in memory at once, a thread."""


def verify(
    texts: Texts,
    better: NDArray[np.int64],
    worse: NDArray[np.int64],
    sizes: NDArray[np.int64],
    config: DedupConfig,
    *,
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
) -> NDArray[np.int32]:
    """Counts pairs of texts, shape (pairs, COLUMNS); facts only of those that are alike, and where they are asked for.

    `sizes` are the tokens of every text. `progress` is called with the number of pairs done since the last call.
    """
    swapped = sizes[worse] > sizes[better]
    first, second = np.where(swapped, worse, better), np.where(swapped, better, worse)
    order = np.argsort(first, kind="stable")
    first, second = first[order], second[order]
    counts = np.zeros((len(first), COLUMNS), np.int32)
    count_shared(Pairs(texts, first, second, sizes), counts, config.least_containment, jobs=jobs, progress=progress)
    if config.compare_facts:
        alike = np.flatnonzero(classify(counts, config).kinds != DIFFERENT)
        facts = counts[alike]
        count_facts(Pairs(texts, first[alike], second[alike], sizes), facts, jobs=jobs)
        counts[alike] = facts
    result = np.empty_like(counts)
    result[order] = counts
    return result


def count_shared(
    pairs: Pairs,
    counts: NDArray[np.int32],
    containment: float = 0,
    *,
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Counts what each pair shares, into columns 0 to 3 of `counts`, shape (pairs, COLUMNS).

    Whether it stands together is asked only from a `containment` on.
    """

    def count(part: range) -> int:
        data, offsets, ones, others = pairs.take(part)
        its_counts = counts[part.start : part.stop]
        loops.count_shared(
            data, offsets, token_table(), weights(), ones, others, containment, MUCH_LONGER, WINDOW, its_counts
        )
        return len(part)

    for done in in_threads(count, pairs.chunks(jobs), jobs):
        if progress:
            progress(done)


def count_facts(pairs: Pairs, counts: NDArray[np.int32], *, jobs: int = 1) -> None:
    """Counts the facts of each pair, into the other columns of `counts`."""

    def count(part: range) -> None:
        data, offsets, ones, others = pairs.take(part)
        loops.count_facts(
            data, offsets, token_table(), day_values(), ones, others, SAME_LENGTH, counts[part.start : part.stop]
        )

    for _ in in_threads(count, pairs.chunks(jobs), jobs):
        pass


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts, the longer one first, sorted by it: places in `texts`, shape (pairs,); and the tokens of every text there."""

    texts: Texts
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def take(self, part: range) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]:
        """The texts of some pairs as UTF-8 with their offsets, and the pairs as places among these."""
        first, second = self.first[part.start : part.stop], self.second[part.start : part.stop]
        places, local = np.unique(np.concatenate([first, second]), return_inverse=True)
        data, offsets = self.texts.take(places.tolist())
        ones, others = local[: len(part)].astype(np.uint32), local[len(part) :].astype(np.uint32)
        return data, offsets, ones, others

    def chunks(self, jobs: int) -> Iterator[range]:
        """Cuts the pairs into chunks of about equal work that hold at most `CHUNK` tokens, or one pair."""
        if not len(self.first):
            return
        new = np.concatenate([[True], self.first[1:] != self.first[:-1]])
        work = np.cumsum(self.sizes[self.second] + np.where(new, self.sizes[self.first], 0))
        most = min(CHUNK, int(work[-1]) // (4 * jobs) + 1)
        start = 0
        while start < len(self.first):
            before = int(work[start - 1]) if start else 0
            stop = max(start + 1, int(np.searchsorted(work, before + most, side="right")))
            yield range(start, stop)
            start = stop
