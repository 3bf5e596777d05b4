"""`cleaner run` from files to files, beside a copy that only reads and writes the same JSON lines with orjson."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.corpora.pages import pages
from benchmarks.corpora.read import Source, read_corpus, read_gzip
from benchmarks.machine import MB, all_cores
from benchmarks.report.statistics import figures, spread
from benchmarks.report.table import Table

NEWS = ("news_hans", "news_hant")
INTERVAL = 0.1
"""Seconds between two looks at the memory."""
PAGE_BYTES = 6_500

_COPY = """
import sys, orjson
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    for line in source:
        target.write(orjson.dumps(orjson.loads(line), option=orjson.OPT_APPEND_NEWLINE))
"""


class RunError(RuntimeError):
    """A run did not come to an end."""


def processes(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text("ascii").split()
    except OSError:
        return
    for child in children:
        yield from processes(int(child))


def memory(root: int) -> tuple[int, int]:
    """Bytes that a process and all below it hold: in all, and without the pages of files that the system can drop."""
    total = anonymous = 0
    for process in processes(root):
        try:
            status = Path(f"/proc/{process}/status").read_text("utf-8")
        except OSError:
            continue
        found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("VmRSS", "RssAnon")))
        total += int(found.get("VmRSS", "0").split()[0]) * 1024
        anonymous += int(found.get("RssAnon", "0").split()[0]) * 1024
    return total, anonymous


def run(source: Path, target: Path, *options: str) -> dict[str, Any]:
    """Runs a corpus in a process of its own; seconds, peak memory, and what the run says of itself. Raises RunError."""
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "cleaner", "run", str(source), "-o", str(target), *options]
    with tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stderr=said, stdout=subprocess.DEVNULL)
        peak = anonymous = 0
        while process.poll() is None:
            now = memory(process.pid)
            peak, anonymous = max(peak, now[0]), max(anonymous, now[1])
            time.sleep(INTERVAL)
        seconds = time.perf_counter() - began
        if process.returncode not in (0, 3):
            said.seek(0)
            raise RunError(f"cleaner run ended with {process.returncode}: {said.read()[-500:]}")
    record = json.loads((target / "run.json").read_text("utf-8"))
    return {
        "seconds": seconds,
        "memory_peak": peak,
        "memory_anonymous": anonymous,
        "counts": record["counts"],
        "times": record["times"],
    }


def copy(source: Path, target: Path) -> float:
    """Seconds that a process takes which only reads and writes the lines."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _COPY, str(source), str(target)], check=True)
    return time.perf_counter() - began


def records(source: Source, times: int) -> Iterator[dict[str, Any]]:
    """The records of the corpus, so many times over: each time with other ids and figures, else copies of copies would be searched."""
    if source.corpus or not source.data:
        made = (json.loads(line) for line in pages(source.made * 1_000 * times))
        given = ({"id": str(number), "text": text} for number, (text, _) in enumerate(read_corpus(source)))
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
            for turn in range(max(1, bench.settings.repetitions // (2 if times == 1 else 5))):
                bench.report(f"run, {size / MB:,.0f} MB: turn {turn + 1}")
                row["copy"].append(copy(file, folder / "copy.jsonl"))
                both, one = run(file, folder / "out"), run(file, folder / "out", "--jobs", "1")
                row["run"].append(both["seconds"])
                row["one_process"].append(one["seconds"])
                row["stages"].append(both["times"])
                row["stages_one"].append(one["times"])
                row["memory_peak"].append(both["memory_peak"])
                row["records"] = both["counts"]["in"]
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
