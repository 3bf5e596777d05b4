"""`cleaner explain`: one page line by line, with what became of each line and by which rule."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import cleaning_options, read_config
from cleaner.cli.terminal import visible
from cleaner.errors import InputError

if TYPE_CHECKING:
    from cleaner.corpus.reader import Reader
    from cleaner.corpus.records import Record
    from cleaner.types import Article, Line

__all__ = ["explain"]


@click.command(short_help="Show one page line by line: kept or removed, and why.")
@click.argument("file", metavar="FILE")
@click.option("--id", "id", metavar="ID", help="In a JSONL file: the record with this id.")
@click.option(
    "--number",
    metavar="N",
    type=click.IntRange(min=1),
    help="In a JSONL file: the record on line N.  [default: the first]",
)
@click.option("--only", type=click.Choice(["kept", "removed"]), help="Show only these lines.")
@click.option(
    "--json", "as_json", is_flag=True, help="Write one JSON object: the article, its edits and all its lines."
)
@cleaning_options
def explain(
    *,
    file: str,
    id: str | None,
    number: int | None,
    only: str | None,
    as_json: bool,
    strength: str | None,
    script: str | None,
    punctuation: str | None,
    rules: tuple[str, ...],
    config: str | None,
    input_format: str | None,
    sites: str | None,
) -> None:
    """Show one page line by line: what was kept, what was removed, as what, and by which rule.

    FILE is a file of any format that `cleaner run` reads, or - for stdin. A line begins with + where it
    was kept and with - where it was removed; then come its label, the rule that decided, and its text, cut to the
    width of the terminal.

    Exit codes: 0 shown, 1 no such record or it cannot be read, 2 wrong usage, settings or rules, 130 interrupted.
    """
    if file != "-" and not os.path.exists(file):
        raise click.UsageError(f"{visible(file)} does not exist.")
    if os.path.isdir(file):
        raise click.UsageError(f"{visible(file)} is a folder; give one file.")
    if id is not None and number is not None:
        raise click.UsageError("--id and --number both pick a record; give one of them.")
    settings = read_config(config, rules, strength=strength, script=script, punctuation=punctuation)
    from cleaner.corpus.reader import Reader

    record = _pick(Reader([file], input_format or "auto"), file, id, number)

    from cleaner.corpus.jsonlines import article_fields, line_fields, to_json
    from cleaner.corpus.work import clean_records
    from cleaner.page.clean import Cleaner
    from cleaner.page.site import Sites

    [found] = clean_records(Cleaner(settings, sites=Sites.load(sites) if sites else None), [record])
    if isinstance(found, InputError):
        raise found
    article = replace(found, id=found.id or record.where)
    lines = [line for line in article.lines if only is None or line.kept == (only == "kept")]
    if as_json:
        shown = [{**line_fields(line), "kept": line.kept, "joint": line.joint} for line in lines]
        out = sys.stdout.buffer
        out.write(to_json(article_fields(article, edits=article.edits, lines=shown)))
        out.flush()
    else:
        _show(article, lines, record.where)


def _pick(reader: Reader, file: str, id: str | None, number: int | None) -> Record:
    """The record that was asked for; raises InputError where there is none, or it cannot be read."""
    count = 0
    for record in reader:
        if isinstance(record, InputError):
            line = record.line
            # What is wrong with the file as a whole, or ends it, is wrong with every record that was not found before.
            if line is None or line > reader.lines or line == number or (id is None and number is None):
                raise record
            continue
        count += 1
        if number is not None:
            if record.line == number:
                return record
        elif id is None or (record.document.id or record.where) == id:
            return record
    if id is None and number is None:
        raise InputError(f"{file}: no record in it")
    if reader.format in ("text", "html"):
        option = "--id" if number is None else "--number"
        raise InputError(f"{file}: such a file holds one record; leave out {option}")
    if number is not None and number <= reader.lines:
        raise InputError(f"{file}: line {number} is blank")
    asked = f"no record with the id {id!r}" if number is None else f"no line {number}"
    lines = f"{reader.lines:,} line{'s' * (reader.lines != 1)}"
    raise InputError(f"{file}: {asked}; the file has {lines}, {count:,} of them records")


def _show(article: Article, lines: Iterable[Line], where: str) -> None:
    """Writes a page for a reader: what was found, the lines in columns, and how many there are of each kind."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an old locale cannot show everything
    forced = bool(os.environ.get("FORCE_COLOR"))
    terminal = sys.stdout.isatty() or forced
    colour = terminal and not os.environ.get("NO_COLOR") and (forced or os.environ.get("TERM") != "dumb")
    width = shutil.get_terminal_size().columns if terminal or "COLUMNS" in os.environ else None

    def paint(text: str, **style: Any) -> str:
        return click.style(text, **style) if colour else text

    def write(text: str) -> None:
        click.echo(text, color=colour)

    write(paint(visible(where), bold=True))
    for name, value in _found(article, where):
        write(f"{paint(f'{name:<9}', fg='cyan')}  {visible(value) or '-'}")
    write("")
    for row in _rows(lines, width, paint):
        write(row)
    for name, kept in (("kept", True), ("removed", False)):
        counts = _count(line for line in article.lines if line.kept is kept)
        write(f"{paint(f'{name:<9}', fg='cyan')}  {counts}")


