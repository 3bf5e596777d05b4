"""What a run and its workers say to each other: what is asked for, and the records of a batch as columns.

It stands by itself, so that the process that hands out the work need not import all that does it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["LEARN", "Columns", "Strings"]

LEARN = "learn"
"""What goes with a batch that is to be read for what sites have in common, in the place of the file of learned sites."""


class Strings:
    """Strings of bytes that travel as one: the thousands of a batch are sent and stored in a tenth of the time that they would take one by one."""

    def __init__(self, data: bytes = b"", sizes: Iterable[int] = ()) -> None:
        self._parts = [data] if data else []
        self.sizes = list(sizes)
        """How many bytes each has."""

    def append(self, item: bytes) -> None:
        """Adds one at the end."""
        self._parts.append(item)
        self.sizes.append(len(item))

    @property
    def data(self) -> bytes:
        """All of them, one after the other."""
        if len(self._parts) != 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0]

    def __reduce__(self) -> Any:
        return Strings, (self.data, self.sizes)


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
    head: Strings = field(default_factory=Strings)
    tail: Strings = field(default_factory=Strings)
    """The fields of the article as JSON, those before the text and those after it."""
    removed: Strings = field(default_factory=Strings)
    """The lines that went, a JSON object a line, without the article's id."""
    error: list[str | None] = field(default_factory=list)
    input: list[bytes | None] = field(default_factory=list)
    texts: Strings = field(default_factory=Strings)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
