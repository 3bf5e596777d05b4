"""The title of a page where nothing names it: the line above the text that says what the text says.

A headline shares its words with the article under it, which a menu, the name of a column or a caption of another story does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.page.dates import read_date
from cleaner.page.label import Verdict
from cleaner.page.rules import Rule
from cleaner.page.series import told_share
from cleaner.page.title import DATED, SITE_END, may_be_title
from cleaner.types import Label

__all__ = ["find_headline"]

LINES_BEFORE, HEADLINE_CHARS = 2, 8
"""So many lines of chrome stand before a title that only its place tells, and it is no shorter."""

SENTENCE_CHARS = 30

DATE_CHARS = 30
"""A line that is no longer and holds a date is one."""

DATED_LINES = 12
"""A date that stands so near above the text is the article's, not that of the day on the page's head."""

LINES_BETWEEN = 5
"""So far above the body such a title stands."""

LINES_ABOVE, LINES_INSIDE, LEAST_SHARE, LEAST_PIECES = 40, 8, 0.45, 5
"""So far above the first paragraph, or among the first lines that stay, a title is known by what it says: about half of its words, and so many,
stand in the text."""

ENOUGH_PIECES, NEARLY = 12, 0.6
"""A line that says more of the text than this is no better for it: the summary below a title."""

TEXT_LINES, TEXT_CHARS = 400, 20_000
"""So much of a text is looked at."""

DOUBTFUL_SHARE = 0.25
"""A title that says less of the text is no title, where another line is one."""

_OWNED = (Label.COPYRIGHT, Label.ICP, Label.CONTACT)

_SENTENCE = re.compile("[。:.]|[!?\"']$|^[\"'「『]")
"""What a title may hold, but a first line that is taken for one by its place alone may not."""


def find_headline(
    keys: Sequence[str], rules: Sequence[Rule | None], verdicts: Sequence[Verdict], doubtful: str | None = None
) -> tuple[int, bool] | None:
    """The line that must be the title of a page which names none, if there is any, and whether that line goes.

    It is the first one that stays, where others stood before it, it is no sentence, and a sentence or a line of chrome follows; else the one right above
    that, or above the lines of names, dates and buttons between; else the first around the beginning of the text that says the same as the text: within
    the text that one stays. A `doubtful` title, in probe form, gives way to a line above the text only, and only where it says next to nothing of
    the text itself; where it stands above a date, to the line right above it only.
    """
    kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
    if len(kept) < 2 or kept[0] < LINES_BEFORE:
        return None
    if doubtful is None and (at := _by_place(kept[0], keys, rules, verdicts)) is not None:
        return at, True
    paragraphs = [at for at in kept if len(keys[at]) >= SENTENCE_CHARS]
    if not paragraphs:
        return None
    text = "\n".join(keys[at] for at in kept[kept.index(paragraphs[0]) :][:TEXT_LINES])[:TEXT_CHARS]
    if doubtful is not None and told_share(doubtful, text)[0] >= DOUBTFUL_SHARE:
        return None
    places = range(max(0, kept[0] - LINES_ABOVE), kept[0])
    if doubtful is not None and (dated := _above_date(doubtful, kept[0], keys, rules)) is not None:
        places = range(
            max(0, dated - 1), dated
        )  # an office, a column or a site may stand between title and date, and nothing else
    above = [at for at in places if rules[at] is None and _is_headline(keys[at])]
    if (found := _by_words(above, keys, rules, text)) is not None:
        return found, True
    if doubtful is not None:
        return None
    inside = [
        at
        for at in kept[:LINES_INSIDE]
        if at < paragraphs[0] and rules[at] is None and _is_headline(keys[at]) and not _SENTENCE.search(keys[at])
    ]
    return None if (found := _by_words(inside, keys, rules, text)) is None else (found, False)


def _above_date(title: str, first: int, keys: Sequence[str], rules: Sequence[Rule | None]) -> int | None:
    """Where, not far above the first line that stays, a title stands right above a line of date or source, or one line higher."""
    for at in range(max(0, first - DATED_LINES), first):
        if keys[at] == title and any(rule is not None and rule.label in DATED for rule in rules[at + 1 : at + 3]):
            return at
    return None


def _by_place(first: int, keys: Sequence[str], rules: Sequence[Rule | None], verdicts: Sequence[Verdict]) -> int | None:
    if rules[first] is None and _is_headline(keys[first]) and verdicts[first].label in (Label.BODY, Label.HEADING):
        below = keys[first + 1]
        sure = rules[first + 1] is not None or (len(below) >= SENTENCE_CHARS and below[-1] in '。!?"')
        return first if sure and not _SENTENCE.search(keys[first]) else None
    for at in range(first - 1, max(LINES_BEFORE, first - LINES_BETWEEN) - 1, -1):
        if rules[at] is None:
            return at if _is_headline(keys[at]) else None
    return None


def _by_words(places: Sequence[int], keys: Sequence[str], rules: Sequence[Rule | None], text: str) -> int | None:
    """The first of some lines that says of the text nearly as much as any of them."""
    small_print = "\n".join(keys[at] for at, rule in enumerate(rules) if rule is not None and rule.label in _OWNED)
    told = {}
    for at in places:
        key = keys[at]
        if not SITE_END.search(key) and key not in small_print:
            share, pieces = told_share(key, text)
            if share >= LEAST_SHARE and pieces >= LEAST_PIECES:
                told[at] = min(pieces, ENOUGH_PIECES)
    return next((at for at, pieces in told.items() if pieces >= NEARLY * max(told.values())), None)


def _is_headline(key: str) -> bool:
    dated = len(key) <= DATE_CHARS and read_date(key) is not None
    return len(key) >= HEADLINE_CHARS and may_be_title(key) and key[-1] != "," and not dated
