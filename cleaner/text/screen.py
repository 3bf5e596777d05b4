"""Several texts looked at in one pass, as an array: which of them are certainly plain, and in which script they certainly are.

The gates of `normalize.py` and `detect_script` ask the same of one text. Short texts are asked several times as fast together: what
is told of a character, and of it beside another, is looked up in a table of bits.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cleaner.text.normalize import ALARMS
from cleaner.text.script import KANA
from cleaner.text.tables import read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Screened", "code_points", "screen"]

_BEYOND = 0xFFFF
"""The place in the table of all characters beyond the basic plane."""

_SECOND, _SCRIPT = 8, 16
"""The bits of a character, from the lowest: the alarms that it may begin, those that it may stand second in, the scripts that it tells of."""

_ALARMS, _TOLD = 0xFF, 7 << _SCRIPT
_HANS, _HANT, _OTHER = (1 << _SCRIPT + number for number in range(3))
_SCRIPTS = {0: "", _HANS: "hans", _HANT: "hant"}


class Screened(NamedTuple):
    """What was seen of a text."""

    is_plain: bool
    """Whether it is certain that no step of normalization that always runs would change the text, or any of its lines."""
    script: str | None
    """The script of all characters that tell of one, `hans` or `hant`; empty where none does, None where they do not agree."""


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text (uint32, shape (len(text),)); lone surrogates count as one each."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def screen(texts: Sequence[str]) -> list[Screened]:
    """Looks at some texts together.

    >>> screen(["汉语", "漢語&amp;"])
    [Screened(is_plain=True, script='hans'), Screened(is_plain=False, script='hant')]
    """
    if not texts:
        return []
    bits = _table().take(code_points("\n".join(["", *texts, ""])), mode="clip")
    seen = bits[1:] >> _SECOND
    seen &= bits[:-1]
    seen &= _ALARMS
    seen |= bits[:-1] & _TOLD
    starts = list(accumulate([len(text) + 1 for text in texts[:-1]], initial=0))  # each with the line feed before it
    of_texts = np.bitwise_or.reduceat(seen, starts)
    alarms, told = (of_texts & _ALARMS).tolist(), (of_texts & _TOLD).tolist()
    return [Screened(not alarm, _SCRIPTS.get(bits)) for alarm, bits in zip(alarms, told, strict=True)]


@cache
def _table() -> NDArray[np.uint32]:
    """The bits of each character."""
    table = np.zeros(_BEYOND + 1, dtype=np.uint32)
    plane = array("I", range(_BEYOND + 1)).tobytes().decode("utf-32", "surrogatepass")

    def fill(characters: str, bits: int) -> None:
        for run in re.finditer(f"[{characters}]+", plane):
            table[slice(*run.span())] |= bits

    for number, (first, second) in enumerate(ALARMS):
        fill(first, 1 << number)
        fill(second, 1 << number + _SECOND)
    table[_BEYOND] |= _ALARMS  # what is beyond may be anything
    traditional, simplified = read_table("script")
    table[list(map(ord, simplified))] |= _HANS
    table[list(map(ord, traditional))] |= _HANT
    fill(KANA, _OTHER)  # a text with kana may be Japanese
    return table
