"""The records of files, one after the other, in flat memory: what commands read that hold nothing between two records."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property

from cleaner.corpus.batch import BATCH_BYTES, Batch, Limits
from cleaner.corpus.fields import Fields
from cleaner.corpus.read import read_batches
from cleaner.corpus.records import Record, read_records
from cleaner.corpus.sources import find_sources
from cleaner.errors import InputError

__all__ = ["Reader"]

MOST_BYTES = 1_000_000_000
"""A longer record is rejected: more than in a run, as these commands are given a few pages by somebody who looks on."""


class Reader:
    """The records of files, folders, patterns and `-` (stdin).

    What cannot be read comes as an InputError in its place, and the rest goes on.
    """

    path = ""
    """The file that is being read."""
    format = ""
    """Its format, once that is known."""
    lines = 0
    """How many records of it, or lines, were read so far."""
    passed_over = 0
    """How many files of other kinds stood in the folders."""
    position = 0
    """How many bytes of the files were read so far, as they lie on the disk."""

    def __init__(
        self, paths: Sequence[str], format: str = "auto", *, fields: Fields | None = None, most: int = MOST_BYTES
    ) -> None:
        self.paths = paths
        self._format = format
        self._fields = fields or Fields()
        self._most = most

    @cached_property
    def size(self) -> int | None:
        """How many bytes there are to read, or None where that cannot be known."""
        size = 0
        for source in find_sources(self.paths):
            if source is None or isinstance(source, InputError):
                continue
            try:
                if source.path == "-" or not os.path.isfile(source.path):
                    return None
                size += os.path.getsize(source.path)
            except OSError:
                return None
        return size

    def __iter__(self) -> Iterator[Record | InputError]:
        for records in self.batches():
            yield from records

    def batches(self) -> Iterator[Iterator[Record | InputError]]:
        """The same, in runs of records that were read at once; of what is not a file each comes as soon as it is there."""
        done = 0
        for source in find_sources(self.paths, self._format):
            if source is None:
                self.passed_over += 1
                continue
            if isinstance(source, InputError):
                self.path, self.format, self.lines = source.file or "", "", 0
                yield iter([source])
                continue
            self.path, self.format, self.lines = source.path, "", 0
            streams = source.path == "-" or not os.path.isfile(source.path)
            for batch in read_batches(source, Limits(1 if streams else BATCH_BYTES, self._most)):
                self.format, self.position = batch.format, done + batch.position
                yield self._records(batch)
            if not streams:
                done += os.path.getsize(source.path) if os.path.exists(source.path) else 0
                self.position = done

    def _records(self, batch: Batch) -> Iterator[Record | InputError]:
        for index, record in read_records(batch, self._fields):
            self.lines = max(self.lines, batch.place(index))
            yield record
        if batch.items and batch.format != "broken":
            self.lines = max(self.lines, batch.place(len(batch.items) - 1))
