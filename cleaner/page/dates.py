"""Dates and times of day, in the shapes in which pages give them, and which of a page's is that of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time

from cleaner.page.judged import JudgedPage
from cleaner.page.title import DATED
from cleaner.types import Label

__all__ = ["find_published", "read_date"]

ROC = 1911
"""What is added to a year of the calendar that Taiwan counts by."""

ERAS = {"平成": 1988, "令和": 2018}
"""What is added to a year of the calendar that Japan counts by."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = "|".join(_MONTHS)
_YEAR = r"(?:19|20)\d{2}"
_DATE = re.compile(
    rf"(?:(?<!\d)|(?<=\d:\d\d))(?P<y>{_YEAR}) ?[-/.年] ?(?P<m>\d{{1,2}}) ?[-/.月] ?(?P<d>\d{{1,2}})(?!\d(?!\d?:\d\d))"
    rf"|(?<![\d/])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y2>{_YEAR})"
    rf"|(?P<mon>{_NAMED})[a-z]{{0,6}}\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>{_YEAR})"
    rf"|(?P<d4>\d{{1,2}}) (?P<mon4>{_NAMED})[a-z]{{0,6}}\.?,? (?P<y4>{_YEAR})"
    rf"|(?P<mon5>{_NAMED}) {{1,2}}(?P<d5>\d{{1,2}}) (?P<clock>\d\d:\d\d:\d\d) (?P<y5>{_YEAR})"
    rf"|(?<![\d.])(?P<d6>\d\d)\.(?P<m6>\d\d)\.(?P<y6>{_YEAR})(?![\d.])"
    r"|(?:民国 ?(?P<roc>1[01]\d|\d{2})|(?:(?<=期[: ])|(?<= 于 ))(?P<roc2>1[01]\d)) ?年 ?(?P<m7>\d{1,2}) ?月 ?(?P<d7>\d{1,2}) ?日"
    r"|(?<=期[: ])(?P<roc3>1[01]\d)[-/.](?P<m8>\d{1,2})[-/.](?P<d8>\d{1,2})(?!\d)"
    r"|(?P<era>平成|令和) ?(?P<y9>[1-5]\d|[1-9]) ?年 ?(?P<m9>\d{1,2}) ?月 ?(?P<d9>\d{1,2}) ?日"
)
_TIME = re.compile(
    r"(?P<part>[上下]午|晚上|傍晚|凌晨)? ?(?P<h>\d{1,2})[:时](?P<mi>\d{2})(?:[:分](?P<s>\d{2}))? ?(?P<half>[ap]m)?"
)
_TIME_BEFORE = re.compile(
    r"(?P<part>[上下]午|晚上)? ?(?<!\d)(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?(?P<half>) ?$"
)

_YEAR_ALONE, _MONTH_ALONE, _DAY_ALONE = (
    re.compile(p) for p in (r"(?:19|20)\d\d年?", r"(?:19|20)\d\d[-/.]\d{1,2}", r"\d{1,2}[-/]\d{1,2}")
)
_UPDATED = re.compile(r"最后(?:更新|修改|编辑|由)|(?:更新|修改)(?:时间|日期|于)?[: ]|updated|编辑于|推荐文章")
"""What says of a date that the page is older."""
_PUBLISHED = re.compile(r"发[布表]|posted|published")

PART_CHARS = 7
"""The first part of a date that stands on several lines is not longer."""

_MIDNIGHT = time()


def read_date(key: str) -> datetime | None:
    """The first full date in a line in probe form, with the time of day where one stands beside it.

    >>> read_date("2019年9月8日 10:05"), read_date("9/17/2004 5:54:13 am"), read_date("no date")
    (datetime.datetime(2019, 9, 8, 10, 5), datetime.datetime(2004, 9, 17, 5, 54, 13), None)
    """
    for match in _DATE.finditer(key):
        try:
            day = _day(match)
        except ValueError:
            continue  # `2024-13-45`
        clock = _TIME.search(key, match.end(), match.end() + 26)
        clock = clock or _TIME_BEFORE.search(key, max(0, match.start() - 12), match.start())
        try:
            return _at(day, clock) if clock else day
        except ValueError:
            return day
    return None


