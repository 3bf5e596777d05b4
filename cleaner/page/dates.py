"""Dates and times of day, in the shapes in which pages give them."""

from __future__ import annotations

import re
from datetime import datetime

__all__ = ["read_date"]

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
    r"|(?:民国 ?(?P<roc>1[01]\d|\d{2})|(?<=期[: ])(?P<roc2>1[01]\d)) ?年 ?(?P<m7>\d{1,2}) ?月 ?(?P<d7>\d{1,2}) ?日"
    r"|(?<=期[: ])(?P<roc3>1[01]\d)[-/.](?P<m8>\d{1,2})[-/.](?P<d8>\d{1,2})(?!\d)"
    r"|(?P<era>平成|令和) ?(?P<y9>[1-5]\d|[1-9]) ?年 ?(?P<m9>\d{1,2}) ?月 ?(?P<d9>\d{1,2}) ?日"
)
_TIME = re.compile(
    r"(?P<part>[上下]午|晚上|傍晚|凌晨)? ?(?P<h>\d{1,2})[:时](?P<mi>\d{2})(?:[:分](?P<s>\d{2}))? ?(?P<half>[ap]m)?"
)
_TIME_BEFORE = re.compile(
    r"(?P<part>[上下]午|晚上)? ?(?<!\d)(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?(?P<half>) ?$"
)


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
