"""What was given, as files: folders are walked, patterns filled in, and each file is told by its name or its first bytes."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from cleaner.corpus.unpack import PACKED, reason, unpack
from cleaner.errors import InputError

__all__ = ["FORMATS", "Source", "bare_name", "find_sources", "fits_format", "open_stdin", "sniff", "walk"]

SUFFIXES = {
    "text": (".txt", ".text"),
    "jsonl": (".jsonl", ".ndjson"),
    "html": (".html", ".htm", ".xhtml"),
    "csv": (".csv", ".tsv"),
    "parquet": (".parquet",),
    "arrow": (".arrow", ".feather", ".ipc"),
    "warc": (".warc",),
}
"""How the names of files of each format end, before what they are packed with."""

FORMATS = tuple(SUFFIXES)

BUFFER = 1 << 20
"""Bytes that are read at once. Each read lets another thread of this process go first, such as the one that imports what comes later: with
8 KB at once, the first batches of a run took twice the time."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read; `path` is as it was given or found, `-` is stdin. `name` is the path below the folder that was given."""

    path: str
    name: str
    format: str = "auto"

    @property
    def folder(self) -> str | None:
        """The folder that the file lies in: below the one that was given, or that itself."""
        if self.path == "-":
            return None
        return os.path.dirname(self.name) or os.path.basename(os.path.dirname(os.path.abspath(self.path))) or None

    @contextmanager
    def open(self) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """The file itself, and what it holds, unpacked."""
        if self.path == "-":
            stdin = open_stdin()
            yield stdin, unpack(stdin)
            return
        with open(self.path, "rb", BUFFER) as raw:
            yield raw, unpack(raw)


def open_stdin() -> IO[bytes]:
    """What is piped in. Raises InputError where stdin is closed."""
    if sys.stdin is None:
        raise InputError("-: stdin is closed; pipe something to it, or give a file")
    return sys.stdin.buffer


def bare_name(name: str) -> str:
    """The name of a file in lower case, without the end that says how it is packed.

    >>> bare_name("News.JSONL.zst")
    'news.jsonl'
    """
    lower = name.lower()
    for end in PACKED:
        lower = lower.removesuffix(end)
    return lower


def fits_format(name: str) -> str | None:
    """The format that the name of a file tells, if any."""
    bare = bare_name(name)
    return next((format for format, ends in SUFFIXES.items() if bare.endswith(ends)), None)


def sniff(head: bytes) -> str:
    """The format of a file by the first bytes of what it holds: text where nothing else is certain."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ARROW1"):
        return "arrow"
    if head.startswith(b"WARC/"):
        return "warc"
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    if begin.startswith(b"{"):
        return "jsonl"
    return "html" if begin.startswith((b"<!doctype html", b"<html")) else "text"


def find_sources(inputs: Sequence[str], format: str = "auto") -> Iterator[Source | InputError | None]:
    """The files that were given, in order; None for a file in a folder that is of no format that is read.

    Folders are walked by name, hidden files and linked folders passed by; a pattern (`*.jsonl`) that is no file is filled in.
    """
    for given in inputs:
        if given != "-" and not os.path.lexists(given) and glob.has_magic(given):
            found = sorted(glob.glob(given, recursive=True))
            if not found:
                yield InputError(f"{given}: no file fits this pattern", file=given)
            for path in found:
                yield from _find(path, format)
        else:
            yield from _find(given, format)


def _find(path: str, format: str) -> Iterator[Source | InputError | None]:
    if path == "-" or not os.path.isdir(path):
        yield Source(path, os.path.basename(path), format)
        return
    found = False
    for file in walk(path):
        if isinstance(file, InputError):
            found = True
            yield file
        elif fits_format(file):
            found = True
            yield Source(file, os.path.relpath(file, path).replace(os.sep, "/"), format)
        else:
            yield None
    if not found:
        ends = ", ".join(end for ends in SUFFIXES.values() for end in ends)
        yield InputError(f"{path}: no file in it ends in {ends}, or one of these and {', '.join(PACKED)}", file=path)


def walk(folder: str) -> Iterator[str | InputError]:
    """The files of a folder and those below it, by name."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield InputError(f"{folder}: cannot be read: {reason(error)}", file=folder)
        return
    for entry in names:
        if entry.name.startswith("."):
            continue
        try:
            is_folder, is_linked = entry.is_dir(), entry.is_symlink()
        except OSError as error:  # a link that leads to itself
            yield InputError(f"{entry.path}: cannot be read: {reason(error)}", file=entry.path)
            continue
        if is_folder and not is_linked:
            yield from walk(entry.path)
        elif not is_folder:
            yield entry.path
