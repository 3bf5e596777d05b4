"""`cleaner run` from files to files, beside a copy that only reads and writes the same JSON lines with orjson."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.corpora.pages import pages
from benchmarks.corpora.read import Source, read_corpus, read_gzip
from benchmarks.machine import MB
from benchmarks.report.statistics import figures, spread
from benchmarks.report.table import Table

NEWS = ("news_hans", "news_hant")
MOST_SECONDS = 7_200

_COPY = """
import sys, orjson
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    for line in source:
        target.write(orjson.dumps(orjson.loads(line), option=orjson.OPT_APPEND_NEWLINE))
"""


class RunError(RuntimeError):
    """A run did not come to an end."""


def run(source: Path, target: Path, *options: str) -> dict[str, Any]:
    """Runs a corpus in a process of its own; seconds, peak memory, and what the run says of itself. Raises RunError."""
    shutil.rmtree(target, ignore_errors=True)
    ended = processes.run(
        [sys.executable, "-m", "cleaner", "run", source, "-o", target, *options], limit=MOST_SECONDS, watch=True
    )
    if ended.code not in (0, 3):
        raise RunError(f"cleaner run ended with {ended.code}: {ended.last_line}")
    record = json.loads((target / "run.json").read_text("utf-8"))
    return {
        "seconds": ended.seconds,
        "memory_peak": ended.memory_peak,
        "memory_anonymous": ended.memory_anonymous,
        "counts": record["counts"],
        "times": record["times"],
    }


def run_twice(source: Path) -> list[dict[str, Any]]:
    """Two runs of one process each at the same time, which share nothing: what the machine's cores can do beside each other. Raises RunError."""
    targets = [source.with_name(f"out-{number}") for number in range(2)]
    with ThreadPoolExecutor(len(targets)) as threads:
        return list(threads.map(lambda target: run(source, target, "--jobs", "1"), targets))


def copy(source: Path, target: Path) -> float:
    """Seconds that a process takes which only reads and writes the lines. Raises RunError."""
    ended = processes.run([sys.executable, "-c", _COPY, source, target])
    if ended.code:
        raise RunError(f"the copy ended with {ended.code}: {ended.last_line}")
    return ended.seconds


def records(source: Source) -> Iterator[dict[str, Any]]:
    """The records of the corpus."""
    if source.corpus:
        for number, (text, page) in enumerate(read_corpus(source)):
            yield {"id": str(number), "text": text, "html": page}
    elif source.data:
        for name in NEWS:
            yield from read_gzip(source.data / f"{name}.jsonl.gz")
    else:
        yield from (json.loads(line) for line in pages(source.made * 1_000))


def write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    with open(path, "w", encoding="utf-8", errors="replace") as file:  # a lone surrogate is no JSON
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path.stat().st_size


def measure(bench: Bench) -> dict[str, Any] | None:
    """The copy, the run with all cores, the run with one process, and two such at once, in turns; None where a run failed."""
    turns: dict[str, Any] = {"copy": [], "run": [], "one_process": [], "two_at_once": []}
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "corpus.jsonl"
        size = write(file, records(bench.source))
        for turn in range(bench.settings.run_repetitions):
            bench.report(f"run, {size / MB:,.0f} MB: turn {turn + 1} of {bench.settings.run_repetitions}")
            try:
                turns["copy"].append(copy(file, file.with_name("copy.jsonl")))
                turns["run"].append(run(file, file.with_name("out")))
                turns["one_process"].append(run(file, file.with_name("out"), "--jobs", "1"))
                turns["two_at_once"].append(run_twice(file))
            except (RunError, subprocess.TimeoutExpired) as error:
                bench.note("cleaner run", error)
                bench.wrong = True
                return None
    return {"corpus": bench.source.name, "bytes": size, **turns}


def show(result: dict[str, Any]) -> Table:
    table = Table("From files to files: cleaner run", ["what", "seconds", "MB/s", "times the copy", "peak MB"])
    for name, what in (("run", "all cores"), ("one_process", "one process")):
        seconds = [turn["seconds"] for turn in result[name]]
        table.add(
            f"cleaner run, {what}",
            spread(seconds),
            figures(result["bytes"] / MB / median(seconds)),
            spread([mine / its for mine, its in zip(seconds, result["copy"], strict=True)]),
            f"{max(turn['memory_peak'] for turn in result[name]) / MB:,.0f}",
        )
    table.add(
        "copy with orjson", spread(result["copy"]), figures(result["bytes"] / MB / median(result["copy"])), "1", ""
    )
    gain = [
        one["times"]["clean"] / both["times"]["clean"]
        for one, both in zip(result["one_process"], result["run"], strict=True)
    ]
    ceiling = [
        2 * one["times"]["clean"] / max(each["times"]["clean"] for each in both)
        for one, both in zip(result["one_process"], result["two_at_once"], strict=True)
    ]
    stages = result["run"][0]["times"]
    table.note = (
        f"{result['corpus']}: {result['bytes'] / MB:,.0f} MB of JSON lines, {result['run'][0]['counts']['in']:,} records. Cleaning takes "
        f"{spread(gain)} times as long in one process as with all cores; two runs of one process each at the same time, which share nothing, "
        f"clean {spread(ceiling)} times as much as one alone, which is what the cores can do beside each other. Stages of the first run: "
        + ", ".join(f"{stage} {figures(seconds)} s" for stage, seconds in stages.items())
        + "."
    )
    return table
