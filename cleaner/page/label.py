"""Every line's verdict: what it is, by which rule, and whether it stays.

Three looks at a page, each of which explains itself. First each line alone: does a rule fit (look.py, rules.py)? Then what stands
twice (repeats.py). Then all together: the body is one block of successive lines, and the block that the evidence (features.py)
and the learned weights favour is chosen among all that are possible (block.py); what lies outside goes, and inside only what a rule
names as never part of an article. A page that holds next to no chrome is not cut at all: nothing is removed without
evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from cleaner.page import repeats
from cleaner.page.block import HEADS, best_block
from cleaner.page.look import Look
from cleaner.page.rules import Rule, Strength
from cleaner.types import Label

__all__ = ["BODY", "Verdict", "judge", "settle_repeats"]

FEW_LINES, FEW_SHARE = 3, 0.04
"""A page with fewer lines of chrome than either is nearly clean. On the clean texts of `benchmarks/quality`, bylines and
sources that belong to an article's text are at most two; pages have 6 % of such lines or more."""

MENU_WORDS = 15
"""So many lines that are one word of a menu each are chrome too, though one alone may be a heading."""

HEADING_CHARS = 30
"""A line that a mark ends, or a longer one, is no heading."""

MARKED_MENU = 10
"""So many lines before the first sentence of which the markup says that they are links, or lie in a menu, are a menu."""

_NO_HEADING = "。!?;,…:\"'」』)~"
"""A mark at the end of a line that is no heading."""

_IN_ARTICLES = (Label.BODY, Label.CAPTION, Label.IMAGE, Label.HEADING)
_STRICTLY = (Label.CAPTION, Label.PAGINATION, Label.TITLE)
"""What `strict` takes out of the body, too, on the word of a hint."""


class Verdict(NamedTuple):
    """What was decided of one line."""

    label: Label
    rule: str
    kept: bool


BODY = Verdict(Label.BODY, "body", True)
"""The verdict on a line against which nothing speaks."""

_HEADING = Verdict(Label.HEADING, "body", True)


def judge(page: Look, strength: Strength, title: str | None = None) -> list[Verdict]:
    """Decides on every line of a page.

    `title` is the title as far as it is known from elsewhere, in probe form.
    """
    verdicts = settle_repeats(page, title)
    if page.ruled:
        alive: Sequence[int] = range(len(verdicts))
        if page.copies or title:
            alive = [at for at in alive if verdicts[at].kept]
        if alive:
            _judge_block(page.only(alive), alive, verdicts, strength)
    if page.copies:
        for at in repeats.find_repeated_paragraphs(page.copies, lambda at: verdicts[at].kept):
            verdicts[at] = Verdict(Label.REPEATED_PARAGRAPH, "repeated-paragraph", False)
    return verdicts


def settle_repeats(page: Look, title: str | None) -> list[Verdict]:
    """The verdicts on what stands twice; all other lines are body until the block is chosen."""
    verdicts = [BODY] * len(page.keys)
    rules = page.rules
    if page.copies or title:
        said = repeats.find_repeated_titles(page.keys, page.copies, title, lambda at: rules[at] is not None)
        for at, reason in said.items():
            verdicts[at] = Verdict(Label.REPEATED_TITLE, reason, False)
    if page.copies:
        for at in repeats.find_repeated_body(page.keys, page.copies, lambda at: _is_head(rules[at])):
            verdicts[at] = Verdict(Label.REPEATED_BODY, "repeated-body", False)
    return verdicts


def _judge_block(page: Look, alive: Sequence[int], verdicts: list[Verdict], strength: Strength) -> None:
    """Chooses the block among the lines that do not repeat, and decides on those within and without."""
    if strength == Strength.SAFE or (strength != Strength.STRICT and _is_nearly_clean(page)):
        _judge_clean(page, alive, verdicts)
        return
    first, last = best_block(page)
    said = _before_body(page.rules[:first], strength)
    said += _body(page.keys[first:last], page.rules[first:last], strength)
    said += _after_body(page.rules[last:], strength)
    for at, verdict in zip(alive, said, strict=True):
        verdicts[at] = verdict


