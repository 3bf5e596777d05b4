"""What counts as a paragraph that is said twice: shared by what looks for repeats in one page, and in many articles."""

from __future__ import annotations

__all__ = ["PARAGRAPH_CHARS", "is_paragraph"]

PARAGRAPH_CHARS = 30
"""A shorter line may be said twice on purpose; refrains and replies in dialogue are mostly under 25 characters."""

PARAGRAPH_VARIETY = 12
"""A rule across the page or a row of dots is no paragraph: so many different characters are asked for."""


def is_paragraph(key: str) -> bool:
    """Whether a line, without what the comparison ignores, is long and varied enough for its copy to be one.

    >>> is_paragraph("大桥" * 20), is_paragraph("今天上午八点连接河湾两岸的大桥正式通车首日通行车辆超过三千辆")
    (False, True)
    """
    return len(key) >= PARAGRAPH_CHARS and len(set(key)) >= PARAGRAPH_VARIETY
