"""Batches in, records out: each a Document, or an InputError that says why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.corpus.batch import SHOWN_BYTES, Batch, Fault, Page, is_blank
from cleaner.corpus.fields import Fields
from cleaner.corpus.jsonlines import read_object, to_json
from cleaner.errors import InputError, NotTextError
from cleaner.page.paragraphs import read_text
from cleaner.types import Document

__all__ = ["Record", "read_fields", "read_records"]


@dataclass(frozen=True, slots=True)
class Record:
    """One page as it was read; `where` names its file, and its line or number in it."""

    where: str
    line: int
    document: Document
    fields: Mapping[str, Any] | None = None
    """The record as it was read; None for a file that is one page."""
    name: str | None = None
    """Of a file that is one page its path below the folder that was given: it serves as its id."""


def read_records(
    batch: Batch, fields: Fields, begin: Callable[[int], object] | None = None
) -> Iterator[tuple[int, Record | InputError]]:
    """The records of a batch, each with its place in it; lines without anything in them are none.

    `begin` is called with the place of each before it is read.
    """
    is_lines = batch.format == "jsonl"
    for index, item in enumerate(batch.items):
        if is_lines and is_blank(item):
            continue
        if begin:
            begin(index)
        try:
            yield index, _read(batch, index, fields)
        except InputError as error:
            raw = to_json(item) if isinstance(item, Mapping) else item.data if isinstance(item, Fault) else item
            raw = raw.html if isinstance(raw, Page) else raw
            error.file, error.input = batch.source.path, raw[:SHOWN_BYTES]
            error.line = None if batch.is_whole_file or batch.format == "broken" else batch.place(index)
            yield index, error


def _read(batch: Batch, index: int, fields: Fields) -> Record:
    source, item, line = batch.source, batch.items[index], batch.place(index)
    if isinstance(item, bytes) and batch.is_whole_file:
        page: dict[str, Any] = {batch.format: item}
        return Record(source.path, 1, Document(folder=source.folder, **page), name=source.name)
    where = f"{source.path}:{line}"
    if isinstance(item, bytes):
        record = read_object(item.removeprefix(b"\xef\xbb\xbf") if line == 1 else item, where)
        return Record(where, line, fields.document(record, where), record)
    if isinstance(item, Fault):
        where = source.path if batch.is_whole_file else where
        raise InputError(f"{source.path if item.ends and line == 1 else where}: {item.what}")
    if isinstance(item, Page):
        kept = {name: value for name, value in item.fields.items() if name == "fetched"}
        content: dict[str, Any] = {"text" if item.fields["plain"] else "html": item.html}
        document = Document(id=item.fields["id"], url=item.fields["url"], extra=kept, **content)
        return Record(where, line, document, {**item.fields, **content})
    return Record(where, line, fields.document(item, where), item)


def read_fields(record: Record) -> Mapping[str, Any]:
    """The fields of a record as they were read, its text under `text`; those of a file that is one page are `id`, its path, and `text`.

    Raises InputError for what is not text.
    """
    document = record.document
    try:
        text = document.text if isinstance(document.text, str) else read_text(document)
    except NotTextError as error:
        raise InputError(f"{record.where}: {error}") from None
    if record.fields is None:
        return {"id": record.where, "text": text}
    return record.fields if record.fields.get("text") is text else {**record.fields, "text": text}
