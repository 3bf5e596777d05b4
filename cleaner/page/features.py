"""What speaks for and against a line, and what stands around it, as columns of numbers.

`Evidence` turns the shape of a page (shape.py) and the rules that fit its lines into the columns of three tables by which
`block.py` weighs where the body begins and ends: a row a line for what speaks for the line itself, for the body beginning at
it, and for the body ending with it. The names of the columns are part of the weights file, so that weights and columns cannot
drift apart. A third of the columns weigh nothing: they are computed for training, and not where a page is cleaned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.page.shape import Shape
from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BEGIN",
    "END",
    "LABELS",
    "LINE",
    "NO_RULE",
    "Evidence",
    "Scorer",
    "Table",
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

_LENGTHS = (2, 5, 9, 15, 25, 45, 90)
_BUCKETS = np.searchsorted(_LENGTHS, np.arange(_LENGTHS[-1] + 2))
_LENGTH_NAMES = (*(f"chars<={n}" for n in _LENGTHS), f"chars>{_LENGTHS[-1]}")


class Evidence:
    """The evidence on a page, of which the columns of the tables are made.

    Arrays are of shape (lines,), but for sums over all lines before each place, which are of shape (lines + 1,).
    """

    def __init__(
        self,
        shape: Shape,
        labels: NDArray[np.int64],
        closing: NDArray[np.bool_],
        twice: NDArray[np.bool_],
        prose: NDArray[np.float64],
    ) -> None:
        """Gathers the evidence from a page's shape and four columns.

        `labels` are the codes of the rules that fit (NO_RULE where none does); `closing` tells whether such a rule says that nothing of an
        article follows; `twice` marks lines that may be a title and stand more than once; `prose` is how much running text a line holds.
        """
        n = len(labels)
        self.shape, self.labels, self.twice, self.prose = shape, labels, twice, prose
        self.lines = n
        self.ruled = ruled = labels != NO_RULE
        self.short = shape.chars <= 15
        self.open = ~shape.closed & (shape.chars <= 45) & (shape.chars >= 4)
        padded = np.ones(n + 4, dtype=np.bool_)
        padded[2:-2] = self.open
        self.run = padded[:-4] & padded[1:-3] & padded[2:-2] & padded[3:-1] & padded[4:]  # all of five lines are open
        self.amount = np.log1p(prose) / 3
        self.plain = shape.han * (~ruled & (shape.han >= 16))
        self.shares = np.array((shape.digits, shape.latin, shape.bars, shape.blanks)) / shape.chars

        # What comes after the article counts only after the first prose: menus at the top name the same things.
        self.read = read = _before(prose)
        self.far = np.log1p(read) / 4
        self.heads, self.tails, self.marked = _before(_HEADS.take(labels)), _before(_TAILS.take(labels)), _before(ruled)
        self.begun = read[:-1] >= 100
        self.unbegun = ~self.begun
        self.after = _before(closing & self.begun)[:-1]
        self.once, self.often, self.late = self.after == 1, self.after >= 2, self.after >= 1
        self.none = self.begun & ~self.late
        self.ends = _before(_ENDS.take(labels) & (read[:-1] >= 150))[:-1]
        # A short line after the first prose, before anything that looks like an end, is most often a list, a table or a heading:
        # it must not count against the body by its shape, however many of them there are.
        self.quiet = self.none & ~ruled & (prose == 0) & (self.ends == 0)

        self.bare = 1.0 - min(1.0, 4 * int(self.marked[-1]) / n)
        self._codes = np.full(n + 4, NO_RULE)
        self._codes[2:-2] = labels

    def label_at(self, by: int) -> NDArray[np.int64]:
        """The code of the rule that fits the line up to two lines on (or back, if negative), `NO_RULE` beyond the page."""
        return self._codes[2 + by : 2 + by + self.lines]

    def only_at(self, line: int, value: float) -> NDArray[np.float64]:
        """A column that is 0 but for one line."""
        column = np.zeros(self.lines)
        column[line] = value
        return column


def _before(column: NDArray[Any]) -> NDArray[Any]:
    """Sums over all lines before each place, shape (lines + 1,); of truth values, how many are true."""
    sums: NDArray[Any] = np.zeros(len(column) + 1, dtype=_sum_type(column))
    np.add.accumulate(column, out=sums[1:])  # a third of the time that np.cumsum takes for truth values
    return sums


def _sum_type(column: NDArray[Any]) -> type:
    return np.float64 if column.dtype == np.float64 else np.int64


def _around(column: NDArray[Any], reach: int) -> NDArray[Any]:
    """Sums over each line and so many lines on both sides."""
    n = len(column)
    sums: NDArray[Any] = np.zeros(n + 2 * reach + 1, dtype=_sum_type(column))
    np.add.accumulate(column, out=sums[reach + 1 : reach + 1 + n])
    sums[reach + 1 + n :] = sums[reach + n]
    around: NDArray[Any] = sums[2 * reach + 1 :] - sums[:n]
    return around


def _moved(sums: NDArray[Any], by: int) -> NDArray[Any]:
    """The sums so many places on (or back, if negative); beyond the page those at its ends."""
    out = np.empty_like(sums)
    if by > 0:
        out[:-by] = sums[by:]
        out[-by:] = sums[-1]
    else:
        out[-by:] = sums[:by]
        out[:-by] = sums[0]
    return out


def _is_within(sums: NDArray[np.int64], reach: int) -> NDArray[np.bool_]:
    """Whether any of so many lines behind each place (or before it, if negative) was counted."""
    within: NDArray[np.bool_] = sums != _moved(sums, reach)
    return within


Column = Callable[[Evidence], Any]


class Table:
    """One of the three tables: its columns by name, and how each is computed.

    The columns are the `dense` ones, which are numbers; then those of `quiet` lines, which have no others; then the `coded` ones: groups
    of columns of which at most one is 1, told by its number in the group, or by the size of the group where none is.
    """

    def __init__(
        self,
        dense: Mapping[str, Column],
        coded: Sequence[tuple[Sequence[str], Column]],
        quiet: Mapping[str, Column] | None = None,
    ) -> None:
        self.dense = dense
        self.quiet = quiet or {}
        self.coded = coded
        self.columns = (*dense, *self.quiet, *(name for names, _ in coded for name in names))

    def expand(self, page: Evidence) -> NDArray[np.float64]:
        """All columns as numbers, shape (lines, columns), for training."""
        loud = ~page.quiet if self.quiet else np.ones(page.lines, dtype=np.bool_)
        parts = [_fill(page, self.dense.values()) * loud, _fill(page, self.quiet.values()) * ~loud]
        for names, codes in self.coded:
            parts.append((np.arange(len(names))[:, None] == codes(page)) * loud)
        return np.vstack(parts).T


class Scorer:
    """The weights of a table, in the form in which the lines of a page are scored: without the columns that weigh nothing."""

    def __init__(self, table: Table, weights: NDArray[np.float64]) -> None:
        dense, quiet, *coded = np.split(
            weights, np.cumsum([len(table.dense), len(table.quiet), *(len(names) for names, _ in table.coded)])[:-1]
        )
        self._dense = [column for column, weight in zip(table.dense.values(), dense, strict=True) if weight]
        self._weights = dense[dense != 0]
        self._quiet = list(table.quiet.values())
        self._quiet_weights = quiet
        self._coded = [(codes, np.append(group, 0.0)) for (_, codes), group in zip(table.coded, coded, strict=True)]

    def score(self, page: Evidence) -> NDArray[np.float64]:
        """The weighted sum of each line's columns, shape (lines,)."""
        total: NDArray[np.float64] = self._weights @ _fill(page, self._dense)
        for codes, weights in self._coded:
            total += weights.take(codes(page))
        if self._quiet:
            total = np.where(page.quiet, self._quiet_weights @ _fill(page, self._quiet), total)
        return total