def _before_body(rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    unnamed = Verdict(Label.NAVIGATION, "before-body", False)
    return [(rule and _removal(rule, strength, inside=False)) or unnamed for rule in rules]


def _body(keys: Sequence[str], rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    said = _stay(keys)
    for at, rule in enumerate(rules):
        if rule is not None:
            said[at] = _removal(rule, strength, inside=True) or _stays(rule) or said[at]
    return said


def _after_body(rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    """The verdicts on what stands behind the body; the heading of related reading or comments names what follows it."""
    said = []
    unnamed = after = Verdict(Label.SITE_CHROME, "after-body", False)
    since = 0
    for at, rule in enumerate(rules):
        if rule is None:
            if at - since > 60:  # too far from the heading that named the lines
                after = unnamed
            said.append(after)
        elif verdict := _removal(rule, strength, inside=False):
            said.append(verdict)
            if rule.closes:
                named = rule.label in (Label.RELATED, Label.COMMENTS)
                after = Verdict(rule.label, f"after-{rule.id}", False) if named else after
                since = at
        else:
            said.append(after)
    return said


@cache
def _removal(rule: Rule, strength: Strength, *, inside: bool) -> Verdict | None:
    """The verdict on a line that goes by the rule that fits it, within the body or without; None if it does not go by that."""
    if rule.strength > strength or rule.label is Label.BODY:
        return None
    if inside and rule.where != "anywhere" and not (rule.label in _STRICTLY and strength == Strength.STRICT):
        return None
    return Verdict(rule.label, rule.id, False)


def _is_nearly_clean(page: Look) -> bool:
    """Whether a page holds so little chrome that it was cleaned before, or never had any."""
    rules = page.bare.rules
    if rules is not page.rules and _has_marked_menu(page):
        return False
    named = [rule for rule in filter(None, rules) if rule.label not in _IN_ARTICLES]
    hints = [rule for rule in named if rule.where == "hint"]
    found = len(named) - len(hints)
    menu = len([rule for rule in hints if rule.label is Label.NAVIGATION])
    if menu >= MENU_WORDS:
        found += menu
    return found < FEW_LINES or found < FEW_SHARE * len(rules)


def _has_marked_menu(page: Look) -> bool:
    """Whether many lines that only the markup speaks against stand before the first sentence."""
    marked = np.array([rule is not bare for rule, bare in zip(page.rules, page.bare.rules, strict=True)])
    sentences = np.flatnonzero((page.bare.prose()[0] > 0) & page.shape.closed & ~marked)
    return bool(len(sentences)) and int(marked[: sentences[0]].sum()) >= MARKED_MENU


def _judge_clean(page: Look, alive: Sequence[int], verdicts: list[Verdict]) -> None:
    """Decides on a page that is nearly clean: only what safe rules and a user's own name goes, at the edges where they say so."""
    first, last = 0, len(alive) - 1
    if any(rule.where == "edge" and _acts_alone(rule) for rule in filter(None, page.rules)):
        running = np.flatnonzero(page.prose()[0] * page.shape.closed)  # a long title is no paragraph
        first, last = (int(running[0]), int(running[-1])) if len(running) else (len(alive), -1)
    said = _stay(page.keys)
    for at, rule in enumerate(page.rules):
        if rule is not None:
            goes = _acts_alone(rule) and (
                rule.where == "anywhere" or (rule.where == "edge" and not first <= at <= last)
            )
            said[at] = Verdict(rule.label, rule.id, False) if goes else _stays(rule) or said[at]
    for at, verdict in zip(alive, said, strict=True):
        verdicts[at] = verdict


def _acts_alone(rule: Rule) -> bool:
    """Whether a rule acts on a page that is nearly clean, too."""
    return rule.strength == Strength.SAFE or rule.own


def _stay(keys: Sequence[str]) -> list[Verdict]:
    """The verdicts on lines that stay, by their text: headings are short, and no mark ends them."""
    return [BODY if len(key) > HEADING_CHARS or key[-1] in _NO_HEADING else _HEADING for key in keys]


@cache
def _stays(rule: Rule) -> Verdict | None:
    """The verdict on a line that stays, by the rule that fits it; None if the rule does not tell."""
    return Verdict(rule.label, "body", True) if rule.label is Label.CAPTION or rule.where != "hint" else None


def _is_head(rule: Rule | None) -> bool:
    return rule is not None and (rule.label in HEADS or rule.label is Label.BYLINE)
