"""Where a block really begins and ends: moved to where rules say so, and on through what was put into an article.

The block model (block.py) chooses among all blocks by what their lines look like; here the rules around the chosen one have their say,
if little prose is lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from cleaner.page.look import REPLY, Look, is_quiet
from cleaner.page.rules import Rule
from cleaner.page.series import find_speaker, find_speakers, last_numbers, read_number, told_share
from cleaner.page.shape import Shape
from cleaner.types import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["HEADS", "is_head", "refine", "with_signature"]

GOING_ON_LINES, GOING_ON_CHARS, GOING_ON_PAIRS = 2, 100, 3
"""So many whole paragraphs, and characters in them, show that an article goes on behind an insertion, where one in so many stands right
below another."""

PARAGRAPH_CHARS = 30
"""A paragraph is no shorter."""

QUOTED_CHARS = 400
"""So many characters in whole paragraphs that no rule knows do not follow the small print of a page."""

MENU_LINES, MENU_WORDS = 15, 3
"""So many lines behind the last sentence, so many of them words of a menu, are no list of the article's."""

SURE_CLOSINGS = 4
"""So many lines that say that nothing of an article follows are sure of it."""

TAGS, MOST_TAGS, TAG_CHARS = 3, 8, 8
"""So many words, a line each and no longer, are tags where they stand right behind an article that holds them, or below `标签：` above one."""

TITLE_LINES = 2
"""So many lines above a date that no mark ends are title and deck, and no prose; more are an article without points."""

FRAME_LINES, BYLINE_LINES = 16, 3
"""So far above a button or counter, or above a byline, lines belong to the head of the page if each of them is chrome."""

BUTTON_CHARS = 4
"""A line that no rule knows is no longer where it is a button, or holds no letter."""

LEADING_LINES = 25
"""As far before a block sentences are looked for that no line of chrome parts from it."""

TRAILING_LINES = 3
"""More lines that no rule knows, between the block and the first line of chrome, are mostly a toolbar or a list of links."""

SIGNATURE_CHARS = 24
"""The name of the office under a notice is not longer."""

SIGNED_LINES, SIGNED_CHARS = 8, 60
"""So far below a notice its date stands, and what stands between is no longer."""

MOST_BACK = 400
"""So far above a block its article is looked for."""

TOLD_SHARE, TITLE_CHARS, FOLLOWING_LINES, FOLLOWING_CHARS = 0.4, 100, 8, 4000
"""So much of a title's words stands in the text that follows it; of both so much is looked at."""

_DATELINE = re.compile("发[布表]|来源|更新|updated|published|posted")
"""What a date line says above an article."""

_ANNOUNCING = re.compile("如下|以下|下列|这样|分别|名单|一览|包括")
"""What a sentence says that a list follows."""

_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_ENDS = "。!?;,:…\"'」』)"
"""Marks with which no button ends."""

_FINAL = (Label.COMMENTS, Label.COPYRIGHT, Label.ICP, Label.DISCLAIMER)
HEADS = (Label.DATE, Label.SOURCE, Label.BREADCRUMB)
"""Lines that stand before a body."""

_FRAME = (Label.TOOLBAR, Label.COMMENTS, Label.SUBSCRIBE, Label.NAVIGATION)
"""Lines of which none stands between the beginning of a body and its first sentence."""

_SIGNATURES = (Label.BYLINE, Label.KEYWORDS, Label.DISCLAIMER)


def is_head(before: float, after: float, total: float) -> bool:
    """Whether so much prose before a line, and so much behind it, is little to lose (see `refine`)."""
    return before <= min(0.1 * total, 120) and after >= 0.6 * total


