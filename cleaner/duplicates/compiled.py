"""How the loops are compiled: for one signature each, once after an install, into a cache beside the source or in the user's folder.

numba looks for changes in the file of a loop only: a loop that calls one of another file goes on with the old one when that is edited. So
those that call one another stand in one file, but for `kernels.mix`, which never changes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

from numba import int64, njit, types, uint32, uint64

__all__ = ["I64", "TABLE", "TEXT", "U32", "U64", "Array", "Number", "compiled"]

Array: TypeAlias = Any
Number: TypeAlias = Any
"""What a loop takes: the signature above it says of what type."""

TEXT = types.Array(types.uint8, 1, "C", readonly=True)
TABLE = types.Array(types.uint32, 1, "C", readonly=True)
U32, U64, I64 = uint32[::1], uint64[::1], int64[::1]

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(signature: Any) -> Callable[[_Loop], _Loop]:
    """Compiles a loop, into the cache where there is one to use. It lets other threads run while it runs."""

    def compile_it(function: _Loop) -> _Loop:
        _stop_unwanted()
        try:
            loop = njit(signature, nogil=True, cache=True)(function)
        except Exception as error:  # no folder that can be written, a full disk, a damaged file: of many kinds
            logging.getLogger("cleaner").debug("not cached: %s", error)
            _say_once(
                "the compiled loops of the duplicate search cannot be kept or read, so they are compiled in every process; "
                "let NUMBA_CACHE_DIR name an empty folder that can be written"
            )
            return cast(_Loop, njit(signature, nogil=True)(function))
        if loop.stats.cache_misses:  # the first of them, or one that was changed: so are those that follow
            _say_once(
                "compiling the loops of the duplicate search, once after an install; this takes about ten seconds"
            )
        return cast(_Loop, loop)

    return compile_it


def _stop_unwanted() -> None:
    """Ends the loading in a thread that was begun ahead of its use (ahead.py) and is not wanted any more."""
    if not getattr(threading.current_thread(), "is_wanted", True):
        raise ImportError("the loops are not wanted any more")


@cache
def _say_once(message: str) -> None:
    logging.getLogger("cleaner").warning(message)
