"""What speaks for and against a line, and what stands around it, as columns of numbers.

`evidence` turns the shape of a page (shape.py) and the rules that fit its lines into three tables on which `block.py`
weighs where the body begins and ends: a row a line for what speaks for the line itself, one for the body beginning at
it, one for the body ending before it. The names of the columns are part of the weights file, so that weights and
columns cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cleaner.page.shape import Shape
from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BEGIN_COLUMNS",
    "END_COLUMNS",
    "LABELS",
    "LINE_COLUMNS",
    "NO_RULE",
    "Evidence",
    "Table",
    "evidence",
]

LABELS = tuple(Label)
NO_RULE = len(LABELS)
"""The code of a line that no rule fits; rules have the position of their label in `LABELS`."""


def _codes(*labels: Label) -> NDArray[np.bool_]:
    """A table that tells for the code of a rule's label whether it is one of these."""
    return np.array([label in labels for label in LABELS] + [False])


_HEADS = _codes(Label.DATE, Label.SOURCE, Label.BYLINE, Label.BREADCRUMB, Label.TITLE)
_TAILS = _codes(
    Label.RELATED, Label.COMMENTS, Label.COPYRIGHT, Label.ICP, Label.BYLINE, Label.KEYWORDS, Label.CONTACT, Label.DISCLAIMER
)  # fmt: skip
_ENDS = _codes(
    Label.BYLINE, Label.KEYWORDS, Label.DISCLAIMER, Label.SUBSCRIBE, Label.PAGINATION, Label.TOOLBAR, Label.SOURCE, Label.TITLE
)  # fmt: skip

_LENGTHS = np.array([2, 5, 9, 15, 25, 45, 90])
_REACHES = (1, 3, 8)
_RULED = tuple(label.value for label in LABELS)

