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
_FOUR_HAN = re.compile(f"[{_HAN}](?:[^{_HAN}]*[{_HAN}]){{3}}")

_FIELDS = 4
"""Counts of so many classes travel in one number of 64 bits, 16 each; a line of 65,536 characters or more is measured apart."""


@cache
def _class_tables() -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.bool_]]:
    """For each character: 1 in the field of its class (Han, digit, Latin, stop | comma, bar, blank), and whether it closes."""
    one, two = np.zeros((65536, _FIELDS), dtype=np.uint16), np.zeros((65536, _FIELDS), dtype=np.uint16)
    for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3)):
        one[first : last + 1, 0] = 1
    one[ord("0") : ord("9") + 1, 1] = 1
    one[[code for code in range(0x41, 0x250) if chr(code).isalpha()], 2] = 1
    for table, marks, field in ((one, _STOPS, 3), (two, _COMMAS, 0), (two, _BARS, 1), (two, " ", 2)):
        table[[ord(mark) for mark in marks], field] = 1
    return one.view(np.uint64).ravel(), two.view(np.uint64).ravel(), _flags(_CLOSERS)


def _flags(chars: str) -> NDArray[np.bool_]:
    table = np.zeros(65536, dtype=np.bool_)
    table[[ord(char) for char in chars]] = True
    return table


@cache
def _number_tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Characters that begin a number, that stand second in a numbered item, and that begin an item alone."""
    return (
        _flags("0123456789一二三四五六七八九十甲乙丙丁(第"),
        _flags("、.)一二三四五六七八九十0123456789"),
        _flags("①②③④⑤⑥⑦⑧⑨⑩◎※"),
    )


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
        running = (self.stops + self.commas > 0) | (self.chars >= 60)
        running &= (self.chars >= 18) & (self.bars * 6 < self.chars)
        running &= ~ruled | (self.chars >= 120)
        if echoes:
            running[echoes] = False
        prose: NDArray[np.float64] = np.multiply(np.minimum(self.han + self.latin // 5, 150), running, dtype=np.float64)
        return prose


def is_sentence(line: str) -> bool:
    """Whether a line in probe form is running text to its end, as the columns of `Shape` would say: closed, not elided, with a stop, four Han."""
    end = line[-1]
    return end in _CLOSED and (end in _STOPS or _STOP.search(line) is not None) and _FOUR_HAN.search(line) is not None


def measure(points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Shape:
    """Measures the lines of a page in probe form.

    `points` are its code points; `starts` and `ends` (shape (lines,)) bound the lines, which follow each other with one line feed
    between them.
    """
    one, two, closers = _class_tables()
    chars = ends - starts
    if len(chars) and int(chars.max()) > np.iinfo(np.uint16).max:
        counts = _count_widely(points, starts)
    else:  # all fields are unpacked at once, which takes a fifth of the time of one by one
        packed = np.array([np.add.reduceat(table.take(points, mode="clip"), starts) for table in (one, two)])
        counts = packed.view(np.uint16).reshape(2, -1, _FIELDS).swapaxes(1, 2).reshape(2 * _FIELDS, -1).astype(np.int64)
    han, digits, latin, stops, commas, bars, blanks = counts[:7]
    begins, follows, opens = _number_tables()
    head, second = points.take(starts), points.take(np.minimum(starts + 1, ends - 1))
    last = points.take(ends - 1)
    enumerated = begins.take(head, mode="clip") & follows.take(second, mode="clip") | opens.take(head, mode="clip")
    closed, elided = closers.take(last, mode="clip"), last == ord("…")
    return Shape(chars, han, digits, latin, stops, commas, bars, blanks, closed, elided, enumerated)


def _count_widely(points: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    classes = [table.view(np.uint16).reshape(-1, _FIELDS) for table in _class_tables()[:2]]
    columns = [table[:, field].take(points, mode="clip") for table in classes for field in range(_FIELDS)]
    return np.array([np.add.reduceat(column, starts, dtype=np.int64) for column in columns])