def _fill(page: Evidence, columns: Collection[Column]) -> NDArray[np.float64]:
    """Some columns, shape (columns, lines)."""
    table = np.empty((len(columns), page.lines))
    for row, column in zip(table, columns, strict=True):
        row[:] = column(page)
    return table


def _log(amounts: NDArray[Any]) -> NDArray[np.float64]:
    logs: NDArray[np.float64] = np.log1p(amounts) / 3
    return logs


_RULED = tuple(label.value for label in LABELS)

LINE = Table(
    {
        "bias": lambda _: 1.0,
        "closed": lambda page: page.shape.closed,
        "stops": lambda page: np.minimum(page.shape.stops, 5) / 2,
        "commas": lambda page: np.minimum(page.shape.commas, 8) / 3,
        "digits": lambda page: page.shares[0],
        "latin": lambda page: page.shares[1],
        "bars": lambda page: page.shares[2],
        "blanks": lambda page: page.shares[3],
        "prose±1": lambda page: _log(_around(page.prose, 1)),
        "prose±3": lambda page: _log(_around(page.prose, 3)),
        "prose±8": lambda page: _log(_around(page.prose, 8)),
        "chrome±1": lambda page: _around(page.ruled | (page.shape.chars <= 9), 1) / 3,
        "chrome±3": lambda page: _around(page.ruled | (page.shape.chars <= 9), 3) / 7,
        "chrome±8": lambda page: _around(page.ruled | (page.shape.chars <= 9), 8) / 17,
        "prose before": lambda page: page.far[:-1],
        "prose after": lambda page: np.log1p(page.read[-1] - page.read[1:]) / 4,
        "after a head": lambda page: page.heads[:-1] > 0,
        "tails before: 1": lambda page: page.once,
        "tails before: 2-3": lambda page: page.often & (page.after <= 3),
        "tails before: 4+": lambda page: page.after >= 4,
        "prose, tails before: 1": lambda page: page.once * page.amount,
        "prose, tails before: 2+": lambda page: page.often * page.amount,
        "short, tails before: 2+": lambda page: page.often & page.short,
        "short, before the first prose": lambda page: page.unbegun & page.short,
        "short, after prose, no tail yet": lambda page: page.none & page.short,
        "open, tails before: 1+": lambda page: page.open & page.late,
        "open run, tails before: 1+": lambda page: page.run & page.late,
        "open run, after prose, no tail yet": lambda page: page.run & page.none,
        "open run, before the first prose": lambda page: page.run & page.unbegun,
        "enumerated": lambda page: page.shape.enumerated,
        "enumerated, after prose, no tail yet": lambda page: page.shape.enumerated & page.none,
        "plain words": lambda page: _log(page.plain),
        "plain words±3": lambda page: _log(_around(page.plain, 3)),
        "ends before": lambda page: np.minimum(page.ends, 3),
    },
    (
        (_LENGTH_NAMES, lambda page: _BUCKETS.take(page.shape.chars, mode="clip")),
        ([f"rule:{name}" for name in _RULED], lambda page: page.labels),
    ),
    {"quiet": lambda _: 1.0, "quiet run": lambda page: page.run},
)
"""What speaks for a line."""

