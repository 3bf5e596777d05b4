"""Rows of tables: CSV, Parquet and Arrow files."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
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
    delimiter = "\t" if bare_name(source.path).endswith(".tsv") else ","
    rows = csv.reader(_lines(text, limits.record_bytes), delimiter=delimiter, strict=True)
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
                names = _tell_apart(row)
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


def _lines(text: IO[str], most: int) -> Iterator[str]:
    while line := text.readline(most + 1):
        if len(line) > most:
            raise csv.Error(f"a line of over {most:,} characters")
        yield line


def _tell_apart(names: list[str]) -> list[str]:
    """The names of a header; one that stands there twice gets a number after it."""
    told: list[str] = []
    for name in names:
        free, number = name, 2
        while free in told:
            free, number = f"{name}_{number}", number + 1
        told.append(free)
    return told


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
    except Exception as error:  # what a damaged file raises is of many kinds
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        where = "cannot be read from here on" if number else "cannot be read"
        yield Batch(source, format, number + 1, [Fault(f"{where}: {said:.200}", ends=True)])


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
    part = _in_microseconds(table.slice(rows.start, len(rows)))
    try:
        records = part.to_pylist()
    except Exception:  # a date beyond those that Python knows, text that is no UTF-8: which row is it?
        records = [_row_of(part, at) for at in range(len(part))]
    return [_item(record, limits) for record in records]


def _in_microseconds(table: Any) -> Any:
    """A table without times in nanoseconds, of which Python has no type."""
    import pyarrow as pa

    for at, column in enumerate(table.schema):
        kind = column.type
        if (
            pa.types.is_timestamp(kind) or pa.types.is_time64(kind) or pa.types.is_duration(kind)
        ) and kind.unit == "ns":
            fewer = (
                pa.timestamp("us", kind.tz)
                if pa.types.is_timestamp(kind)
                else pa.time64("us")
                if pa.types.is_time64(kind)
                else pa.duration("us")
            )
            table = table.set_column(at, column.name, table.column(at).cast(fewer, safe=False))
    return table


def _row_of(table: Any, at: int) -> Item:
    try:
        [record] = table.slice(at, 1).to_pylist()
    except Exception as error:
        return Fault(f"a row that cannot be read: {type(error).__name__}: {error}"[:300])
    return dict(record)


_PLAIN = (
    str,
    bytes,
    int,
    float,
    bool,
    type(None),
    list,
    dict,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    Decimal,
)


def _item(record: Item, limits: Limits) -> Item:
    if not isinstance(record, dict):
        return record
    if sum(len(value) for value in record.values() if isinstance(value, str | bytes)) > limits.record_bytes:
        return Fault(f"a record of over {limits.record_bytes:,} bytes; see --max-record of `cleaner run`")
    return {name: value if isinstance(value, _PLAIN) else str(value) for name, value in record.items()}
