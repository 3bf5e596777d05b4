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
        heads = [rule is not None and rule.label in (*HEADS, Label.BYLINE) for rule in rules]
        for at in repeats.find_repeated_body(page.keys, page.copies, heads):
            verdicts[at] = Verdict(Label.REPEATED_BODY, "repeated-body", False)
    return verdicts


def _judge_block(page: Look, alive: Sequence[int], verdicts: list[Verdict], strength: Strength) -> None:
    """Chooses the block among the lines that do not repeat, and decides on those within and without."""
    if strength == Strength.SAFE or (strength != Strength.STRICT and _is_nearly_clean(page)):
        _judge_clean(page, alive, verdicts)
        return
    first, last = best_block(page)
    before, after = Verdict(Label.NAVIGATION, "before-body", False), Verdict(Label.SITE_CHROME, "after-body", False)
    since = 0
    for place, (at, rule, key) in enumerate(zip(alive, page.rules, page.keys, strict=True)):
        inside = first <= place < last
        if inside and rule is None:
            if len(key) <= HEADING_CHARS:  # a longer one is body, as it is already
                verdicts[at] = _stays(key, None)
            continue
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
        elif not inside and place - since > 60:  # too far from the heading that named the lines
            after = Verdict(Label.SITE_CHROME, "after-body", False)
        verdicts[at] = _stays(key, rule) if inside else (before if place < first else after)


def _is_nearly_clean(page: Look) -> bool:
    """Whether a page holds so little chrome that it was cleaned before, or never had any."""
    rules = page.bare.rules
    if rules is not page.rules and _has_marked_menu(page):
        return False
    named = [rule for rule in rules if rule is not None and rule.label not in _IN_ARTICLES]
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
    if page.ruled and any(rule.where == "edge" for rule in page.rules if rule is not None):
        running = np.flatnonzero(page.prose()[0] * page.shape.closed)  # a long title is no paragraph
        first, last = (int(running[0]), int(running[-1])) if len(running) else (len(alive), -1)
    for place, (at, rule, key) in enumerate(zip(alive, page.rules, page.keys, strict=True)):
        if (
            rule is not None
            and (rule.strength == Strength.SAFE or rule.own)
            and (rule.where == "anywhere" or (rule.where == "edge" and not first <= place <= last))
        ):
            verdicts[at] = Verdict(rule.label, rule.id, False)
        elif rule is not None or len(key) <= HEADING_CHARS:
            verdicts[at] = _stays(key, rule)


@cache
def _kept(label: Label) -> Verdict:
    return Verdict(label, "body", True)


def _stays(key: str, rule: Rule | None) -> Verdict:
    if rule is not None and (rule.label is Label.CAPTION or rule.where != "hint"):
        return _kept(rule.label)
    return _HEADING if len(key) <= HEADING_CHARS and key[-1] not in "。!?;,…:\"'」』)~" else BODY
