"""Every line's verdict: what it is, by which rule, and whether it stays.

Three looks at a page, each of which explains itself. First each line alone: does a rule fit (rules.py)? Then what stands twice
(repeats.py). Then all together: the body is one block of successive lines, and the block that the evidence (features.py)
and the learned weights favour is chosen among all that are possible; what lies outside goes, and inside only what a rule
names as never part of an article. A page that holds next to no chrome is not cut at all: nothing is removed without
evidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cleaner.page import repeats
from cleaner.page.features import (
    BEGIN_COLUMNS,
    END_COLUMNS,
    LABELS,
    LINE_COLUMNS,
    NO_RULE,
    Evidence,
    evidence,
)
from cleaner.page.probe import probe
from cleaner.page.rules import Rule, RuleBook, Strength
from cleaner.page.shape import Shape, measure
from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Look",
    "Verdict",
    "Weights",
    "find_block",
    "judge",
    "look",
    "look_together",
    "refine",
    "settle_repeats",
    "weights",
]

_CODES = {label: code for code, label in enumerate(LABELS)}

FEW_LINES, FEW_SHARE = 3, 0.04
"""A page with fewer lines of chrome than either is nearly clean. On the clean texts of `benchmarks/quality`, bylines and
sources that belong to an article's text are at most two; pages have 6 % of such lines or more."""

GOING_ON_LINES, GOING_ON_CHARS = 3, 240
"""So many whole paragraphs, and characters in them, show that an article goes on behind an insertion."""

TRAILING_LINES = 3
"""More lines that no rule knows, between the block and the first line of chrome, are mostly a toolbar or a list of links."""

SIGNATURE_CHARS = 24
"""The name of the office under a notice is not longer."""

MENU_WORDS = 15
"""So many lines that are one word of a menu each are chrome too, though one alone may be a heading."""

_IN_ARTICLES = (Label.BODY, Label.CAPTION, Label.IMAGE, Label.HEADING)
_FINAL = (Label.COMMENTS, Label.COPYRIGHT, Label.ICP, Label.DISCLAIMER)
_STRICTLY = (Label.CAPTION, Label.PAGINATION, Label.TITLE)
"""What `strict` takes out of the body, too, on the word of a hint."""

_HEADS = (Label.DATE, Label.SOURCE, Label.BREADCRUMB)
_SIGNATURES = (Label.BYLINE, Label.KEYWORDS, Label.DISCLAIMER)


class Verdict(NamedTuple):
    """What was decided of one line."""

    label: Label
    rule: str
    kept: bool


