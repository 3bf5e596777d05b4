"""Arrays that lie in a file while they are worked with: what a search keeps of millions of texts need not be held in memory."""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
import weakref
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Growing", "Scratch"]

SMALL = 64_000_000
"""Bytes; a smaller array is held in memory."""


class Scratch:
    """Gives out arrays; large ones lie in files without a name in `folder`, which are gone with the array. In memory, if no folder is given.

    Where the disk has no room for them, OSError is raised (on a system that can set room aside; elsewhere the process ends there).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()
        self._lock = Lock()

    def empty(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """An array whose values are not set."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if self._folder is None or size < SMALL:
            return np.empty(shape, dtype)
        with self._file() as file:
            _reserve(file, size)
            return self._map(file, dtype).reshape(shape)

    def growing(self, dtype: Any, room: int) -> Growing:
        """An array of a length that is not known yet; in memory, there is `room` for so many values before it must be copied."""
        return Growing(self, dtype, room)

    def relax(self) -> None:
        """Lets go of what is in memory of the arrays; it is read from the file, or its cache, when it is asked for."""
        with self._lock:
            maps = list(self._maps)
        for lent in maps:
            if hasattr(lent, "madvise"):
                lent.madvise(mmap.MADV_DONTNEED)

    def _file(self) -> IO[bytes]:
        return tempfile.TemporaryFile(buffering=0, dir=self._folder)

    def _map(self, file: IO[bytes], dtype: Any) -> NDArray[Any]:
        lent = mmap.mmap(file.fileno(), 0)
        with self._lock:
            self._maps.add(lent)
        return np.frombuffer(lent, dtype)


def _reserve(file: IO[bytes], size: int) -> None:
    """Makes a file so large. A process that writes to a file in its memory dies where the disk is full: so the room is taken now."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:  # there are file systems that cannot
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
    file.truncate(size)


class Growing:
    """An array that is written from its front to its end: to a file, once it is large and there is a folder."""

    def __init__(self, scratch: Scratch, dtype: Any, room: int) -> None:
        self._scratch = scratch
        self._most = None if scratch._folder is None else SMALL // np.dtype(dtype).itemsize
        # What is never written to takes no memory.
        self._array = np.empty(room if self._most is None else min(room, self._most), dtype)
        self._done = 0
        self._file: IO[bytes] | None = None

    def __del__(self) -> None:
        if self._file:
            self._file.close()

    def add(self, values: NDArray[Any]) -> None:
        """Writes values behind those that it has."""
        if self._file is None and self._most is not None and self._done + len(values) > self._most:
            self._file = self._scratch._file()
            _write(self._file, self._array[: self._done])
            self._array = np.empty(0, self._array.dtype)
        if self._file is not None:
            _write(self._file, values.astype(self._array.dtype, copy=False))
            return
        if self._done + len(values) > len(self._array):
            self._array = np.concatenate([self._array, np.empty(len(self._array) + len(values), self._array.dtype)])
        self._array[self._done : self._done + len(values)] = values
        self._done += len(values)

    def finish(self) -> NDArray[Any]:
        """The array; nothing can be added any more."""
        if self._file is None:
            return self._array[: self._done]
        with self._file as file:
            return self._scratch._map(file, self._array.dtype)


def _write(file: IO[bytes], values: NDArray[Any]) -> None:
    left = np.ascontiguousarray(values).data.cast("B")
    while left:
        left = left[file.write(left) :]
