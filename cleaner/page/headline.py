"""The title of a page where nothing names it: the line above the text that says what the text says.

A headline shares its words with the article under it, which a menu, the name of a column or a caption of another story does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.page.dates import read_date
from cleaner.page.label import Verdict
from cleaner.page.rules import Rule
from cleaner.page.title import SITE_END, may_be_title
from cleaner.types import Label

__all__ = ["find_headline", "told_share"]

LINES_BEFORE, HEADLINE_CHARS = 2, 8
"""So many lines of chrome stand before a title that only its place tells, and it is no shorter."""

SENTENCE_CHARS = 30

DATE_CHARS = 30
"""A line that is no longer and holds a date is one."""

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

_HAN_RUN = re.compile(r"[^\W\da-z_]{2,}")
_WORD = re.compile(r"[a-z]{4,}|\d{2,}")


def find_headline(
    keys: Sequence[str], rules: Sequence[Rule | None], verdicts: Sequence[Verdict], doubtful: str | None = None
) -> int | None:
    """The line that must be the title of a page which names none, if there is any.

    It is the first one that stays, where others stood before it, it is no sentence, and a sentence or a line of chrome follows; else the one right above
    that, or above the lines of names, dates and buttons between; else the first around the beginning of the text that says the same as the text.
    A `doubtful` title, in probe form, gives way to that last one only, and only where it says next to nothing of the text itself.
    """
    kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
    if len(kept) < 2 or kept[0] < LINES_BEFORE:
        return None
    if doubtful is None and (at := _by_place(kept[0], keys, rules, verdicts)) is not None:
        return at
    paragraphs = [at for at in kept if len(keys[at]) >= SENTENCE_CHARS]
    if not paragraphs:
        return None
    text = "\n".join(keys[at] for at in kept[kept.index(paragraphs[0]) :][:TEXT_LINES])[:TEXT_CHARS]
    if doubtful is not None and told_share(doubtful, text)[0] >= DOUBTFUL_SHARE:
        return None
    above = range(max(0, kept[0] - LINES_ABOVE), kept[0])
    return _by_words((*above, *(at for at in kept[:LINES_INSIDE] if at < paragraphs[0])), keys, rules, text)


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
        if rules[at] is None and _is_headline(key) and not SITE_END.search(key) and key not in small_print:
            share, pieces = told_share(key, text)
            if share >= LEAST_SHARE and pieces >= LEAST_PIECES:
                told[at] = min(pieces, ENOUGH_PIECES)
    return next((at for at, pieces in told.items() if pieces >= NEARLY * max(told.values())), None)


def told_share(key: str, text: str) -> tuple[float, int]:
    """How much of a line stands in a text: the share of its pairs of Chinese characters and words in Latin letters, and how many; a word counts
    as two.
    """
    pairs = {run[at : at + 2] for run in _HAN_RUN.findall(key) for at in range(len(run) - 1)}
    words = set(_WORD.findall(key))
    if not pairs and not words:
        return 0.0, 0
    found = sum(pair in text for pair in pairs) + 2 * sum(word in text for word in words)
    return found / (len(pairs) + 2 * len(words)), found


def _is_headline(key: str) -> bool:
    dated = len(key) <= DATE_CHARS and read_date(key) is not None
    return len(key) >= HEADLINE_CHARS and may_be_title(key) and key[-1] != "," and not dated
