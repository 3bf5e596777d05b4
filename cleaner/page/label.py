"""Every line's verdict: what it is, by which rule, and whether it stays.

Three looks at a page, each of which explains itself. First each line alone: does a rule fit (rules.py)? Then what stands twice
(repeats.py). Then all together: the body is one block of successive lines, and the block that the evidence (features.py)
and the learned weights favour is chosen among all that are possible; what lies outside goes, and inside only what a rule
names as never part of an article. A page on which no rule fits any line is all body: nothing is removed without evidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from cleaner.page import repeats
from cleaner.page.features import BEGIN_COLUMNS, END_COLUMNS, LABELS, LINE_COLUMNS, NO_RULE, Shape, evidence, measure
from cleaner.page.probe import probe
from cleaner.page.rules import LINE_LIMIT, Rule, RuleBook, Strength
from cleaner.types import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Verdict", "find_block", "judge", "look", "weights"]

_CODES = {label: code for code, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one line."""

    label: Label
    rule: str
    kept: bool


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


@dataclass(slots=True)
class Look:
    """A page as it looks before the block is chosen: lines in probe form and the rule that fits each, if any."""

    keys: list[str]
    rules: list[Rule | None]
    points: NDArray[np.uint32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def only(self, places: Sequence[int]) -> Look:
        """The same page without the other lines."""
        if len(places) == len(self.keys):
            return self
        return Look(
            [self.keys[at] for at in places],
            [self.rules[at] for at in places],
            self.points,
            self.starts[places],
            self.ends[places],
        )

    def shape(self) -> Shape:
        """The page's columns for the block model."""
        codes = [NO_RULE if rule is None or _is_quiet(rule) else _CODES[rule.label] for rule in self.rules]
        closing = [rule is not None and rule.closes for rule in self.rules]
        copies: dict[str, int] = {}
        for key in self.keys:
            copies[key] = copies.get(key, 0) + 1
        twice = [
            8 <= len(key) <= 70 and copies[key] > 1 and rule is None and key[-1] not in "。!?"
            for key, rule in zip(self.keys, self.rules, strict=True)
        ]
        echo = np.zeros(len(self.keys), dtype=np.bool_)
        echo[repeats.echoes(self.keys)] = True
        return measure(
            self.points,
            self.starts,
            self.ends,
            np.array(codes, dtype=np.int64),
            np.array(closing, dtype=np.bool_),
            np.array(twice, dtype=np.bool_),
            echo,
        )


def _is_quiet(rule: Rule) -> bool:
    """Whether a rule's hint says nothing of where the body is: such lines stand in articles as often as around them."""
    return rule.where == "hint" and rule.label not in (Label.NAVIGATION, Label.RELATED, Label.CAPTION, Label.BODY)


def look(lines: Sequence[str], book: RuleBook) -> Look:
    """Puts lines into probe form and asks the rules about each."""
    text, points = probe("\n".join(lines))
    lengths = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
    ends = np.cumsum(lengths + 1) - 1
    keys = text.split("\n")
    find = book.find
    return Look(keys, [find(key) if len(key) <= LINE_LIMIT else None for key in keys], points, ends - lengths, ends)


def find_block(shape: Shape, weights: Weights) -> tuple[int, int]:
    """The first line of the body, and the line after its last.

    Every block of successive lines has a score: what its lines speak for, summed, plus what speaks for a body beginning here and ending
    there. The best of all n(n+1)/2 is found in linear time, as in the maximum-subarray problem.
    """
    line, begin, end = evidence(shape)
    sums = np.concatenate(([0.0], np.cumsum(line @ weights.line)))
    begins = (begin @ weights.begin - sums)[:-1]
    ends = (end @ weights.end + sums)[1:]
    last = int(np.argmax(ends + np.maximum.accumulate(begins)))
    return int(np.argmax(begins[: last + 1])), last + 1


_HEADS = (Label.DATE, Label.SOURCE, Label.BREADCRUMB)
_SIGNATURES = (Label.BYLINE, Label.KEYWORDS, Label.DISCLAIMER)


def refine(first: int, last: int, rules: Sequence[Rule | None], prose: NDArray[np.float64]) -> tuple[int, int]:
    """Moves the ends of a block to where a rule says that the body begins or ends, if little prose is lost by it.

    The shares are measured on the pages of `benchmarks/quality`: a date line with a tenth of the prose before it, or the
    heading of related reading with a quarter of it after it, is where the article begins or ends.
    """
    sums = np.concatenate(([0.0], np.cumsum(prose)))
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
        if (rule.closes and after <= 0.25 * total and before >= 60) or (
            rule.label in _SIGNATURES and after <= 0.12 * total and before >= 150
        ):
            last = at
            break
    while first < last and _is_chrome(rules[first]):
        first += 1
    while last > first and _is_chrome(rules[last - 1]):
        last -= 1
    return first, last


def _is_chrome(rule: Rule | None) -> bool:
    return rule is not None and (rule.where != "hint" or rule.label in (Label.NAVIGATION, Label.PAGINATION, Label.RELATED))


def judge(page: Look, strength: Strength, title: str | None = None) -> list[Verdict]:
    """Decides on every line of a page.

    `title` is the title as far as it is known from elsewhere, in probe form.
    """
    verdicts = settle_repeats(page, title)
    if any(page.rules):
        alive = [at for at, verdict in enumerate(verdicts) if verdict.kept]
        if alive:
            _judge_block(page.only(alive), alive, verdicts, strength)
    gone = [not verdict.kept for verdict in verdicts]
    for at in repeats.find_repeated_paragraphs(page.keys, gone):
        verdicts[at] = Verdict(Label.REPEATED_PARAGRAPH, "repeated-paragraph", False)
    return verdicts


def settle_repeats(page: Look, title: str | None) -> list[Verdict]:
    """The verdicts on what stands twice; all other lines are body until the block is chosen."""
    verdicts = [Verdict(Label.BODY, "body", True) for _ in page.keys]
    ruled = [rule is not None for rule in page.rules]
    for at, reason in repeats.find_repeated_titles(page.keys, title, ruled).items():
        verdicts[at] = Verdict(Label.REPEATED_TITLE, reason, False)
    heads = [rule is not None and rule.label in (*_HEADS, Label.BYLINE) for rule in page.rules]
    for at in repeats.find_repeated_body(page.keys, heads):
        verdicts[at] = Verdict(Label.REPEATED_BODY, "repeated-body", False)
    return verdicts


def _judge_block(page: Look, alive: Sequence[int], verdicts: list[Verdict], strength: Strength) -> None:
    """Chooses the block among the lines that do not repeat, and decides on those within and without."""
    shape = page.shape()
    first, last = refine(*find_block(shape, weights()), page.rules, shape.prose)
    for place, at in enumerate(alive):
        rule = page.rules[place]
        inside = first <= place < last
        if rule is not None and rule.strength <= strength:
            removing = rule.where == "anywhere" or not inside or (rule.where == "hint" and strength == Strength.STRICT)
            if removing and rule.label != Label.BODY:
                verdicts[at] = Verdict(rule.label, rule.id, False)
                continue
        if inside:
            verdicts[at] = Verdict(_body_label(page.keys[place], rule), "body", True)
        elif strength == Strength.SAFE and shape.prose[place]:
            verdicts[at] = Verdict(Label.BODY, "prose-outside-body", True)
        else:
            verdicts[at] = _outside(place, first, page)


def _body_label(key: str, rule: Rule | None) -> Label:
    if rule is not None and rule.label is Label.CAPTION:
        return Label.CAPTION
    if len(key) <= 30 and key[-1] not in "。!?;,…:\"'」』)~":
        return Label.HEADING
    return Label.BODY


def _outside(place: int, first: int, page: Look) -> Verdict:
    """The label of a line that no rule names, by the side of the body on which it stands."""
    if place < first:
        return Verdict(Label.NAVIGATION, "before-body", False)
    for before in range(place - 1, max(first, place - 60) - 1, -1):
        rule = page.rules[before]
        if rule is not None and rule.closes and rule.label in (Label.RELATED, Label.COMMENTS):
            return Verdict(rule.label, f"after-{rule.id}", False)
    return Verdict(Label.SITE_CHROME, "after-body", False)