_BODY = Verdict(Label.BODY, "body", True)
_HEADING = Verdict(Label.HEADING, "body", True)


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned weights of the block model, one array a table of `features.evidence`."""

    line: NDArray[np.float64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]


@cache
def weights() -> Weights:
    """The weights that come with the library, trained by `benchmarks/quality/train_block.py`."""
    stored = json.loads((resources.files("cleaner.page") / "weights.json").read_text(encoding="utf-8"))
    tables = []
    for name, columns in (("line", LINE_COLUMNS), ("begin", BEGIN_COLUMNS), ("end", END_COLUMNS)):
        if tuple(stored[name]) != columns:
            raise AssertionError(f"weights.json: the columns of {name!r} are not those of features.py; train anew")
        tables.append(np.array(list(stored[name].values()), dtype=np.float64))
    return Weights(*tables)


class Look:
    """A page as it looks before anything is decided: lines in probe form, the rule that fits each, and, when asked, their shape."""

    def __init__(
        self, keys: list[str], rules: list[Rule | None], shape: Shape | None, source: tuple[NDArray[Any], ...]
    ) -> None:
        self.keys = keys
        self.rules = rules
        self.ruled = any(rule is not None for rule in rules)
        self.glued: dict[int, int] = {}
        """By line, the character at which what a rule finds glued to its end begins."""
        self._whole: tuple[Look, slice] | None = None
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
            self._shape = whole.shape.only(lines)
        if self._shape is None:
            points, starts, ends = self._source
            self._shape = measure(points, starts.astype(np.int64), ends.astype(np.int64))
        return self._shape

    def part(self, first: int, last: int) -> Look:
        """The page that lines `first` to `last` (not included) are."""
        page = Look(self.keys[first:last], self.rules[first:last], None, ())
        page._whole = (self, slice(first, last))
        if self.glued:
            page.glued = {at - first: place for at, place in self.glued.items() if first <= at < last}
        return page

    def only(self, places: Sequence[int]) -> Look:
        """The same page without the other lines."""
        if len(places) == len(self.keys):
            return self
        return Look([self.keys[at] for at in places], [self.rules[at] for at in places], self.shape.only(places), ())

    def prose(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """How much running text each line holds, and the codes of the labels that the rules give."""
        labels = np.full(len(self.keys), NO_RULE)
        for at, rule in enumerate(self.rules):
            if rule is not None and not _is_quiet(rule):
                labels[at] = _CODES[rule.label]
        echo = np.zeros(len(self.keys), dtype=np.bool_)
        echo[repeats.echoes(self.keys)] = True
        return self.shape.prose(labels != NO_RULE, echo), labels

    def evidence(self) -> tuple[Evidence, NDArray[np.float64]]:
        """What the block model weighs, and how much running text each line holds."""
        keys, rules, shape = self.keys, self.rules, self.shape
        prose, labels = self.prose()
        closing, twice = np.zeros(len(keys), dtype=np.bool_), np.zeros(len(keys), dtype=np.bool_)
        closing[[at for at, rule in enumerate(rules) if rule is not None and rule.closes]] = True
        for key, places in self.copies.items():
            if len(key) <= 70 and key[-1] not in "。!?" and rules[places[0]] is None:
                twice[list(places)] = True
        return evidence(shape, labels, closing, twice, prose), prose


def _is_quiet(rule: Rule | None) -> bool:
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
    text, points = probe("\n".join(lines))
    lengths = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
    ends = np.cumsum(lengths + 1) - 1
    starts = ends - lengths
    keys = text.split("\n")
    rules, glued = book.find_all(keys, points, starts, lengths)
    for at, rule in enumerate(rules):
        if rule is not None and "\t" in lines[at]:
            rules[at] = None  # a row of a table, whatever its words
    page = Look(keys, rules, None, (points, starts, ends))
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


def find_block(evidence: Evidence, weights: Weights) -> tuple[int, int]:
    """The first line of the body, and the line after its last.

    Every block of successive lines has a score: what its lines speak for, summed, plus what speaks for a body beginning here and ending
    there. The best of all n(n+1)/2 is found in linear time, as in the maximum-subarray problem.
    """
    sums = np.concatenate(([0.0], np.cumsum(evidence.line.score(weights.line))))
    begins = (evidence.begin.score(weights.begin) - sums)[:-1]
    ends = (evidence.end.score(weights.end) + sums)[1:]
    last = int(np.argmax(ends + np.maximum.accumulate(begins)))
    return int(np.argmax(begins[: last + 1])), last + 1


def refine(
    first: int, last: int, rules: Sequence[Rule | None], shape: Shape, prose: NDArray[np.float64]
) -> tuple[int, int]:
    """Moves the ends of a block to where a rule says that the body begins or ends, if little prose is lost by it.

    The shares are measured on the pages of `benchmarks/quality`: a date line with a tenth of the prose before it, or the
    heading of related reading with a quarter of it after it, is where the article begins or ends.
    """
    sums = np.concatenate(([0.0], np.cumsum(prose))).tolist()
    whole = np.concatenate(([0.0], np.cumsum(np.where(shape.closed & ~shape.elided, prose, 0)))).tolist()
    for at in range(first, last):
        rule = rules[at]
        if rule is None or rule.where == "hint" or rule.label not in _HEADS:
            continue
        total = sums[last] - sums[first]
        if sums[at] - sums[first] <= min(0.1 * total, 120) and sums[last] - sums[at] >= 0.6 * total:
            first = at + 1
    total = sums[last] - sums[first]
    for at in range(first + 1, last):
        rule = rules[at]
        if rule is None or rule.where == "hint":
            continue
        before, after = sums[at] - sums[first], sums[last] - sums[at]
        # Related reading stands in the middle of some articles: then whole paragraphs follow its links.
        goes_on = rule.label is Label.RELATED and whole[last] - whole[at] > 200
        if (rule.closes and not goes_on and after <= 0.25 * total and before >= 60) or (
            rule.label in _SIGNATURES and after <= 0.12 * total and before >= 150
        ):
            last = at
            break
    while first < last and _is_chrome(rules[first]):
        first += 1
    while last > first and _is_chrome(rules[last - 1]):
        last -= 1
    if first == last:
        return first, last
    last = _go_on(last, rules, shape)
    # Little is cut off without evidence: a few lines between the block and the first line of chrome belong to it, as do sentences
    # before it (menus are none), and all that precedes it where no line of chrome does.
    end = last
    while end < len(rules) and (rules[end] is None or _is_quiet(rules[end])):
        end += 1
    if end - last <= TRAILING_LINES or end == len(rules):
        last = end
    while last < len(rules) and _is_sentence(last, rules, shape):
        last += 1
    while _is_chrome(rules[last - 1]):  # a lone page number
        last -= 1
    while first > 0 and _is_sentence(first - 1, rules, shape):
        first -= 1
    if not any(_is_chrome(rule) for rule in rules[:first]):
        first = 0
    return first, _with_signature(first, last, rules, shape)


def _is_sentence(at: int, rules: Sequence[Rule | None], shape: Shape) -> bool:
    return rules[at] is None and bool(
        shape.closed[at] and shape.stops[at] and not shape.elided[at] and shape.han[at] >= 4
    )


def _go_on(last: int, rules: Sequence[Rule | None], shape: Shape) -> int:
    """The end of a block after which an article goes on: whole paragraphs in unbroken succession behind links or advertisements.

    Behind the heading of readers' comments, or the small print, nothing goes on; excerpts in lists of links stand between titles.
    """
    run = chars = 0
    for at in range(last, len(rules)):
        rule = rules[at]
        if rule is not None and rule.label in _FINAL:
            break
        if rule is None and shape.closed[at] and not shape.elided[at] and shape.chars[at] >= 30:
            run, chars = run + 1, chars + int(shape.chars[at])
        else:
            run = chars = 0
        if run >= GOING_ON_LINES and chars >= GOING_ON_CHARS:
            last = at + 1
    return last


def _with_signature(first: int, last: int, rules: Sequence[Rule | None], shape: Shape) -> int:
    """The end of a block with the name and date under a notice, which belong to it."""
    for length in (1, 2):
        end = last + length
        if first < last and end <= len(rules) and (rule := rules[end - 1]) is not None and rule.id == "signature-date":
            names = range(last, end - 1)
            if all(rules[at] is None and shape.chars[at] <= SIGNATURE_CHARS for at in names):
                return end
    return last


def _is_chrome(rule: Rule | None) -> bool:
    return rule is not None and (
        rule.where != "hint" or rule.label in (Label.NAVIGATION, Label.PAGINATION, Label.RELATED)
    )


def judge(page: Look, strength: Strength, title: str | None = None) -> list[Verdict]:
    """Decides on every line of a page.

    `title` is the title as far as it is known from elsewhere, in probe form.
    """
    verdicts = settle_repeats(page, title)
    if page.ruled:
        alive = [at for at, verdict in enumerate(verdicts) if verdict.kept]
        if alive:
            _judge_block(page.only(alive), alive, verdicts, strength)
    if page.copies:
        for at in repeats.find_repeated_paragraphs(page.copies, lambda at: verdicts[at].kept):
            verdicts[at] = Verdict(Label.REPEATED_PARAGRAPH, "repeated-paragraph", False)
    return verdicts


def settle_repeats(page: Look, title: str | None) -> list[Verdict]:
    """The verdicts on what stands twice; all other lines are body until the block is chosen."""
    verdicts = [_BODY] * len(page.keys)
    rules = page.rules
    if page.copies or title:
        said = repeats.find_repeated_titles(page.keys, page.copies, title, lambda at: rules[at] is not None)
        for at, reason in said.items():
            verdicts[at] = Verdict(Label.REPEATED_TITLE, reason, False)
    if page.copies:
        heads = [rule is not None and rule.label in (*_HEADS, Label.BYLINE) for rule in rules]
        for at in repeats.find_repeated_body(page.keys, page.copies, heads):
            verdicts[at] = Verdict(Label.REPEATED_BODY, "repeated-body", False)
    return verdicts


def _judge_block(page: Look, alive: Sequence[int], verdicts: list[Verdict], strength: Strength) -> None:
    """Chooses the block among the lines that do not repeat, and decides on those within and without."""
    if strength == Strength.SAFE or (strength != Strength.STRICT and _is_nearly_clean(page.rules)):
        _judge_clean(page, alive, verdicts)
        return
    first, last = _plain_block(page) or _best_block(page)
    before, after = Verdict(Label.NAVIGATION, "before-body", False), Verdict(Label.SITE_CHROME, "after-body", False)
    since = 0
    for place, at in enumerate(alive):
        rule, key = page.rules[place], page.keys[place]
        inside = first <= place < last
        if rule is not None:
            if rule.strength <= strength and rule.label is not Label.BODY:
                removing = (
                    rule.where == "anywhere" or not inside or (rule.label in _STRICTLY and strength == Strength.STRICT)
                )
                if removing:
                    verdicts[at] = Verdict(rule.label, rule.id, False)
                    if place >= last and rule.closes:
                        named = rule.label in (Label.RELATED, Label.COMMENTS)
                        after = Verdict(rule.label, f"after-{rule.id}", False) if named else after
                        since = place
                    continue
        elif not inside:
            if place - since > 60:  # too far from the heading that named the lines
                after = Verdict(Label.SITE_CHROME, "after-body", False)
            verdicts[at] = before if place < first else after
            continue
        verdicts[at] = _stays(key, rule) if inside else (before if place < first else after)


def _best_block(page: Look) -> tuple[int, int]:
    seen, prose = page.evidence()
    return refine(*find_block(seen, weights()), page.rules, page.shape, prose)


def _plain_block(page: Look) -> tuple[int, int] | None:
    """The block of a page that is sentences in unbroken succession between lines of chrome: all of them, as `refine` would say, too."""
    free = [at for at, rule in enumerate(page.rules) if rule is None]
    if not free or free[-1] - free[0] >= len(free):
        return None
    first, last = free[0], free[-1] + 1
    shape = page.shape
    lines = slice(first, last)
    sentences = shape.closed[lines] & ~shape.elided[lines] & (shape.stops[lines] > 0) & (shape.han[lines] >= 4)
    return (first, _with_signature(first, last, page.rules, shape)) if sentences.all() else None


def _is_nearly_clean(rules: Sequence[Rule | None]) -> bool:
    """Whether a page holds so little chrome that it was cleaned before, or never had any."""
    named = [rule for rule in rules if rule is not None and rule.label not in _IN_ARTICLES]
    found = sum(rule.where != "hint" for rule in named)
    menu = sum(rule.where == "hint" and rule.label is Label.NAVIGATION for rule in named)
    if menu >= MENU_WORDS:
        found += menu
    return found < FEW_LINES or found < FEW_SHARE * len(rules)


def _judge_clean(page: Look, alive: Sequence[int], verdicts: list[Verdict]) -> None:
    """Decides on a page that is nearly clean: only what safe rules and a user's own name goes, at the edges where they say so."""
    first, last = 0, len(alive) - 1
    if any(rule is not None and rule.where == "edge" for rule in page.rules):
        running = np.flatnonzero(page.prose()[0] * page.shape.closed)  # a long title is no paragraph
        first, last = (int(running[0]), int(running[-1])) if len(running) else (len(alive), -1)
    for place, at in enumerate(alive):
        rule = page.rules[place]
        sure = rule is not None and (rule.strength == Strength.SAFE or rule.own)
        here = rule is not None and (rule.where == "anywhere" or (rule.where == "edge" and not first <= place <= last))
        if rule is not None and sure and here:
            verdicts[at] = Verdict(rule.label, rule.id, False)
        else:
            verdicts[at] = _stays(page.keys[place], rule)


@cache
def _kept(label: Label) -> Verdict:
    return Verdict(label, "body", True)


def _stays(key: str, rule: Rule | None) -> Verdict:
    if rule is not None and (rule.label is Label.CAPTION or rule.where != "hint"):
        return _kept(rule.label)
    return _HEADING if len(key) <= 30 and key[-1] not in "。!?;,…:\"'」』)~" else _BODY
