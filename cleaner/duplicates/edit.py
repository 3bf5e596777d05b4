"""Takes paragraphs that stand in other articles out of a record, or labels them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cleaner.types import Article, Document, Label, Line, RepeatedParagraph

__all__ = ["RULE", "edit", "later_copies"]

RULE = "repeated-elsewhere"
"""The rule that is named for a line of an Article whose paragraph stands in another article."""


def later_copies(paragraphs: Iterable[RepeatedParagraph]) -> dict[Any, set[int]]:
    """For each article the numbers of its paragraphs that stand in an earlier one."""
    later: dict[Any, set[int]] = {}
    for paragraph in paragraphs:
        first = paragraph.places[0][0]
        for id, number in paragraph.places[1:]:
            if id != first:
                later.setdefault(id, set()).add(number)
    return later


def edit(item: Any, numbers: set[int], *, drop: bool) -> Any | None:
    """A record without some of its paragraphs, or (unless `drop`) with their lines labelled, if it is an Article.

    None where nothing that shows would be left.
    """
    if isinstance(item, Article) and not drop:
        return replace(item, lines=_label(item.lines, numbers, kept=True))
    if not drop:
        return item
    text: Any = item.get("text") if isinstance(item, Mapping) else item if isinstance(item, str | bytes) else item.text
    lines = (text.decode() if isinstance(text, bytes) else text).split("\n")
    left = "\n".join(line for number, line in enumerate(lines) if number not in numbers)
    if not left.strip():
        return None
    if isinstance(item, Article):
        return replace(item, text=left, lines=_label(item.lines, numbers, kept=False))
    if isinstance(item, Document):
        return replace(item, text=left)
    return {**item, "text": left} if isinstance(item, Mapping) else left


def _label(lines: Sequence[Line], numbers: set[int], *, kept: bool) -> tuple[Line, ...]:
    """Lines with those of some paragraphs labelled: a kept line begins a paragraph unless a joint without a line feed stands before it."""
    labelled = []
    number = -1
    for line in lines:
        if line.kept:
            number += number < 0 or "\n" in line.joint
            if number in numbers:
                line = line._replace(label=Label.REPEATED_PARAGRAPH, rule=RULE, kept=kept)  # noqa: PLW2901
        labelled.append(line)
    return tuple(labelled)
