"""Every line's verdict: what it is, by which rule, and whether it stays.

Three looks at a page, each of which explains itself. First each line alone: does a rule fit (look.py, rules.py)? Then what stands
twice (repeats.py). Then all together: the body is one block of successive lines, and the block that the evidence (features.py)
and the learned weights favour is chosen among all that are possible (block.py); what lies outside goes, and inside only what a rule
names as never part of an article. A page that holds next to no chrome is not cut at all: nothing is removed without
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from cleaner.page import repeats
from cleaner.page.block import best_block
from cleaner.page.ends import HEADS, with_signature
from cleaner.page.look import Look
from cleaner.page.rules import Rule, Strength
from cleaner.page.series import find_speaker, find_speakers
from cleaner.types import Label

__all__ = ["BODY", "Verdict", "judge", "settle_repeats"]

FEW_LINES, FEW_SHARE = 3, 0.04
"""A page with fewer lines of chrome than either is nearly clean. On the clean texts of `benchmarks/quality`, bylines and
sources that belong to an article's text are at most two; pages have 6 % of such lines or more."""

MENU_WORDS = 15
"""So many lines that are one word of a menu each are chrome too, though one alone may be a heading."""

HEADING_CHARS = 30
"""A line that a mark ends, or a longer one, is no heading."""

LINK_CHARS, MOST_LINKS, SHORT_LINK_CHARS = 45, 6, 9
"""Links to related reading within an article are not longer, not more, and not as short as this: such lines may be the article's own."""

SUBHEADING_CHARS, PARAGRAPH_CHARS = 15, 30
"""An article's own headings are not longer, and the paragraphs between which they stand not shorter."""

MARKED_MENU = 10
"""So many lines before the first sentence of which the markup says that they are links, or lie in a menu, are a menu."""

_NO_HEADING = "。!?;,…:\"'」』)~"
"""A mark at the end of a line that is no heading."""

_NO_LINK = "。;…:,"
"""A mark at the end of a line that is no title."""

_ITEM = re.compile(
    "[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十\\d]{1,3}[章节部回篇招步式]|\\d{1,2}(?:[、.)]|位 )|第\\d{1,2}位|[(\"'「『【●◆■]"
)
"""How a line begins that is part of the article: with a number, a bracket or a quotation."""

_NAVIGATION = Label.NAVIGATION
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
_BEFORE, _AFTER = Verdict(Label.NAVIGATION, "before-body", False), Verdict(Label.SITE_CHROME, "after-body", False)


def judge(page: Look, strength: Strength, title: str | None = None) -> list[Verdict]:
    """Decides on every line of a page.

    `title` is the title as far as it is known from elsewhere, in probe form.
    """
    verdicts = settle_repeats(page, title)
    if page.ruled:
        if verdicts.count(BODY) == len(verdicts):
            verdicts = _judge_block(page, strength)
        elif alive := [at for at, verdict in enumerate(verdicts) if verdict is BODY]:
            for at, verdict in zip(alive, _judge_block(page.only(alive), strength), strict=True):
                verdicts[at] = verdict
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


def _judge_block(page: Look, strength: Strength) -> list[Verdict]:
    """Chooses the block among lines that do not repeat, and decides on those within and without."""
    if strength == Strength.SAFE or (strength != Strength.STRICT and _is_nearly_clean(page)):
        return _judge_clean(page)
    first, last = best_block(page)
    return [
        *_judge_before(page.rules[:first], strength),
        *_judge_inside(page.keys[first:last], page.rules[first:last], strength),
        *_judge_after(page.rules[last:], strength),
    ]


