"""What files are cut into: batches of successive records, raw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.corpus.sources import Source

__all__ = ["BATCH_BYTES", "SHOWN_BYTES", "Batch", "Fault", "Item", "Limits", "Page", "is_blank"]

BATCH_BYTES = 2_000_000
"""A batch holds about so many bytes of what is read, or one record: some hundred milliseconds of work."""

MOST_BYTES = 16_000_000
"""A longer record is rejected. Nothing that is an article has so many bytes, and cleaning a text that is all line ends takes a hundred times its
size in memory."""

SHOWN_BYTES = 65_536
"""Of a record that is rejected for its length so much is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at once."""

    batch_bytes: int = BATCH_BYTES
    record_bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that cannot be read; `data` is its beginning. `ends` says that nothing after it in the file can be read either."""

    what: str
    data: bytes = b""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page out of a web archive, with what the archive says of it."""

    html: bytes
    fields: Mapping[str, Any]


_BLANK = b" \t\r\n\xef\xbb\xbf"


def is_blank(item: Any) -> bool:
    """Whether a line of a file holds nothing, and so is no record."""
    return isinstance(item, bytes) and not item.strip(_BLANK)


Item = bytes | Mapping[str, Any] | Page | Fault


@dataclass(slots=True)
class Batch:
    """Successive records of one file, raw: lines of JSONL, rows of a table, pages of an archive, or the one page that the file is.

    `first` is the number of the first, from 1: of lines where the format has lines. `next_byte` is where the next batch begins, in a
    file that can be entered there; None elsewhere.
    """

    source: Source
    format: str
    first: int
    items: list[Item] = field(default_factory=list)
    places: list[int] | None = None
    """The line on which each begins, where they do not follow each other."""
    next_byte: int | None = None
    position: int = 0
    """How many bytes of the file, as it lies on the disk, were read so far."""

    @property
    def ends_file(self) -> bool:
        """Whether nothing of the file can be read after this batch, as a Fault in it says."""
        return any(isinstance(item, Fault) and item.ends for item in self.items)

    def place(self, index: int) -> int:
        """The number of a record, or its line."""
        return self.places[index] if self.places else self.first + index

    @property
    def is_whole_file(self) -> bool:
        """Whether the file is one record."""
        return self.format in ("text", "html")
