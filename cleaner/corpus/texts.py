"""The texts of a store, which stay in their file until they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cleaner.duplicates.texts import Lines, split_batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cleaner.duplicates.texts import Utf8

__all__ = ["StoredTexts"]

MOST_BYTES = 4
"""Bytes that a character may have in UTF-8."""

READ = 1 << 20
"""Bytes of texts that are looked through at once."""


class StoredTexts:
    """Texts in a file, read when they are asked for; see `cleaner.duplicates.texts.Texts`."""

    _file = -1

    def __init__(self, path: Path, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY)
        self._starts, self._sizes = starts, sizes

    def __len__(self) -> int:
        return len(self._sizes)

    def __del__(self) -> None:
        if self._file >= 0:  # it could be opened
            os.close(self._file)

    def sizes(self) -> NDArray[np.int64]:
        """Bytes of each."""
        return self._sizes

    def take(self, places: Sequence[int] | range) -> Utf8:
        """Some of them."""
        sizes = (
            self._sizes[places.start : places.stop] if isinstance(places, range) else self._sizes[np.asarray(places)]
        )
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        if isinstance(places, range) and len(places) and self._is_run(places):
            data = self._read(int(offsets[-1]), int(self._starts[places.start]))
        else:
            data = b"".join(self._read(int(self._sizes[at]), int(self._starts[at])) for at in places)
        return np.frombuffer(data, np.uint8), offsets

    def _is_run(self, places: range) -> bool:
        """Whether texts stand one right after the other in the file."""
        its = slice(places.start, places.stop)
        starts, ends = self._starts[its], self._starts[its] + self._sizes[its]
        return bool((starts[1:] == ends[:-1]).all())

    def characters(self) -> NDArray[np.int64]:
        """Characters of each."""
        counts = [_characters(data.tobytes(), offsets[:-1], offsets[1:]) for _, data, offsets in self._iter_batches()]
        return np.concatenate([*counts, np.empty(0, np.int64)])

    def lines(self, least: int) -> Lines:
        """Their lines of at least so many characters: nothing is held of them but where they stand."""
        rows = [np.empty((4, 0), np.int64)]
        for part, data, offsets in self._iter_batches():
            breaks = np.flatnonzero(data == ord("\n"))
            starts = np.sort(np.concatenate([offsets[:-1], breaks + 1]))
            ends = np.sort(np.concatenate([offsets[1:], breaks]))
            counts = 1 + np.diff(np.searchsorted(breaks, offsets))  # of the lines of each text
            local = np.arange(len(part)).repeat(counts)
            numbers = np.arange(len(starts)) - (np.cumsum(counts) - counts)[local]
            sizes = ends - starts
            long = sizes >= MOST_BYTES * least
            unsure = np.flatnonzero((sizes >= least) & ~long)
            long[unsure] = _characters(data.tobytes(), starts[unsure], ends[unsure]) >= least
            places, within = local[long] + part.start, starts[long] - offsets[local[long]]
            rows.append(np.array([places, numbers[long], self._starts[places] + within, sizes[long]]))
        places, numbers, starts, sizes = np.concatenate(rows, axis=1)
        return Lines(places, numbers, StoredTexts(self._path, starts, sizes))

    def _iter_batches(self) -> Iterator[tuple[range, NDArray[np.uint8], NDArray[np.int64]]]:
        for part in split_batches(self._sizes, READ):
            yield part, *self.take(part)

    def only(self, places: NDArray[np.int64]) -> StoredTexts:
        """Some of the texts, in any order, as texts of their own."""
        return StoredTexts(self._path, self._starts[places], self._sizes[places])

    def text(self, place: int) -> str:
        """One text."""
        return self._read(int(self._sizes[place]), int(self._starts[place])).decode("utf-8", "surrogatepass")

    def _read(self, size: int, start: int) -> bytes:
        data = os.pread(self._file, size, start)
        while len(data) < size:  # one call gives 2 GB at most
            more = os.pread(self._file, size - len(data), start + len(data))
            if not more:
                raise OSError(
                    "a file of the run's folder `work` is shorter than it was; give --overwrite to begin anew"
                )
            data += more
        return data


def _characters(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many characters of UTF-8 each part has."""
    parts = (data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return np.fromiter((len(part.decode("utf-8", "surrogatepass")) for part in parts), np.int64, len(starts))
