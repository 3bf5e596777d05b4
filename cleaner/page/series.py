"""What goes on through an article, whatever is put into it: who speaks in turn, how its lists count, and its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["find_speaker", "find_speakers", "last_numbers", "read_number", "told_share"]

SPEAKER_CHARS = 8
"""The name of who speaks is no longer."""

_ITEM = re.compile(
    r"(?P<before>第|[(【]|)(?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})(?P<after>[、.)】章节部回: ])(?!\d)"
)
"""How an item of a list begins, or a heading, in probe form."""

_HAN_RUN = re.compile(r"[^\W\da-z_]{2,}")
_WORD = re.compile(r"[a-z]{4,}|\d{2,}")

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def find_speaker(key: str) -> str | None:
    """Who speaks in a line, as it begins with a name.

    >>> find_speaker("谷师傅:先学看水。"), find_speaker("先学看水。")
    ('谷师傅', None)
    """
    end = key.find(":", 1, SPEAKER_CHARS + 1)
    return key[:end] if end > 0 else None


def find_speakers(keys: Sequence[str]) -> set[str]:
    """Who speaks more than once among some lines."""
    said = Counter(name for key in keys if (name := find_speaker(key)))
    return {name for name, times in said.items() if times > 1}


def read_number(key: str) -> tuple[str, int] | None:
    """How a line is numbered, and its number: 0 for what is no number after all.

    >>> read_number("三、报名时间"), read_number("(2) 户口簿"), read_number("2024年")
    (('一、', 3), ('(1)', 2), None)
    """
    if not (item := _ITEM.match(key)):
        return None
    number = item["number"]
    is_digit = number.isdigit()
    value = int(number) if is_digit else _NUMERALS.index(number) + 1 if number in _NUMERALS else 0
    return f"{item['before']}{'1' if is_digit else '一'}{item['after']}", value


def last_numbers(keys: Sequence[str]) -> dict[str, int]:
    """How far the lists among some lines have counted, by how they are numbered: those that began with one."""
    counts: dict[str, int] = {}
    for key in keys:
        if number := read_number(key):
            style, value = number
            if value == counts.get(style, 0) + 1:
                counts[style] = value
    return counts


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