def refine(first: int, last: int, page: Look, prose: NDArray[np.float64]) -> tuple[int, int]:
    """Moves the ends of a block to where a rule says that the body begins or ends, if little prose is lost by it.

    The shares are measured on the pages of `benchmarks/quality`: a date line with a tenth of the prose before it, or the
    heading of related reading with a quarter of it after it, is where the article begins or ends.
    """
    rules, shape = page.rules, page.shape
    sums = list(accumulate(prose.tolist(), initial=0.0))
    closed = _whole_prose(shape, prose)
    named = [
        (at, rule) for at, rule in enumerate(rules[first:last], first) if rule is not None and rule.where != "hint"
    ]
    for at, rule in named:
        if rule.label not in HEADS:
            continue
        before = sums[at] - sums[first]
        loose = (prose[first:at] > 0) & ~shape.closed[first:at]
        if loose.sum() <= TITLE_LINES:
            before = closed[at] - closed[first]
        if is_head(before, sums[last] - sums[at], sums[last] - sums[first]):
            first = at + 1
    for at, rule in named:
        if (at == first and rule.label in _FRAME) or (at >= first and _is_head_of_page(first, at, page)):
            first = at + 1
    first = _past_tags(first, last, page)
    total = sums[last] - sums[first]
    closings = list(accumulate((rule.closes for _, rule in named), initial=0))
    for number, (at, rule) in enumerate(named):
        if at <= first:
            continue
        before, after = sums[at] - sums[first], sums[last] - sums[at]
        # Related reading stands in the middle of some articles: then whole paragraphs follow its links.
        another = rule.closes and rule.label is Label.RELATED and _begins_article(at, page)
        goes_on = rule.label is Label.RELATED and not another and closed[last] - closed[at] > 200
        share = 0.5 if closings[-1] - closings[number] >= SURE_CLOSINGS else 0.25
        most = total if rule is REPLY or another else share * total  # both may be longer than what stands before them
        if (rule.closes and not goes_on and after <= most and before >= 60) or (
            rule.label in _SIGNATURES and after <= 0.12 * total and before >= 150
        ):
            last = at
            break
    while first < last and _is_chrome(rules[first]):
        first += 1
    end = last
    while last > first and _is_chrome(rules[last - 1]):
        last -= 1
    if _is_announced(first, last, end, page):
        last = end
    if first == last:
        return first, last
    first = _go_back(first, page)
    last = _go_on(first, last, page)
    # Little is cut off without evidence: a few lines between the block and the first line of chrome belong to it, as do sentences
    # before it (menus are none), and all that precedes it where no line of chrome does.
    end = last
    while end < len(rules) and (rules[end] is None or is_quiet(rules[end])):
        end += 1
    if end - last <= TRAILING_LINES or end == len(rules):
        last = end
    while last < len(rules) and _is_sentence(last, rules, shape):
        last += 1
    while _is_chrome(rules[last - 1]):  # a lone page number
        last -= 1
    last = _before_tags(first, _before_menus(first, last, page), page)
    at = first
    while at > max(0, first - LEADING_LINES) and rules[at - 1] is None:
        at -= 1
        if _is_sentence(at, rules, shape) and shape.chars[at] >= 20:
            first = at
    if not any(map(_is_chrome, rules[:first])):
        first = 0
    return first, with_signature(first, last, page)


def _is_sentence(at: int, rules: Sequence[Rule | None], shape: Shape) -> bool:
    return rules[at] is None and bool(
        shape.closed[at] and shape.stops[at] and not shape.elided[at] and shape.han[at] >= 4
    )


def _whole_prose(shape: Shape, prose: NDArray[np.float64]) -> list[float]:
    """How much running text there is in lines that end with their sentence, summed over all lines before each place."""
    return list(accumulate((prose * (shape.closed & ~shape.elided)).tolist(), initial=0.0))


def _is_announced(first: int, last: int, end: int, page: Look) -> bool:
    """Whether lines at the end of a block are a list that the sentence above them announces, in words of menus as it may be."""
    return (
        first < last < end
        and (page.keys[last - 1][-1] == ":" or _ANNOUNCING.search(page.keys[last - 1]) is not None)
        and all((rule := page.rules[at]) is not None and rule.where == "hint" for at in range(last, end))
    )


def _go_back(first: int, page: Look) -> int:
    """The beginning of a block before which its article stands already: whole paragraphs in succession above what was put into it."""
    shape = page.shape
    paragraphs = chars = pairs = 0
    below = -1
    for at in range(first - 1, max(-1, first - 1 - MOST_BACK), -1):
        rule, key = page.rules[at], page.keys[at]
        if rule is not None:
            if rule.where != "hint" and (rule.label in HEADS or rule.label in _FINAL or rule.label is Label.TITLE):
                break
            continue
        if shape.elided[at] or not shape.closed[at] or key[-1] in "?!":  # titles end with these, too
            continue
        adjacent = below == at + 1
        if len(key) < PARAGRAPH_CHARS or not shape.stops[at]:
            below = at if adjacent else below  # `“走吧。”` between two paragraphs
            continue
        chars, paragraphs = chars + len(key), paragraphs + 1
        pairs += adjacent
        below = at
        if paragraphs >= GOING_ON_LINES and chars >= GOING_ON_CHARS and pairs * GOING_ON_PAIRS >= paragraphs:
            first = at
    return first


