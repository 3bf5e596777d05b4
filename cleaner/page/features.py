"""What a line looks like, and what stands around it, as columns of numbers.

One page is one `Shape`: counts of character classes per line, made by a handful of array operations over the whole page instead of a loop
over its lines. `evidence` turns it into the three tables on which `label.py` weighs where the body begins and ends: one row a line
for what speaks for the line itself, one for the body beginning at it, one for the body ending before it. The names of the
columns are part of the weights file, so that weights and columns cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BEGIN_COLUMNS", "END_COLUMNS", "LINE_COLUMNS", "Shape", "evidence", "measure"]

LABELS = tuple(Label)
NO_RULE = len(LABELS)
"""The code of a line that no rule fits; rules have the position of their label in `LABELS`."""

_HAN, _DIGIT, _LATIN, _STOP, _COMMA, _BAR, _BLANK, _OTHER = range(8)
_CLASSES = 8

_STOPS = "。!?;…"
_COMMAS = ",、:"
_BARS = "|>»/·-_[]【】#+"
_CLOSERS = "。!?…\"”』」）)】~"


@cache
def _class_table() -> NDArray[np.uint8]:
    table = np.full(65536, _OTHER, dtype=np.uint8)
    for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3)):
        table[first : last + 1] = _HAN
    table[ord("0") : ord("9") + 1] = _DIGIT
    for code in range(0x41, 0x250):
        if chr(code).isalpha():
            table[code] = _LATIN
    for marks, number in ((_STOPS, _STOP), (_COMMAS, _COMMA), (_BARS, _BAR), (" ", _BLANK)):
        for mark in marks:
            table[ord(mark)] = number
    table[ord("\n")] = _BLANK
    table.setflags(write=False)
    return table


@cache
def _closer_table() -> NDArray[np.bool_]:
    table = np.zeros(65536, dtype=np.bool_)
    for mark in _CLOSERS:
        table[ord(mark)] = True
    table.setflags(write=False)
    return table


@dataclass(frozen=True, slots=True)
class Shape:
    """The lines of one page as columns, each of shape (lines,)."""

    chars: NDArray[np.int64]  # length in characters
    counts: NDArray[np.int64]  # shape (8, lines): characters of each class
    closed: NDArray[np.bool_]  # the last character closes a sentence or a quotation
    labels: NDArray[np.int64]  # code of the label of the rule that fits, else NO_RULE
    enumerated: NDArray[np.bool_]  # begins like a list item or a numbered heading
    closing: NDArray[np.bool_]  # a rule fits after which nothing of an article follows (`closes = true`)
    twice: NDArray[np.bool_]  # long enough for a title, open, and stands more than once in the page
    echo: NDArray[np.bool_]  # a later line begins with it: a description, not the article

    @property
    def prose(self) -> NDArray[np.float64]:
        """How much running text a line holds, in characters: 0 for what has the shape of chrome."""
        marks = self.counts[_STOP] + self.counts[_COMMA]
        words = self.counts[_HAN] + self.counts[_LATIN] // 5
        running = (self.chars >= 18) & ((marks > 0) | (self.chars >= 60)) & (self.counts[_BAR] * 6 < self.chars)
        weighty = (self.labels == NO_RULE) | (self.chars >= 120)
        return np.where(running & weighty & ~self.echo, np.minimum(words, 150), 0).astype(np.float64)


def measure(
    points: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    labels: NDArray[np.int64],
    closing: NDArray[np.bool_],
    twice: NDArray[np.bool_],
    echo: NDArray[np.bool_],
) -> Shape:
    """Measures the lines of a page in probe form.

    `points` are its code points, `starts` and `ends` (shape (lines,)) bound each line, in order and without white
    space at either end; `labels` holds the label codes of the rules that fit.
    """
    narrow = np.minimum(points, 0xFFFF)
    kinds = _class_table()[narrow]
    counts = np.empty((_CLASSES, len(starts)), dtype=np.int64)
    bounds = np.empty(len(starts) * 2, dtype=np.int64)
    bounds[0::2] = starts
    bounds[1::2] = ends
    inner = bounds[:-1] if len(bounds) and bounds[-1] == len(points) else bounds
    for kind in range(_CLASSES):
        counts[kind] = np.add.reduceat(kinds == kind, inner, dtype=np.int64)[0::2]
    first = narrow[starts]
    second = narrow[np.minimum(starts + 1, ends - 1)]
    marked = np.isin(second, _NUMBER_MARKS)
    enumerated = (np.isin(first, _NUMBERS) & marked) | np.isin(first, _NUMBER_OPENERS)
    return Shape(ends - starts, counts, _closer_table()[narrow[ends - 1]], labels, enumerated, closing, twice, echo)


def _code(*labels: Label) -> list[int]:
    return [LABELS.index(label) for label in labels]


_HEADS = _code(Label.DATE, Label.SOURCE, Label.BYLINE, Label.BREADCRUMB, Label.TITLE)
_TAILS = _code(Label.RELATED, Label.COMMENTS, Label.COPYRIGHT, Label.ICP, Label.BYLINE, Label.KEYWORDS, Label.CONTACT, Label.DISCLAIMER)
_ENDS = _code(
    Label.BYLINE, Label.KEYWORDS, Label.DISCLAIMER, Label.SUBSCRIBE, Label.PAGINATION, Label.TOOLBAR, Label.SOURCE, Label.TITLE
)

_NUMBERS = np.array([ord(mark) for mark in "0123456789一二三四五六七八九十甲乙丙丁(第"], dtype=np.uint32)
_NUMBER_MARKS = np.array([ord(mark) for mark in "、.)一二三四五六七八九十0123456789"], dtype=np.uint32)
_NUMBER_OPENERS = np.array([ord(mark) for mark in "①②③④⑤⑥⑦⑧⑨⑩◎※"], dtype=np.uint32)

_LENGTHS = (2, 5, 9, 15, 25, 45, 90)
_RULED = tuple(label.value for label in LABELS)

LINE_COLUMNS = (
    "bias",
    *(f"chars<={n}" for n in _LENGTHS),
    "chars>90",
    "closed",
    "stops",
    "commas",
    "digits",
    "latin",
    "bars",
    "blanks",
    *(f"rule:{name}" for name in _RULED),
    *(f"prose±{n}" for n in (1, 3, 8)),
    *(f"chrome±{n}" for n in (1, 3, 8)),
    "prose before",
    "prose after",
    "after a head",
    "tails before: 1",
    "tails before: 2-3",
    "tails before: 4+",
    "prose, tails before: 1",
    "prose, tails before: 2+",
    "short, tails before: 2+",
    "short, before the first prose",
    "short, after prose, no tail yet",
    "open, tails before: 1+",
    "open run, tails before: 1+",
    "open run, after prose, no tail yet",
    "open run, before the first prose",
    "enumerated",
    "enumerated, after prose, no tail yet",
    "plain words",
    "plain words±3",
    "ends before",
    "quiet",
    "quiet run",
)
BEGIN_COLUMNS = (
    "bias",
    "first line, page with chrome",
    *(f"rule before:{name}" for name in _RULED),
    *(f"rule two before:{name}" for name in _RULED),
    "head within 3 before",
    "head within 8 before",
    "prose here",
    "prose within 3",
    "short here",
    "ruled here",
    "prose before",
    "first line, page without chrome",
    "page without chrome",
    "title before",
    "tails before: 1+",
    "tails before: 2+",
)
END_COLUMNS = (
    "bias",
    "last line, page with chrome",
    *(f"rule at:{name}" for name in _RULED),
    *(f"rule after:{name}" for name in _RULED),
    "tail within 3",
    "tail within 8",
    "prose last",
    "closed last",
    "short last",
    "ruled last",
    "prose after within 5",
    "last line, page without chrome",
    "page without chrome",
    "no ruled line after",
)


def _window(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Sums over each line and `reach` lines on both sides."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    return total[np.minimum(at + reach + 1, len(values))] - total[np.maximum(at - reach, 0)]


def _one_hot(codes: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    table = np.zeros((len(codes), width + 1))
    table[np.arange(len(codes)), codes] = 1.0
    return table[:, :width]


def _shift(codes: NDArray[np.int64], by: int) -> NDArray[np.int64]:
    """The code `by` lines on (or back, if negative), `NO_RULE` beyond the page."""
    out = np.full_like(codes, NO_RULE)
    if by > 0:
        out[:-by] = codes[by:]
    elif by < 0:
        out[-by:] = codes[:by]
    else:
        out[:] = codes
    return out


def evidence(shape: Shape) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The three tables: (lines, LINE_COLUMNS), (lines + 1, BEGIN_COLUMNS) and (lines + 1, END_COLUMNS).

    Row i of the second describes a body that begins at line i; row j of the third one whose last line is j - 1.
    """
    n = len(shape.chars)
    chars = shape.chars.astype(np.float64)
    prose = shape.prose
    labels = shape.labels
    ruled = labels != NO_RULE
    short = chars <= 15
    chrome = (ruled | (chars <= 9)).astype(np.float64)
    heads = np.isin(labels, _HEADS).astype(np.float64)
    tails = np.isin(labels, _TAILS).astype(np.float64)
    amount = np.log1p(prose)

    # What comes after the article counts only after the first prose: menus at the top name the same things.
    begun = np.concatenate(([0.0], np.cumsum(prose)[:-1])) >= 40
    after = np.concatenate(([0.0], np.cumsum(shape.closing & begun)[:-1]))
    before = np.log1p(np.concatenate(([0.0], np.cumsum(prose)[:-1])))
    ahead = np.log1p(np.cumsum(prose[::-1])[::-1] - prose)

    line = np.zeros((n, len(LINE_COLUMNS)))
    line[:, 0] = 1
    line[np.arange(n), 1 + np.searchsorted(_LENGTHS, shape.chars)] = 1
    at = 2 + len(_LENGTHS)
    line[:, at] = shape.closed
    line[:, at + 1] = np.minimum(shape.counts[_STOP], 5) / 2
    line[:, at + 2] = np.minimum(shape.counts[_COMMA], 8) / 3
    for offset, kind in enumerate((_DIGIT, _LATIN, _BAR, _BLANK), 3):
        line[:, at + offset] = shape.counts[kind] / np.maximum(chars, 1)
    at += 7
    line[:, at : at + NO_RULE] = _one_hot(labels, NO_RULE)
    at += NO_RULE
    for offset, reach in enumerate((1, 3, 8)):
        line[:, at + offset] = np.log1p(_window(prose, reach)) / 3
        line[:, at + 3 + offset] = _window(chrome, reach) / (2 * reach + 1)
    at += 6
    line[:, at] = before / 4
    line[:, at + 1] = ahead / 4
    line[:, at + 2] = np.minimum(np.concatenate(([0.0], np.cumsum(heads)[:-1])), 1)
    line[:, at + 3] = after == 1
    line[:, at + 4] = (after >= 2) & (after <= 3)
    line[:, at + 5] = after >= 4
    line[:, at + 6] = (after == 1) * amount / 3
    line[:, at + 7] = (after >= 2) * amount / 3
    line[:, at + 8] = (after >= 2) & short
    openness = ~shape.closed & (chars <= 45) & (chars >= 4)
    run = _window((~openness).astype(np.float64), 2) == 0
    unbegun = ~begun
    none = begun & (after == 0)
    line[:, at + 9] = unbegun & short
    line[:, at + 10] = none & short
    line[:, at + 11] = openness & (after >= 1)
    line[:, at + 12] = run & (after >= 1)
    line[:, at + 13] = run & none
    line[:, at + 14] = run & unbegun
    line[:, at + 15] = shape.enumerated
    line[:, at + 16] = shape.enumerated & none
    plain = np.where((labels == NO_RULE) & (shape.counts[_HAN] >= 16), shape.counts[_HAN], 0).astype(np.float64)
    line[:, at + 17] = np.log1p(plain) / 3
    line[:, at + 18] = np.log1p(_window(plain, 3)) / 3
    ends = np.isin(labels, _ENDS) & (np.concatenate(([0.0], np.cumsum(prose)[:-1])) >= 150)
    line[:, at + 19] = np.minimum(np.concatenate(([0.0], np.cumsum(ends)[:-1])), 3)
    # A short line after the first prose, before anything that looks like an end, is most often a list, a table or a heading:
    # it must not count against the body by its shape, however many of them there are.
    quiet = none & (labels == NO_RULE) & (prose == 0) & (line[:, at + 19] == 0)
    run = run & quiet
    line[quiet] = 0
    line[:, at + 20] = quiet
    line[:, at + 21] = run

    begin = np.zeros((n + 1, len(BEGIN_COLUMNS)))
    begin[:, 0] = 1
    bare = 1.0 - min(1.0, 4 * float(ruled.sum()) / n)
    begin[0, 1] = 1 - bare
    padded = np.concatenate((labels, [NO_RULE]))
    begin[:, 2 : 2 + NO_RULE] = _one_hot(_shift(padded, -1), NO_RULE)
    begin[:, 2 + NO_RULE : 2 + 2 * NO_RULE] = _one_hot(_shift(padded, -2), NO_RULE)
    at = 2 + 2 * NO_RULE
    total = np.concatenate(([0.0], np.cumsum(heads)))
    rows = np.arange(n + 1)
    begin[:, at] = total - total[np.maximum(rows - 3, 0)] > 0
    begin[:, at + 1] = total - total[np.maximum(rows - 8, 0)] > 0
    sums = np.concatenate(([0.0], np.cumsum(prose)))
    begin[:n, at + 2] = amount / 3
    begin[:, at + 3] = np.log1p(sums[np.minimum(rows + 3, n)] - sums) / 3
    begin[:n, at + 4] = short
    begin[:n, at + 5] = ruled
    begin[:, at + 6] = np.log1p(sums) / 4
    begin[0, at + 7] = bare
    begin[:, at + 8] = bare
    titles = np.concatenate(([0.0], np.cumsum(shape.twice)))
    begin[:, at + 9] = titles - titles[np.maximum(rows - 8, 0)] > 0
    begin[:n, at + 10] = after >= 1
    begin[:n, at + 11] = after >= 2

    end = np.zeros((n + 1, len(END_COLUMNS)))
    end[:, 0] = 1
    end[n, 1] = 1 - bare
    end[:, 2 : 2 + NO_RULE] = _one_hot(padded, NO_RULE)
    end[:, 2 + NO_RULE : 2 + 2 * NO_RULE] = _one_hot(_shift(padded, 1), NO_RULE)
    total = np.concatenate(([0.0], np.cumsum(tails)))
    end[:, at] = total[np.minimum(rows + 3, n)] - total > 0
    end[:, at + 1] = total[np.minimum(rows + 8, n)] - total > 0
    end[1:, at + 2] = amount / 3
    end[1:, at + 3] = shape.closed
    end[1:, at + 4] = short
    end[1:, at + 5] = ruled
    end[:, at + 6] = np.log1p(sums[np.minimum(rows + 5, n)] - sums) / 3
    end[n, at + 7] = bare
    end[:, at + 8] = bare
    total = np.concatenate(([0.0], np.cumsum(ruled)))
    end[:, at + 9] = total[n] == total
    return line, begin, end
