"""What a run says while it goes and when it ends, on stderr: a bar, what was rejected, a summary."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.terminal import visible
from cleaner.errors import InputError

if TYPE_CHECKING:
    from cleaner.corpus.reader import Reader

__all__ = ["Progress", "Rejected", "counted", "summary"]

REPORTED = 20
"""So many rejected records of one file in a row are reported one by one; the others of that row are counted."""

REFRESH = 0.1
"""Seconds between two updates of the bar."""


class Progress:
    """A bar on stderr where that is a terminal and a bar is wanted; nothing elsewhere."""

    def __init__(self, *, wanted: bool = True) -> None:
        self._console: Any = None
        self._bar: Any = None
        self._task: Any = None
        self._stage = ""
        self._shown = 0.0
        if not (wanted and sys.stderr.isatty()):
            return
        from rich import progress
        from rich.console import Console

        self._console = Console(stderr=True)
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.fields[note]}"),
            progress.TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def show_reading(self, stage: str, reader: Reader, articles: int) -> None:
        """Shows how much of the files was read."""
        if self._is_due(stage):
            self._update(stage, reader.position, reader.size, f"{articles:,} articles")

    def show(self, stage: str, done: int, total: int | None, note: str = "") -> None:
        """Shows how much of a stage is done."""
        if self._is_due(stage):
            self._update(stage, done, total, note)

    def report(self, line: str) -> None:
        """Writes a line, above the bar."""
        if self._console:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)

    def _is_due(self, stage: str) -> bool:
        return self._bar is not None and (stage != self._stage or time.monotonic() - self._shown > REFRESH)

    def _update(self, stage: str, done: int, total: int | None, note: str) -> None:
        if stage != self._stage:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(stage, total=total, note=note)
            self._stage = stage
        self._bar.update(self._task, completed=done, total=total, note=note)
        self._shown = time.monotonic()


class Rejected:
    """What cannot be read, a line each; of a long row in one file only the beginning, and how many more."""

    count = 0

    def __init__(self, reader: Reader, progress: Progress, on_error: str | None) -> None:
        self._reader = reader
        self._report = progress.report
        self._stop = on_error == "stop"
        self._path = ""
        self._row = 0

    def __enter__(self) -> Rejected:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_row()

    def add(self, error: InputError) -> None:
        """Reports one record, or raises the error where that is to stop the run."""
        if self._stop:
            raise error
        if self._path != self._reader.path:
            self.end_row()
            self._path = self._reader.path
        self.count += 1
        self._row += 1
        if self._row <= REPORTED:
            self._report(visible(str(error)))

    def end_row(self) -> None:
        """Ends a row: a record was read, or a file begins."""
        if self._row > REPORTED:
            self._report(visible(f"{self._path}: … and {self._row - REPORTED:,} more"))
        self._row = 0


def counted(count: int, noun: str) -> str:
    """A count and its noun.

    >>> counted(1, "article"), counted(1200, "article")
    ('1 article', '1,200 articles')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"


def summary(parts: list[str], rejected: int, passed_over: int, began: float) -> str:
    """The last line of a run: what came of it, what was not read, and how long it took since `began` (monotonic)."""
    ends = [f"{rejected:,} rejected"] if rejected else []
    if passed_over:
        files = "1 file of another kind was" if passed_over == 1 else f"{passed_over:,} files of other kinds were"
        ends.append(f"{files} passed over")
    return ", ".join([*parts, *ends, f"{time.monotonic() - began:.1f} s"])