def _judge_before(rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    """The verdicts on what stands before the body."""
    return [(rule and _goes_outside(rule, strength)) or _BEFORE for rule in rules]


def _judge_inside(keys: Sequence[str], rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    """The verdicts on the lines of the body, of which only those go that a rule names as never part of an article."""
    said = _stays(keys)
    inserted = []
    for at, rule in enumerate(rules):
        if rule is not None:
            said[at] = _goes_inside(rule, strength) or _stays_by(rule) or said[at]
            if rule.closes and rule.label is Label.RELATED and not said[at].kept:
                inserted.append(at)
    if not inserted:
        return said
    speakers, headings = find_speakers(keys), _own_headings(keys, rules)
    for at in inserted:
        for link in _links_below(at, keys, rules, speakers, headings):
            said[link] = _after(rules[at])
    return said


def _links_below(
    heading: int, keys: Sequence[str], rules: Sequence[Rule | None], speakers: Collection[str], headings: str
) -> range:
    """The links that stand within an article under a heading of related reading: titles, up to the next paragraph or heading of its own.

    `headings` are those that it has elsewhere.
    """
    end = heading + 1
    while (
        end < len(keys) and rules[end] is None and _may_be_link(keys[end]) and find_speaker(keys[end]) not in speakers
    ):
        end += 1
    if end < len(keys) and end > heading + 1 and _is_like(keys[end - 1], headings):
        end -= 1  # the heading of what follows
    links = range(heading + 1, end)
    if not links or len(links) > MOST_LINKS or end == len(keys):
        return range(0)
    if len(links) == 1 and ":" in keys[end - 1]:
        return range(0)
    return links


def _may_be_link(key: str) -> bool:
    """Whether a line has the shape of another article's title: a heading of the article itself is shorter, or has a number."""
    return SHORT_LINK_CHARS < len(key) <= LINK_CHARS and key[-1] not in _NO_LINK and not _ITEM.match(key)


def _own_headings(keys: Sequence[str], rules: Sequence[Rule | None]) -> str:
    """The headings of an article, a line each: short lines between paragraphs."""
    return "\n".join(
        keys[at]
        for at in range(1, len(keys) - 1)
        if len(keys[at]) <= SUBHEADING_CHARS
        and keys[at][-1] not in _NO_HEADING
        and min(len(keys[at - 1]), len(keys[at + 1])) >= PARAGRAPH_CHARS
        and rules[at] is rules[at - 1] is rules[at + 1] is None
    )


def _is_like(key: str, headings: str) -> bool:
    """Whether a line is of the kind of an article's headings."""
    return bool(headings) and len(key) <= SUBHEADING_CHARS and all(mark not in key or mark in headings for mark in " :")


def _judge_after(rules: Sequence[Rule | None], strength: Strength) -> list[Verdict]:
    """The verdicts on what stands behind the body; the heading of related reading or comments names what follows it."""
    said = []
    after, since = _AFTER, 0
    for at, rule in enumerate(rules):
        if rule is None:
            if at - since > 60:  # too far from the heading that named the lines
                after = _AFTER
            said.append(after)
        elif verdict := _goes_outside(rule, strength):
            said.append(verdict)
            if rule.closes:
                after = _after(rule) if rule.label in (Label.RELATED, Label.COMMENTS) else after
                since = at
        else:
            said.append(after)
    return said


@cache
def _after(rule: Rule) -> Verdict:
    """The verdict on what the heading that a rule fits stands over."""
    return Verdict(rule.label, f"after-{rule.id}", False)


@cache
def _goes_outside(rule: Rule, strength: Strength) -> Verdict | None:
    """The verdict on a line outside the body by the rule that fits it; None if the rule does not act, and the line goes with the others."""
    if rule.strength > strength or rule.label is Label.BODY:
        return None
    return Verdict(rule.label, rule.id, False)


@cache
def _goes_inside(rule: Rule, strength: Strength) -> Verdict | None:
    """The verdict on a line of the body that goes by the rule that fits it; None if it stays."""
    if rule.where == "anywhere" or (rule.label in _STRICTLY and strength == Strength.STRICT):
        return _goes_outside(rule, strength)
    return None


def _is_nearly_clean(page: Look) -> bool:
    """Whether a page holds so little chrome that it was cleaned before, or never had any."""
    rules = page.bare.rules
    if rules is not page.rules and _has_marked_menu(page):
        return False
    found = menu = contacts = 0
    for rule in filter(None, rules):
        if rule.where == "hint":
            menu += rule.label is _NAVIGATION
        elif rule.label not in _IN_ARTICLES:
            found += 1
            contacts += rule.label is Label.CONTACT
    if found == contacts:  # addresses and numbers are what many notices are about
        found = 0
    if menu >= MENU_WORDS and 2 * _menu_around(page) >= menu:
        found += menu
    return found < FEW_LINES or found < FEW_SHARE * len(rules)


def _menu_around(page: Look) -> int:
    """How many words of menus stand before the first sentence of a page and behind its last: between them they are a list of the article's."""
    sentences = np.flatnonzero((page.bare.prose()[0] > 0) & page.shape.closed)
    first, last = (int(sentences[0]), int(sentences[-1])) if len(sentences) else (0, -1)
    return sum(
        rule is not None and rule.where == "hint" and rule.label is _NAVIGATION
        for at, rule in enumerate(page.bare.rules)
        if not first < at < last
    )


def _has_marked_menu(page: Look) -> bool:
    """Whether many lines that only the markup speaks against stand before the first sentence."""
    marked = np.array([rule is not bare for rule, bare in zip(page.rules, page.bare.rules, strict=True)])
    sentences = np.flatnonzero((page.bare.prose()[0] > 0) & page.shape.closed & ~marked)
    return bool(len(sentences)) and int(marked[: sentences[0]].sum()) >= MARKED_MENU


def _judge_clean(page: Look) -> list[Verdict]:
    """Decides on a page that is nearly clean: only what safe rules and a user's own name goes, at the edges where they say so."""
    first, last = 0, len(page.keys) - 1
    if any(rule.where == "edge" and _acts_alone(rule) for rule in filter(None, page.rules)):
        running = np.flatnonzero(page.prose()[0] * page.shape.closed)  # a long title is no paragraph
        first, last = (int(running[0]), int(running[-1])) if len(running) else (len(page.keys), -1)
        last = with_signature(first, last + 1, page) - 1
    said = _stays(page.keys)
    for at, rule in enumerate(page.rules):
        if rule is not None:
            goes = _acts_alone(rule) and (
                rule.where == "anywhere" or (rule.where == "edge" and not first <= at <= last)
            )
            said[at] = Verdict(rule.label, rule.id, False) if goes else _stays_by(rule) or said[at]
    return said


def _acts_alone(rule: Rule) -> bool:
    """Whether a rule acts on a page that is nearly clean, too."""
    return rule.strength == Strength.SAFE or rule.own


def _stays(keys: Sequence[str]) -> list[Verdict]:
    """The verdicts on lines that stay, by their text: headings are short, and no mark ends them."""
    return [BODY if len(key) > HEADING_CHARS or key[-1] in _NO_HEADING else _HEADING for key in keys]


@cache
def _stays_by(rule: Rule) -> Verdict | None:
    """The verdict on a line that stays, by the rule that fits it; None if the rule does not tell."""
    return Verdict(rule.label, "body", True) if rule.label is Label.CAPTION or rule.where != "hint" else None


def _is_head(rule: Rule | None) -> bool:
    return rule is not None and (rule.label in HEADS or rule.label is Label.BYLINE)
