"""Files in, records out."""

from __future__ import annotations

import gzip
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import IO, TYPE_CHECKING, Any

from cleaner.errors import InputError, NotTextError
from cleaner.types import Article, Document

if TYPE_CHECKING:
    from cleaner import Cleaner

__all__ = ["Reader", "Record", "clean_record", "is_readable", "read_fields"]

_TEXT = (".txt", ".text")
_JSONL = (".jsonl", ".ndjson")
_HTML = (".html", ".htm", ".xhtml")

_BROKEN = (OSError, EOFError, zlib.error)
"""What a damaged, vanished or forbidden file raises, compressed or not."""


@dataclass(frozen=True, slots=True)
class Record:
    """One page as it was read; `where` names its file, and its line in a JSONL file."""

    where: str
    line: int
    document: Document
    fields: Mapping[str, Any] | None = None
    """The object of a JSONL file, as it was read; None for a text file."""


def clean_record(cleaner: Cleaner, record: Record) -> Article:
    """The article of a record; raises InputError for what is not text. Any other error says at which record it came."""
    try:
        return next(cleaner.pipe([record.document]))
    except NotTextError as error:
        raise InputError(f"{record.where}: {error}") from None
    except Exception as error:
        error.add_note(f"while cleaning {record.where}")
        raise


def read_fields(record: Record) -> Mapping[str, Any]:
    """The fields of a record as they were read; those of a text file are `id`, its path, and `text`.

    Raises InputError for what is not text.
    """
    if record.fields is not None:
        return record.fields
    from cleaner.text.decode import decode

    content = record.document.text
    try:
        text = decode(content)[0] if isinstance(content, bytes) else content
    except NotTextError as error:
        raise InputError(f"{record.where}: {error}") from None
    return {"id": record.where, "text": text}


class Reader:
    """The records of files, folders and `-` (stdin), one after the other, in flat memory.

    What cannot be read comes as an InputError in its place, and the rest goes on.
    """

    path = ""
    """The file that is being read."""
    kind = ""
    """`text` or `jsonl`, once that is known of this file."""
    lines = 0
    """How many lines of a JSONL file were read so far."""
    passed_over = 0
    """How many files of other kinds stood in the folders."""

    def __init__(self, paths: Sequence[str], format: str = "auto") -> None:
        self.paths = paths
        self.format = format
        self._done = 0
        self._raw: IO[bytes] | None = None

    @property
    def position(self) -> int:
        """How many bytes of the files were read so far, as they lie on the disk."""
        return self._done + (self._raw.tell() if self._raw else 0)

    @cached_property
    def size(self) -> int | None:
        """How many bytes there are to read, or None where that cannot be known."""
        size = 0
        for path in self.paths:
            try:
                if path == "-" or not (os.path.isfile(path) or os.path.isdir(path)):
                    return None
                files = _walk_files(path) if os.path.isdir(path) else iter((path,))
                size += sum(os.path.getsize(file) for file in files if isinstance(file, str))
            except OSError:
                return None
        return size

    def __iter__(self) -> Iterator[Record | InputError]:
        for path in self.paths:
            if path == "-":
                yield from self._guarded(path)
            elif os.path.isdir(path):
                yield from self._walk(path)
            else:
                yield from self._guarded(path)

    def _walk(self, folder: str) -> Iterator[Record | InputError]:
        """The records of a folder and those below it, by name; hidden files and linked folders are passed by."""
        found = False
        for file in _walk_files(folder):
            if file is None:
                self.passed_over += 1
                continue
            found = True
            yield from [file] if isinstance(file, InputError) else self._guarded(file)
        if not found:
            yield InputError(f"{folder}: no file in it ends in {', '.join(_TEXT + _JSONL)} or one of these and .gz")

    def _guarded(self, path: str) -> Iterator[Record | InputError]:
        self.path, self.kind, self.lines = path, "", 0
        try:
            if path == "-":
                yield from self._records(sys.stdin.buffer, path)
                return
            with open(path, "rb") as raw:
                self._raw = raw if raw.seekable() else None
                yield from self._records(gzip.GzipFile(fileobj=raw) if path.lower().endswith(".gz") else raw, path)
                self._done = self.position
        except _BROKEN as error:
            yield InputError(f"{path}: cannot be read: {_reason(error)}")
        finally:
            self._raw = None

    def _records(self, stream: Any, path: str) -> Iterator[Record | InputError]:
        kind, first = self.format, []
        if kind == "auto":
            name = path.lower().removesuffix(".gz")
            if name.endswith(_HTML):
                yield InputError(f"{path}: an HTML file; text and JSONL are read for now, so extract its text first")
                return
            kind = "text" if name.endswith(_TEXT) else "jsonl" if name.endswith(_JSONL) else ""
            if not kind:
                first = _first_lines(stream)
                begin = first[-1].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] if first else b""
                if begin == b"[" and name.endswith(".json"):
                    yield InputError(f"{path}: one JSON list; make it one object a line (jq -c '.[]' does it)")
                    return
                kind = "jsonl" if begin == b"{" else "text"
        self.kind = kind
        if kind == "jsonl":
            yield from _read_jsonl(self._counted(chain(first, stream)), path)
        else:
            yield Record(path, 1, Document(id=path, text=b"".join(first) + stream.read()))

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.lines += 1
            yield line


