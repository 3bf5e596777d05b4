"""Texts looked at in one pass, as arrays: which alarms they raise, and of which script their characters tell.

What is told of a character, and of it beside another, is looked up in a table of bits. The gates of `normalize.py` and
`detect_script` ask the same one after the other: of a text that raises alarms that takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cleaner.text.alarms import COMPOSED, INVISIBLE, PAIRS, SINGLES
from cleaner.text.characters import HIGH_PLAIN, basic_plane
from cleaner.text.script import KANA
from cleaner.text.tables import read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Screened", "code_points", "find_alarms", "screen"]

_BEYOND = 0xFFFF
"""The place in the table of all characters beyond the basic plane."""

_SECOND = 8
"""The bit for standing second in the first of the pairs; the bits for standing first in them are the alarms, from the lowest on."""

_HANS, _HANT, _OTHER = (1 << bit for bit in range(24, 27))
_TOLD = _HANS | _HANT | _OTHER
_SCRIPTS = {0: "", _HANS: "hans", _HANT: "hant"}

_FIRSTS, _ALONE = sum(PAIRS), sum(SINGLES) | _TOLD
_ALARMS = sum(PAIRS) | sum(SINGLES)

_HIGH_PLAIN = re.compile(f"[{HIGH_PLAIN}]")

_CHUNK = 1 << 16
"""Characters of a long text that are looked at at once: their arrays stay in the processor's cache, and memory does not grow with the text."""


class Screened(NamedTuple):
    """What was seen of a text."""

    is_plain: bool
    """Whether it raises no alarm: then no step of normalization that always runs would change it, or any of its lines."""
    script: str | None
    """The script of all characters that tell of one, `hans` or `hant`; empty where none does, None where they do not agree."""


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text (uint32, shape (len(text),)); lone surrogates count as one each."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def find_alarms(text: str) -> int:
    """The alarms that a text raises, as bits (see alarms.py)."""
    framed = f"\n{text}\n"
    found = 0
    for start in range(0, len(framed) - 1, _CHUNK):
        found |= int(np.bitwise_or.reduce(_look(framed[start : start + _CHUNK + 1])))
    return found & _ALARMS


def screen(texts: Sequence[str]) -> list[Screened]:
    """Looks at some texts together.

    >>> screen(["汉语", "漢語&amp;"])
    [Screened(is_plain=True, script='hans'), Screened(is_plain=False, script='hant')]
    """
    if not texts:
        return []
    starts = list(accumulate([len(text) + 1 for text in texts[:-1]], initial=0))  # each with the line feed before it
    seen = np.bitwise_or.reduceat(_look("\n".join(["", *texts, ""])), starts)
    alarms, told = (seen & _ALARMS).tolist(), (seen & _TOLD).tolist()
    return [Screened(not raised, _SCRIPTS.get(bits)) for raised, bits in zip(alarms, told, strict=True)]


def _look(text: str) -> NDArray[np.uint32]:
    """What each character but the last raises and tells, alone or before the next."""
    points = code_points(text)
    bits = _table().take(points, mode="clip")
    if len(points) and points.max() > _BEYOND:
        beyond = (points > _BEYOND).nonzero()[0]
        codes, which = np.unique(points[beyond], return_inverse=True)
        plain = np.array([_HIGH_PLAIN.match(chr(code)) is not None for code in codes.tolist()])
        bits[beyond[plain[which]]] = 0
    seen: NDArray[np.uint32] = bits[1:] >> np.uint32(_SECOND)
    seen &= bits[:-1]
    seen &= _FIRSTS
    seen |= bits[:-1] & _ALONE
    return seen


@cache
def _table() -> NDArray[np.uint32]:
    """The bits of each character."""
    table = np.zeros(_BEYOND + 1, dtype=np.uint32)
    plane = basic_plane()

    def fill(characters: str, bits: int) -> None:
        for run in re.finditer(f"[{characters}]+", plane):
            table[slice(*run.span())] |= bits

    for alarm, (first, second) in PAIRS.items():
        fill(first, alarm)
        fill(second, alarm << _SECOND)
    for alarm, alone in SINGLES.items():
        fill(alone, alarm)
    table[_BEYOND] |= INVISIBLE | COMPOSED  # of what is beyond, but for emoji and ideographs
    traditional, simplified = read_table("script")
    table[list(map(ord, simplified))] |= _HANS
    table[list(map(ord, traditional))] |= _HANT
    fill(KANA, _OTHER)  # a text with kana may be Japanese
    return table
