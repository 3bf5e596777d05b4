"""Shingles: what two texts are compared by, in plain Python.

A text is folded (see `cleaner.text.fold`) and read as tokens: a character of a script that is written without spaces
(Han, kana, Hangul, Thai and the like) is a token, and a run of other letters and digits is one. A shingle is 5 tokens in a row; a text of
fewer tokens has one shingle, of all of them; a text of none has none. kernels.py computes the same, compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from cleaner.text.fold import fold_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "SHINGLE_TOKENS",
    "SHINGLE_VERSION",
    "Token",
    "iter_tokens",
    "run_value",
    "shingle_hash",
    "shingle_id",
    "shingles",
    "token_table",
    "weights",
]

SHINGLE_TOKENS = 5
"""Five characters are about three words: long enough that two articles on one matter share few, short enough to outlive an edit."""

SHINGLE_VERSION = 1
"""Travels with every index of signatures: those made under two versions must not be compared. It covers tokens, weights and hashes."""

DROPPED, RUN, SINGLE, UNSEEN = range(4)
"""What a character is: a break (white space, punctuation), a part of a run, a token of its own, or nothing at all (soft hyphens, joiners, selectors)."""

_SINGLES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # 々〆〇
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3040, 0x312F),  # kana, bopomofo
    (0x31A0, 0x31FF),  # bopomofo, kana
    (0x3400, 0xA4CF),  # Han, Yi
    (0xAC00, 0xD7A3),  # Hangul
    (0xE000, 0xFAFF),  # private use (Hong Kong's old characters), Han
)
"""Scripts that are written without spaces, or with spaces that come and go."""

_SELECTORS = "\U000e0000"
"""From here on: tags, variation selectors, private use."""

_MASK = (1 << 64) - 1


class Token(NamedTuple):
    """A token: its folded form, and where it stands in the text."""

    text: str
    start: int
    end: int


@cache
def token_table() -> NDArray[np.uint32]:
    """For each code point of the basic plane its fold in the low 24 bits and above it its class.

    Of the others, those from U+E0000 on are UNSEEN, all else is SINGLE.
    """
    import numpy as np

    folded = fold_table()
    kinds = np.where(folded == 0, DROPPED, RUN).astype(np.uint32)
    for point in np.flatnonzero(folded == 0).tolist():
        if category(chr(point)) in {"Cf", "Lo", "Mn"}:
            kinds[point] = UNSEEN
    for first, last in _SINGLES:
        kinds[(folded >= first) & (folded <= last)] = SINGLE
    table = folded | kinds << np.uint32(24)
    table.setflags(write=False)
    return table


@cache
def _entries() -> list[int]:
    entries: list[int] = token_table().tolist()
    return entries


def iter_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text.

    >>> [token.text for token in iter_tokens("《臺灣》ＧＤＰ增8.25％")]
    ['台', '湾', 'gdp', '增', '8', '25']
    """
    entries = _entries()
    run: list[str] = []
    start = 0
    for at, char in enumerate(text):
        entry = entries[ord(char)] if char <= "\uffff" else (SINGLE if char < _SELECTORS else UNSEEN) << 24 | ord(char)
        kind = entry >> 24
        if kind == UNSEEN:
            continue
        if kind == RUN:
            if not run:
                start = at
            run.append(chr(entry & 0xFFFFFF))
            continue
        if run:
            yield Token("".join(run), start, at)
            run = []
        if kind == SINGLE:
            yield Token(chr(entry & 0xFFFFFF), at, at + 1)
    if run:
        yield Token("".join(run), start, len(text))


def shingles(text: str) -> list[str]:
    """The shingles of a text, in order, each as text; between two runs of letters or digits stands a blank.

    >>> shingles("大桥今日通车"), shingles("Hello, World"), shingles("……")
    (['大桥今日通', '桥今日通车'], ['hello world'], [])
    """
    tokens = [token.text for token in iter_tokens(text)]
    if not tokens:
        return []
    return [_join(tokens[at : at + SHINGLE_TOKENS]) for at in range(max(1, len(tokens) - SHINGLE_TOKENS + 1))]


def _join(tokens: list[str]) -> str:
    parts = [tokens[0]]
    for before, token in pairwise(tokens):
        if _is_run(before) and _is_run(token):
            parts.append(" ")
        parts.append(token)
    return "".join(parts)


def _is_run(token: str) -> bool:
    return token[0] <= "\uffff" and _entries()[ord(token[0])] >> 24 == RUN


def _mix(value: int) -> int:
    # The 64-bit finalizer of MurmurHash3 (Austin Appleby, public domain).
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & _MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ value >> 33


@cache
def weights() -> NDArray[np.uint64]:
    """What the tokens of a shingle are multiplied with before they are added up: five odd numbers."""
    import numpy as np

    return np.array([_mix(place + 1) | 1 for place in range(SHINGLE_TOKENS)], dtype=np.uint64)


def shingle_id(shingle: str) -> int:
    """The 64-bit id of a shingle: a multilinear hash of its tokens, mixed; never 0."""
    tokens = [token.text for token in iter_tokens(shingle)]
    total = 0 if len(tokens) == SHINGLE_TOKENS else len(tokens)
    for token, weight in zip(tokens, weights().tolist(), strict=False):
        total += _token_value(token) * weight
    return max(_mix(total & _MASK), 1)


def _token_value(token: str) -> int:
    return run_value(token) if _is_run(token) else ord(token)


def run_value(run: str) -> int:
    """The value of a run of letters and digits: FNV-1a, a step a character, mixed."""
    value = 0xCBF29CE484222325
    for char in run:
        value = (value ^ ord(char)) * 0x100000001B3 & _MASK
    return _mix(value)


def shingle_hash(shingle: bytes) -> int:
    """The 32-bit hash of a shingle in UTF-8: the `hashfunc` that makes a datasketch.MinHash equal to our signatures.

    >>> shingle_hash("大桥今日通".encode()) == shingle_id("大桥今日通") & 0xFFFFFFFF
    True
    """
    return shingle_id(shingle.decode("utf-8", "surrogatepass")) & 0xFFFFFFFF
