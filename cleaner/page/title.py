"""The title of a page, and the name of its site, by the lines in which they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from cleaner.page import repeats
from cleaner.page.rules import Rule
from cleaner.types import Label

__all__ = ["DATED", "SITE_END", "find_title", "may_be_title"]

MENU_CUTS = 3
"""A menu on one line has so many marks between its words; a title with channel and site has fewer."""

SURE_VOTES = 4
"""A line above a date has three; a title that is named, or stands twice where titles stand, has four or more."""

TITLE_LINE_CHARS = 200
"""The first line of a page is looked at for `title - channel - site` up to this length."""

DATED = (Label.DATE, Label.SOURCE, Label.BYLINE)
"""Lines that stand between a title and the body."""

SITE_END = re.compile(
    r"(?:网|报|报社|在线|频道|新闻|论坛|博客|社区|周刊|周报|杂志|电视台|广播|门户|热线|之家|头条|人民政府|融媒体?(?:中心)?|(?<!在)医院|作文站|大学|学院"
    r"|\.(?:com|cn|net|org|hk|tw)|online|news|times|daily|post)$"
)
"""How the name of a site ends."""

_TITLE_CUT = re.compile(r" ?(?:[-_|»]|::)+ ?")
_TITLE_CUTS = re.compile(r"[-_|»]|::")  # whether there is one: without the blank before it, five times as fast

_FRAME = re.compile(r"^\[?-- ?|^\[(?:转载|转帖|转)\] ?| ?--\]?$| ?[（(]全文[)）]$| - 看板 .*$", re.IGNORECASE)

_NO_TITLE = re.compile(
    r":\d+$|^[!-~]+$|\d\d[-/]\d\d \d\d:\d\d|【\d{4}】 ?\d+号|\d{4}[-/.年]\d{1,2}[-/.月]\d|[(\[](?:图|摄影)[/:]|官方[账帐]号$"
    r"|^\w{2,4}/\w{2,12}$|^\w{2,16}(?:局|厅|委员会|办公室|人民政府|办事处|管委会)$"
    r"|^[【\[]?(?:热搜|索引号|主题分类|报[导道]|摄影|记者|编辑|文|图|来源|作者|标签|更新|发布|字[号体级]|浏览|阅读|公开方式|文号|全文共|责任)[^:]{0,6}[:】\]]"
)
"""Fields, dates, handles, captions and offices, which stand where titles do."""

_TOPIC = re.compile(r"\w{2,6}(?: / \w{2,6}){1,3}")
"""What `主题：` names besides titles: the shelves of a site on which a text stands."""

_BREADCRUMB = Label.BREADCRUMB
_NAMING_TITLE = ("title-line", "full-version")


def find_title(
    lines: Sequence[str], keys: Sequence[str], rules: Sequence[Rule | None], known: str | None = None
) -> tuple[str | None, str | None, bool]:
    """The title of a page, the name of its site, and whether the title is sure enough to be taken out where it stands within the body.

    Every place that a title can stand in votes: a line that names it (`标题：`), the page's title before the name of the site, the line
    above date and source, a line that stands twice. Two votes are needed; a short text that merely begins with a short line
    keeps that line.
    """
    votes: dict[str, int] = {}
    forms: dict[str, str] = {}
    copies = dict.fromkeys(keys, 1)
    if repeating := len(copies) < len(keys):
        copies = Counter(keys)

    def vote(key: str, form: str, weight: int) -> None:
        key = key.strip(" <>\"'")
        if repeats.KNOWN_TITLE_CHARS <= len(key) <= 90:
            votes[key] = votes.get(key, 0) + weight
            forms.setdefault(key, form.strip())

    site = None
    if known:
        vote(known.casefold(), known, 9)
    for at, rule in enumerate(rules):
        if rule is None:
            continue
        if rule.id in _NAMING_TITLE:
            line, key = lines[at], keys[at]
            value = key.find(":") + 1  # 0 where there is none
            if key.startswith("主题") and _TOPIC.fullmatch(key[value:].strip()):
                continue
            vote(key[value:], line[value:], 2 if key.startswith(("原", "本文原")) else 4)
        elif rule.label is _BREADCRUMB and rule.id != "breadcrumb-dash":
            line, last = lines[at], re.split(r"[>»/→›]", keys[at])[-1]
            if len(last.strip()) >= 10:
                vote(last, line[len(line) - len(last) :], 2)
    if lines and len(keys[0]) <= TITLE_LINE_CHARS and _TITLE_CUTS.search(keys[0]) and not _is_menu(rules[0], keys[0]):
        for match in _TITLE_CUT.finditer(keys[0]):
            end, start = match.span()
            head, tail = keys[0][:end], keys[0][start:]
            named = any(tail in key for key in keys[1:]) and sum("\u4e00" <= char <= "\u9fff" for char in head) >= 6
            is_site = len(tail) <= 24 and (SITE_END.search(tail) is not None or named)
            if copies.get(tail, 0) and not copies.get(head, 0) and len(tail) >= 8:
                vote(tail, lines[0][start:], 5)  # the site's name stands first
                continue
            if copies.get(head, 0) or any(True for _ in repeats.find_title_in(keys[1:40], head)):
                vote(head, lines[0][:end], 5)
            elif is_site and len(head) >= 8:
                vote(head, lines[0][:end], 3)
            if is_site and (copies.get(head, 0) or len(head) >= 8):
                last = _TITLE_CUT.split(lines[0])[-1].strip()
                site = last if 2 <= len(last) <= 20 else None
    if lines and len(keys[0]) >= 8 and copies[keys[0]] > 1 and may_be_title(keys[0]):
        vote(keys[0], lines[0], 2)
    for at, (rule, key) in enumerate(zip(rules, keys, strict=True)):
        if len(key) >= 30 and key[-1] in '。!?"' and copies[key] == 1:
            break  # below running text a date is a signature
        if rule is not None and rule.where != "hint" and rule.label in DATED:
            for before in range(at - 1, max(-1, at - 6), -1):
                above = rules[before]
                if (above is None or above.id == "related-bullet") and may_be_title(keys[before]):
                    vote(keys[before], lines[before], 3 if before == at - 1 else 2)
                    break
            break
    for key in votes if repeating else ():
        if copies.get(key, 0) > 1:
            votes[key] += 1
    if not votes:
        return None, site, False
    best = max(votes, key=lambda key: (votes[key], len(key)))
    if votes[best] < 2:
        return None, site, False
    if votes[best] < SURE_VOTES and copies.get(best, 0) <= 1 and _stands_again(keys, best):
        votes[best] += 1
    title = forms[best]
    if best.startswith("-"):  # the second line of a title, which stands whole elsewhere
        title = next((lines[at] for at, key in enumerate(keys) if key.endswith(best) and len(key) > len(best)), title)
    return _bare(title), site, votes[best] >= SURE_VOTES


def _is_menu(rule: Rule | None, key: str) -> bool:
    return (
        rule is not None
        and rule.label in (Label.NAVIGATION, _BREADCRUMB)
        and len(_TITLE_CUTS.findall(key)) >= MENU_CUTS
    )


def _stands_again(keys: Sequence[str], title: str) -> bool:
    """Whether a title stands on two lines or more, with other brackets before it."""
    return len(list(islice(repeats.find_title_in(keys, title), 2))) > 1


def _bare(title: str) -> str:
    """A title without what boards and pages in parts put around it."""
    return _FRAME.sub("", title).strip() or title


def may_be_title(key: str) -> bool:
    """Whether a line in probe form has the shape of a title: no sentence, field or caption."""
    return 6 <= len(key) <= 80 and key[-1] not in "。;,:" and not _NO_TITLE.search(key)
