"""`cleaner sites`: what the pages of each site have in common; learned, merged, shown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import reading_options
from cleaner.cli.progress import Progress, Rejected, counted
from cleaner.cli.terminal import visible
from cleaner.cli.write import check_paths
from cleaner.errors import InputError, NotTextError

if TYPE_CHECKING:
    from cleaner.page.site import Sites

__all__ = ["sites"]


@click.group(short_help="Learn what the pages of a site have in common.")
def sites() -> None:
    """Learn the chrome of sites: lines that stand on many of their pages."""


@sites.command(short_help="Learn from pages.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("-o", "--output", "out", metavar="FILE", default="-", help="Write to FILE.  [default: stdout]")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@reading_options
def learn(*, inputs: tuple[str, ...], out: str, overwrite: bool, **given: Any) -> None:
    """Learn from pages what their sites have in common; the result is for --sites, to read, to edit and to share.

    INPUT is what `cleaner run` reads. Pages are grouped by the domain of their address, else by their site, else by
    their folder; five distinct pages of a site are the least.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some records were rejected, 130 interrupted.
    """
    check_paths(inputs, {"-o": out}, overwrite)
    from cleaner.cli.options import read_run_config
    from cleaner.corpus.reader import Reader
    from cleaner.corpus.work import fields_of
    from cleaner.page.learn import SiteLearner

    config = read_run_config(None, given)
    reader = Reader(inputs, config.input_format, fields=fields_of(config), most=config.max_record)
    learner = SiteLearner()
    count = 0
    with Progress() as progress, Rejected(reader, progress, None) as rejected:
        for record in reader:
            progress.show_reading("learning sites", reader, count)
            if count == config.limit > 0:
                break
            count += 1
            if isinstance(record, InputError):
                rejected.add(record)
                continue
            try:
                learner.read(record.document, config.clean)
            except NotTextError as error:
                rejected.add(InputError(f"{record.where}: {error}"))
            else:
                rejected.end_row()
        found = learner.learn()
    _write(found, out)
    lines = sum(len(profile.lines) for profile in found.values())
    click.echo(f"{counted(len(found), 'site')}, {counted(lines, 'line')}", err=True)
    if rejected.count:
        sys.exit(3)


@sites.command(short_help="Put several files of sites together.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-o", "--output", "out", metavar="FILE", default="-", help="Write to FILE.  [default: stdout]")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
def merge(*, files: tuple[str, ...], out: str, overwrite: bool) -> None:
    """Put several files of sites together; what they say of one site is added up."""
    check_paths(files, {"-o": out}, overwrite)
    from cleaner.page.site import Sites

    _write(Sites.merge(map(Sites.load, files)), out)


@sites.command(short_help="Show what was learned.")
@click.argument("file", metavar="FILE")
@click.option("--site", metavar="NAME", help="Show the lines of this site.")
def show(*, file: str, site: str | None) -> None:
    """Show which sites a file holds, or the lines of one of them, each with the number of pages that it stands on."""
    from cleaner.page.site import Sites

    found = Sites.load(file)
    if site is None:
        for name, profile in found.items():
            click.echo(f"{visible(name)}  {counted(profile.pages, 'page')}, {counted(len(profile.lines), 'line')}")
        return
    if site not in found:
        raise click.UsageError(
            f"{visible(file)} holds no site {visible(site)!r}; it has {', '.join(list(found)[:8]) or 'none'}."
        )
    for line, count in sorted(found[site].lines.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"{count:>6}  {visible(line)}")


def _write(found: Sites, out: str) -> None:
    if out == "-":
        click.echo(found.to_json(), nl=False)
        return
    from pathlib import Path

    from cleaner.corpus.outputs import write_whole

    write_whole(Path(os.path.realpath(out)), found.to_json())
