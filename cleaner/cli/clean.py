"""`cleaner clean`: pages in, one JSON line an article out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import cleaning_options, output_options, read_config
from cleaner.cli.progress import Progress, Rejected, counted, summary
from cleaner.cli.write import JsonLines, check_paths, open_outputs
from cleaner.errors import InputError

if TYPE_CHECKING:
    from cleaner.types import Article

__all__ = ["clean"]


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
@output_options
@cleaning_options
def clean(
    *,
    files: tuple[str, ...],
    out: str,
    removed: str | None,
    overwrite: bool,
    on_error: str | None,
    strength: str | None,
    script: str | None,
    punctuation: str | None,
    rules: tuple[str, ...],
    config: str | None,
    input_format: str | None,
    sites: str | None,
) -> None:
    """Clean pages: the article's text without the site around it, and what the page says of it.

    FILE is a file of any format that `cleaner run` reads (text, HTML, JSONL, CSV, Parquet, Arrow, WARC; packed or not),
    a folder of such files, or - for stdin. One JSON line an article is written, in the order of the input.

    Exit codes: 0 done, 1 failed, 2 wrong usage, settings or rules, 3 done but some records were rejected, 130
    interrupted.
    """
    check_paths(files, {"-o": out, "--removed": removed}, overwrite)
    settings = read_config(config, rules, strength=strength, script=script, punctuation=punctuation)

    from cleaner.corpus.jsonlines import article_fields, line_fields
    from cleaner.corpus.reader import Reader
    from cleaner.corpus.records import Record
    from cleaner.corpus.work import clean_records
    from cleaner.page.clean import Cleaner
    from cleaner.page.site import Sites

    cleaner = Cleaner(settings, sites=Sites.load(sites) if sites else None)
    tally = _Tally()
    reader = Reader(files, input_format or "auto")
    wanted = "-" not in (out, removed) or not sys.stdout.isatty()

    def write(records: Sequence[Record], articles: JsonLines | None, lines: JsonLines | None) -> None:
        for record, found in zip(records, clean_records(cleaner, records), strict=True):
            try:
                if isinstance(found, InputError):
                    raise found
                article = replace(found, id=found.id or record.where)
                if articles:
                    articles.write(article_fields(article))
                for line in article.removed if lines else ():
                    lines.write({"id": article.id, **line_fields(line)})  # type: ignore[union-attr]
            except InputError as error:
                rejected.add(error)
            else:
                rejected.end_row()
                tally.count(article)

    with (
        open_outputs(out, removed) as outputs,
        Progress(wanted=wanted) as progress,
        Rejected(reader, progress, on_error) as rejected,
    ):
        for batch in reader.batches():
            progress.show_reading("cleaning", reader, tally.articles)
            waiting: list[Record] = []
            for record in batch:
                if isinstance(record, InputError):
                    write(waiting, *outputs)
                    waiting.clear()
                    rejected.add(record)
                else:
                    waiting.append(record)
            write(waiting, *outputs)
    click.echo(summary(tally.parts(), rejected.count, reader.passed_over, tally.began), err=True)
    if rejected.count:
        sys.exit(3)


@dataclass(slots=True)
class _Tally:
    """What came of a run, for its summary."""

    articles: int = 0
    empty: int = 0
    lines: int = 0
    removed: int = 0
    began: float = field(default_factory=time.monotonic)

    def count(self, article: Article) -> None:
        self.articles += 1
        self.empty += not article.text
        self.lines += len(article.lines)
        self.removed += len(article.removed)

    def parts(self) -> list[str]:
        empty = [f"{self.empty:,} without text"] if self.empty else []
        return [counted(self.articles, "article"), *empty, f"{self.removed:,} of {self.lines:,} lines removed"]
