"""`cleaner clean`: pages in, one JSON line an article out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import cleaning_options, read_config
from cleaner.cli.read import Reader, clean_record, total_size
from cleaner.cli.terminal import silence_stdout, visible
from cleaner.cli.write import JsonLines, article_fields, check_output, line_fields
from cleaner.errors import InputError

if TYPE_CHECKING:
    from cleaner.types import Article

__all__ = ["clean"]

REPORTED = 20
"""So many rejected records of one file in a row are reported one by one; the others of that row are counted."""


@click.command(short_help="Clean pages; one JSON line an article.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="OUT",
    default="-",
    help="Write the articles to OUT, compressed if it ends in .gz.  [default: stdout]",
)
@click.option("--removed", metavar="FILE", help="Write every removed line to FILE (- is stdout), one JSON line each.")
@click.option("--overwrite", is_flag=True, help="Replace OUT and the file of --removed where they exist.")
@click.option(
    "--on-error",
    type=click.Choice(["skip", "stop"]),
    default="skip",
    show_default=True,
    help="What to do at a record that cannot be read: report it and go on, or stop.",
)
@cleaning_options
def clean(
    *,
    files: tuple[str, ...],
    out: str,
    removed: str | None,
    overwrite: bool,
    on_error: str,
    strength: str | None,
    script: str | None,
    punctuation: str | None,
    rules: tuple[str, ...],
    config: str | None,
    format: str,
) -> None:
    """Clean pages: the article's text without the site around it, and what the page says of it.

    FILE is a text file (.txt, one page), a JSONL file (.jsonl or .ndjson, one page a line, its text in the field
    "text"), either of them compressed (.gz), a folder of such files, or - for stdin. One JSON line an article is
    written, in the order of the input.

    Exit codes: 0 done, 1 failed, 2 wrong usage, settings or rules, 3 done but some records were rejected, 130
    interrupted.
    """
    _check(files, out, removed, overwrite)
    settings = read_config(config, rules, strength=strength, script=script, punctuation=punctuation)

    from cleaner import Cleaner

    cleaner = Cleaner(settings)
    tally = _Tally()
    outputs: list[JsonLines] = []
    try:
        outputs.append(JsonLines(out))
        if removed:
            outputs.append(JsonLines(removed))
        reader = Reader(files, format)
        wanted = "-" not in (out, removed) or not sys.stdout.isatty()
        with _progress(reader, tally, wanted) as (tick, report), _Reports(reader, report) as reports:
            for record in reader:
                tick()
                try:
                    if isinstance(record, InputError):
                        raise record
                    article = clean_record(cleaner, record)
                    _write(article, outputs)
                except InputError as error:
                    if on_error == "stop":
                        raise
                    tally.rejected += 1
                    reports.add(str(error))
                else:
                    reports.end()
                    tally.count(article)
        for output in outputs:
            output.close()
    except BrokenPipeError:
        unfinished = [output.unfinished for output in outputs if output.unfinished]
        for output in outputs:
            output.discard()
        if not unfinished:
            raise
        silence_stdout()
        lost = visible(" and ".join(unfinished))
        raise click.ClickException(f"{lost}: not written, since the reader of the other output went away") from None
    except BaseException:
        for output in outputs:
            output.discard()
        raise
    click.echo(tally.summary(reader.passed_over), err=True)
    if tally.rejected:
        sys.exit(3)


def _write(article: Article, outputs: list[JsonLines]) -> None:
    outputs[0].write(article_fields(article))
    for output in outputs[1:]:
        for line in article.removed:
            output.write({"id": article.id, **line_fields(line)})


@dataclass(slots=True)
class _Tally:
    """What came of a run, for its summary."""

    articles: int = 0
    empty: int = 0
    lines: int = 0
    removed: int = 0
    rejected: int = 0
    started: float = field(default_factory=time.monotonic)

    def count(self, article: Article) -> None:
        self.articles += 1
        self.empty += not article.text
        self.lines += len(article.lines)
        self.removed += len(article.removed)

    def summary(self, passed_over: int) -> str:
        parts = [f"{self.articles:,} article{'s' * (self.articles != 1)}"]
        if self.empty:
            parts.append(f"{self.empty:,} without text")
        parts.append(f"{self.removed:,} of {self.lines:,} lines removed")
        if self.rejected:
            parts.append(f"{self.rejected:,} rejected")
        if passed_over:
            files = "1 file of another kind was" if passed_over == 1 else f"{passed_over:,} files of other kinds were"
            parts.append(f"{files} passed over")
        parts.append(f"{time.monotonic() - self.started:.1f} s")
        return ", ".join(parts)


class _Reports:
    """Reports what was rejected, a line each; of a long row in one file only the beginning, and how many more."""

    def __init__(self, reader: Reader, report: Callable[[str], None]) -> None:
        self._reader = reader
        self._report = report
        self._path = ""
        self._row = 0

    def __enter__(self) -> _Reports:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def add(self, error: str) -> None:
        """Reports one rejected record."""
        if self._path != self._reader.path:
            self.end()
            self._path = self._reader.path
        self._row += 1
        if self._row <= REPORTED:
            self._report(visible(error))

    def end(self) -> None:
        """Ends a row: a record was read, or a file begins."""
        if self._row > REPORTED:
            self._report(visible(f"{self._path}: … and {self._row - REPORTED:,} more"))
        self._row = 0


@contextmanager
def _progress(
    reader: Reader, tally: _Tally, wanted: bool
) -> Iterator[tuple[Callable[[], None], Callable[[str], None]]]:
    """A bar on stderr where that is a terminal; what to call at each record, and for a line to report."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda: None, lambda line: click.echo(line, err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[articles]:,} articles"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total_size(reader.paths), articles=0)
        shown = 0.0

        def tick() -> None:
            nonlocal shown
            if (now := time.monotonic()) - shown > 0.1:
                shown = now
                bar.update(task, completed=reader.position, articles=tally.articles)

        yield tick, lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)


def _check(files: tuple[str, ...], out: str, removed: str | None, overwrite: bool) -> None:
    """Finds what cannot go well before any work is done."""
    for file in files:
        if file != "-" and not os.path.exists(file):
            raise click.UsageError(f"{visible(file)} does not exist.")
    if files.count("-") > 1:
        raise click.UsageError("- (stdin) is given twice.")
    check_output("-o", out, files, overwrite)
    check_output("--removed", removed, files, overwrite)
    if removed and os.path.realpath(removed) == os.path.realpath(out):
        raise click.UsageError("-o and --removed are the same file.")
