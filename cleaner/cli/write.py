"""Articles in, JSON lines out."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from glob import glob, has_magic
from typing import IO, Any

import click

from cleaner.cli.terminal import silence_stdout, visible

__all__ = ["JsonLines", "check_paths", "open_outputs"]


def check_paths(inputs: Sequence[str], outputs: Mapping[str, str | None], overwrite: bool) -> None:
    """Finds what cannot go well with the files that are given, before any work is done. Outputs come by their option."""
    for path in inputs:
        if path != "-" and not os.path.exists(path) and not (has_magic(path) and glob(path, recursive=True)):
            raise click.UsageError(f"{visible(path)} does not exist.")
    if inputs.count("-") > 1:
        raise click.UsageError("- (stdin) is given twice.")
    options: dict[str, str] = {}
    for option, output in outputs.items():
        if output is None:
            continue
        _check_output(option, output, inputs, overwrite)
        other = options.setdefault(os.path.realpath(output), option)
        if other != option:
            raise click.UsageError(f"{other} and {option} are the same file.")


def _check_output(option: str, path: str, inputs: Sequence[str], overwrite: bool) -> None:
    """Refuses an output that would destroy something."""
    from cleaner.corpus.sources import fits_format

    if path == "-":
        return
    if not path:
        raise click.UsageError(f"{option} is empty; give the name of a file.")
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
        inside = os.path.isdir(source) and final.startswith(os.path.join(source, "")) and fits_format(final)
        if given != "-" and (inside or (os.path.exists(given) and os.path.samefile(given, path))):
            raise click.UsageError(f"{option} {shown} is an input too; write to another file.")
    if not overwrite:
        raise click.UsageError(f"{option} {shown} exists; choose another name or give --overwrite.")


@contextmanager
def open_outputs(*paths: str | None) -> Iterator[list[JsonLines | None]]:
    """Opens outputs, None for None. At the end all get their names; if anything goes wrong before, none is left."""
    outputs: list[JsonLines | None] = []
    opened: list[JsonLines] = []
    try:
        for path in paths:
            outputs.append(JsonLines(path) if path else None)
            opened = [output for output in outputs if output]
        yield outputs
        for output in opened:
            output.finish()
        for output in opened:
            output.publish()
    except BrokenPipeError:
        unfinished = [output.unfinished for output in opened if output.unfinished]
        for output in opened:
            output.discard()
        if not unfinished:
            raise
        silence_stdout()
        lost = visible(" and ".join(unfinished))
        raise click.ClickException(f"{lost}: not written, since the reader of the other output went away") from None
    except BaseException:
        for output in opened:
            output.discard()
        raise


class JsonLines:
    """Writes JSON lines to a file, or to stdout for `-`; compressed where the name ends in .gz.

    A file is written beside its place, under a name of its own: `finish` ends it, `publish` gives it its name, and `discard` leaves
    nothing. Pipes and devices are written as they are.
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
                self._part = f"{self._final}.{os.getpid()}.part"
                self.unfinished = path
            mode = "xb" if self._part else "wb"  # what has that name is not ours
            self._file = self._raw = open(self._part or path, mode)  # noqa: SIM115 - closed by finish or discard
        except OSError as error:
            raise self._failure(error) from None
        packed = path.lower().endswith(".gz")
        self._stream = gzip.GzipFile(filename="", fileobj=self._raw, mode="wb", mtime=0) if packed else self._raw

    def write(self, fields: Mapping[str, Any]) -> None:
        """Writes one line."""
        from cleaner.corpus.jsonlines import to_json

        try:
            self._stream.write(to_json(fields))
            if self._flush:
                self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failure(error) from None

    def finish(self) -> None:
        """Writes out what is left; nothing can be written after."""
        try:
            if self._stream is not self._raw:
                self._stream.close()
            self._raw.flush()
            if self._file:
                self._file.close()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._failure(error) from None

    def publish(self) -> None:
        """Gives a finished file its name."""
        try:
            if self._part:
                os.replace(self._part, self._final)
                self._part = self.unfinished = None
        except OSError as error:
            raise self._failure(error) from None

    def discard(self) -> None:
        """Drops what was written to a file that has no name yet."""
        with suppress(OSError, ValueError):  # on a full disk, closing fails once more
            if self._file:
                self._file.close()
        with suppress(OSError):
            if self._part:
                os.unlink(self._part)

    def _failure(self, error: OSError) -> click.ClickException:
        return click.ClickException(f"{visible(self._path)}: cannot be written: {error.strerror or error}")
