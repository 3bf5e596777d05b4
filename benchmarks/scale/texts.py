"""Cleaning one text of growing length, in shapes that are hard on a cleaner."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench, written
from benchmarks.corpora import shapes
from benchmarks.machine import MB
from benchmarks.peers.call import ContenderError
from benchmarks.report.statistics import figures, growth
from benchmarks.report.table import Table

LONG = ("page", "one line")
"""Shapes that are measured up to the largest size."""


def measure(bench: Bench) -> list[dict[str, Any]]:
    """Each shape at each size, a process a text; a shape that takes too long is not tried at larger sizes."""
    rows = []
    contender = next((each for each in bench.contenders("clean_text", {"default"}) if each.is_ours), None)
    for shape in shapes.SHAPES if contender else ():
        points: list[dict[str, Any]] = []
        for size in bench.settings.page_sizes if shape in LONG else bench.settings.shape_sizes:
            bench.report(f"one text of {size:,} bytes: {shape}")
            with written([shapes.make(shape, size)]) as file:
                try:
                    answer = bench.run(contender, file)
                except ContenderError:
                    break
            held = max(answer["memory_peak"] - answer["memory_before"], 1)
            points.append({"bytes": answer["bytes"], "seconds": answer["seconds"], "memory": held})
        if points:
            rows.append({"shape": shape, "points": points})
    return rows


def show(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "Cleaning one text of growing length, one core",
        ["shape", "ns a byte at MB", "exponent", "bytes held a byte, at the largest"],
        first_figure=2,
    )
    for row in rows:
        last, slope = row["points"][-1], growth(row["points"])
        costs = "  ".join(
            f"{figures(each['bytes'] / MB)}: {figures(each['seconds'] / each['bytes'] * 1e9)}" for each in row["points"]
        )
        table.add(row["shape"], costs, "" if slope is None else f"{slope:.2f}", figures(last["memory"] / last["bytes"]))
    return table