BEGIN = Table(
    {
        "bias": lambda _: 1.0,
        "first line, page with chrome": lambda page: page.only_at(0, 1 - page.bare),
        "first line, page without chrome": lambda page: page.only_at(0, page.bare),
        "page without chrome": lambda page: page.bare,
        "head within 3 before": lambda page: _is_within(page.heads, -3)[:-1],
        "head within 8 before": lambda page: _is_within(page.heads, -8)[:-1],
        "prose here": lambda page: page.amount,
        "prose within 3": lambda page: _log(_moved(page.read, 3) - page.read)[:-1],
        "short here": lambda page: page.short,
        "ruled here": lambda page: page.ruled,
        "prose before": lambda page: page.far[:-1],
        "title before": lambda page: _is_within(_before(page.twice), -8)[:-1],
        "tails before: 1+": lambda page: page.late,
        "tails before: 2+": lambda page: page.often,
    },
    (
        ([f"rule before:{name}" for name in _RULED], lambda page: page.label_at(-1)),
        ([f"rule two before:{name}" for name in _RULED], lambda page: page.label_at(-2)),
    ),
)
"""What speaks for a body that begins at a line."""

END = Table(
    {
        "bias": lambda _: 1.0,
        "last line, page with chrome": lambda page: page.only_at(-1, 1 - page.bare),
        "last line, page without chrome": lambda page: page.only_at(-1, page.bare),
        "page without chrome": lambda page: page.bare,
        "tail within 3": lambda page: _is_within(page.tails, 3)[1:],
        "tail within 8": lambda page: _is_within(page.tails, 8)[1:],
        "prose last": lambda page: page.amount,
        "closed last": lambda page: page.shape.closed,
        "short last": lambda page: page.short,
        "ruled last": lambda page: page.ruled,
        "prose after within 5": lambda page: _log(_moved(page.read, 5) - page.read)[1:],
        "no ruled line after": lambda page: page.marked[1:] == page.marked[-1],
    },
    (
        ([f"rule at:{name}" for name in _RULED], lambda page: page.label_at(1)),
        ([f"rule after:{name}" for name in _RULED], lambda page: page.label_at(2)),
    ),
)
"""What speaks for a body whose last line is this one."""
