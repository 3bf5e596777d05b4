"""Measures the speed of cleaning on one core, beside ftfy, OpenCC and a pass that changes nothing.

usage: python -m benchmarks.speed.clean [--quick] [--scale] [--only PART] [--data FOLDER] [--seconds N] [--out FILE]

Parts: `texts` (many texts, one after the other), `start` (import and command line in fresh processes) and `scale`
(cost a byte as a text grows, and memory; only where --scale, --quick or --only asks for it). docs/samples is always
measured, real texts where FOLDER (../shared/data) is there. --seconds is about how long one measurement of `texts`
takes. docs/benchmarks.md says how to read the figures. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import multiprocessing
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.speed import shapes

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_PAGE = "docs/samples/pages/chanye/05.txt"
FILES = ("news_hans", "news_hant", "pages")
PARTS = ("texts", "start", "scale")
SEED = 20240501
MB = 1_000_000
LINEAR = 1.1
"""Growth up to this exponent is called linear: what is left is caches that stop fitting."""

Contender = Callable[[Iterable[str]], object]
"""Works through texts, keeps nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is measured."""

    seconds: float = 2.0
    repetitions: int = 5
    import_repetitions: int = 15
    explain_repetitions: int = 7
    scale_repetitions: int = 3
    main_sizes: tuple[int, ...] = (100_000, 1_000_000, 5_000_000, 20_000_000, 50_000_000)
    other_sizes: tuple[int, ...] = (100_000, 1_000_000, 5_000_000)
    line_counts: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    time_limit: float = 300.0


QUICK = Settings(
    seconds=0.2,
    repetitions=3,
    import_repetitions=3,
    explain_repetitions=3,
    scale_repetitions=1,
    main_sizes=(100_000, 1_000_000),
    other_sizes=(100_000, 500_000),
    line_counts=(5_000, 20_000),
)


# -- many texts


def make_contenders() -> dict[str, Contender]:
    """What is measured, each called once, so that none pays for its tables later."""
    import ftfy
    import opencc

    import cleaner

    # The settings under which ftfy leaves Chinese punctuation alone.
    chinese = ftfy.TextFixerConfig(
        fix_character_width=False, uncurl_quotes=False, fix_latin_ligatures=False, normalization="NFC"
    )
    contenders = {
        "cleaner.clean": each(cleaner.clean),
        "Cleaner.pipe": lambda texts: exhaust(cleaner.Cleaner().pipe(texts)),
        "cleaner.normalize": each(cleaner.normalize),
        "ftfy.fix_text": each(lambda text: ftfy.fix_text(text, chinese)),
        "OpenCC t2s": each(opencc.OpenCC("t2s").convert),
        "pass-through": each(pass_through),
    }
    page = "\n".join([*shapes.PAGE_TOP, "今天上午八点，連接河灣兩岸的大橋正式通車。&nbsp;", *shapes.PAGE_END])
    for contender in contenders.values():
        contender([page])
    return contenders


def each(function: Callable[[str], object]) -> Contender:
    """Calls the function for one text after the other."""
    return lambda texts: exhaust(map(function, texts))


def exhaust(values: Iterable[object]) -> None:
    """Takes values one by one and keeps none."""
    deque(values, maxlen=0)


def pass_through(text: str) -> str:
    """Encodes, decodes, splits and joins: what nothing that reads lines can beat."""
    return "\n".join(text.encode().decode().split("\n"))


def read_corpora(folder: Path | None) -> dict[str, list[str]]:
    """The texts of each corpus, in a shuffled order that is the same every time: any first part is a sample."""
    pages = sorted(ROOT.glob("docs/samples/pages/*/*.txt"))
    corpora = {"samples": [path.read_text("utf-8") for path in pages]}
    for name in FILES if folder else ():
        with gzip.open(Path(folder or "") / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            corpora[name] = [json.loads(line)["text"] for line in lines]
    for texts in corpora.values():
        random.Random(SEED).shuffle(texts)
    return corpora


def time_texts(contender: Contender, texts: Sequence[str], count: int) -> float:
    """Seconds for the first `count` texts, nothing kept."""
    first = list(islice(texts, count))
    began = time.perf_counter()
    contender(first)
    return time.perf_counter() - began


def count_texts(contender: Contender, texts: Sequence[str], seconds: float) -> int:
    """How many texts are done in about this time: at least one, at most all."""
    done = 0
    limit = time.perf_counter() + seconds

    def until_limit() -> Iterator[str]:
        nonlocal done
        for text in texts:
            done += 1
            yield text
            if time.perf_counter() > limit:
                return

    contender(until_limit())
    return done


def in_fork(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns in a copy of this process, so that no run profits from what another remembered."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(function(*arguments)))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise SystemExit(f"a measurement ended without a result: {function.__name__}") from None
    finally:
        child.join()


def measure_texts(
    corpora: Mapping[str, Sequence[str]], contenders: Mapping[str, Contender], settings: Settings
) -> list[dict[str, Any]]:
    """Every contender on every corpus, in turns: A B C A B C …"""
    gc.collect()
    gc.freeze()  # the copies need not touch what is here already
    rows = []
    for corpus, texts in corpora.items():
        counts = {
            name: in_fork(count_texts, contender, texts, settings.seconds) for name, contender in contenders.items()
        }
        seconds: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(settings.repetitions):
            for name, contender in contenders.items():
                seconds[name].append(in_fork(time_texts, contender, texts, counts[name]))
        for name, count in counts.items():
            size = sum(len(text.encode()) for text in islice(texts, count))
            rows.append({"corpus": corpus, "contender": name, "texts": count, "bytes": size, "seconds": seconds[name]})
    gc.unfreeze()
    return rows


def speeds(row: Mapping[str, Any]) -> list[float]:
    """MB/s of every repetition."""
    return [row["bytes"] / MB / seconds for seconds in row["seconds"]]


def ratios(row: Mapping[str, Any], other: Mapping[str, Any]) -> list[float]:
    """How many times as fast as another contender, repetition by repetition."""
    return [mine / its for mine, its in zip(speeds(row), speeds(other), strict=True)]


def spread(values: Sequence[float]) -> str:
    """The median and, in brackets, the least and the most, with three figures."""
    return f"{figures(median(values))} ({figures(min(values))}–{figures(max(values))})"


def figures(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def texts_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Many texts, one core: median (least–most)")
    for name in ("corpus", "contender", "texts", "MB", "MB/s", "µs a text", "times ftfy", "times pass-through"):
        table.add_column(name, justify="left" if name in {"corpus", "contender"} else "right")
    by_name = {(row["corpus"], row["contender"]): row for row in rows}
    corpus = None
    for row in rows:
        if corpus not in (None, row["corpus"]):
            table.add_section()
        corpus = row["corpus"]
        table.add_row(
            corpus,
            row["contender"],
            f"{row['texts']:,}",
            f"{row['bytes'] / MB:.2f}",
            spread(speeds(row)),
            figures(median(row["seconds"]) / row["texts"] * 1e6),
            spread(ratios(row, by_name[corpus, "ftfy.fix_text"])),
            spread(ratios(row, by_name[corpus, "pass-through"])),
        )
    return table


# -- fresh processes


def time_process(*arguments: str) -> float:
    """Seconds that a fresh interpreter takes, from start to end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure_start(settings: Settings) -> list[dict[str, Any]]:
    """`import cleaner` less a bare interpreter, in pairs; and `cleaner explain` of a sample page, start to end."""
    explain = ("-m", "cleaner", "explain", SAMPLE_PAGE)
    time_process("-c", "import cleaner")  # writes the byte code
    time_process(*explain)
    imports = [
        time_process("-c", "import cleaner") - time_process("-c", "pass") for _ in range(settings.import_repetitions)
    ]
    explains = [time_process(*explain) for _ in range(settings.explain_repetitions)]
    return [
        {"name": "import cleaner, less a bare interpreter", "seconds": imports},
        {"name": "cleaner explain, one sample page", "seconds": explains},
    ]