def _walk_files(folder: str) -> Iterator[str | InputError | None]:
    """The files of a folder and those below it that can be read; None for one of another kind."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield InputError(f"{folder}: cannot be read: {_reason(error)}")
        return
    for entry in names:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk_files(entry.path)
        elif not entry.is_dir():
            yield entry.path if is_readable(entry.name) else None


def is_readable(name: str) -> bool:
    """Whether a file in a folder is read, by its name."""
    return name.lower().removesuffix(".gz").endswith(_TEXT + _JSONL)


def _first_lines(stream: Any) -> list[bytes]:
    """The lines of a stream up to the first that is not blank."""
    lines: list[bytes] = []
    while line := stream.readline():
        lines.append(line)
        if line.strip(b" \t\r\n\xef\xbb\xbf"):
            break
    return lines


def _read_jsonl(lines: Iterable[bytes], path: str) -> Iterator[Record | InputError]:
    number, empty = 0, True
    try:
        for number, line in enumerate(lines, 1):
            raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not raw.strip():
                continue
            if empty and (found := _not_jsonl(raw)):
                yield InputError(f"{path}: {found}")
                return
            empty = False
            where = f"{path}:{number}"
            try:
                fields = _read_object(raw, where)
                yield Record(where, number, _make_document(fields, where), fields)
            except InputError as error:
                yield error
    except _BROKEN as error:
        yield InputError(f"{path}:{number + 1}: cannot be read from here on: {_reason(error)}")


def _not_jsonl(line: bytes) -> str | None:
    """What a file is whose first line cannot be JSON in UTF-8: said once, not of each line."""
    if line.startswith(b"\x1f\x8b"):
        return "gzip data; let its name end in .gz"
    convert = "JSONL is UTF-8 with one JSON object a line, so convert it first"
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"UTF-16; {convert}"
    if b"\0" in line or not (line.lstrip().startswith(b"{") or _is_utf8(line)):
        return f"binary data; {convert}"
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_object(raw: bytes, where: str) -> dict[str, Any]:
    """One line of a JSONL file; raises InputError."""
    try:
        fields = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        found = f"byte 0x{raw[error.start]:02x} at {error.start + 1}"
        raise InputError(f"{where}: not UTF-8 ({found}); convert the file, from gb18030 for example") from None
    except json.JSONDecodeError as error:
        shown = raw.decode("utf-8", "replace").strip()[:40]
        raise InputError(
            f"{where}: not JSON ({error.msg}, character {error.pos + 1}): {shown}; give one object a line"
        ) from None
    except ValueError as error:
        raise InputError(f"{where}: JSON that cannot be read: {error}") from None
    except RecursionError:
        raise InputError(f"{where}: fields nested too deeply to be read; flatten or drop them") from None
    if not isinstance(fields, dict):
        raise InputError(f"{where}: JSON, but {_kind(fields)} and not an object; give one object a line")
    return fields


def _make_document(fields: Mapping[str, Any], where: str) -> Document:
    """An object as a Document; raises InputError."""
    text = fields.get("text")
    if not isinstance(text, str):
        if text is not None:
            what = f"field 'text' is {_kind(text)}, not a string"
        elif fields.get("html"):
            what = "no field 'text', only 'html'; extract its text first"
        elif "text" in fields:
            what = "field 'text' is null, not a string"
        else:
            found = ", ".join([name for name in fields if name != "text"][:8]) or "none"
            what = f"no field 'text' (fields: {found}); give the page's text under this name"
        raise InputError(f"{where}: {what}")
    extra = dict(fields)
    del extra["text"]
    known: dict[str, str] = {"id": where}
    for name in ("id", "url", "title", "site"):
        value = extra.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value and isinstance(value, str):
            known[name] = value
        if value is None or isinstance(value, str):
            extra.pop(name, None)
    return Document(text=text, extra=extra, **known)


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a string", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, "a number")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"the gzip data is damaged or cut off ({error})"