def _day(match: re.Match[str]) -> datetime:
    part = match.groupdict()
    if part["y"]:
        return datetime(int(part["y"]), int(part["m"]), int(part["d"]))
    if part["y2"]:
        month, day = int(part["a"]), int(part["b"])
        return datetime(int(part["y2"]), *((day, month) if month > 12 else (month, day)))
    if part["y3"]:
        return datetime(int(part["y3"]), _MONTHS.index(part["mon"]) + 1, int(part["d3"]))
    if part["y5"]:
        hour, minute, second = map(int, part["clock"].split(":"))
        return datetime(int(part["y5"]), _MONTHS.index(part["mon5"]) + 1, int(part["d5"]), hour, minute, second)
    if part["y6"]:
        return datetime(int(part["y6"]), int(part["m6"]), int(part["d6"]))
    if part["d7"]:
        return datetime(ROC + int(part["roc"] or part["roc2"]), int(part["m7"]), int(part["d7"]))
    if part["d8"]:
        return datetime(ROC + int(part["roc3"]), int(part["m8"]), int(part["d8"]))
    if part["d9"]:
        return datetime(ERAS[part["era"]] + int(part["y9"]), int(part["m9"]), int(part["d9"]))
    return datetime(int(part["y4"]), _MONTHS.index(part["mon4"]) + 1, int(part["d4"]))


def _at(day: datetime, clock: re.Match[str]) -> datetime:
    hour = int(clock["h"])
    if (clock["half"] == "pm" or clock["part"] in ("下午", "晚上", "傍晚")) and hour < 12:
        hour += 12
    elif (clock["half"] == "am" or clock["part"] in ("上午", "凌晨")) and hour == 12:
        hour = 0
    return day.replace(hour=hour, minute=int(clock["mi"]), second=int(clock["s"] or 0))


def find_published(page: JudgedPage) -> datetime | None:
    """When an article was published: the date nearest to the body that a line gives as such; one with a time of day before one without, on the same side."""
    keys, rules = page.keys, page.rules
    last_word = page.last + 1  # what stands below the line after which nothing of an article follows speaks of others
    while last_word < len(rules) and ((rule := rules[last_word]) is None or not rule.closes):
        last_word += 1
    near = [at for at in page.near if at <= last_word + 1]
    dated: list[int] = []
    kept: list[int] = []
    loose: list[int] = []
    for at in near:
        if (rule := rules[at]) is None or rule.label is Label.BODY:
            loose.append(at)
        elif rule.label in DATED or rule.id == "posted-by":
            dated.append(at)
    for at in page.body[:4] + page.body[-3:]:
        if (rule := rules[at]) is not None and (rule.label is Label.DATE or rule.id == "signature-date"):
            kept.append(at)
    dated.sort(key=lambda at: _UPDATED.search(keys[at]) is not None and not _PUBLISHED.match(keys[at]))
    for places in filter(None, (dated, kept, loose)):
        moments = [moment for at in places[:6] if (moment := read_date(keys[at]))]
        if moments:  # of the same day, the one with a time of day
            return next(
                (moment for moment in moments if moment.date() == moments[0].date() and moment.time() != _MIDNIGHT),
                moments[0],
            )
    return next(filter(None, (read_date(text) for text in _split_dates(keys, near))), None)


def _split_dates(keys: Sequence[str], near: Sequence[int]) -> Iterator[str]:
    """Dates that stand on lines of their own, part by part: `2023`, `04/12`, `10:33:27`; `May`, `12`, `Sat`, `2018`, `16:40`; `18`, `2023-10`."""
    for at in sorted(at for at in near if len(keys[at]) <= PART_CHARS):
        parts = [key.strip() for key in keys[at : at + 5]]
        if _YEAR_ALONE.fullmatch(parts[0]) and len(parts) > 1 and _DAY_ALONE.fullmatch(parts[1]):
            yield f"{parts[0]}-{parts[1].replace('/', '-')} {parts[2] if len(parts) > 2 else ''}"
        elif len(parts) > 1 and _DAY_ALONE.fullmatch(parts[0]) and _YEAR_ALONE.fullmatch(parts[1]):
            yield f"{parts[1]}-{parts[0].replace('/', '-')}"
        elif len(parts) > 1 and parts[0].isdigit() and len(parts[0]) <= 2 and _MONTH_ALONE.fullmatch(parts[1]):
            yield f"{parts[1].replace('/', '-').replace('.', '-')}-{parts[0]}"
        elif len(parts) > 3 and parts[0].isalpha() and parts[0].isascii() and parts[1].isdigit():
            year, clock = (parts[3], parts[4:]) if _YEAR_ALONE.fullmatch(parts[3]) else (parts[2], parts[3:4])
            yield f"{parts[0]} {parts[1]}, {year} {''.join(clock)}"