def _begins_article(heading: int, page: Look) -> bool:
    """Whether under a heading of related reading the next article begins, with title and date line, as on pages that never end."""
    below = range(heading + 1, min(heading + 4, len(page.rules)))
    return any(_is_dateline(page.rules[at], page.keys[at]) and _is_titled(at, page) for at in below)


def _is_titled(dateline: int, page: Look) -> bool:
    """Whether above a date line stands the title of what follows it, which says the same: above a link's date it does not."""
    above = [at for at in range(max(0, dateline - 2), dateline) if page.rules[at] is None]
    text = "\n".join(page.keys[dateline + 1 : dateline + 1 + FOLLOWING_LINES])[:FOLLOWING_CHARS]
    return any(told_share(page.keys[at][:TITLE_CHARS], text)[0] >= TOLD_SHARE for at in above)


def _is_dateline(rule: Rule | None, key: str) -> bool:
    return rule is not None and rule.label is Label.DATE and rule.where != "hint" and _DATELINE.search(key) is not None


def _go_on(first: int, last: int, page: Look) -> int:
    """The end of a block after which an article goes on: whole paragraphs in succession behind links or advertisements.

    Behind the heading of readers' comments nothing goes on, and behind the small print only where an article quotes it: where much more
    follows than sites say of themselves. What stands between two headings of related reading is
    looked at by itself: excerpts in lists of links stand between titles, and hardly ever one below the other. Who was asked in the block
    goes on to answer, and a list to count, behind what stands in between.
    """
    shape = page.shape
    least = GOING_ON_CHARS
    paragraphs = chars = pairs = answers = 0
    asked = False
    before = -1  # the last line that was a sentence
    speakers: set[str] | None = None  # of the block, when first asked for
    counts: dict[str, int] | None = None
    counted = False
    for at, (rule, key) in enumerate(zip(page.rules[last:], page.keys[last:], strict=True), last):
        if rule is not None:
            if rule.label in _FINAL:
                if rule.label is Label.COMMENTS or rule.label is Label.ICP:
                    break
                least = QUOTED_CHARS
            if _is_dateline(rule, key) and _is_titled(at, page):
                break  # of the next article, on pages that never end
            if rule.closes and rule.label is Label.RELATED:
                paragraphs = chars = pairs = answers = 0
                asked = False
                counted = False
            continue
        if number := read_number(key):
            style, value = number
            counts = last_numbers(page.keys[first:last]) if counts is None else counts
            if value == counts.get(style, 0) + 1 > 1:
                counts[style] = value
                counted = True
            elif value == 1:
                counts.pop(style, None)  # another list
        ends = shape.closed[at] or (key[-1] == ":" and shape.stops[at])
        if shape.elided[at] or not ends:
            continue
        spoken, adjacent = False, before == at - 1
        if speaker := find_speaker(key):
            speakers = find_speakers(page.keys[first:last]) if speakers is None else speakers
            spoken = speaker in speakers
        whole = len(key) >= PARAGRAPH_CHARS
        sentence = len(key) >= 10 and shape.stops[at] and key[-1] not in "?!"  # titles end with these, too
        if whole or spoken or sentence:
            chars, paragraphs = chars + len(key), paragraphs + (whole or spoken)
            pairs += spoken or adjacent
            answers += spoken and key[-1] not in "?!"
            asked = asked or (spoken and key[-1] == "?")
            before = at
            shown = paragraphs >= GOING_ON_LINES and chars >= least and pairs * GOING_ON_PAIRS >= paragraphs
            shown = shown or (answers > 0 and asked and least == GOING_ON_CHARS)
            if (counted and whole) or (shown and (whole or spoken or adjacent)):
                last = at + 1
        elif adjacent and len(key) < 10:
            before = at  # `“走吧。”` between two paragraphs
    return last


