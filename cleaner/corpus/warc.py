"""Pages out of web archives (WARC files)."""

from __future__ import annotations

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
    records = ArchiveIterator(
        stream,
        record_types=WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion,
        auto_decode="all",
    )
    try:
        for record in records:
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
    kind = record.http_content_type or record.headers.get("Content-Type", "")
    return any((kind or "").lower().startswith(page) for page in _PAGES)


def _read_page(record: Any, limits: Limits) -> Page | Fault:
    url = record.headers.get("WARC-Target-URI", "").strip("<>")
    data = record.reader.read(limits.record_bytes + 1)
    if len(data) > limits.record_bytes:
        return Fault(
            f"{url}: a page of over {limits.record_bytes:,} bytes; see --max-record of `cleaner run`",
            data[:SHOWN_BYTES],
        )
    fields = {
        "id": record.record_id.removeprefix("<urn:uuid:").rstrip(">"),
        "url": url or None,
        "fetched": record.headers.get("WARC-Date"),
        "charset": record.http_charset,
        "plain": "html" not in (record.http_content_type or record.headers.get("Content-Type") or ""),
    }
    return Page(data, fields)