_LINE_DENSE = (
    "bias",
    "closed",
    "stops",
    "commas",
    "digits",
    "latin",
    "bars",
    "blanks",
    *(f"prose±{reach}" for reach in _REACHES),
    *(f"chrome±{reach}" for reach in _REACHES),
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
_BEGIN_DENSE = (
    "bias",
    "first line, page with chrome",
    "first line, page without chrome",
    "page without chrome",
    "head within 3 before",
    "head within 8 before",
    "prose here",
    "prose within 3",
    "short here",
    "ruled here",
    "prose before",
    "title before",
    "tails before: 1+",
    "tails before: 2+",
)
_END_DENSE = (
    "bias",
    "last line, page with chrome",
    "last line, page without chrome",
    "page without chrome",
    "tail within 3",
    "tail within 8",
    "prose last",
    "closed last",
    "short last",
    "ruled last",
    "prose after within 5",
    "no ruled line after",
)
LINE_COLUMNS = (
    *_LINE_DENSE,
    *(f"chars<={n}" for n in _LENGTHS),
    f"chars>{_LENGTHS[-1]}",
    *(f"rule:{name}" for name in _RULED),
)
BEGIN_COLUMNS = (
    *_BEGIN_DENSE,
    *(f"rule before:{name}" for name in _RULED),
    *(f"rule two before:{name}" for name in _RULED),
)
END_COLUMNS = (*_END_DENSE, *(f"rule at:{name}" for name in _RULED), *(f"rule after:{name}" for name in _RULED))


class Table(NamedTuple):
    """Rows of evidence: some columns as numbers, the others as codes of which of a group of columns is 1.

    A code equal to the size of its group means that all of the group are 0. The columns are the dense ones, then the groups.
    """

    dense: NDArray[np.float64]  # shape (rows, dense columns)
    coded: tuple[tuple[NDArray[np.int64], int], ...]  # codes of shape (rows,), size of the group

    def score(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weighted sum of each row, shape (rows,)."""
        at = self.dense.shape[1]
        total: NDArray[np.float64] = self.dense @ weights[:at]
        for codes, size in self.coded:
            total += np.append(weights[at : at + size], 0.0)[codes]
            at += size
        return total

    def expand(self) -> NDArray[np.float64]:
        """All columns as numbers, shape (rows, columns), for training."""
        groups = []
        for codes, size in self.coded:
            group = np.zeros((len(codes), size + 1))
            group[np.arange(len(codes)), codes] = 1.0
            groups.append(group[:, :size])
        return np.hstack((self.dense, *groups))


class Evidence(NamedTuple):
    """The three tables of a page."""

    line: Table  # a row a line
    begin: Table  # row i: a body that begins at line i; lines + 1 rows
    end: Table  # row j: a body whose last line is j - 1; lines + 1 rows


def _windows(values: NDArray[np.float64], reaches: Sequence[int]) -> list[NDArray[np.float64]]:
    """Sums over each line and so many lines on both sides, for several columns at once.

    `values` is of shape (columns, lines); there is a result of the same shape for each reach.
    """
    columns, n = values.shape
    most = max(reaches)
    sums = np.zeros((columns, n + 2 * most + 1))
    np.cumsum(values, axis=1, out=sums[:, most + 1 : most + 1 + n])
    sums[:, most + 1 + n :] = sums[:, most + n : most + n + 1]
    return [
        sums[:, most + reach + 1 : most + reach + 1 + n] - sums[:, most - reach : most - reach + n] for reach in reaches
    ]


def _before(*columns: NDArray[Any]) -> NDArray[np.float64]:
    """Sums over all lines before each place, shape (columns, lines + 1)."""
    sums = np.zeros((len(columns), len(columns[0]) + 1))
    for row, column in zip(sums, columns, strict=True):
        row[1:] = column
    return np.cumsum(sums, axis=1, out=sums)


def _shift(codes: NDArray[np.int64], by: int) -> NDArray[np.int64]:
    """The code `by` places on (or back, if negative), `NO_RULE` beyond the page."""
    out = np.full_like(codes, NO_RULE)
    if by > 0:
        out[:-by] = codes[by:]
    else:
        out[-by:] = codes[:by]
    return out


def _fill(rows: int, columns: Sequence[str], values: Iterable[Any]) -> NDArray[np.float64]:
    table = np.empty((len(columns), rows))
    for row, value in zip(table, values, strict=True):
        row[:] = value
    return table.T


def evidence(
    shape: Shape,
    labels: NDArray[np.int64],
    closing: NDArray[np.bool_],
    twice: NDArray[np.bool_],
    prose: NDArray[np.float64],
) -> Evidence:
    """The evidence on a page, from its shape and four columns of shape (lines,).

    `labels` are the codes of the rules that fit (NO_RULE where none does); `closing` tells whether such a rule says that nothing of an
    article follows; `twice` marks lines that may be a title and stand more than once; `prose` is how much running text a line holds.
    """
    n = len(labels)
    ruled = labels != NO_RULE
    short = shape.chars <= 15
    amount = np.log1p(prose) / 3
    openness = ~shape.closed & (shape.chars <= 45) & (shape.chars >= 4)

    near = np.empty((4, n))
    near[0] = prose
    near[1] = ruled | (shape.chars <= 9)
    near[2] = np.where(ruled | (shape.han < 16), 0, shape.han)
    near[3] = openness
    within_1, within_2, within_3, within_8 = _windows(near, (1, 2, 3, 8))
    at = np.arange(n)
    run = within_2[3] == np.minimum(at + 3, n) - np.maximum(at - 2, 0)  # all of five lines are open
    around = np.log1p(np.stack((within_1[0], within_3[0], within_8[0], near[2], within_3[2]))) / 3

    # What comes after the article counts only after the first prose: menus at the top name the same things.
    read, heads, tails, marked, titles = _before(prose, _HEADS[labels], _TAILS[labels], ruled, twice)
    begun = read[:-1] >= 100
    after, ends = _before(closing & begun, _ENDS[labels] & (read[:-1] >= 150))[:, :-1]
    once, often, late = after == 1, after >= 2, after >= 1
    none = begun & ~late
    unbegun = ~begun
    # A short line after the first prose, before anything that looks like an end, is most often a list, a table or a heading:
    # it must not count against the body by its shape, however many of them there are.
    quiet = none & ~ruled & (prose == 0) & (ends == 0)
    shares = np.stack((shape.digits, shape.latin, shape.bars, shape.blanks)) / np.maximum(shape.chars, 1)
    far = np.log1p(np.stack((read, read[-1] - read))) / 4

    line = _fill(
        n,
        _LINE_DENSE,
        (
            1.0,
            shape.closed,
            np.minimum(shape.stops, 5) / 2,
            np.minimum(shape.commas, 8) / 3,
            *shares,
            *around[:3],
            within_1[1] / 3,
            within_3[1] / 7,
            within_8[1] / 17,
            far[0, :-1],
            far[1, 1:],
            heads[:-1] > 0,
            once,
            often & (after <= 3),
            after >= 4,
            once * amount,
            often * amount,
            often & short,
            unbegun & short,
            none & short,
            openness & late,
            run & late,
            run & none,
            run & unbegun,
            shape.enumerated,
            shape.enumerated & none,
            around[3],
            around[4],
            np.minimum(ends, 3),
            0.0,
            0.0,
        ),
    )
    line[quiet] = 0
    line[:, -2] = quiet
    line[:, -1] = run & quiet
    buckets = np.where(quiet, len(_LENGTHS) + 1, np.searchsorted(_LENGTHS, shape.chars))
    rows = np.arange(n + 1)
    bare = 1.0 - min(1.0, 4 * float(np.count_nonzero(ruled)) / n)
    first = rows == 0
    begin = _fill(
        n + 1,
        _BEGIN_DENSE,
        (
            1.0,
            first * (1 - bare),
            first * bare,
            bare,
            heads > heads[np.maximum(rows - 3, 0)],
            heads > heads[np.maximum(rows - 8, 0)],
            np.append(amount, 0.0),
            np.log1p(read[np.minimum(rows + 3, n)] - read) / 3,
            np.append(short, False),
            np.append(ruled, False),
            far[0],
            titles > titles[np.maximum(rows - 8, 0)],
            np.append(late, False),
            np.append(often, False),
        ),
    )
    last = rows == n
    end = _fill(
        n + 1,
        _END_DENSE,
        (
            1.0,
            last * (1 - bare),
            last * bare,
            bare,
            tails[np.minimum(rows + 3, n)] > tails,
            tails[np.minimum(rows + 8, n)] > tails,
            np.append(0.0, amount),
            np.append(False, shape.closed),
            np.append(False, short),
            np.append(False, ruled),
            np.log1p(read[np.minimum(rows + 5, n)] - read) / 3,
            marked == marked[-1],
        ),
    )
    padded = np.append(labels, NO_RULE)
    return Evidence(
        Table(line, ((buckets, len(_LENGTHS) + 1), (np.where(quiet, NO_RULE, labels), NO_RULE))),
        Table(begin, ((_shift(padded, -1), NO_RULE), (_shift(padded, -2), NO_RULE))),
        Table(end, ((padded, NO_RULE), (_shift(padded, 1), NO_RULE))),
    )
