"""What the lines of a page look like: counts of character classes, made by a handful of array operations over the whole page.

A loop over the lines of a page, or over their characters, would take a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Shape", "is_sentence", "measure"]

_STOPS, _COMMAS, _BARS = "。!?;…", ",、:", "|>»/·-_[]【】#+"
_CLOSERS = '。!?…"”』」）)】~'

_CLOSED = frozenset(_CLOSERS) - {"…"}
_STOP = re.compile(f"[{_STOPS}]")
_HAN = "\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7a3"
_FOUR_HAN = re.compile(f"(?:[^{_HAN}]*+[{_HAN}]){{4}}")

LATIN_CHARS = 40
"""A line of so many characters, most of them Latin letters, is a sentence where a point ends it."""

_CLASSES = 7
"""Han, digits, Latin letters, stops, commas, bars, blanks: a character is of one of them, or of none (0)."""

_CLASS, _CLOSES, _OPENS, _BEGINS, _SECOND = 0x07, 0x08, 0x10, 0x20, 0x40
"""The bits that are kept of a character: its class, whether it closes a sentence or a quotation, begins an item by itself, begins a
number, and may stand second in a numbered item."""

_FIELDS, _MOST_CHARS = 4, 0xFFFF
"""Counts of so many classes travel in one number of 64 bits, 16 each; a page with a longer line is measured class by class."""


@cache
def _character_table() -> NDArray[np.uint8]:
    """The bits of each character: all in one byte, so that the table stays in the processor's cache."""
    table = np.zeros(65536, dtype=np.uint8)
    for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3)):
        table[first : last + 1] = 1
    latin = [chr(code) for code in range(0x41, 0x250) if chr(code).isalpha()]
    for number, chars in enumerate(("0123456789", latin, _STOPS, _COMMAS, _BARS, " "), 2):
        table[[ord(char) for char in chars]] = number
    for bit, chars in (
        (_CLOSES, _CLOSERS),
        (_OPENS, "①②③④⑤⑥⑦⑧⑨⑩◎※"),
        (_BEGINS, "0123456789一二三四五六七八九十甲乙丙丁(第"),
        (_SECOND, "、.)一二三四五六七八九十0123456789"),
    ):
        table[[ord(char) for char in chars]] |= bit
    return table


@cache
def _field_tables() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """For each byte of `_character_table` 1 in the field of its class: of the first four classes, and of the others."""
    classes = np.arange(256) & _CLASS
    fields = (classes[:, None] == np.arange(1, 2 * _FIELDS + 1)).astype(np.uint16)
    one, two = (np.ascontiguousarray(half).view(np.uint64).ravel() for half in np.hsplit(fields, 2))
    return one, two


@dataclass(slots=True)
class Shape:
    """The lines of one page as columns, each of shape (lines,)."""

    chars: NDArray[np.int64]  # length in characters
    han: NDArray[np.int64]
    digits: NDArray[np.int64]
    latin: NDArray[np.int64]
    stops: NDArray[np.int64]
    commas: NDArray[np.int64]
    bars: NDArray[np.int64]
    blanks: NDArray[np.int64]
    closed: NDArray[np.bool_]  # the last character closes a sentence or a quotation
    elided: NDArray[np.bool_]  # the last character is an ellipsis: the line is an excerpt
    enumerated: NDArray[np.bool_]  # begins like a list item or a numbered heading

    def only(self, places: NDArray[np.int64] | slice) -> Shape:
        """The same columns without the other lines."""
        return Shape(*[getattr(self, name)[places] for name in self.__slots__])

    def prose(self, ruled: NDArray[np.bool_], echoes: Sequence[int]) -> NDArray[np.float64]:
        """How much running text a line holds, in words of a kind (0 to 150); 0 for what has the shape of chrome.

        `ruled` marks the lines that a rule fits, `echoes` are those that a later one repeats.
        """
        least = np.where(ruled, 120, np.where(self.stops + self.commas > 0, 18, 60))
        running = (self.chars >= least) & (self.bars * 6 < self.chars)
        if echoes:
            running[echoes] = False
        prose: NDArray[np.float64] = np.multiply(np.minimum(self.han + self.latin // 3, 150), running, dtype=np.float64)
        return prose


def is_sentence(line: str) -> bool:
    """Whether a line in probe form is running text to its end, as the columns of `Shape` would say: closed, not elided, with a stop, four Han."""
    end = line[-1]
    return end in _CLOSED and (end in _STOPS or _STOP.search(line) is not None) and _FOUR_HAN.match(line) is not None


def measure(points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Shape:
    """Measures the lines of a page in probe form.

    `points` are its code points; `starts` and `ends` (shape (lines,)) bound the lines, which follow each other with one line feed
    between them.
    """
    marks = _character_table().take(points, mode="clip")
    chars = ends - starts
    if len(points) > _MOST_CHARS and len(chars) and int(chars.max()) > _MOST_CHARS:
        counts = _count_widely(marks, starts)
    else:  # all fields are unpacked at once, which takes a fifth of the time of one by one
        packed = np.array([np.add.reduceat(table.take(marks), starts) for table in _field_tables()])
        counts = packed.view(np.uint16).reshape(2, -1, _FIELDS).swapaxes(1, 2).reshape(2 * _FIELDS, -1).astype(np.int64)
    han, digits, latin, stops, commas, bars, blanks = counts[:_CLASSES]
    head, second, last = marks.take(starts), marks.take(np.minimum(starts + 1, ends - 1)), marks.take(ends - 1)
    enumerated = (head & _OPENS != 0) | ((head & _BEGINS != 0) & (second & _SECOND != 0))
    ends_with = points.take(ends - 1)
    closed, elided = last & _CLOSES != 0, ends_with == ord("…")
    if (points_end := ends_with == ord(".")).any():  # a sentence in Latin letters; names of companies are shorter
        sentences = points_end & (chars >= LATIN_CHARS) & (2 * latin >= chars)
        closed |= sentences
        stops += sentences
    return Shape(chars, han, digits, latin, stops, commas, bars, blanks, closed, elided, enumerated)


def _count_widely(marks: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    classes = marks & _CLASS
    return np.array([np.add.reduceat(classes == of, starts, dtype=np.int64) for of in range(1, _CLASSES + 1)])
