"""Files in, batches of raw records out: what can be cut off a file quickly, without looking into the records.

A batch goes to a worker as it is, and there it is taken apart (records.py). Each says where the next one begins, so that a run that was
stopped goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from cleaner.corpus.batch import SHOWN_BYTES, Batch, Fault, Item, Limits
from cleaner.corpus.sources import Source, fits_format, sniff
from cleaner.corpus.unpack import broken, reason

__all__ = ["read_batches"]

BATCH_RECORDS = 4096
_PEEKED = 4096


def read_batches(
    source: Source, limits: Limits | None = None, *, skip: int = 0, byte: int | None = None
) -> Iterator[Batch]:
    """The batches of one file, without the first `skip` records, which end at `byte` where that is known.

    What cannot be read comes as a Fault in its place, and the rest goes on. Raises nothing for what files hold.
    """
    limits = limits or Limits()
    last = skip
    try:
        with source.open() as (raw, stream):
            format = _format(source, stream)
            if isinstance(format, Fault):
                yield Batch(source, "text", 1, [format])
                return
            for batch in _read(source, format, raw, stream, limits, skip, byte):
                last = batch.first + len(batch.items) - 1
                batch.position = _tell(raw)
                yield batch
    except broken() as error:
        where = "cannot be read" if last == 0 else "cannot be read from here on"
        yield Batch(source, "broken", last + 1, [Fault(f"{where}: {reason(error)}", ends=True)])


def _tell(raw: IO[bytes]) -> int:
    with suppress(OSError, ValueError):
        return raw.tell() if raw.seekable() else 0
    return 0


def _format(source: Source, stream: IO[bytes]) -> str | Fault:
    if source.format != "auto":
        return source.format
    if named := fits_format(source.path):
        return named
    head: bytes = stream.peek(_PEEKED)  # type: ignore[attr-defined]
    found = sniff(head)
    if source.path.endswith(".json") and found != "jsonl" and head.lstrip()[:1] == b"[":
        return Fault("one JSON list; make it one object a line (jq -c '.[]' does it)", ends=True)
    return found


def _read(
    source: Source, format: str, raw: IO[bytes], stream: IO[bytes], limits: Limits, skip: int, byte: int | None
) -> Iterator[Batch]:
    if format == "jsonl":
        yield from _read_lines(source, raw, stream, limits, skip, byte)
    elif format in ("text", "html"):
        if not skip:
            yield Batch(source, format, 1, [_read_whole(stream, limits)])
    elif format == "csv":
        from cleaner.corpus.tables import read_csv

        yield from read_csv(source, stream, limits, skip)
    elif format in ("parquet", "arrow"):
        from cleaner.corpus.tables import read_columns

        yield from read_columns(source, format, stream is not raw, limits, skip)
    else:
        from cleaner.corpus.warc import read_warc

        yield from read_warc(source, stream, limits, skip)


def _read_whole(stream: IO[bytes], limits: Limits) -> bytes | Fault:
    data = stream.read(limits.record_bytes + 1)
    return _too_long(data, limits) if len(data) > limits.record_bytes else data


def _too_long(data: bytes, limits: Limits) -> Fault:
    return Fault(
        f"a record of over {limits.record_bytes:,} bytes; see --max-record of `cleaner run`", data[:SHOWN_BYTES]
    )


def _read_lines(
    source: Source, raw: IO[bytes], stream: IO[bytes], limits: Limits, skip: int, byte: int | None
) -> Iterator[Batch]:
    """Batches of lines."""
    plain = raw is stream  # not packed: a byte of what it holds is a byte of the file
    at, number = 0, 0
    if skip and byte is not None and plain and raw.seekable():
        raw.seek(byte)
        at, number = byte, skip
    batch = Batch(source, "jsonl", number + 1)
    size = 0
    try:
        for item, length in _iter_lines(stream, limits):
            at += length
            number += 1
            if number <= skip:
                continue
            if number == 1 and isinstance(item, bytes) and (found := _not_jsonl(item.removeprefix(b"\xef\xbb\xbf"))):
                yield Batch(source, "jsonl", 1, [Fault(found, item[:SHOWN_BYTES], ends=True)])
                return
            if not batch.items:
                batch.first = number
            batch.items.append(item)
            size += length
            if size >= limits.batch_bytes or len(batch.items) >= BATCH_RECORDS:
                batch.next_byte = at if plain else None
                yield batch
                batch, size = Batch(source, "jsonl", number + 1), 0
    except broken():
        if batch.items:
            yield batch  # what was read before the fault is not lost by it
        raise
    if batch.items:
        batch.next_byte = at if plain else None
        yield batch


def _iter_lines(stream: IO[bytes], limits: Limits) -> Iterator[tuple[Item, int]]:
    """Lines, each with its length; one that is longer than a record may be is passed over without being held."""
    most = limits.record_bytes
    while line := stream.readline(most + 1):
        if len(line) <= most or line.endswith(b"\n"):
            yield line, len(line)
            continue
        length = len(line)
        while rest := stream.readline(1 << 20):
            length += len(rest)
            if rest.endswith(b"\n"):
                break
        yield _too_long(line, limits), length


def _not_jsonl(line: bytes) -> str | None:
    """What a file is whose first line cannot be JSON in UTF-8: said once, not of each line."""
    convert = "JSONL is UTF-8 with one JSON object a line, so convert it first"
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"UTF-16; {convert}"
    if not line.lstrip().startswith(b"{") and (b"\0" in line or not _is_utf8(line)):
        return f"binary data; {convert}"
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
