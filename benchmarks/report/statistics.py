"""Medians with their spread, ratios taken turn by turn, and the exponent of growth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import linear_regression, median
from typing import Any

from benchmarks.machine import MB


def figures(value: float) -> str:
    """A number with three figures."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def spread(values: Sequence[float]) -> str:
    """The median and, in brackets, the least and the most."""
    middle = figures(median(values))
    return f"{middle} ({figures(min(values))}–{figures(max(values))})" if len(values) > 1 else middle


def rates(row: Mapping[str, Any], unit: str = "bytes") -> list[float]:
    """What was done a second, of every repetition: MB for bytes, else as many as `unit` counts."""
    return [row[unit] / (MB if unit == "bytes" else 1) / seconds for seconds in row["seconds"]]


def ratios(row: Mapping[str, Any], other: Mapping[str, Any]) -> list[float]:
    """How many times as fast as another contender, by bytes, turn by turn: what slowed the machine slowed both."""
    return [mine / its for mine, its in zip(rates(row), rates(other), strict=False)]


def growth(rows: Iterable[Mapping[str, Any]], unit: str = "bytes", value: str = "seconds") -> float | None:
    """The exponent with which a value grows with size: the slope in log-log; None for fewer than two sizes."""
    points = [(math.log(row[unit]), math.log(max(median(_values(row[value])), 1e-9))) for row in rows]
    return linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else None


def _values(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]
