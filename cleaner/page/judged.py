"""A page after it was judged, as its metadata is read from it: which lines stay, which go, and in which order those are asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from cleaner.page.label import Verdict
from cleaner.page.rules import Rule
from cleaner.page.title import DATED
from cleaner.types import Label

__all__ = ["JudgedPage"]

EDGES = (5, 4)
"""So many lines at the beginning and at the end of a body may be bylines that stayed."""

_SPEAKING = frozenset((*DATED, Label.TOOLBAR, Label.PAGINATION))
_OTHERS = (Label.RELATED, Label.COMMENTS, Label.COPYRIGHT)


class JudgedPage:
    """The lines of a page, in columns with one entry a line, and what was decided of them."""

    __slots__ = ("body", "edges", "first", "gone", "keys", "last", "lines", "near", "rules", "title", "verdicts")

    def __init__(
        self,
        lines: Sequence[str],
        keys: Sequence[str],
        rules: Sequence[Rule | None],
        verdicts: Sequence[Verdict],
        title: str | None = None,
    ) -> None:
        """`keys` are the lines in probe form; patterns are matched on them and read from the lines, which have the same length."""
        self.lines, self.keys, self.rules, self.verdicts, self.title = lines, keys, rules, verdicts, title
        body: list[int] = []
        gone: list[int] = []
        for at, verdict in enumerate(verdicts):
            (body if verdict.kept else gone).append(at)
        self.body, self.gone = body, gone
        """The numbers of the lines that stay, and of those that go."""
        self.first, self.last = (body[0], body[-1]) if body else (len(lines), len(lines) - 1)
        above = bisect_left(gone, self.first)
        self.near = gone[above - 1 :: -1] + gone[above:] if above else gone
        """Those that go, nearest to the body first: what stands right above it, then what follows it, speaks of this article."""
        first, last = EDGES
        edges = body if len(body) <= first + last else body[:first] + body[-last:]
        self.edges = [at for at in edges if (rule := rules[at]) is not None and rule.where != "hint"]
        """Those at the beginning and at the end of the body that a rule fits, and not by a hint only."""

    def speaking(self) -> Iterator[int]:
        """Those that go and speak of this article by their rule: what follows related reading is about others, or by readers."""
        over = False
        for at in self.near:
            if (rule := self.rules[at]) is not None:
                if not over and (rule.label in _SPEAKING or rule.id == "posted-by"):
                    yield at
                over = over or (at > self.last and rule.closes and rule.label in _OTHERS)
