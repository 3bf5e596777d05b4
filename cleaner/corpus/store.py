"""What is done of a run, on the disk, so that it can be taken up again wherever it was stopped.

Cleaned batches are appended to three files: `texts` holds the texts, one after the other, `index` and `rows` an Arrow stream a batch, the
light columns and the heavy ones. Then a line is added to `journal`: only what that names counts, and what stands behind it in
the other files is cut off when the store is opened.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from cleaner.corpus.batch import Batch
from cleaner.corpus.columns import Columns, Strings

__all__ = ["INDEX", "Entry", "Store"]

_DATA = ("texts", "index", "rows")

INDEX = pa.schema(
    [("line", pa.int64()), ("id", pa.large_string()), ("size", pa.int64()), ("complete", pa.int8()), ("earliest", pa.int64()), ("sites", pa.int32())]
)  # fmt: skip
_ROWS = pa.schema(
    [("head", pa.large_binary()), ("tail", pa.large_binary()), ("removed", pa.large_binary()), ("error", pa.large_string()), ("input", pa.large_binary())]
)  # fmt: skip
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: a batch that is done."""

    source: int
    """The number of its file among those of the run."""
    first: int
    """The number of its first record in the file, from 1; for lines that are blank, too."""
    records: int
    """Rows of the batch: lines without anything in them have none."""
    skip: int
    """Records of the file that are done now, and ..."""
    byte: int | None
    """... where in the file the next one begins, if it can be entered there."""
    position: int
    """Bytes of the file that were read so far, as it lies on the disk."""
    ended: bool
    """Whether nothing of the file is left, since it cannot be read any further."""
    ends: Mapping[str, int]
    """The size of each data file with this batch."""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Store:
    """The files of a run in its folder `work`."""

    def __init__(self, folder: Path) -> None:
        """Opens the store, or makes a new one; what no line of the journal names is cut off."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.entries: list[Entry] = list(_read_journal(folder / "journal"))
        sizes = {name: _size(folder / name) for name in _DATA}
        while self.entries and any(self.entries[-1].ends[name] > sizes[name] for name in _DATA):
            self.entries.pop()  # after a power failure the journal may know more than the disk has
        ends: Mapping[str, int] = self.entries[-1].ends if self.entries else dict.fromkeys(_DATA, 0)
        self._files: dict[str, IO[bytes]] = {}
        for name in _DATA:
            file = open(folder / name, "ab")  # noqa: SIM115 - closed by close
            file.truncate(ends[name])
            self._files[name] = file
        with open(folder / "journal.new", "wb") as file:
            file.writelines(_line(entry) for entry in self.entries)
        os.replace(folder / "journal.new", folder / "journal")
        self._journal = open(folder / "journal", "ab")  # noqa: SIM115

    def close(self) -> None:
        """Closes the files."""
        for file in (*self._files.values(), self._journal):
            with suppress(OSError):  # on a full disk, closing fails once more
                file.close()

    def append(self, source: int, batch: Batch, columns: Columns) -> Entry:
        """Adds a batch that is done; `source` is the number of its file."""
        index = _pack(INDEX, columns, None)
        rows = _pack(_ROWS, columns, _PACKED)
        for name, data in (("texts", columns.texts.data), ("index", index), ("rows", rows)):
            self._files[name].write(data)
            self._files[name].flush()
        ends = {name: file.tell() for name, file in self._files.items()}
        entry = Entry(
            source, batch.first, len(columns.id), batch.first + len(batch.items) - 1, batch.next_byte, batch.position,
            batch.ends_file, ends, columns.counts,
        )  # fmt: skip
        self._journal.write(_line(entry))
        self._journal.flush()
        self.entries.append(entry)
        return entry

    def sync(self) -> None:
        """Waits until the disk has all of it."""
        for file in (*self._files.values(), self._journal):
            file.flush()
            os.fsync(file.fileno())

    def counts(self) -> dict[str, dict[str, int]]:
        """What was counted, over all batches."""
        total: dict[str, dict[str, int]] = {}
        for entry in self.entries:
            for name, counts in entry.counts.items():
                its = total.setdefault(name, {})
                for key, count in counts.items():
                    its[key] = its.get(key, 0) + count
        return total

    def iter_index(self) -> Iterator[Any]:
        """The light columns, a table a batch."""
        return self._iter("index")

    def iter_rows(self) -> Iterator[tuple[Entry, Any, Any]]:
        """Each batch: its entry, its light columns and its heavy ones."""
        return zip(self.entries, self._iter("index"), self._iter("rows"), strict=True)

    def _iter(self, name: str) -> Iterator[Any]:
        start = 0
        with open(self.folder / name, "rb") as file:
            for entry in self.entries:
                data = file.read(entry.ends[name] - start)
                start = entry.ends[name]
                yield pa.ipc.open_stream(data).read_all()


def _read_journal(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return  # it was being written when the run was stopped
        yield Entry(**json.loads(line))


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _array(values: Any, type: pa.DataType) -> pa.Array:
    if not isinstance(values, Strings):
        return pa.array(values, type)
    ends = array("q", accumulate(values.sizes, initial=0))
    return pa.Array.from_buffers(type, len(values.sizes), [None, pa.py_buffer(ends), pa.py_buffer(values.data)])


def _pack(schema: pa.Schema, columns: Columns, options: Any) -> bytes:
    arrays = [_array(getattr(columns, name), schema.field(name).type) for name in schema.names]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    data: bytes = sink.getvalue().to_pybytes()
    return data
