"""Measures the speed of the duplicate search, beside datasketch, rensa and a pass that only hashes every text.

usage: python -m benchmarks.speed.dedup [--quick] [--only PART] [--sizes N ...] [--arrow] [--data FOLDER] [--seconds N] [--turns N] [--out FILE]

Parts: `peers` (from texts in memory to the list of duplicates, side by side), `start` (the first call in a fresh process), `scale`
(articles with planted copies, more and more of them: seconds, memory, copies found) and `shapes` (corpora that are hard on a
search). Without --only and --quick only `peers` and `start`. news_hans is measured where FOLDER (../shared/data) has it, otherwise made-up
articles. --seconds is about how long one run of a slow contender takes: it gets a part of the texts. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.speed import corpora, shapes
from benchmarks.speed.clean import MB, describe_machine, figures, in_fork, spread, use_one_core

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("peers", "start", "scale", "shapes")
THRESHOLD, PERMUTATIONS, SHINGLE = 0.8, 128, 5
SEED = 20240501
TRIAL = 300
"""Texts on which is tried how many a contender does in the time it has."""
FIRST_CALL = "import cleaner; cleaner.dedup(['今天上午八点，连接河湾两岸的大桥正式通车。'] * 2, jobs=1).duplicates"

Contender = Callable[[Sequence[str]], int]
"""Searches texts; says how many duplicates it found."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is measured."""

    seconds: float = 2.0
    turns: int = 5
    most_texts: int = 1_000_000
    start_repetitions: int = 7
    scale_turns: int = 1
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000, 3_000_000)
    shrink_shapes: int = 1
    time_limit: float = 1800.0


QUICK = Settings(
    seconds=0.2,
    turns=3,
    most_texts=3_000,
    start_repetitions=2,
    sizes=(2_000, 10_000),
    shrink_shapes=20,
    time_limit=60.0,
)


# -- side by side


def grams(text: str) -> list[str]:
    """The character 5-grams of a text; a signature is the same whether each is in it once or more often."""
    return [text[at : at + SHINGLE] for at in range(max(1, len(text) - SHINGLE + 1))]


def cleaner_dedup(**settings: Any) -> Contender:
    """`cleaner.dedup` and its list of duplicates, every pair verified by exact counts."""
    import cleaner

    return lambda texts: len(cleaner.dedup(texts, THRESHOLD, **settings).duplicates)


def cleaner_signatures(texts: Sequence[str]) -> int:
    """Signatures only, on one core; no duplicates."""
    import cleaner

    return 0 * len(cleaner.signatures(texts, num_perm=PERMUTATIONS, jobs=1))


def datasketch_lsh(**settings: Any) -> Contender:
    """datasketch the usual way: `MinHash.bulk`, then each text is queried and, when nothing is like it, inserted.

    `bulk` is a little faster than `update_batch` for each text. Its own hash of a shingle is SHA-1.
    """
    from datasketch import MinHash, MinHashLSH

    def search(texts: Sequence[str]) -> int:
        index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        shingled = ([gram.encode() for gram in grams(text)] for text in texts)
        duplicates = []
        for place, signature in enumerate(MinHash.bulk(shingled, num_perm=PERMUTATIONS, **settings)):
            if index.query(signature):
                duplicates.append(place)
            else:
                index.insert(place, signature)
        return len(duplicates)

    return search


def rensa_matrix(texts: Sequence[str]) -> int:
    """rensa from lists of tokens, the fastest way: a digest matrix, and flags of the rows that share a band with another.

    Slower on the same texts, docs/s: this 17,600; RMinHashDeduplicator.add_pairs 16,200; digest matrix of bytes 14,000;
    RMinHash.from_token_sets, insert_many and query_all 4,700. Of the 265 it flags it verifies none.
    """
    import rensa

    digests = rensa.RMinHash.digest_matrix_from_token_sets((grams(text) for text in texts), PERMUTATIONS, 42)
    return sum(rensa.RMinHashLSH(THRESHOLD, PERMUTATIONS, 16).query_duplicate_flags_matrix_one_shot(digests))


