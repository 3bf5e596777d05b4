"""Opens files, whatever they are packed with: gzip, zstd, bzip2 and xz are known by their first bytes."""

from __future__ import annotations

import io
import os
import zlib
from contextlib import suppress
from functools import cache
from importlib import import_module
from lzma import LZMAError
from typing import IO, Any

__all__ = ["PACKED", "broken", "packing", "reason", "unpack"]

PACKED = (".gz", ".zst", ".bz2", ".xz")
"""How the names of packed files end."""

_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz"}
_ERRORS = {
    "isal.isal_zlib": "error",
    "zlib_ng.zlib_ng": "error",
    "backports.zstd": "ZstdError",
    "compression.zstd": "ZstdError",
}
"""What the packages raise that xopen reads with, as far as they are installed."""

_BZIP2 = b"1AY&SY", b"\x17rE8P\x90"


def packing(head: bytes) -> str | None:
    """With what a file is packed, by its first bytes (10 are enough); None for one that is not.

    >>> packing(bytes.fromhex("1f8b0800")), packing(b"BZh91AY&SY"), packing(b"BZh is a word")
    ('gzip', 'bzip2', None)
    """
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "bzip2" if head.startswith(b"BZh") and head[4:10] in _BZIP2 else None


def unpack(raw: IO[bytes]) -> IO[bytes]:
    """A stream that gives what `raw` holds, unpacked where it is packed. `raw` need not be seekable."""
    stream = raw if hasattr(raw, "peek") else io.BufferedReader(raw)  # type: ignore[type-var]
    found = packing(stream.peek(10)[:10])
    if found is None:
        return stream
    from xopen import xopen

    opened: IO[bytes] = xopen(
        stream, "rb", threads=0, format={"gzip": "gz", "zstd": "zst", "bzip2": "bz2"}.get(found, found)
    )
    return opened


@cache
def broken() -> tuple[type[Exception], ...]:
    """What a damaged, vanished or forbidden file raises."""
    errors: list[Any] = [OSError, EOFError, zlib.error, LZMAError]
    for module, name in _ERRORS.items():
        with suppress(ImportError, AttributeError):
            errors.append(getattr(import_module(module), name))
    return tuple(errors)


def reason(error: BaseException) -> str:
    """What is wrong with a file, in words, for what reading it raised."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, ValueError | RuntimeError):
        return str(error)
    return f"the packed data is damaged or cut off ({error})"