def start_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Fresh processes: median (least–most)")
    table.add_column("what")
    table.add_column("ms", justify="right")
    for row in rows:
        table.add_row(row["name"], spread([seconds * 1000 for seconds in row["seconds"]]))
    return table


# -- growing texts


def sizes_of(settings: Settings) -> dict[str, tuple[int, ...]]:
    """The sizes, in bytes, at which each shape is measured; short lines are given as a count of lines."""
    each_line = 100_000 / shapes.make("short lines", 100_000).count("\n")
    sizes = dict.fromkeys(shapes.SHAPES, settings.other_sizes)
    sizes["page"] = sizes["one line"] = settings.main_sizes
    sizes["short lines"] = tuple(round(count * each_line) for count in settings.line_counts)
    return sizes


def scale_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Growing texts: clean(), a process a text")
    for name in ("shape", "ns a byte at MB", "exponent", "growth", "most lines", "peak MB", "bytes held a byte"):
        table.add_column(name, justify="left" if name in {"shape", "ns a byte at MB", "growth"} else "right")
    for shape in dict.fromkeys(row["shape"] for row in rows):
        mine = [row for row in rows if row["shape"] == shape]
        last, slope = mine[-1], shapes.growth(mine)
        costs = "  ".join(
            f"{row['bytes'] / MB:.3g}: {figures(median(row['seconds']) / row['bytes'] * 1e9)}" for row in mine
        )
        table.add_row(
            shape,
            costs,
            "" if slope is None else f"{slope:.2f}",
            "" if slope is None else "linear" if slope <= LINEAR else "FASTER THAN LINEAR",
            f"{last['lines']:,}",
            f"{last['memory_peak'] / MB:,.0f}",
            f"{(last['memory_peak'] - last['memory_before']) / last['bytes']:.1f}",
        )
    return table


