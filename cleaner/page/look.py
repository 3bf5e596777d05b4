"""A page as it looks before anything is decided: each line alone, and does a rule fit?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.page import repeats
from cleaner.page.features import LABELS, NO_RULE, Evidence
from cleaner.page.probe import probe
from cleaner.page.rules import Rule, RuleBook
from cleaner.page.shape import Shape, measure
from cleaner.page.site import SiteProfile, as_site_rule
from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["REPLY", "Look", "is_quiet", "look", "look_together"]


REPLY = Rule(
    "post-reply",
    Label.COMMENTS,
    pattern="",
    where="anywhere",
    closes=True,
    origin="the stamp of a post by another than the author of the first",
)
"""The rule that is named for what stands over an answer in a thread."""

_POSTER = re.compile(
    r"\[?(?:(?:楼主|作者|层主|网友|发帖人)\]? ?[: ] ?(?!发[表布]于))?([\w\-.@& ]+?)"
    r"(?: ?- ?| 于 ?| \| | ?(?:楼主 ?)?发[表布]于[: ]*| (?:发表)?(?:时间|日期|提交日期) ?: ?| )(?=(?:19|20)\d\d)"
)
"""Who wrote a post, by its stamp."""

RUNNING_CHARS = 40
"""Above the first post of a thread stands no line of so many characters that a mark ends."""


@cache
def _anywhere(rule: Rule) -> Rule:
    return replace(rule, where="anywhere")


class Look:
    """A page as it looks before anything is decided: lines in probe form, the rule that fits each, and, when asked, their shape."""

    def __init__(self, keys: list[str], rules: list[Rule | None], shape: Shape | None, source: tuple[Any, ...]) -> None:
        self.keys = keys
        self.rules = rules
        self.ruled = rules.count(None) < len(rules)
        self.glued: dict[int, int] = {}
        """By line, the character at which what a rule finds glued to its end begins."""
        self._bare: Look | None = None
        self._whole: tuple[Look, slice | Sequence[int]] | None = None
        self._copies: repeats.Copies | None = None
        self._shape = shape
        self._source = source

    @property
    def copies(self) -> repeats.Copies:
        """Where each longer line stands that stands more than once."""
        if self._copies is None:
            self._copies = repeats.find_copies(self.keys)
        return self._copies

    @property
    def shape(self) -> Shape:
        """The lines as columns; measured when first asked for."""
        if self._shape is None and self._whole is not None:
            whole, lines = self._whole
            self._shape = whole.shape.only(lines if isinstance(lines, slice) else np.array(lines, dtype=np.int64))
        if self._shape is None:
            points, starts, lengths = self._source
            first = np.array(starts, dtype=np.int64)
            self._shape = measure(points, first, first + np.array(lengths, dtype=np.int64))
        return self._shape

    def part(self, first: int, last: int) -> Look:
        """The page that lines `first` to `last` (not included) are."""
        page = Look(self.keys[first:last], self.rules[first:last], None, ())
        page._whole = (self, slice(first, last))
        if self.glued:
            page.glued = {at - first: place for at, place in self.glued.items() if first <= at < last}
        return page

    def mark(self, site: SiteProfile) -> Look:
        """The same page, with the lines of its site under a rule."""
        for at in site.find(self.keys):
            self.rules[at] = as_site_rule(self.rules[at])
            self.ruled = True
        return self

    def mark_replies(self) -> Look:
        """The same page, with the stamps of a thread's posts by others than the author of the first under a rule that ends the article."""
        stamps = [at for at, rule in enumerate(self.rules) if rule is not None and rule.id == "post-stamp"]
        if len(stamps) > 1 and not any(
            len(key) >= RUNNING_CHARS and key[-1] in "。!?" for key in self.keys[: stamps[0]]
        ):
            posters = [match and match[1] for match in (_POSTER.match(self.keys[at]) for at in stamps)]
            own = {posters[0], "楼主", "作者"}
            for at, poster in zip(stamps[1:], posters[1:], strict=True):
                rule = self.rules[at]
                if rule is not None:
                    self.rules[at] = _anywhere(rule) if poster is None or poster in own else REPLY
        return self

    def hint(self, hints: Sequence[Rule | None]) -> Look:
        """The same page, with what its markup says of the lines that no rule fits."""
        if any(hints):
            self._bare = Look(self.keys, list(self.rules), None, ())
            self._bare._whole = (self, slice(None))
            self.rules = [rule or hint for rule, hint in zip(self.rules, hints, strict=True)]
            self.ruled = True
        return self

    @property
    def bare(self) -> Look:
        """The same page by its text alone."""
        return self._bare or self

    def only(self, places: Sequence[int]) -> Look:
        """The same page without the other lines."""
        if len(places) == len(self.keys):
            return self
        page = Look([self.keys[at] for at in places], [self.rules[at] for at in places], None, ())
        page._whole = (self, places)
        page._copies = repeats.copies_among(self.copies, places)
        if self._bare is not None:
            page._bare = Look(page.keys, [self._bare.rules[at] for at in places], None, ())
            page._bare._whole = (page, slice(None))
            page._bare._copies = page._copies
        return page

    def prose(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """How much running text each line holds, and the codes of the labels that the rules give."""
        labels = np.fromiter(map(_code, self.rules), dtype=np.int64, count=len(self.rules))
        return self.shape.prose(labels != NO_RULE, repeats.echoes(self.keys)), labels

    def evidence(self) -> tuple[Evidence, NDArray[np.float64]]:
        """What the block model weighs, and how much running text each line holds."""
        keys, rules = self.keys, self.rules
        prose, labels = self.prose()
        closing, twice = np.zeros(len(keys), dtype=np.bool_), np.zeros(len(keys), dtype=np.bool_)
        closing[[at for at, rule in enumerate(rules) if rule is not None and rule.closes]] = True
        for key, places in self.copies.items():
            if len(key) <= 70 and key[-1] not in "。!?" and rules[places[0]] is None:
                twice[list(places)] = True
        return Evidence(self.shape, labels, closing, twice, prose), prose


@cache
def _code(rule: Rule | None) -> int:
    """The code of the label that a rule gives, for the block model."""
    return NO_RULE if rule is None or is_quiet(rule) else LABELS.index(rule.label)


def is_quiet(rule: Rule | None) -> bool:
    """Whether a rule's hint says nothing of where the body is: such lines stand in articles as often as around them."""
    return (
        rule is not None
        and rule.where == "hint"
        and rule.label not in (Label.NAVIGATION, Label.RELATED, Label.CAPTION, Label.BODY)
    )


def look(lines: Sequence[str], book: RuleBook) -> Look:
    """Puts lines into probe form and asks the rules about each."""
    if not lines:
        return Look([], [], None, ())
    joined = "\n".join(["", *lines, ""])
    text, points = probe(joined)
    lengths = list(map(len, lines))
    starts = list(accumulate([length + 1 for length in lengths[:-1]], initial=1))
    keys = text.split("\n")[1:-1]
    rules, glued = book.find_all(keys, text, points, starts, lengths)
    if "\t" in joined:
        for at, line in enumerate(lines):
            if "\t" in line:
                rules[at] = None  # a row of a table, whatever its words
    page = Look(keys, rules, None, (points, starts, lengths))
    page.glued = glued
    return page


def look_together(pages: Sequence[Sequence[str]], book: RuleBook) -> list[Look]:
    """Looks at several pages in one go."""
    whole = look([line for lines in pages for line in lines], book)
    looks, at = [], 0
    for lines in pages:
        looks.append(whole.part(at, at + len(lines)))
        at += len(lines)
    return looks
