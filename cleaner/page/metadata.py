"""What the lines around the body say: date, source, authors, editors, keywords, site, address.

Patterns are matched on lines in probe form and read from the lines themselves, which have the same length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from cleaner.page.bylines import read_people
from cleaner.page.dates import find_published, read_date
from cleaner.page.fields import NEXT_FIELD, value_of
from cleaner.page.judged import JudgedPage
from cleaner.page.names import is_name
from cleaner.page.probe import probe_line
from cleaner.page.sitename import find_site
from cleaner.page.title import DATED
from cleaner.types import Label

if TYPE_CHECKING:
    from cleaner.page.markup import MarkedPage

__all__ = ["Metadata", "add_markup", "read_metadata"]

_SOURCE = re.compile(
    rf"(?:(?:文章|信息|新闻|稿件|本文)?(?:来源|稿源|出处)|转载自|转自|原载|摘自|source)[ ]*[:|>/]+[ \[]*(?P<value>[^:]{{1,30}}?)[ ]*{NEXT_FIELD}"
)
_KEYWORD_CUT = re.compile(r"[,，、;；|｜/／#\s]+")
_COMMA_CUT = re.compile(r"\s*[,，、;；|｜]+\s*")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s]+")


_MIDNIGHT = time()
_KEYWORDS = Label.KEYWORDS


@dataclass(slots=True)
class Metadata:
    """What was read; empty where the page does not say."""

    site: str | None = None
    url: str | None = None
    published: datetime | None = None
    source: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def read_metadata(page: JudgedPage) -> Metadata:
    """Reads what the removed lines say; of the body only the lines at its very beginning and end."""
    found = Metadata()
    lines, keys, rules = page.lines, page.keys, page.rules
    found.published = find_published(page)
    for at in page.speaking():
        found.source = found.source or _source(lines[at], keys[at])
    for at in page.near:
        if (rule := rules[at]) is None:
            continue
        if rule.label is _KEYWORDS and not found.keywords and page.first - 12 < at < page.last + 40:
            found.keywords = _keywords(lines[at], keys[at])
        if rule.id == "address-of-page" and found.url is None and (match := _ADDRESS.search(lines[at])):
            found.url = match.group()
    for at in page.edges:  # on a page that is nearly clean they stay
        if (rule := rules[at]) is not None:
            if found.source is None and rule.label in DATED:
                found.source = _source(lines[at], keys[at])
            if rule.label is _KEYWORDS and not found.keywords:
                found.keywords = _keywords(lines[at], keys[at])
    people = read_people(page)
    found.authors = tuple(dict.fromkeys(people.authors))
    found.editors = tuple(dict.fromkeys(people.editors))
    found.publisher = people.publisher
    found.site = find_site(page)
    return found


def _source(line: str, key: str) -> str | None:
    if not (match := _SOURCE.search(key)):
        return None
    value = value_of(line, match).strip(" []()【】<>《》")
    return value if value and "=" not in value else None


def add_markup(found: Metadata, page: MarkedPage) -> None:
    """Adds what the head of a page of HTML says where its lines do not: on real pages it is wrong more often than they are."""
    moment = read_date(probe_line(page.published)) if page.published else None
    if moment and (
        found.published is None or (found.published.date() == moment.date() and found.published.time() == _MIDNIGHT)
    ):
        found.published = moment
    found.authors = found.authors or tuple(name for name in page.authors if is_name(probe_line(name)))
    found.source = found.source or (page.source or "").removeprefix("来源：").removeprefix("来源:").strip() or None
    found.site = found.site or page.site
    found.url = found.url or page.url


def _keywords(line: str, key: str) -> tuple[str, ...]:
    match = re.match(r"[^:>#]{2,12}(?::|>>|>|\|)", key) or re.match(r"(?:热词|标签|关键[词字]|tags?|keywords?) ", key)
    value = line[match.end() if match else 0 :]
    value = value.strip(" 】])")
    cut = _COMMA_CUT if _COMMA_CUT.search(value) else _KEYWORD_CUT  # blanks are part of `Hong Kong, New York`
    return tuple(dict.fromkeys(word for word in cut.split(value) if word))
