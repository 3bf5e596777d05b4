"""The fold: the form in which two texts are compared.

What two copies of an article differ in most (white space, punctuation, width, case, script) is taken away, and what
they say stays. The fold works on single code points, so that a compiled loop can apply it while it reads.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleaner.text.tables import read_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FOLD_VERSION", "fold", "fold_table"]

FOLD_VERSION = 1
"""Travels with every index that stands on folded text: texts folded under two versions must not be compared."""


_LONG = 256  # Characters from which on an array is faster than str.translate: measured.


def fold(text: str) -> str:
    """Fold `text`: what is left are its letters, ideographs, digits and marks, in one width, case and script.

    >>> fold("《臺灣》：ＡＢＣ１２３ 號！")
    '台湾abc123号'
    """
    if len(text) >= _LONG:
        try:
            return _fold_long(text)
        except UnicodeEncodeError:  # A lone surrogate.
            pass
    return text.translate(_translation())


def _fold_long(text: str) -> str:
    import numpy as np

    folded = _unit_table()[np.frombuffer(text.encode("utf-16-le"), dtype="<u2")]
    data: bytes = folded[folded != 0].tobytes()
    return data.decode("utf-16-le")


@cache
def fold_table() -> NDArray[np.uint32]:
    """What each code point of the basic plane folds to: 65536 entries, 0 = dropped; all above fold to themselves.

    >>> chr(fold_table()[ord("萬")]), int(fold_table()[ord("，")])
    ('万', 0)
    """
    import numpy as np

    table = np.array(_entries(), dtype=np.uint32)
    table.setflags(write=False)
    return table


@cache
def _unit_table() -> NDArray[np.uint16]:
    # Of UTF-16 units: the surrogates stay, they are halves of characters above the basic plane.
    table = fold_table().astype("<u2")
    table[0xD800:0xE000] = range(0xD800, 0xE000)
    return table


def _entries() -> list[int]:
    dropped, pairs, traditional, simplified = read_table("fold")
    entries = list(range(0x10000))
    for span in dropped.split():
        start, end = (int(point, 16) for point in span.split("-"))
        entries[start : end + 1] = [0] * (end + 1 - start)
    for pair in pairs.split():
        source, target = (int(point, 16) for point in pair.split(">"))
        entries[source] = target
    for source, target in zip(map(ord, traditional), map(ord, simplified), strict=True):
        entries[source] = target
    return entries


@cache
def _translation() -> dict[int, str | None]:
    # A full table: str.translate pays more for a missing key than for a found one.
    return {cp: chr(target) if target else None for cp, target in enumerate(_entries())}
