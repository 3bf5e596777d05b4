"""What is done of a run, on the disk, so that it can be taken up again wherever it was stopped.

Cleaned batches are appended to three files: `texts` holds the texts, one after the other, `index` and `rows` an Arrow stream a batch, the
light columns and the heavy ones. Then a line is added to `journal`: only what that names counts, and what stands behind it in
the other files is cut off when the store is opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cleaner.corpus.batch import Batch
from cleaner.corpus.columns import Columns
from cleaner.duplicates.texts import Lines, split_batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cleaner.duplicates.texts import Utf8

__all__ = ["INDEX", "Entry", "Store", "StoredTexts"]

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
        for name, data in (("texts", b"".join(columns.texts)), ("index", index), ("rows", rows)):
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


def _pack(schema: pa.Schema, columns: Columns, options: Any) -> bytes:
    arrays = [pa.array(getattr(columns, name), schema.field(name).type) for name in schema.names]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    data: bytes = sink.getvalue().to_pybytes()
    return data


MOST_BYTES = 4
"""Bytes that a character may have in UTF-8."""

READ = 1 << 20
"""Bytes of texts that are looked through at once."""


class StoredTexts:
    """Texts in a file, read when they are asked for; see `cleaner.duplicates.texts.Texts`."""

    def __init__(self, path: Path, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY)
        self._starts, self._sizes = starts, sizes

    def __len__(self) -> int:
        return len(self._sizes)

    def __del__(self) -> None:
        os.close(self._file)

    def sizes(self) -> NDArray[np.int64]:
        """Bytes of each."""
        return self._sizes

    def take(self, places: Sequence[int] | range) -> Utf8:
        """Some of them."""
        sizes = (
            self._sizes[places.start : places.stop] if isinstance(places, range) else self._sizes[np.asarray(places)]
        )
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        if isinstance(places, range) and len(places) and self._is_run(places):
            data = self._read(int(offsets[-1]), int(self._starts[places.start]))
        else:
            data = b"".join(self._read(int(self._sizes[at]), int(self._starts[at])) for at in places)
        return np.frombuffer(data, np.uint8), offsets

    def _is_run(self, places: range) -> bool:
        """Whether texts stand one right after the other in the file."""
        last = places.stop - 1
        return int(self._starts[last] - self._starts[places.start]) == int(self._sizes[places.start : last].sum())

    def characters(self) -> NDArray[np.int64]:
        """Characters of each."""
        counts = [_characters(data.tobytes(), offsets[:-1], offsets[1:]) for _, data, offsets in self._iter_batches()]
        return np.concatenate([*counts, np.empty(0, np.int64)])

    def lines(self, least: int) -> Lines:
        """Their lines of at least so many characters: nothing is held of them but where they stand."""
        rows = [np.empty((4, 0), np.int64)]
        for part, data, offsets in self._iter_batches():
            breaks = np.flatnonzero(data == ord("\n"))
            starts = np.sort(np.concatenate([offsets[:-1], breaks + 1]))
            ends = np.sort(np.concatenate([offsets[1:], breaks]))
            counts = 1 + np.diff(np.searchsorted(breaks, offsets))  # of the lines of each text
            local = np.arange(len(part)).repeat(counts)
            numbers = np.arange(len(starts)) - (np.cumsum(counts) - counts)[local]
            sizes = ends - starts
            long = sizes >= MOST_BYTES * least
            unsure = np.flatnonzero((sizes >= least) & ~long)
            long[unsure] = _characters(data.tobytes(), starts[unsure], ends[unsure]) >= least
            places, within = local[long] + part.start, starts[long] - offsets[local[long]]
            rows.append(np.array([places, numbers[long], self._starts[places] + within, sizes[long]]))
        places, numbers, starts, sizes = np.concatenate(rows, axis=1)
        return Lines(places, numbers, StoredTexts(self._path, starts, sizes))

    def _iter_batches(self) -> Iterator[tuple[range, NDArray[np.uint8], NDArray[np.int64]]]:
        for part in split_batches(self._sizes, READ):
            yield part, *self.take(part)

    def only(self, places: NDArray[np.int64]) -> StoredTexts:
        """Some of the texts, in any order, as texts of their own."""
        return StoredTexts(self._path, self._starts[places], self._sizes[places])

    def text(self, place: int) -> str:
        """One text."""
        return self._read(int(self._sizes[place]), int(self._starts[place])).decode("utf-8", "surrogatepass")

    def _read(self, size: int, start: int) -> bytes:
        data = os.pread(self._file, size, start)
        while len(data) < size:  # one call gives 2 GB at most
            more = os.pread(self._file, size - len(data), start + len(data))
            if not more:
                raise OSError(
                    "a file of the run's folder `work` is shorter than it was; give --overwrite to begin anew"
                )
            data += more
        return data


def _characters(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many characters of UTF-8 each part has."""
    parts = (data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return np.fromiter((len(part.decode("utf-8", "surrogatepass")) for part in parts), np.int64, len(starts))
