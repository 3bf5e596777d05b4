"""Whole runs over made-up pages of growing size: time, and the memory of all processes of the run."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.corpora.pages import pages
from benchmarks.machine import MB
from benchmarks.report.statistics import figures, growth
from benchmarks.report.table import Table
from benchmarks.speed.run import RunError, run


def measure(bench: Bench) -> list[dict[str, Any]]:
    """One run each; the folder for temporary files needs room for three times the largest."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "pages.jsonl"
        for size in bench.settings.run_sizes:
            with open(file, "wb") as out:
                out.writelines(pages(size))
            bench.report(f"run over {size / MB:,.0f} MB of made-up pages")
            try:
                rows.append({"bytes": file.stat().st_size, **run(file, Path(name) / "out")})
            except (RunError, subprocess.TimeoutExpired) as error:
                bench.note("cleaner run", error)
                bench.wrong = True
                break
    return rows


def show(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "Whole runs over made-up pages, all cores",
        ["MB", "records", "seconds", "MB/s", "peak MB, all processes", "of these, no pages of files", "stages, s"],
        first_figure=0,
    )
    for row in rows:
        table.add(
            f"{row['bytes'] / MB:,.0f}",
            f"{row['counts']['in']:,}",
            figures(row["seconds"]),
            figures(row["bytes"] / MB / row["seconds"]),
            f"{row['memory_peak'] / MB:,.0f}",
            f"{row['memory_anonymous'] / MB:,.0f}",
            ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in row["times"].items()),
        )
    if slope := growth(rows):
        table.note = f"Time grows with the size to the power of {slope:.2f}."
    return table
