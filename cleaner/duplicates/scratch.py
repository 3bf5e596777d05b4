"""Arrays that lie in a file while they are worked with: what a search keeps of millions of texts need not be held in memory."""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Growing", "Scratch"]

SMALL = 64_000_000
"""Bytes; a smaller array is held in memory."""


class Scratch:
    """Gives out arrays; large ones lie in files without a name in `folder`, which are gone with the array. In memory, if no folder is given.

    Raises OSError where the disk has no room for them.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()

    def empty(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """An array whose values are not set."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if self._folder is None or size < SMALL:
            return np.empty(shape, dtype)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            _reserve(file, size)
            return self._map(file, dtype).reshape(shape)

    def growing(self, dtype: Any, room: int) -> Growing:
        """An array of a length that is not known yet; in memory, there is `room` for so many values before it must be copied."""
        if self._folder is None:
            return _InMemory(dtype, room)
        return _InFile(self, tempfile.TemporaryFile(buffering=0, dir=self._folder), dtype)

    def _map(self, file: IO[bytes], dtype: Any) -> NDArray[Any]:
        lent = mmap.mmap(file.fileno(), 0)
        self._maps.add(lent)
        return np.frombuffer(lent, dtype)

    def relax(self) -> None:
        """Lets go of what is in memory of the arrays; it is read from the file, or its cache, when it is asked for."""
        for lent in list(self._maps):
            if hasattr(lent, "madvise"):
                lent.madvise(mmap.MADV_DONTNEED)


def _reserve(file: IO[bytes], size: int) -> None:
    """Makes a file so large. A process that writes to a file in its memory dies where the disk is full: so the room is taken now."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


class Growing(Protocol):
    """An array that is written from its front to its end."""

    def add(self, values: NDArray[Any]) -> None:
        """Writes values behind those that it has."""

    def finish(self) -> NDArray[Any]:
        """The array; nothing can be added any more."""


class _InMemory:
    def __init__(self, dtype: Any, room: int) -> None:
        self._array = np.empty(room, dtype)  # what is never written to takes no memory
        self._done = 0

    def add(self, values: NDArray[Any]) -> None:
        if self._done + len(values) > len(self._array):
            self._array = np.concatenate([self._array, np.empty(len(self._array) + len(values), values.dtype)])
        self._array[self._done : self._done + len(values)] = values
        self._done += len(values)

    def finish(self) -> NDArray[Any]:
        return self._array[: self._done]


class _InFile:
    def __init__(self, scratch: Scratch, file: IO[bytes], dtype: Any) -> None:
        self._scratch, self._file, self._dtype = scratch, file, dtype

    def __del__(self) -> None:
        self._file.close()

    def add(self, values: NDArray[Any]) -> None:
        left = np.ascontiguousarray(values, self._dtype).data.cast("B")
        while left:
            left = left[self._file.write(left) :]

    def finish(self) -> NDArray[Any]:
        return self._scratch._map(self._file, self._dtype) if self._file.tell() else np.empty(0, self._dtype)
