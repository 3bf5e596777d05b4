"""Files in, records out; articles in, JSON lines out; and what may be shown on a terminal."""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

import click

from cleaner.errors import InputError
from cleaner.types import Article, Document, Line

__all__ = [
    "JsonLines",
    "Reader",
    "Record",
    "article_fields",
    "check_output",
    "line_fields",
    "silence_stdout",
    "to_json",
    "total_size",
    "visible",
]

_TEXT = (".txt", ".text")
_JSONL = (".jsonl", ".ndjson")
_HTML = (".html", ".htm", ".xhtml")

_BROKEN = (OSError, EOFError, zlib.error)
"""What a damaged, vanished or forbidden file raises, compressed or not."""

# Controls and escapes, marks that reorder what is shown, line separators, half characters.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` as a terminal may see it: characters that would steer it are written out.

    >>> visible("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return _UNSHOWN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


@dataclass(frozen=True, slots=True)
class Record:
    """One page as it was read; `where` names its file, and its line in a JSONL file."""

    where: str
    line: int
    document: Document


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
            yield entry.path if _is_readable(entry.name) else None


def _is_readable(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(_TEXT + _JSONL)


def total_size(paths: Iterable[str]) -> int | None:
    """How many bytes there are to read, or None where that cannot be known."""
    size = 0
    for path in paths:
        try:
            if path == "-" or not (os.path.isfile(path) or os.path.isdir(path)):
                return None
            files = _walk_files(path) if os.path.isdir(path) else iter((path,))
            size += sum(os.path.getsize(file) for file in files if isinstance(file, str))
        except OSError:
            return None
    return size


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
                yield Record(where, number, _read_document(raw, where))
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


def _read_document(raw: bytes, where: str) -> Document:
    """One line of a JSONL file as a Document; raises InputError."""
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
    text = fields.pop("text", None)
    if not isinstance(text, str):
        if text is not None:
            what = f"field 'text' is {_kind(text)}, not a string"
        elif fields.get("html"):
            what = "no field 'text', only 'html'; extract its text first"
        else:
            found = ", ".join(list(fields)[:8]) or "none"
            what = f"no field 'text' (fields: {found}); give the page's text under this name"
        raise InputError(f"{where}: {what}")
    known: dict[str, str] = {"id": where}
    for name in ("id", "url", "title", "site"):
        value = fields.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value and isinstance(value, str):
            known[name] = value
        if value is None or isinstance(value, str):
            fields.pop(name, None)
    return Document(text=text, extra=fields, **known)


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a string", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, "a number")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"the gzip data is damaged or cut off ({error})"


def article_fields(article: Article, **more: Any) -> dict[str, Any]:
    """An article as one JSON object: what was found, `more`, then the fields that the input had besides.

    A field of the input whose name is taken comes out as `input_` and that name.
    """
    fields: dict[str, Any] = {
        "id": article.id,
        "url": article.url,
        "site": article.site,
        "title": article.title,
        "text": article.text,
        "published": article.published.isoformat() if article.published else None,
        "source": article.source,
        "publisher": article.publisher,
        "authors": article.authors,
        "editors": article.editors,
        "keywords": article.keywords,
        "script": article.script,
        "flags": article.flags,
        **more,
    }
    for name, value in article.extra.items():
        free = name
        while free in fields or (free != name and free in article.extra):
            free = f"input_{free}"
        fields[free] = value
    return fields


def line_fields(line: Line) -> dict[str, Any]:
    """A line of a page as one JSON object."""
    return {"start": line.start, "end": line.end, "text": line.text, "label": line.label, "rule": line.rule}


def to_json(fields: Mapping[str, Any]) -> bytes:
    """One JSON line in UTF-8, valid whatever came in: half characters are escaped, NaN and infinity are null.

    Raises InputError for fields that are nested too deeply.
    """
    try:
        try:
            text = json.dumps(fields, ensure_ascii=False, allow_nan=False)
        except ValueError:
            text = json.dumps(_finite(fields), ensure_ascii=False, allow_nan=False)
    except RecursionError:
        raise InputError(f"{fields['id']}: fields nested too deeply to be written; flatten or drop them") from None
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return re.sub(r"[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text).encode() + b"\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def check_output(option: str, path: str | None, inputs: Sequence[str], overwrite: bool) -> None:
    """Refuses an output that would destroy something, before any work is done."""
    if path is None or path == "-":
        return
    shown = visible(path)
    if os.path.isdir(path):
        raise click.UsageError(f"{option} {shown} is a folder; give the name of a file in it.")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise click.UsageError(f"{option} {shown}: its folder does not exist; make it first.")
    if not os.path.isfile(path):
        return
    final = os.path.realpath(path)
    for given in inputs:
        source = os.path.realpath(given)
        inside = os.path.isdir(source) and final.startswith(os.path.join(source, "")) and _is_readable(final)
        if given != "-" and (inside or (os.path.exists(given) and os.path.samefile(given, path))):
            raise click.UsageError(f"{option} {shown} is an input too; write to another file.")
    if not overwrite:
        raise click.UsageError(f"{option} {shown} exists; choose another name or give --overwrite.")


def silence_stdout() -> None:
    """Points stdout nowhere, so that the interpreter does not complain about a closed pipe when it ends."""
    with suppress(OSError, ValueError):  # stdout may be no file: under a test, say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class JsonLines:
    """Writes JSON lines to a file, or to stdout for `-`; compressed where the name ends in .gz.

    A file is written as NAME.part and gets its name when `close` is called; `discard` leaves nothing. Pipes and devices
    are written as they are.
    """

    def __init__(self, path: str) -> None:
        self.unfinished: str | None = None
        """The name that a file is still to get."""
        self._path = "stdout" if path == "-" else path
        self._final = os.path.realpath(path)
        self._part: str | None = None
        self._file: IO[bytes] | None = None
        if path == "-":
            self._raw: IO[bytes] = sys.stdout.buffer
            self._stream: Any = self._raw
            self._flush = self._raw.isatty()
            return
        self._flush = False
        try:
            if os.path.isfile(path) or not os.path.exists(path):
                self._part = f"{self._final}.part"
                self.unfinished = path
            self._file = self._raw = open(self._part or path, "wb")  # noqa: SIM115 - closed by close or discard
        except OSError as error:
            raise self._failure(error) from None
        packed = path.lower().endswith(".gz")
        self._stream = gzip.GzipFile(filename="", fileobj=self._raw, mode="wb", mtime=0) if packed else self._raw

    def write(self, fields: Mapping[str, Any]) -> None:
        """Writes one line."""
        try:
            self._stream.write(to_json(fields))
            if self._flush:
                self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Ends the file and gives it its name."""
        try:
            if self._stream is not self._raw:
                self._stream.close()
            self._raw.flush()
            if self._file:
                self._file.close()
            if self._part:
                os.replace(self._part, self._final)
                self.unfinished = None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failure(error) from None

    def discard(self) -> None:
        """Drops what was written to a file."""
        try:
            if self._file:
                self._file.close()
            if self._part:
                os.unlink(self._part)
        except OSError:
            pass

    def _failure(self, error: OSError) -> click.ClickException:
        return click.ClickException(f"{visible(self._path)}: cannot be written: {error.strerror or error}")
