"""`cleaner dedup`: articles in, those that are kept out, as they were."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from cleaner.cli.options import output_options, read_settings, search_options
from cleaner.cli.progress import Progress, Rejected, counted, summary
from cleaner.cli.terminal import quit_at_interrupt
from cleaner.cli.write import check_paths, open_outputs
from cleaner.errors import InputError
from cleaner.types import Kind

if TYPE_CHECKING:
    from cleaner import DedupResult
    from cleaner.corpus.reader import Reader
    from cleaner.corpus.records import Record

__all__ = ["dedup"]

Articles: TypeAlias = dict[str | int, Mapping[str, Any]]
"""The fields of each article as they were read, by the id that it goes by."""

STAGES = {"sketch": "reading texts", "search": "searching", "verify": "comparing pairs"}
"""What the stages of the search are called on the bar."""


@click.command(short_help="Find duplicates; the articles that are kept, as they were.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="OUT",
    default="-",
    help="Write the articles that are kept to OUT, compressed if it ends in .gz.  [default: stdout]",
)
@click.option("--duplicates", metavar="FILE", help="Write each article that is dropped, and the one kept for it.")
@click.option("--clusters", metavar="FILE", help="Write each article that is kept for others, with these.")
@click.option("--repeated", metavar="FILE", help="Write each paragraph that --paragraphs found.")
@click.option(
    "--ids",
    type=click.Choice(["given", "place"]),
    default="given",
    show_default=True,
    help="What articles go by: their field id, or their place, FILE:LINE.",
)
@output_options
@search_options
def dedup(
    *,
    files: tuple[str, ...],
    out: str,
    duplicates: str | None,
    clusters: str | None,
    repeated: str | None,
    ids: str,
    overwrite: bool,
    on_error: str | None,
    config: str | None,
    input_format: str | None,
    **settings: Any,
) -> None:
    """Find duplicates: of several articles that are the same, one is kept.

    FILE is what `cleaner clean` writes, or a file of any format that it reads, a folder of such files, or - for stdin.
    The articles that are kept are written in the order of the input, all their fields as they were.

    Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done but some records were rejected, 130 interrupted.
    """
    paths = {"-o": out, "--duplicates": duplicates, "--clusters": clusters, "--repeated": repeated}
    check_paths(files, paths, overwrite)
    import cleaner
    from cleaner.corpus.reader import Reader

    search = read_settings(cleaner.DedupConfig, config, settings)
    if repeated and search.paragraphs == "keep":
        raise click.UsageError("--repeated writes what --paragraphs mark or --paragraphs drop finds; give one of them.")
    began = time.monotonic()
    with quit_at_interrupt():
        find = cleaner.dedup  # loads the compiled loops, or compiles them
    reader = Reader(files, input_format or "auto")
    with open_outputs(*paths.values()) as outputs:
        with Progress() as progress, Rejected(reader, progress, on_error) as rejected:
            articles = _read(reader, ids, progress, rejected)
            items = [{**fields, "id": id} for id, fields in articles.items()]
            progress.show(STAGES["sketch"], 0, len(items))
            result = find(
                items, config=search, progress=lambda stage, done, total: progress.show(STAGES[stage], done, total)
            )
            if search.paragraphs != "keep":
                progress.show("finding paragraphs", 0, None)
            found = [map(asdict, rows) for rows in (result.duplicates, result.clusters, result.paragraphs)]
        for output, rows in zip(outputs, (_kept(articles, result), *found), strict=True):
            if output:
                for fields in rows:
                    output.write(fields)
    click.echo(summary(_parts(result, len(articles)), rejected.count, reader.passed_over, began), err=True)
    if rejected.count:
        sys.exit(3)


def _read(reader: Reader, ids: str, progress: Progress, rejected: Rejected) -> Articles:
    """All articles. Raises InputError for an id that stands twice."""
    from cleaner.corpus.records import read_fields

    articles: Articles = {}
    places: dict[str | int, str] = {}
    for record in reader:
        progress.show_reading("reading files", reader, len(articles))
        try:
            if isinstance(record, InputError):
                raise record
            fields = read_fields(record)
        except InputError as error:
            rejected.add(error)
            continue
        rejected.end_row()
        id = _id(record, fields) if ids == "given" else record.where
        if id in places:
            raise InputError(_twice(id, places[id], record.where))
        articles[id], places[id] = fields, record.where
    return articles


def _id(record: Record, fields: Mapping[str, Any]) -> str | int:
    """The id of a record as it was given, a number as a number; where there is none that can be used, its place."""
    id: str | int | None = fields.get("id")
    return id if id is not None and str(id) == record.document.id else record.where


def _twice(id: str | int, place: str, other: str) -> str:
    if place == other:
        return f"{place}: read twice; name its file once"
    return (
        f"{other}: the id {id!r} stands at {place} already; ids must differ, so give --ids place to go by file and line"
    )


def _kept(articles: Articles, result: DedupResult) -> Iterator[dict[str, Any]]:
    """The articles that stay: their fields as they were read, and the text as it is left."""
    for id, item in zip(result.kept, result.items, strict=True):
        yield {**articles[id], "text": item["text"]}


def _parts(result: DedupResult, count: int) -> list[str]:
    """What came of a search, for its summary."""
    kinds = Counter(duplicate.kind for duplicate in result.duplicates)
    told = f" ({', '.join(f'{kinds[kind]:,} {kind}' for kind in Kind if kinds[kind])})" if kinds else ""
    parts = [
        counted(count, "article"),
        f"{len(result.kept):,} kept",
        f"{counted(kinds.total(), 'duplicate')}{told} in {counted(len(result.clusters), 'cluster')}",
    ]
    if facts := sum(pair.kind is Kind.FACTS for pair in result.pairs):
        parts.append(f"{counted(facts, 'pair')} told apart by their facts")
    if result.config.paragraphs != "keep":
        parts.append(counted(len(result.paragraphs), "repeated paragraph"))
    if whole := len(result.left_whole):
        parts.append(f"{counted(whole, 'article')} left whole")
    return parts
