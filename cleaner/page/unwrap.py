"""Hard-wrapped text: paragraphs that were broken at a fixed width, joined again.

A text counts as hard-wrapped when most of its lines are as wide as the widest, break off in mid-sentence, and it is
prose. A line that ends a sentence ends its paragraph too: whether the next one belongs to it cannot be known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["find_joints"]

MIN_LINES = 5
MIN_WIDTH, MAX_WIDTH = 44, 140
"""Columns (a Chinese character takes two). Verse is narrower; a wider line was broken by its author."""

SLACK = 5
"""Columns by which a full line may fall short: a mark or a Latin word that did not fit went to the next line."""

LEAST_FULL, LEAST_OPEN = 0.3, 0.6
"""So large a share of the lines is as wide as the widest, and of these so many break off in mid-sentence."""

_STOPS = "。！？!?；;…：:.”」』）)】》~～"
_MARKS = frozenset("，。、；：？！,.;:?!“”「」『』（）()")


_ITEM = re.compile(
    r"[(（]?[0-9０-９一二三四五六七八九十]{1,3}[、.．)）]|[·•●■◆▪※①-⑳—-]|第[0-9一二三四五六七八九十]{1,3}[章节条款]"
)
_DIGITS = re.compile(r"\d+")


def _shape(line: str) -> str:
    """How a line begins, with figures masked: rows of a table and items of a list begin alike."""
    return _DIGITS.sub("0", line[:8])[:4]


def _width(line: str) -> int:
    return 2 * len(line) - len(line.encode("ascii", "ignore"))


def find_joints(lines: Sequence[str]) -> dict[int, str]:
    """For each line that continues the one before it, what stands between the two: nothing, or a blank between Latin words."""
    if len(lines) < MIN_LINES:
        return {}
    # Of most articles it shows without measuring that too many lines are too long, or too few lines break off.
    if sum([len(line) > MAX_WIDTH + 2 for line in lines]) > 0.05 * len(lines):
        return {}
    least = (MIN_WIDTH - SLACK) // 2
    broken = [line for line in lines if least <= len(line) <= MAX_WIDTH + 2 and line[-1] not in _STOPS]
    if len(broken) < LEAST_OPEN * max(MIN_LINES, LEAST_FULL * len(lines)):
        return {}
    widths = [_width(line) for line in lines]
    if sum(width > MAX_WIDTH + 2 for width in widths) > 0.05 * len(lines):
        return {}
    counts = Counter(widths)
    full, most = 0, 0
    for width in counts:
        near = sum(counts[width - less] for less in range(SLACK + 1))
        if near > most or (near == most and width > full):
            full, most = width, near
    if not (MIN_WIDTH <= full <= MAX_WIDTH) or most < MIN_LINES or most < LEAST_FULL * len(lines):
        return {}
    wider = sum(count for width, count in counts.items() if width > full + 2)
    if wider > 0.05 * len(lines):
        return {}
    wrapped = [at for at, width in enumerate(widths) if full - SLACK <= width <= full + 2]
    open_ends = [at for at in wrapped if lines[at][-1] not in _STOPS]
    marked = sum(not _MARKS.isdisjoint(line) for line in lines)
    if len(open_ends) < LEAST_OPEN * len(wrapped) or marked < 0.5 * len(lines):
        return {}
    joints = {}
    for at in open_ends:
        if at + 1 < len(lines) and not _ITEM.match(lines[at + 1]) and _shape(lines[at]) != _shape(lines[at + 1]):
            latin = lines[at][-1].isascii() and lines[at + 1][0].isascii()
            joints[at + 1] = " " if latin else ""
    return joints
