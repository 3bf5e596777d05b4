"""All that is measured of quality, and the tables of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.quality import cleaning, duplicates


def measure(bench: Bench) -> dict[str, Any]:
    """Cleaning, then the search for duplicates."""
    return {"cleaning": cleaning.measure(bench), "duplicates": duplicates.measure(bench)}


def show(result: dict[str, Any]) -> Iterator[Any]:
    """The tables, in order."""
    if result["cleaning"]:
        yield from cleaning.show(result["cleaning"])
    yield from duplicates.show(result["duplicates"])
