"""Arrays that lie in a file while they are worked with: what a search keeps of millions of texts need not be held in memory."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Scratch"]

SMALL = 64_000_000
"""Bytes; a smaller array is held in memory."""


class Scratch:
    """Gives out arrays; large ones lie in files without a name in `folder`, which are gone with the array. In memory, if no folder is given."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()

    def empty(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """An array whose values are not set."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if self._folder is None or size < SMALL:
            return np.empty(shape, dtype)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            file.truncate(size)
            lent = mmap.mmap(file.fileno(), size)
        self._maps.add(lent)
        return np.frombuffer(lent, dtype).reshape(shape)

    def relax(self) -> None:
        """Lets go of what is in memory of the arrays; it is read from the file, or its cache, when it is asked for."""
        for lent in list(self._maps):
            if hasattr(lent, "madvise"):
                lent.madvise(mmap.MADV_DONTNEED)