def _before_menus(first: int, last: int, page: Look) -> int:
    """The end of a block without the menus behind its last sentence: many lines that are no sentences, some of them words of a menu."""
    shape, rules = page.shape, page.rules
    end = last
    while end > first and not (shape.closed[end - 1] and shape.stops[end - 1]):
        end -= 1
    if end == first or _ANNOUNCING.search(page.keys[end - 1]):
        return last
    menus = sum(rule is not None and rule.label is Label.NAVIGATION for rule in rules[end:last])
    return end if last - end >= MENU_LINES and menus >= MENU_WORDS else last


def _is_head_of_page(first: int, at: int, page: Look) -> bool:
    """Whether the lines from the beginning of a block to a button, a counter or a byline are the head of its page, and a sentence follows soon.

    Above a button each of them is known to a rule, a figure, or as short as a button; above a byline each is known to a rule.
    """
    rules, keys, shape = page.rules, page.keys, page.shape
    label = getattr(rules[at], "label", None)
    if label in (Label.TOOLBAR, Label.READING_TIME):
        reach, chars = FRAME_LINES, BUTTON_CHARS
    elif label is Label.BYLINE:
        reach, chars = BYLINE_LINES, 0
    else:
        return False
    if at - first >= reach or not all(
        rules[above] is not None or len(keys[above]) <= chars or (chars and not _LETTER.search(keys[above]))
        for above in range(first, at)
    ):
        return False
    if any(rules[above] is None and keys[above][-1] in _SENTENCE_ENDS for above in range(first, at)):
        return False
    return any(_is_sentence(below, rules, shape) for below in range(at + 1, min(at + 1 + FRAME_LINES, len(rules))))


def _past_tags(first: int, last: int, page: Look) -> int:
    """The beginning of a block behind the tags that stand below their name: words a line in succession, most of which the article holds."""
    rules, keys = page.rules, page.keys
    named = next(
        (at for at in range(max(0, first - 1), min(first + TAGS, last)) if _names_tags(keys[at], rules[at])), -1
    )
    if named < 0:
        return first
    end = named + 1
    while end < last and _is_tag(keys[end], rules[end]):
        end += 1
    if not 0 < end - named - 1 <= MOST_TAGS or end == last:
        return first
    text = "\n".join(keys[end:last])
    return end if 2 * sum(key in text for key in keys[named + 1 : end]) >= end - named - 1 else first


def _names_tags(key: str, rule: Rule | None) -> bool:
    return rule is not None and rule.label is Label.KEYWORDS and key[-1] == ":"


def _is_tag(key: str, rule: Rule | None) -> bool:
    return (rule is None or is_quiet(rule)) and 2 <= len(key) <= TAG_CHARS and key.isalnum()


def _before_tags(first: int, last: int, page: Look) -> int:
    """The end of a block without the tags behind its last sentence: words a line, most of which the article holds, and chrome below them."""
    rules, keys = page.rules, page.keys
    end = last
    while end > first and rules[end - 1] is None and _is_tag(keys[end - 1], None):
        end -= 1
    if end == first or last - end < TAGS or last == len(rules) or not page.shape.closed[end - 1]:
        return last
    if _ANNOUNCING.search(keys[end - 1]):
        return last
    text = "\n".join(keys[first:end])
    known = sum(key in text for key in keys[end:last])
    return end if 2 * known >= last - end else last


def with_signature(first: int, last: int, page: Look) -> int:
    """The end of a block with the name and date under a notice, which belong to it, as do the numbers to call right above them."""
    rules, keys = page.rules, page.keys
    for at in range(last, min(last + SIGNED_LINES, len(rules)) if first < last else last):
        rule = rules[at]
        if rule is not None and rule.id == "signature-date":
            alone = at == last or (rules[at - 1] is None and len(keys[at - 1]) <= SIGNATURE_CHARS)
            return at + 1 if alone else last
        if len(keys[at]) > SIGNED_CHARS or not (rule is None or rule.label is Label.CONTACT):
            break
    return last


def _is_chrome(rule: Rule | None) -> bool:
    return rule is not None and (
        rule.where != "hint" or rule.label in (Label.NAVIGATION, Label.PAGINATION, Label.RELATED)
    )
