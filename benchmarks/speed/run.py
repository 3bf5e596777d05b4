"""How long a whole run takes, and how much memory: `cleaner run` from files to files.

usage: python -m benchmarks.speed.run [--bytes N ...] [--data DIR] [--out FILE] [--quick]

Two tables. The first runs the news of `--data` (../shared/data where it is there, else a made-up corpus of 20 MB), as they are and ten times
over, beside a copy that only reads and writes the same JSON lines with orjson: what nothing that reads and writes them beats. The
second runs made-up corpora (see `pages`) of growing size, 100 MB and 1 GB unless `--bytes` says otherwise, and watches the memory of
all processes of the run. Files are made in a temporary folder, which needs room for three times the corpus.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.speed.clean import MB, describe_machine
from benchmarks.speed.pages import pages

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
NEWS = ("news_hans", "news_hant")
INTERVAL = 0.1
"""Seconds between two looks at the memory."""

_COPY = """
import sys, orjson
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    for line in source:
        target.write(orjson.dumps(orjson.loads(line), option=orjson.OPT_APPEND_NEWLINE))
"""


def processes(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from processes(int(child))


def memory(root: int) -> tuple[int, int]:
    """Bytes that a process and all below it hold: in all, and without the pages of files that the system can drop."""
    total = anonymous = 0
    for process in processes(root):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("VmRSS", "RssAnon")))
        total += int(found.get("VmRSS", "0").split()[0]) * 1024
        anonymous += int(found.get("RssAnon", "0").split()[0]) * 1024
    return total, anonymous


def run(source: list[Path], target: Path, *options: str) -> dict[str, Any]:
    """Runs a corpus in a process of its own; seconds, peak memory, and what the run says of itself."""
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "cleaner", "run", *map(str, source), "-o", str(target), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    peak = anonymous = 0
    while process.poll() is None:
        now = memory(process.pid)
        peak, anonymous = max(peak, now[0]), max(anonymous, now[1])
        time.sleep(INTERVAL)
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        sys.exit(f"the run failed: {process.stderr.read() if process.stderr else ''}")
    said = json.loads((target / "run.json").read_text("utf-8"))
    return {"seconds": seconds, "peak": peak, "anonymous": anonymous, "counts": said["counts"], "times": said["times"]}


def copy(source: list[Path], target: Path) -> float:
    """Seconds that a process takes which only reads and writes the lines."""
    began = time.perf_counter()
    for file in source:
        subprocess.run([sys.executable, "-c", _COPY, str(file), str(target)], check=True)
    return time.perf_counter() - began


def news(folder: Path, data: Path, times: int) -> list[Path]:
    """The news as plain JSON lines, so many times over (with other ids); a made-up corpus where there are none."""
    target = folder / f"news-{times}.jsonl"
    if not all((data / f"{name}.jsonl.gz").exists() for name in NEWS):
        target.write_bytes(b"".join(pages(20_000_000 * times)))
        return [target]
    with open(target, "wb") as file:
        for again in range(times):
            for name in NEWS:
                with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
                    for line in lines:
                        record = json.loads(line)
                        record["id"] = f"{record['id']}-{again}"
                        if again:  # other figures: else it would be copies of copies that are searched
                            record["text"] = record["text"].translate(_turn(again))
                        file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    return [target]


def _turn(by: int) -> dict[int, str]:
    """Every digit turned by some places, and some frequent characters replaced: another article of the same length."""
    digits = {ord(str(digit)): str((digit + by) % 10) for digit in range(10)}
    return digits | {ord(char): chr(ord(char) + by) for char in "的一是在不了有和人这中大为上个国我以要他"}


def compare(folder: Path, data: Path, sizes: tuple[int, ...], repeats: int) -> list[dict[str, Any]]:
    """End to end beside the copy, turn by turn; and one process beside two."""
    rows = []
    for times in sizes:
        source = news(folder, data, times)
        size = sum(file.stat().st_size for file in source)
        turns: dict[str, list[float]] = {"copy": [], "run": [], "run --jobs 1": []}
        stages: list[dict[str, float]] = []
        for _ in range(repeats if times == 1 else 1):
            turns["copy"].append(copy(source, folder / "copy.jsonl"))
            both = run(source, folder / "out")
            turns["run"].append(both["seconds"])
            stages.append(both["times"])
            one = run(source, folder / "out", "--jobs", "1")
            turns["run --jobs 1"].append(one["seconds"])
            stages[-1]["clean, one process"] = one["times"]["clean"]
        rows.append({"times": times, "bytes": size, "turns": turns, "stages": stages})
        (folder / f"news-{times}.jsonl").unlink()
    return rows


def grow(folder: Path, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Made-up corpora of growing size."""
    rows = []
    for size in sizes:
        source = folder / "pages.jsonl"
        with open(source, "wb") as file:
            file.writelines(pages(size))
        rows.append({"bytes": source.stat().st_size, **run([source], folder / "out")})
        source.unlink()
        shutil.rmtree(folder / "out")
        show_growth(rows[-1:])
    return rows


def show_news(rows: list[dict[str, Any]]) -> None:
    """Prints the first table."""
    table = Table(title="News, from files to files")
    for name in ("MB", "copy with orjson, s", "run, s", "ratio", "one process, s", "cleaning, one process / two"):
        table.add_column(name, justify="right")
    for row in rows:
        turns = row["turns"]
        ratios = [ours / theirs for ours, theirs in zip(turns["run"], turns["copy"], strict=True)]
        gain = [stages["clean, one process"] / stages["clean"] for stages in row["stages"]]
        table.add_row(
            f"{row['bytes'] / MB:,.0f}",
            *(f"{median(turns[name]):.2f}" for name in ("copy", "run")),
            f"{median(ratios):.1f}",
            f"{median(turns['run --jobs 1']):.2f}",
            f"{median(gain):.2f}",
        )
    Console().print(table)


def show_growth(rows: list[dict[str, Any]]) -> None:
    """Prints the second table."""
    table = Table(title="Made-up pages")
    for name in ("MB", "records", "seconds", "MB/s", "peak MB", "of these, not of files", "stages"):
        table.add_column(name, justify="right")
    for row in rows:
        stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in row["times"].items())
        table.add_row(
            f"{row['bytes'] / MB:,.0f}", f"{row['counts']['in']:,}", f"{row['seconds']:.1f}", f"{row['bytes'] / MB / row['seconds']:.1f}",
            f"{row['peak'] / MB:,.0f}", f"{row['anonymous'] / MB:,.0f}", stages,
        )  # fmt: skip
    Console().print(table)


def main() -> None:
    """Reads the options, runs, prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bytes", type=float, nargs="*", default=[1e8, 1e9])
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where files are made; a temporary folder if not given")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", choices=["news", "growth"])
    parser.add_argument("--quick", action="store_true", help="a small one, in half a minute")
    options = parser.parse_args()
    if options.quick:
        options.bytes, options.repeats, options.data = [1e7], 1, Path(os.devnull)
    result: dict[str, Any] = {"machine": describe_machine(None)}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        if options.only != "growth":
            result["news"] = compare(folder, options.data, (1,) if options.quick else (1, 10), options.repeats)
            show_news(result["news"])
        if options.only != "news":
            result["growth"] = grow(folder, tuple(int(size) for size in options.bytes))
    if options.out:
        options.out.write_text(json.dumps(result, indent=1), "utf-8")


if __name__ == "__main__":
    main()