def rensa_deduplicator(texts: Sequence[str]) -> int:
    """rensa as its documentation begins: candidates are verified by their signatures, and the first of a group stays."""
    import rensa

    search = rensa.RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True)
    return int(search.add_pairs((str(place), grams(text)) for place, text in enumerate(texts)).count(False))


def rensa_rho(texts: Sequence[str]) -> int:
    """rensa's own fastest, which samples positions of the text: not the same task, and it finds less."""
    import rensa

    digests = rensa.RMinHash.digest_matrix_from_token_sets_rho((grams(text) for text in texts), PERMUTATIONS, 42)
    return sum(rensa.RMinHashLSH(THRESHOLD, PERMUTATIONS, 8).query_duplicate_flags_matrix_one_shot(digests))


def rensa_hashes(texts: Sequence[str]) -> int:
    """rensa for who hashes the 5-grams of the whole corpus in NumPy first: what its compiled part can do without Python's strings."""
    import rensa

    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    hashes = np.zeros(max(len(codes) - SHINGLE + 1, 0), np.uint64)
    for place in range(SHINGLE):
        odd = np.uint64(int.from_bytes(hashlib.blake2b(bytes([place]), digest_size=8).digest(), "little") | 1)
        hashes += codes[place : place + len(hashes)] * odd
    hashes ^= hashes >> np.uint64(32)
    hashes *= np.uint64(0xD6E8FEB86659FD93)
    hashes ^= hashes >> np.uint64(32)
    whole = np.ones(len(hashes), bool)  # a 5-gram that reaches into the next text is none
    for before in range(1, SHINGLE):
        cut = ends - before
        whole[cut[(cut >= 0) & (cut < len(hashes))]] = False
    rows = np.maximum(np.diff(ends, prepend=0) - SHINGLE + 1, 0)
    bounds = np.concatenate([[0], np.cumsum(rows)]).astype(np.uint64)
    digests = rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes[whole], bounds, PERMUTATIONS, 42)
    return sum(rensa.RMinHashLSH(THRESHOLD, PERMUTATIONS, 16).query_duplicate_flags_matrix_one_shot(digests))


def pass_through(texts: Sequence[str]) -> int:
    """Encodes and hashes every text: an exact comparison, which nothing that reads the texts can beat."""
    return len(texts) - len({hashlib.blake2b(text.encode("utf-8", "surrogatepass")).digest() for text in texts})


def make_contenders() -> dict[str, Contender]:
    """What is measured; what is called `all cores` may use them, all else is kept on one. What is absent is left out."""
    contenders = {
        "cleaner.dedup": cleaner_dedup(jobs=1),
        "cleaner.dedup, containment off": cleaner_dedup(jobs=1, containment="off"),
        "cleaner.dedup, all cores": cleaner_dedup(),
        "cleaner.dedup, containment off, all cores": cleaner_dedup(containment="off"),
        "cleaner signatures": cleaner_signatures,
    }
    if installed("datasketch"):
        contenders["datasketch"] = datasketch_lsh()
        contenders["datasketch, CRC-32 for SHA-1"] = datasketch_lsh(hashfunc=zlib.crc32)
    if installed("rensa"):
        contenders["rensa"] = contenders["rensa, all cores"] = rensa_matrix
        contenders["rensa, deduplicator"] = rensa_deduplicator
        contenders["rensa, rho"] = rensa_rho
        contenders["rensa, hashes from NumPy"] = rensa_hashes
    return {**contenders, "exact hash of every text": pass_through}


