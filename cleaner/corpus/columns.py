"""What a run and its workers say to each other: what is asked for, and the records of a batch as columns.

It stands by itself, so that the process that hands out the work need not import all that does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["LEARN", "Columns"]

LEARN = "learn"
"""What goes with a batch that is to be read for what sites have in common, in the place of the file of learned sites."""


@dataclass(slots=True)
class Columns:
    """The records of a batch as columns, a row each; those of rejected ones have an `error`, and no text."""

    line: list[int | None] = field(default_factory=list)
    id: list[str] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    """Bytes of the text in UTF-8; -1 where the record was rejected."""
    complete: list[int] = field(default_factory=list)
    earliest: list[int] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    """These three are the criteria by which the article that is kept is chosen."""
    head: list[bytes] = field(default_factory=list)
    tail: list[bytes] = field(default_factory=list)
    """The fields of the article as JSON, those before the text and those after it."""
    removed: list[bytes] = field(default_factory=list)
    """The lines that went, a JSON object a line, without the article's id."""
    error: list[str | None] = field(default_factory=list)
    input: list[bytes | None] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