def _found(article: Article, where: str) -> Iterator[tuple[str, str]]:
    """What the header says: names and values."""
    from cleaner.page.clean import FLAGS

    if article.id and article.id != where:
        yield "id", article.id
    yield "title", article.title or ""
    yield "published", article.published.isoformat(" ") if article.published else ""
    for name in ("source", "publisher", "site", "url"):
        yield name, getattr(article, name) or ""
    for name in ("authors", "editors", "keywords"):
        yield name, ", ".join(getattr(article, name))
    yield "script", article.script or ""
    yield "edits", ", ".join(article.edits)
    for flag in article.flags or ("",):
        yield "flags", f"{flag}: {FLAGS[flag]}" if flag in FLAGS else flag


def _rows(lines: Iterable[Line], width: int | None, paint: Callable[..., str]) -> Iterator[str]:
    """The lines in columns: sign, label, rule, text; a wide character takes two cells."""
    from rich.cells import cell_len, set_cell_size

    shown = list(lines)
    if not shown:
        return
    labels = max(len(line.label) for line in shown)
    rules = max(cell_len(visible(rule)) for rule in {line.rule for line in shown})
    room = None
    if width is not None:
        labels = labels if width >= 80 else min(labels, max(8, width // 6))
        rules = min(rules, max(8, width // 4))
        room = max(width - labels - rules - 6, 8)

    def cut(text: str, cells: int) -> str:
        text = text[: cells * 2 + 1]  # enough to fill the cells, and what stands over shows that there is more
        return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"

    for line in shown:
        sign = paint("+", fg="green") if line.kept else paint("-", fg="red")
        label = set_cell_size(cut(line.label, labels), labels)
        rule = set_cell_size(cut(visible(line.rule), rules), rules)
        text = visible(line.text) if room is None else cut(visible(line.text[: room * 2 + 1]), room)
        text = text if line.kept else paint(text, fg="red", dim=True, strikethrough=True)
        yield f"{sign} {paint(f'{label}  {rule}', dim=True)}  {text}"
    yield ""


def _count(lines: Iterable[Line]) -> str:
    """How many lines and characters, and how many lines of each label, the most first."""
    labels: Counter[str] = Counter()
    chars = 0
    for line in lines:
        labels[line.label.value] += 1
        chars += len(line.text)
    total = labels.total()
    if not total:
        return "no lines"
    kinds = ", ".join(f"{label} {count:,}" for label, count in labels.most_common())
    return f"{total:,} line{'s' * (total != 1)}, {chars:,} characters: {kinds}"