# -- all of it


def describe_machine(cpu: int | None) -> dict[str, Any]:
    """What the figures depend on."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", info.read_text() if info.is_file() else "", re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.processor(),
        "cpus": os.cpu_count(),
        "pinned_to": cpu,
        "load": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("ftfy", "opencc", "regex", "numpy", "click", "rich")},
        "commit": git("rev-parse", "--short", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--untracked-files=no", "--", "cleaner")),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def git(*arguments: str) -> str | None:
    """What git prints, or None outside a repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def use_one_core() -> int | None:
    """Keeps this process and those it starts on one processor, where the system can do that, and without threads."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # NumPy, which reads them, is not imported yet
    if not hasattr(os, "sched_setaffinity"):
        return None
    cpu = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    return cpu


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.clean", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="the real texts (../shared/data if it is there)")
    parser.add_argument("--samples", action="store_true", help="docs/samples only, though real texts are there")
    parser.add_argument("--seconds", type=float, metavar="N", help="about how long one measurement of texts takes")
    parser.add_argument("--quick", action="store_true", help="all parts, small and rough: under a minute")
    parser.add_argument("--scale", action="store_true", help="growing texts too")
    parser.add_argument("--only", choices=PARTS, action="append", metavar="PART", help=f"only this: {', '.join(PARTS)}")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures to a JSON file")
    options = parser.parse_args(arguments)
    if options.data and not options.data.is_dir():
        parser.error(f"{options.data} is not a folder")
    if options.seconds is not None and options.seconds <= 0:
        parser.error("--seconds must be more than 0")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    chosen = QUICK if options.quick else Settings()
    settings = Settings(**{**asdict(chosen), **({"seconds": options.seconds} if options.seconds else {})})
    parts = options.only or [part for part in PARTS if part != "scale" or options.scale or options.quick]
    folder = None if options.samples else options.data or ROOT.parent / "shared" / "data"
    if folder and not folder.is_dir():
        folder = None
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    machine = describe_machine(use_one_core())
    result: dict[str, Any] = {"machine": machine, "settings": asdict(settings)}
    console.print(f"{machine['cpu']}, Python {machine['python']}, commit {machine['commit']}", soft_wrap=True)
    if "texts" in parts:
        if folder is None:
            console.print("docs/samples only; no real texts")
        corpora = read_corpora(folder)
        result["texts"] = measure_texts(corpora, make_contenders(), settings)
        console.print(texts_table(result["texts"]))
    if "start" in parts:
        result["start"] = measure_start(settings)
        console.print(start_table(result["start"]))
    if "scale" in parts:
        repetitions, limit = settings.scale_repetitions, settings.time_limit
        result["scale"] = shapes.measure_growth(sizes_of(settings), repetitions, limit, console.print)
        console.print(scale_table(result["scale"]))
    if options.out:
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
        console.print(f"all figures: {options.out}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
