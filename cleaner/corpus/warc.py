"""Pages out of web archives (WARC files)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO, Any

from cleaner.corpus.batch import SHOWN_BYTES, Batch, Fault, Limits, Page
from cleaner.corpus.sources import Source
from cleaner.corpus.unpack import broken, reason
from cleaner.errors import MissingExtraError

__all__ = ["read_warc"]

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


def read_warc(source: Source, stream: IO[bytes], limits: Limits, skip: int) -> Iterator[Batch]:
    """The answers of servers that are pages, by their order in the archive; pictures, requests and failures are none.

    Raises MissingExtraError where fastwarc is not installed.
    """
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError:
        raise MissingExtraError(
            "WARC files need fastwarc; install it with: pip install 'article-cleaner[html]'"
        ) from None
    batch = Batch(source, "warc", skip + 1)
    size = number = 0
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    try:
        for record in ArchiveIterator(stream, record_types=kinds):
            if not _is_page(record):
                continue
            number += 1
            if number <= skip:
                continue
            item = _read_page(record, limits)
            batch.items.append(item)
            size += len(item.html) if isinstance(item, Page) else 0
            if size >= limits.batch_bytes:
                yield batch
                batch, size = Batch(source, "warc", number + 1), 0
    except Exception as error:
        if not isinstance(error, (ValueError, RuntimeError, *broken())):
            raise
        batch.items.append(Fault(f"cannot be read from here on: {reason(error)}", ends=True))
    if batch.items:
        yield batch


def _is_page(record: Any) -> bool:
    if record.http_headers is not None and record.http_headers.status_code not in (None, 200):
        return False
    kind = record.http_content_type or record.headers.get("Content-Type") or ""
    return kind.lower().startswith(_PAGES)


def _read_page(record: Any, limits: Limits) -> Page | Fault:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    announced = record.content_length
    data = record.reader.read(limits.record_bytes + 1)
    if len(data) <= limits.record_bytes:
        if len(data) < announced:
            return Fault(
                f"{url}: a page of {announced:,} bytes of which {len(data):,} are there; the archive is cut off",
                data[:SHOWN_BYTES],
            )
        if record.http_headers is not None:
            data = _decode(data, record.http_headers, limits.record_bytes)
    if len(data) > limits.record_bytes:
        said = f"{url}: a page of over {limits.record_bytes:,} bytes; see --max-record of `cleaner run`"
        return Fault(said, data[:SHOWN_BYTES])
    fields = {
        "id": (record.record_id or "").removeprefix("<").removeprefix("urn:uuid:").rstrip(">") or None,
        "url": url or None,
        "fetched": record.headers.get("WARC-Date"),
        "plain": "html" not in (record.http_content_type or record.headers.get("Content-Type") or ""),
    }
    return Page(data, fields)


def _decode(data: bytes, headers: Any, most: int) -> bytes:
    """The body of an answer as it was sent, unpacked up to a byte more than `most`; as it is where it is not packed as it says."""
    import brotli  # comes with fastwarc

    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        data = _join_chunks(data) or data
    coding = (headers.get("Content-Encoding") or "").strip().lower()
    try:
        if coding in ("gzip", "x-gzip", "deflate"):
            return zlib.decompressobj(47 if coding != "deflate" else zlib.MAX_WBITS).decompress(data, most + 1)
        if coding == "br":
            return _unpack_brotli(data, most)
    except (zlib.error, brotli.error):
        return data
    return data


def _unpack_brotli(data: bytes, most: int) -> bytes:
    import brotli

    unpacker = brotli.Decompressor()
    unpacked: bytes = unpacker.process(data, output_buffer_limit=most + 1)
    while len(unpacked) <= most and not unpacker.is_finished():
        more = unpacker.process(b"", output_buffer_limit=most + 1)
        if not more:
            break
        unpacked += more
    return unpacked


def _join_chunks(data: bytes) -> bytes | None:
    """A body that was sent in chunks, each after its length in hexadecimal (RFC 9112, 7.1); None for one that was not."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = data.find(b"\r\n", at, at + 32)
        try:
            size = int(data[at:end].partition(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            return None
        if size < 0:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(data[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
