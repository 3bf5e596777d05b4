"""Sketches: what the search keeps of each text. Texts are read once, batch by batch, by as many threads as there are cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cleaner.duplicates import loops
from cleaner.duplicates.minhash import permutations
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.shingles import token_table, weights
from cleaner.duplicates.texts import Texts, split_batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SAMPLE_RATE", "Samples", "Sketches", "in_threads", "sketch"]

SAMPLE_RATE = 8
"""One shingle in so many is kept to find texts that contain one another: 50 tokens have 6 on average, 450 have 56."""

RELAXED = 512
"""Batches between two times that the memory of scratch arrays is let go: some 200 MB of texts."""

MOVED = 1 << 19
"""Samples that are put into another order at once. They lie far apart, and the system reads more of a file than it is asked for."""

BATCH = 1 << 17
"""Characters that are read at once: what a core's cache holds."""

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True)
class Samples:
    """Sampled shingles of n texts."""

    values: NDArray[np.uint32]
    """Text after text, and ..."""
    starts: NDArray[np.int64]
    """... where those of each begin, and the end, shape (n + 1,)."""

    def take(self, texts: NDArray[np.int64], scratch: Scratch) -> Samples:
        """Those of some texts, in their order."""
        counts = np.diff(self.starts)[texts]
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        values = scratch.empty((int(starts[-1]),), np.uint32)
        for part in split_batches(counts, MOVED):
            its = slice(part.start, part.stop)
            first, last = starts[part.start], starts[part.stop]
            shifts = self.starts[texts[its]] - starts[its]
            values[first:last] = self.values[np.arange(first, last) + shifts.repeat(counts[its])]
            scratch.relax()
        return Samples(values, starts)


@dataclass(slots=True)
class Sketches:
    """What the search keeps of n texts; some 850 bytes each at 128 permutations and 450 tokens."""

    sizes: NDArray[np.int64]
    """Tokens of each, shape (n,)."""
    digests: NDArray[np.uint64]
    """128-bit hash of the tokens of each, shape (n, 2)."""
    signatures: NDArray[np.uint32]
    """MinHash signatures, shape (n, num_perm)."""
    samples: Samples


def sketch(
    texts: Texts,
    num_perm: int,
    seed: int,
    *,
    sampled: bool = True,
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
    scratch: Scratch | None = None,
) -> Sketches:
    """Sketches all texts. `progress` is called with the number of texts done since the last call; large arrays lie in `scratch`."""
    scratch = scratch or Scratch()
    count = len(texts)
    sizes = np.empty(count, np.int64)
    digests = np.empty((count, 2), np.uint64)
    signatures = scratch.empty((count, num_perm), np.uint32)
    sample_ends = np.empty(count, np.int64)
    table, weight, (multipliers, addends) = token_table(), weights(), permutations(num_perm, seed)
    below = np.uint64((1 << 64) // SAMPLE_RATE if sampled else 0)

    def sketch_batch(places: range) -> tuple[range, NDArray[np.uint32]]:
        data, offsets = texts.take(places)
        part = slice(places.start, places.stop)
        samples = np.empty(len(data) // 2 + len(places) if sampled else 0, np.uint32)
        loops.sketch_texts(
            data, offsets, table, weight, multipliers, addends, below,
            signatures[part], digests[part], sizes[part], samples, sample_ends[part],
        )  # fmt: skip
        return places, samples[: sample_ends[places.stop - 1]].copy()

    characters = texts.sizes()
    samples = scratch.growing(np.uint32, 2 * int(characters.sum()) // SAMPLE_RATE + 1024 if sampled else 0)
    done = 0
    for number, (places, found) in enumerate(in_threads(sketch_batch, split_batches(characters, BATCH), jobs)):
        if number % RELAXED == RELAXED - 1:
            scratch.relax()
        samples.add(found)
        sample_ends[places.start : places.stop] += done
        done += len(found)
        if progress:
            progress(len(places))
    starts = np.concatenate([[0], sample_ends])
    return Sketches(sizes, digests, signatures, Samples(samples.finish(), starts))


def in_threads(function: Callable[[_In], _Out], items: Iterable[_In], jobs: int) -> Iterator[_Out]:
    """`map` over threads, in order, with no more than two items a thread under way."""
    if jobs <= 1:
        yield from map(function, items)
        return
    source = iter(items)
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(function, item) for item in islice(source, 2 * jobs)]
        try:
            while waiting:
                result = waiting.pop(0).result()
                waiting += [pool.submit(function, item) for item in islice(source, 1)]
                yield result
        finally:
            for future in waiting:
                future.cancel()
