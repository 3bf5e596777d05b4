"""Rows of tables: CSV, Parquet and Arrow files."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from cleaner.corpus.batch import SHOWN_BYTES, Batch, Fault, Item, Limits
from cleaner.corpus.sources import Source, bare_name
from cleaner.corpus.unpack import broken, reason

__all__ = ["read_columns", "read_csv"]

_HEAD = 1 << 16
ROWS = 256
"""Rows of Parquet and Arrow that are made into records at once."""


def read_csv(source: Source, stream: IO[bytes], limits: Limits, skip: int) -> Iterator[Batch]:
    """Rows of a CSV file with a header, every value as it stands there; UTF-8, UTF-16 with a mark, or else GB18030."""
    head = stream.read(_HEAD)
    encoding = _encoding(head)
    text = io.TextIOWrapper(
        io.BufferedReader(_Chained(head, stream)),
        encoding,
        errors="strict" if encoding == "utf-16" else "surrogateescape",
        newline="",
    )
    csv.field_size_limit(limits.record_bytes)
    rows = csv.reader(text, delimiter="\t" if bare_name(source.path).endswith(".tsv") else ",")
    batch = Batch(source, "csv", skip + 1, places=[])
    size = number = 0
    names: list[str] = []
    line = 1
    try:
        for row in rows:
            begins, line = line, rows.line_num + 1
            if not row:
                continue
            if not names:
                names = row
                continue
            number += 1
            if number <= skip:
                continue
            item = _row(names, row)
            size += sum(map(len, row)) * 3
            batch.items.append(item)
            batch.places.append(begins)  # type: ignore[union-attr]
            if size >= limits.batch_bytes:
                yield batch
                batch, size = Batch(source, "csv", number + 1, places=[]), 0
    except Exception as error:
        if not isinstance(error, (csv.Error, UnicodeError, *broken())):
            raise
        said = str(error) if isinstance(error, csv.Error | UnicodeError) else reason(error)
        batch.items.append(Fault(f"cannot be read from here on: {said}", ends=True))
        batch.places.append(line)  # type: ignore[union-attr]
    if batch.items:
        yield batch


def _row(names: list[str], row: list[str]) -> Item:
    if len(row) > len(names):
        return Fault(f"a row of {len(row)} fields under a header of {len(names)}", _joined(row))
    if any("\udc80" <= char <= "\udcff" for value in row if not value.isascii() for char in value):
        return Fault("bytes that are not in the encoding of the file; convert it to UTF-8", _joined(row))
    return dict(zip(names, row, strict=False))


def _joined(row: list[str]) -> bytes:
    return ",".join(row).encode("utf-8", "surrogateescape")[:SHOWN_BYTES]


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        try:
            codecs.getincrementaldecoder("gb18030")().decode(head)
        except UnicodeDecodeError:
            return "utf-8-sig"
        return "gb18030"
    return "utf-8-sig"


class _Chained(io.RawIOBase):
    """Bytes that were read already, and then the rest of a stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        data = self._head[:size] if self._head else self._rest.read(size)
        self._head = self._head[size:] if self._head else b""
        buffer[: len(data)] = data
        return len(data)


def read_columns(source: Source, format: str, packed: bool, limits: Limits, skip: int) -> Iterator[Batch]:
    """Rows of a Parquet or Arrow file."""
    import pyarrow as pa

    name = "a Parquet file" if format == "parquet" else "an Arrow file"
    if source.path == "-" or packed:
        how = "from stdin" if source.path == "-" else "packed as a whole"
        yield Batch(
            source,
            format,
            1,
            [Fault(f"{name} {how}, which cannot be entered at its end; give the file itself", ends=True)],
        )
        return
    number = 0
    try:
        for table in _record_batches(source.path, format):
            if number + len(table) <= skip:
                number += len(table)
                continue
            for start in range(max(0, skip - number), len(table), ROWS):
                part = table.slice(start, ROWS)
                for rows in _in_size(part, limits):
                    first = number + start + 1 + rows.start
                    yield Batch(source, format, first, _rows(part, rows, limits))
            number += len(table)
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Batch(
            source,
            format,
            number + 1,
            [Fault(f"cannot be read{' from here on' if number else ''}: {said:.200}", ends=True)],
        )


def _record_batches(path: str, format: str) -> Iterator[Any]:
    import pyarrow as pa

    if format == "parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=ROWS)
        return
    with pa.OSFile(path) as file:
        try:
            reader = pa.ipc.open_file(file)
        except pa.ArrowInvalid:  # the streaming form of the same format
            file.seek(0)
            yield from pa.ipc.open_stream(file)
            return
        for at in range(reader.num_record_batches):
            yield reader.get_batch(at)


def _in_size(table: Any, limits: Limits) -> Iterator[range]:
    """Runs of rows of about the size of a batch."""
    rows = len(table)
    each = max(1, rows * limits.batch_bytes // max(1, table.nbytes)) if rows else 1
    for start in range(0, rows, each):
        yield range(start, min(rows, start + each))


def _rows(table: Any, rows: range, limits: Limits) -> list[Item]:
    items: list[Item] = []
    for record in chain.from_iterable([table.slice(rows.start, len(rows)).to_pylist()]):
        size = sum(len(value) for value in record.values() if isinstance(value, str | bytes))
        if size > limits.record_bytes:
            items.append(Fault(f"a record of over {limits.record_bytes:,} bytes; see --max-record of `cleaner run`"))
        else:
            items.append(record)
    return items
