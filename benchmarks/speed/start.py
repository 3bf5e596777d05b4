"""What a fresh process costs before it has done anything: the import, the first page, the first search."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.report.statistics import spread
from benchmarks.report.table import Table
from benchmarks.settings import Settings

SAMPLE_PAGE = "docs/samples/pages/chanye/05.txt"
FIRST_SEARCH = "import cleaner; cleaner.dedup(['今天上午八点，连接河湾两岸的大桥正式通车。'] * 2, jobs=1).duplicates"


def time_process(*arguments: str, **environment: str) -> float:
    """Seconds that a fresh interpreter takes, from start to end, with byte code at hand as where a package is installed."""
    surroundings = {**os.environ, **environment}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=surroundings)
    return time.perf_counter() - began


def measure(settings: Settings) -> list[dict[str, Any]]:
    """Each less a bare interpreter, in turns; `explain` whole, as a user waits for it; the search once more without its compiled loops."""
    asked: dict[str, tuple[str, ...]] = {
        "import cleaner": ("-c", "import cleaner"),
        "import and search two texts": ("-c", FIRST_SEARCH),
        "cleaner explain, one page": ("-m", "cleaner", "explain", SAMPLE_PAGE),
    }
    for arguments in asked.values():
        time_process(*arguments)  # writes the byte code, compiles the loops
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(settings.start_repetitions):
        for name, arguments in asked.items():
            bare = 0.0 if "explain" in name else time_process("-c", "pass")
            seconds[name].append(time_process(*arguments) - bare)
    rows: list[dict[str, Any]] = [{"name": name, "seconds": its} for name, its in seconds.items()]
    if settings.shrink_hard == 1:
        with tempfile.TemporaryDirectory() as folder:
            compiled = time_process("-c", FIRST_SEARCH, NUMBA_CACHE_DIR=folder)
        rows.append({"name": "the search right after an install", "seconds": [compiled]})
    return rows


def show(rows: list[dict[str, Any]]) -> Table:
    table = Table("Fresh processes, less a bare interpreter (explain: with it)", ["what", "ms"])
    for row in rows:
        table.add(row["name"], spread([seconds * 1000 for seconds in row["seconds"]]))
    return table
