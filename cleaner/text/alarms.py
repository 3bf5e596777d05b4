"""What the characters of a text warn of: steps of normalization that may have something to do, told by one character or by two neighbours.

Each alarm is a bit. A step is in question only where one of its alarms is raised; whether it then does something is for its gate to say.
`screen.py` looks for all of them in one pass over a text.
"""

from __future__ import annotations

from cleaner.text import characters, mojibake

__all__ = [
    "COMPOSED", "ENTITY", "GBK_AS_LATIN1", "INVISIBLE", "LINE_END", "LOOSE_SPACE", "ODD_SPACE", "PAIRS", "SINGLES", "SURROGATE", "UTF8_AS_GBK",
    "UTF8_AS_LATIN1", "WIDE",
]  # fmt: skip

ENTITY, _SPACES, _LAST_SPACE, _FIRST_SPACE, UTF8_AS_LATIN1, GBK_AS_LATIN1, UTF8_AS_GBK = (1 << bit for bit in range(7))
LOOSE_SPACE = _SPACES | _LAST_SPACE | _FIRST_SPACE

PAIRS = {
    ENTITY: ("&", "#A-Za-z"),
    _SPACES: (" ", " "),
    _LAST_SPACE: (r" \t", r"\n"),
    _FIRST_SPACE: (r"\n", r" \t"),
    UTF8_AS_LATIN1: (mojibake.LATIN_LEAD, mojibake.LATIN_CONTINUATION),
    GBK_AS_LATIN1: (r"\xa1-\xfe", r"\xa1-\xfe"),
    UTF8_AS_GBK: (mojibake.GBK_FIRST, mojibake.GBK_SECOND),
}
"""Alarms raised by a character of the first class before one of the second; a text has a line feed before and after it."""

LINE_END, ODD_SPACE, SURROGATE, WIDE, INVISIBLE, COMPOSED = (1 << bit for bit in range(16, 22))

SINGLES = {
    LINE_END: characters.LINE_ENDS,
    ODD_SPACE: characters.SPACES,
    SURROGATE: characters.SURROGATES,
    WIDE: characters.WIDE,
    INVISIBLE: characters.INVISIBLES,
    COMPOSED: characters.COMPOSED,
}
"""Alarms raised by a single character of the basic plane. (The last two are raised by those beyond it, too, but for emoji and ideographs.)"""
