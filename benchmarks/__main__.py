"""The command line of the suite: `python -m benchmarks speed|quality|scale|all`, `floors` and `page`."""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.bench import Bench
from benchmarks.corpora.read import Source, find_data, read_corpus
from benchmarks.machine import MB, ROOT, describe_machine
from benchmarks.peers.registry import OURS, Peer, read_peers
from benchmarks.quality import floors as floors_of_quality
from benchmarks.report import files
from benchmarks.report import page as page_of_results
from benchmarks.scale import runs as whole_runs
from benchmarks.settings import QUICK, Settings

ALWAYS = {OURS, "copy"}


def choose_peers(asked: str) -> list[Peer]:
    """The peers of a list with commas, `all` or `none`; ours and the pass-through copy are always there."""
    peers = read_peers()
    if asked == "all":
        return list(peers)
    wanted = set() if asked == "none" else {name.strip() for name in asked.split(",")} - {""}
    if unknown := wanted - {peer.name for peer in peers}:
        raise click.BadParameter(
            f"no peer is called {', '.join(sorted(unknown))}; there are {', '.join(peer.name for peer in peers)}"
        )
    return [peer for peer in peers if peer.name in wanted | ALWAYS]


def prepare(out: Path) -> None:
    """Makes the folder for results, before an hour is spent on them."""
    try:
        files.check_folder(out)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from None


def measure(names: list[str], corpus: Path | None, data: Path | None, peers: list[Peer], out: Path, quick: bool) -> int:
    """Measures, prints, writes; 1 where ours did not come to an end, or a peer did not for another reason than its time."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    progress = Console(stderr=True, highlight=False)
    settings = QUICK if quick else Settings()
    prepare(out)
    source = Source(corpus, data, settings.made_texts, settings.most_texts)
    if corpus and not (corpus.is_file() or corpus.is_dir()):
        raise click.UsageError(f"{corpus} is no file but a pipe or device, and is read several times; give a file")
    if corpus and next(read_corpus(source), None) is None:
        raise click.UsageError(f"there is no text in {corpus}")
    bench = Bench(
        source=source, settings=settings, peers=peers,
        report=lambda line: progress.print(line, style="dim", markup=False),
    )  # fmt: skip
    began, machine = time.perf_counter(), describe_machine()
    console.print(
        f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, commit {machine['commit']}",
        soft_wrap=True,
    )
    for name in names:
        result: dict[str, Any] = {
            "suite": name,
            "machine": machine,
            "texts": bench.source.name,
            "settings": asdict(settings),
            "quick": quick,
        }
        at = time.perf_counter()
        before = len(bench.failed)
        result["results"] = files.SUITES[name].measure(bench)
        result |= {"versions": bench.versions(), "absent": bench.absent(), "failed": bench.failed[before:]}
        result["took"] = time.perf_counter() - at
        files.write_json(out, result)  # first of all: a table that cannot be shown loses nothing
        for table in files.SUITES[name].show(result["results"]):
            console.print(table.to_rich())
        files.write_shown(out, result)
    for title, why in bench.absent().items():
        console.print(f"absent: {title}: {why}", soft_wrap=True, markup=False)
    for line in bench.failed:
        console.print(f"did not end: {line}", soft_wrap=True, markup=False)
    console.print(f"{time.perf_counter() - began:.0f} s; results: {out}", soft_wrap=True)
    return 1 if bench.wrong else 0


@click.group()
def main() -> None:
    """Measures speed, quality and scale, ours and others', side by side on the same texts."""


def add_suite(name: str, names: list[str], text: str) -> None:
    """A command that measures these suites."""

    @main.command(name, help=text)
    @click.option(
        "--corpus",
        type=click.Path(exists=True, path_type=Path),
        help="Texts of your own: anything that `cleaner` reads.",
    )
    @click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The real texts (../shared/data where it is).",
    )
    @click.option("--made", is_flag=True, help="Made-up texts, though real ones are there.")
    @click.option(
        "--peers", default="all", show_default=True, help="Peers by name, with commas between; `all` or `none`."
    )
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("results"),
        show_default=True,
        help="Where results go.",
    )
    @click.option("--quick", is_flag=True, help="A little of everything, rough: all of it in under two minutes.")
    def command(corpus: Path | None, data: Path | None, made: bool, peers: str, out: Path, quick: bool) -> None:
        sys.exit(measure(names, corpus, None if made else data or find_data(), choose_peers(peers), out, quick))


add_suite("speed", ["speed"], "Normalize, clean, sign, search and run: MB/s, texts a second, memory.")
add_suite(
    "quality", ["quality"], "Precision, recall, loss and metadata of cleaning; recall and precision of the search."
)
add_suite("scale", ["scale"], "Time and memory over more and more articles, longer texts, larger runs.")
add_suite("all", list(files.SUITES), "All three.")


@main.command()
@click.argument("megabytes", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("results"), show_default=True)
def runs(megabytes: tuple[int, ...], out: Path) -> None:
    """Whole runs alone, over made-up pages of these sizes: `runs 1000 10000` takes an hour, and 40 GB of the disk."""
    prepare(out)
    settings = replace(Settings(), run_sizes=tuple(size * MB for size in megabytes))
    progress = Console(stderr=True, highlight=False)
    bench = Bench(source=Source(), settings=settings, peers=(), report=progress.print)
    rows = whole_runs.measure(bench)
    (out / "runs.json").write_text(json.dumps({"machine": describe_machine(), "runs": rows}, indent=1) + "\n", "utf-8")
    Console(width=None if sys.stdout.isatty() else 180, highlight=False).print(whole_runs.show(rows).to_rich())
    sys.exit(1 if bench.wrong else 0)


@main.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The real texts (../shared/data where it is).",
)
@click.option("--raise", "raising", is_flag=True, help="Raise the floors to what is measured; none is ever lowered.")
def floors(data: Path | None, raising: bool) -> None:
    """Compares each figure of quality with its floor; exits 1 where one is below."""
    sys.exit(floors_of_quality.check(data or find_data(), raising))


@main.command()
@click.option(
    "--results", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT / "benchmarks" / "results"
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the page is not what these results make.")
def page(results: Path, check: bool) -> None:
    """Makes docs/benchmarks.md and its charts of the results."""
    sys.exit(page_of_results.make(results, check))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary folders go
    main(prog_name="python -m benchmarks")
