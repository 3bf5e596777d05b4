"""`cleaner run`: a corpus in; clean articles, each once, out."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import read_run_config, run_options
from cleaner.cli.progress import Progress, counted
from cleaner.cli.terminal import visible

if TYPE_CHECKING:
    from cleaner.config import RunConfig
    from cleaner.corpus.workspace import RunResult

__all__ = ["run"]

STAGES = {
    "learn": "learning sites",
    "clean": "cleaning",
    "sketch": "searching: reading texts",
    "search": "searching",
    "verify": "searching: comparing pairs",
    "write": "writing",
}
"""What the stages of a run are called on the bar; the first two count bytes."""

SHOWN = 8
"""So many of the first rejected records, and labels of removed lines, are shown."""


@click.command(short_help="Clean a corpus and take its duplicates out.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--output", "out", metavar="DIR", required=True, help="Write the results to this folder.")
@click.option(
    "--dry-run", is_flag=True, help="Write nothing: show what would be read, and how the first pages come out."
)
@run_options
def run(*, inputs: tuple[str, ...], out: str, dry_run: bool, overwrite: bool, config: str | None, **given: Any) -> None:
    """Clean a corpus: pages in; articles without the site around them, each once, out.

    INPUT is files, folders, patterns or - for stdin: text, HTML, JSONL, CSV, Parquet, Arrow or WARC, packed with gzip,
    zstd, bzip2 or xz, or not. What many pages of a site have in common is learned first, then every page is cleaned,
    then duplicates are taken out. A run that was stopped goes on when the same command is given again.

    DIR gets articles (.jsonl or .parquet), removed.jsonl, duplicates.jsonl, clusters.jsonl, rejected.jsonl, sites.json
    and run.json.

    Exit codes: 0 done, 1 failed, 2 wrong usage, settings or rules, 3 done but some records were rejected, 130
    interrupted.
    """
    settings = read_run_config(config, given)
    if dry_run:
        _preview(inputs, out, settings)
        return
    from cleaner.corpus.run import run as run_corpus

    began = time.monotonic()
    with Progress() as progress:
        meter = _Meter(progress)
        try:
            result = run_corpus(inputs, out, settings, overwrite=overwrite, progress=meter.show)
        except KeyboardInterrupt:
            progress.report(f"Stopped. What is done is kept in {visible(out)}; run the same command to go on.")
            raise
    if result.was_done:
        click.echo(f"{visible(out)} holds the results of this run already; nothing was to be done.", err=True)
    _summarize(result, time.monotonic() - began)
    if result.counts["rejected"]:
        sys.exit(3)


class _Meter:
    """Shows how far a run is, and how fast it goes."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage = ""
        self._began = 0.0
        self._first = 0

    def show(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._stage:
            self._stage, self._began, self._first = stage, time.monotonic(), done
        seconds = time.monotonic() - self._began
        note = (
            f"{(done - self._first) / 1e6 / seconds:.1f} MB/s" if stage in ("learn", "clean") and seconds > 0.5 else ""
        )
        self._progress.show(STAGES[stage], done, total, note)


def _summarize(result: RunResult, seconds: float) -> None:
    """What came of a run, on stderr."""
    counts = result.counts
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts["duplicates_by_kind"].items())
    rows = [("in", counted(counts["in"], "record")), ("kept", counted(counts["kept"], "article"))]
    if counts["without_text"]:
        rows.append(("", f"{counts['without_text']:,} of all without text"))
    rows.append(("duplicates", f"{counts['duplicates']:,}{f' ({kinds})' if kinds else ''}"))
    removed = counts["removed_by_label"]
    labels = [f"{label} {count:,}" for label, count in removed.items()]
    more = f", {len(labels) - SHOWN} more kinds" if len(labels) > SHOWN else ""
    told = f": {', '.join(labels[:SHOWN])}{more}" if labels else ""
    rows.append(("removed", f"{sum(removed.values()):,} of {counts['lines']:,} lines{told}"))
    rows.append(("rejected", f"{counts['rejected']:,}"))
    if counts["passed_over"]:
        rows.append(("", f"{counted(counts['passed_over'], 'file')} of other kinds passed over"))
    guessed = [name for name in counts["fields"] if len(set(name.split("="))) > 1]
    if guessed:
        fields = ", ".join(f"{role} from {name!r}" for role, name in (pair.split("=", 1) for pair in guessed))
        rows.append(("fields", f"{visible(fields)} (see --text-field and the like)"))
    stages = ", ".join(f"{stage} {took:.1f} s" for stage, took in result.times.items())
    rows.append(("time", f"{seconds:.1f} s{f' ({stages})' if stages else ''}"))
    for name, value in rows:
        click.echo(f"{name:<11} {value}", err=True)
    if counts["rejected"]:
        _show_rejected(result)


def _show_rejected(result: RunResult) -> None:
    from cleaner.corpus.jsonlines import read_object

    with open(result.folder / "rejected.jsonl", "rb") as file:
        for number, line in enumerate(file):
            if number == SHOWN:
                click.echo(
                    f"… and {counts_left(result)} more; all are in {visible(str(result.folder / 'rejected.jsonl'))}",
                    err=True,
                )
                return
            click.echo(visible(read_object(line, "rejected.jsonl")["error"]), err=True)


def counts_left(result: RunResult) -> str:
    """How many rejected records are not shown."""
    return f"{result.counts['rejected'] - SHOWN:,}"


def _preview(inputs: tuple[str, ...], out: str, settings: RunConfig) -> None:
    """What would be read, and how the first pages come out; nothing is written."""
    from pathlib import Path

    from cleaner.corpus.plan import make_plan
    from cleaner.corpus.preview import preview

    plan = make_plan(inputs, Path(out), settings)
    for line in preview(plan, settings):
        click.echo(visible(line))
