"""The name of a page's site, by the places in which pages say it: their head, the way to the page, the copyright line, a disclaimer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from cleaner.page.judged import JudgedPage
from cleaner.page.title import SITE_END
from cleaner.types import Label

__all__ = ["find_site"]

ENOUGH = 2
"""Signs that are asked for: places that say the name, and an ending that only names of sites have."""

HEAD_LINES = 5

MOST_PLACES = 40
"""So many places are looked at: a page that names more sites is about them."""

_TITLES = (Label.TITLE, Label.REPEATED_TITLE)
_PART = re.compile(r"[^|_\-–—·>»/›→:\[\]()【】<>«,]+")
_CRUMB = re.compile(
    r"(?:您?(?:现在)?(?:所在)?的?(?:当前)?(?:位置|所在)(?:是)?: ?)?(?P<value>[^>»/›→:]{2,14}?) ?(?:>|»|/|›|→)"
)
_OWNER = re.compile(
    r"(?:版权所有|版权归|copyright|©|\(c\)|注明出处|注明来源)(?:版权所有|copyright|all rights? reserved|©|\(c\)|(?:19|20)\d{2}|[-–~至.,|:@ ]|\bby\b){0,30}+"
    r"(?P<value>[^\W\da-z][^\d\s,.|©:()\-–]{1,14}?)(?: |,|\.|\||$|版权|有限|©|all rights|\()"
)
_DISOWNED = re.compile(r"不代表(?P<value>[^\W\d][^\s,。\"“”]{1,11}?)(?:的)?(?:立场|观点|意见|同意|赞同)")
_GREETED = re.compile(r"欢迎(?:您)?(?:访问|光临|来到) ?(?P<value>[^\W\d][^\s,。!]{1,11})")
_SAYING = {
    Label.BREADCRUMB: _CRUMB,
    Label.COPYRIGHT: _OWNER,
    Label.ICP: _OWNER,
    Label.DISCLAIMER: _DISOWNED,
    Label.URL: _DISOWNED,
}
"""Where lines of a label say whose page it is."""
_MENU = re.compile(
    r"本[站网报刊社文人台]|作者|个人|平台|首页|主页|网站|当前|位置|版权|所有|保留|新闻中心|有限公司|技术支持|备案|登录|注册|无障碍|手机版|繁体|收藏|设为|搜索"
)


def find_site(page: JudgedPage) -> str | None:
    """The name of the site, as it is written where it is said first, or None where too little speaks for any.

    Of two for which as much speaks it is the one that the copyright line names: heads link to other sites.
    """
    places = list(islice(_places(page), MOST_PLACES))
    if not places:
        return None
    lines, keys, rules, gone = page.lines, page.keys, page.rules, page.gone
    signs: dict[str, int] = {}
    written: dict[str, str] = {}
    titles = " ".join(keys[at] for at in gone if page.verdicts[at].label in _TITLES)
    for at, start, end in places:
        name = keys[at][start:end].strip()
        if 3 <= len(name) <= 14 and name not in titles and "\u4e00" <= name[0] <= "\u9fff" and not _MENU.search(name):
            signs[name] = signs.get(name, 0) + 1
            written.setdefault(name, lines[at][start:end].strip())
    owned = {
        keys[at][start:end].strip()
        for at, start, end in places
        if (rule := rules[at]) and rule.label is Label.COPYRIGHT
    }
    best, most = None, (ENOUGH, False)
    for name, count in signs.items():
        said = min(2, sum(name in keys[at] for at in gone))  # where it was found, and anywhere else
        total = max(count, said) + (SITE_END.search(name) is not None), name in owned
        if total > most or (best is None and total == most):
            best, most = name, total
    return written[best] if best else None


def _places(page: JudgedPage) -> Iterator[tuple[int, int, int]]:
    """Where a name may stand: the line, and where it begins and ends in it."""
    keys, rules, verdicts, gone = page.keys, page.rules, page.verdicts, page.gone
    for at in gone[:HEAD_LINES]:
        if at < HEAD_LINES and rules[at] is None and len(keys[at]) <= 40 and verdicts[at].label not in _TITLES:
            for part in _PART.finditer(keys[at]):
                words = part[0].strip().split(" ")
                start = part.start() + len(part[0]) - len(part[0].lstrip())
                yield at, start, start + len(words[0])
    for at in gone:
        if (rule := rules[at]) is None:
            continue
        if (rule.label in _SAYING or rule.id == "site-header") and (span := _named(rule.label, keys[at])):
            yield at, *span


@lru_cache(4096)  # the pages of a site say it alike
def _named(label: Label, key: str) -> tuple[int, int] | None:
    """Where a line of a label names a site."""
    match = _SAYING.get(label, _GREETED).search(key)
    return match.span("value") if match else None
