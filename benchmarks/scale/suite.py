"""All that is measured of growth, and the tables of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.scale import articles, runs, texts


def measure(bench: Bench) -> dict[str, Any]:
    """Articles, hard corpora, the length of a text, the bytes of a run."""
    return {
        "articles": articles.measure(bench),
        "hard": articles.measure_hard(bench),
        "texts": texts.measure(bench),
        "runs": runs.measure(bench),
    }


def show(result: dict[str, Any]) -> Iterator[Any]:
    """The tables, in order."""
    yield articles.show(result["articles"])
    yield articles.show_hard(result["hard"])
    yield texts.show(result["texts"])
    yield runs.show(result["runs"])