def installed(name: str) -> str | None:
    """The version of a package, None where it is absent."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def read_texts(folder: Path | None, most: int) -> tuple[str, list[str]]:
    """The corpus and its name: real texts or made-up ones, in a shuffled order that is the same every time."""
    file = folder / "news_hans.jsonl.gz" if folder else None
    if file is None or not file.is_file():
        return "made-up news", corpora.make_news(min(most, 20_000))[0]
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    random.Random(SEED).shuffle(texts)
    return "news_hans", texts[:most]


def time_search(contender: Contender, texts: Sequence[str], count: int, cores: set[int]) -> tuple[float, int]:
    """Seconds for the first `count` texts, and the duplicates found; a few are searched before, so that all is loaded."""
    if cores:
        os.sched_setaffinity(0, cores)
    first = list(islice(texts, count))
    contender(first[:20])
    began = time.perf_counter()
    found = contender(first)
    return time.perf_counter() - began, found


def measure_peers(
    texts: Sequence[str], contenders: dict[str, Contender], settings: Settings, one: set[int], all_cores: set[int]
) -> list[dict[str, Any]]:
    """Every contender, in turns: A B C A B C … Each run in a copy of this process, on the cores that are its own."""
    gc.collect()
    gc.freeze()  # the copies need not touch what is here already
    rows: dict[str, dict[str, Any]] = {}
    for name, contender in contenders.items():
        cores = all_cores if name.endswith("all cores") else one
        trial = min(TRIAL, len(texts))
        seconds, _ = in_fork(time_search, contender, texts, trial, cores)
        count = max(trial, int(trial * settings.seconds / seconds))
        count = count if 2 * count < len(texts) else len(texts)  # twice the time is better than nearly all texts
        size = sum(len(text.encode("utf-8", "surrogatepass")) for text in islice(texts, count))
        rows[name] = {"contender": name, "cores": max(len(cores), 1), "texts": count, "bytes": size, "seconds": []}
    for _ in range(settings.turns):
        for name, row in rows.items():
            cores = all_cores if name.endswith("all cores") else one
            seconds, row["found"] = in_fork(time_search, contenders[name], texts, row["texts"], cores)
            row["seconds"].append(seconds)
    gc.unfreeze()
    return list(rows.values())


def rates(row: dict[str, Any], unit: str = "texts") -> list[float]:
    """Texts, or bytes, a second, of every run."""
    return [row[unit] / seconds for seconds in row["seconds"]]


def ratios(row: dict[str, Any], other: dict[str, Any] | None) -> list[float]:
    """How many times as fast as another contender, by bytes, turn by turn; nothing where that is absent."""
    pairs = zip(rates(row, "bytes"), rates(other, "bytes"), strict=True) if other else ()
    return [mine / its for mine, its in pairs]


def peers_table(corpus: str, rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=f"From texts to the list of duplicates, {corpus}: median (least–most)")
    for name in ("contender", "texts", "found", "docs/s", "MB/s", "times rensa", "times datasketch"):
        table.add_column(name, justify="left" if name == "contender" else "right")
    by_name = {row["contender"]: row for row in rows}
    for row in rows:
        compared = [ratios(row, by_name.get(name)) for name in ("rensa", "datasketch")]
        table.add_row(
            row["contender"],
            f"{row['texts']:,}",
            "" if row["contender"] == "cleaner signatures" else f"{row['found']:,}",
            spread(rates(row)),
            figures(median(rates(row, "bytes")) / MB),
            *(spread(values) if values else "absent" for values in compared),
        )
    return table


# -- the first call


def time_first_call(code: str, folder: str | None = None) -> float:
    """Seconds of a fresh interpreter, from start to end; with `folder` the compiled loops are sought there."""
    environment = {**os.environ, **({"NUMBA_CACHE_DIR": folder} if folder else {})}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)
    return time.perf_counter() - began


def measure_start(settings: Settings, compile_too: bool) -> list[dict[str, Any]]:
    """What a fresh process pays before its first result, less a bare interpreter; and once more without compiled loops."""
    time_first_call(FIRST_CALL)  # compiles, where nobody did
    codes = {"import cleaner": "import cleaner", "import and first dedup of two texts": FIRST_CALL}
    rows = [
        {
            "name": name,
            "seconds": [time_first_call(code) - time_first_call("") for _ in range(settings.start_repetitions)],
        }
        for name, code in codes.items()
    ]
    if compile_too:
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"name": "the same right after an install", "seconds": [time_first_call(FIRST_CALL, folder)]})
    return rows


def start_table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Fresh processes, less a bare interpreter: median (least–most)")
    table.add_column("what")
    table.add_column("ms", justify="right")
    for row in rows:
        table.add_row(row["name"], spread([seconds * 1000 for seconds in row["seconds"]]))
    return table


# -- all of it


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.dedup", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="the real texts (../shared/data if it is there)")
    parser.add_argument("--samples", action="store_true", help="made-up articles, though real texts are there")
    parser.add_argument("--seconds", type=float, metavar="N", help="about how long one run of a slow contender takes")
    parser.add_argument("--turns", type=int, metavar="N", help="how often each contender, or corpus, is measured")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="articles of `scale`")
    parser.add_argument("--arrow", action="store_true", help="`scale` and `shapes` with Arrow tables")
    parser.add_argument("--quick", action="store_true", help="all parts, small and rough: under a minute")
    parser.add_argument("--only", choices=PARTS, action="append", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--out", type=Path, metavar="FILE", help="all figures as JSON")
    return parser.parse_args(arguments)


def choose_settings(options: argparse.Namespace) -> Settings:
    """The settings that the command line asks for."""
    settings = QUICK if options.quick else Settings()
    if options.seconds:
        settings = replace(settings, seconds=options.seconds)
    if options.turns:
        settings = replace(settings, turns=options.turns, scale_turns=options.turns)
    return replace(settings, sizes=tuple(options.sizes)) if options.sizes else settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints tables."""
    options = parse(arguments)
    settings = choose_settings(options)
    parts = options.only or (PARTS if options.quick else ("peers", "start"))
    folder = None if options.samples else options.data or ROOT.parent / "shared" / "data"
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    all_cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    cpu = use_one_core()
    machine = describe_machine(cpu)
    names = ("numpy", "numba", "pyarrow", "datasketch", "rensa")
    machine["versions"] = {name: installed(name) or "absent" for name in names}
    result: dict[str, Any] = {"machine": machine, "settings": asdict(settings)}
    console.print(f"{machine['cpu']}, Python {machine['python']}, commit {machine['commit']}", soft_wrap=True)
    console.print(", ".join(f"{name} {number}" for name, number in machine["versions"].items()), soft_wrap=True)
    if "peers" in parts:
        corpus, texts = read_texts(folder, settings.most_texts)
        one = {cpu} if cpu is not None else set()
        result["peers"] = measure_peers(texts, make_contenders(), settings, one, all_cores if one else set())
        console.print(peers_table(corpus, result["peers"]))
    if "start" in parts:
        result["start"] = measure_start(settings, compile_too=not options.quick)
        console.print(start_table(result["start"]))
    if "scale" in parts:
        asked = [("news", size) for size in settings.sizes]
        turns, limit = settings.scale_turns, settings.time_limit
        rows = result["scale"] = corpora.measure_all(asked, options.arrow, turns, limit, console.print)
        console.print(corpora.make_table("Growing corpora: dedup(), one core, a process a corpus", rows))
        result["exponent"], result["exponent_cpu"] = shapes.growth(rows), corpora.growth_cpu(rows)
        if len(rows) > 1:
            wall, cpu_time = result["exponent"], result["exponent_cpu"]
            console.print(f"time grows with the size to the power of {wall:.2f}, processor time of {cpu_time:.2f}")
    if "shapes" in parts:
        asked = [(name, max(count // settings.shrink_shapes, 5)) for name, (_, count) in corpora.HARD.items()]
        turns, limit = settings.scale_turns, settings.time_limit
        result["shapes"] = corpora.measure_all(asked, options.arrow, turns, limit, console.print)
        console.print(corpora.make_table("Hard corpora: dedup(), one core, a process a corpus", result["shapes"]))
    if options.out:
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
        console.print(f"all figures: {options.out}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
