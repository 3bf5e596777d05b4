"""`cleaner run` from files to files, beside a copy that only reads and writes the same JSON lines with orjson."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.corpora.pages import pages
from benchmarks.corpora.read import Source, read_corpus, read_gzip
from benchmarks.machine import MB, all_cores
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


def copy(source: Path, target: Path) -> float:
    """Seconds that a process takes which only reads and writes the lines. Raises RunError."""
    ended = processes.run([sys.executable, "-c", _COPY, source, target])
    if ended.code:
        raise RunError(f"the copy ended with {ended.code}: {ended.last_line}")
    return ended.seconds


def records(source: Source, times: int) -> Iterator[dict[str, Any]]:
    """The records of the corpus, so many times over: each time with other ids and figures, else copies of copies would be searched."""
    if source.corpus or not source.data:
        made = (json.loads(line) for line in pages(source.made * 1_000 * times))
        given = (
            {"id": str(number), "text": text, "html": page} for number, (text, page) in enumerate(read_corpus(source))
        )
        yield from given if source.corpus else made
        return
    for again in range(times):
        for name in NEWS:
            for record in read_gzip(source.data / f"{name}.jsonl.gz"):
                text = record["text"].translate(_turn(again)) if again else record["text"]
                yield {**record, "id": f"{record['id']}-{again}", "text": text}


def _turn(by: int) -> dict[int, str]:
    """Every digit turned by some places, and some frequent characters replaced: another article of the same length."""
    digits = {ord(str(digit)): str((digit + by) % 10) for digit in range(10)}
    return digits | {ord(char): chr(ord(char) + by) for char in "的一是在不了有和人这中大为上个国我以要他"}


def write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path.stat().st_size


def measure(bench: Bench, sizes: tuple[int, ...] = (1, 10)) -> list[dict[str, Any]]:
    """The corpus as it is and ten times over: the copy, the run with all cores, the run with one process, in turns."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for times in sizes if bench.source.data and not bench.source.corpus else sizes[:1]:
            file = folder / "corpus.jsonl"
            size = write(file, records(bench.source, times))
            row: dict[str, Any] = {
                "corpus": bench.source.name,
                "times": times,
                "bytes": size,
                "cores": len(all_cores()) or os.cpu_count(),
            }
            row |= {name: [] for name in ("copy", "run", "one_process", "stages", "stages_one", "memory_peak")}
            for turn in range(bench.settings.run_repetitions if times == 1 else 1):
                bench.report(f"run, {size / MB:,.0f} MB: turn {turn + 1}")
                try:
                    seconds = copy(file, folder / "copy.jsonl")
                    both, one = run(file, folder / "out"), run(file, folder / "out", "--jobs", "1")
                except (RunError, subprocess.TimeoutExpired) as error:
                    bench.note("cleaner run", error)
                    bench.wrong = True
                    break
                row["copy"].append(seconds)
                row["run"].append(both["seconds"])
                row["one_process"].append(one["seconds"])
                row["stages"].append(both["times"])
                row["stages_one"].append(one["times"])
                row["memory_peak"].append(both["memory_peak"])
                row["records"] = both["counts"]["in"]
            if row["run"]:
                found.append(row)
    return found


def show(rows: list[dict[str, Any]]) -> Table:
    columns = [
        "corpus",
        "MB",
        "records",
        "copy, s",
        "run, s",
        "times the copy",
        "one process, s",
        "cleaning, one process / all cores",
        "peak MB",
    ]
    table = Table("From files to files: cleaner run", columns)
    for row in rows:
        gain = [
            one["clean"] / both["clean"]
            for one, both in zip(row["stages_one"], row["stages"], strict=True)
            if both["clean"]
        ]
        table.add(
            f"{row['corpus']}, {row['times']} times" if row["times"] > 1 else row["corpus"],
            f"{row['bytes'] / MB:,.0f}",
            f"{row['records']:,}",
            spread(row["copy"]),
            spread(row["run"]),
            spread([mine / its for mine, its in zip(row["run"], row["copy"], strict=True)]),
            figures(median(row["one_process"])),
            spread(gain) if gain else "",
            f"{max(row['memory_peak']) / MB:,.0f}",
        )  # fmt: skip
    return table
