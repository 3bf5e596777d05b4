"""All that is measured of speed, and the tables of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.corpora.read import Texts, read_html, read_news, read_texts
from benchmarks.speed import run, side_by_side, start

FIRST = 2_000
"""Texts of a search that everybody does, the slow ones too."""


def measure(bench: Bench) -> dict[str, Any]:
    """Task by task on every corpus, then whole runs, then fresh processes."""
    tasks = []
    for corpus in read_texts(bench.source):
        if corpus.texts:
            tasks += [side_by_side.measure(bench, task, corpus) for task in ("normalize", "clean_text")]
    if pages := read_html(bench.source):
        tasks.append(side_by_side.measure(bench, "clean_html", pages))
    news = read_news(bench.source)
    first = Texts(f"{news.name}, the first {FIRST:,}", news.texts[:FIRST])
    for corpus in (first, news) if len(news.texts) > FIRST else (news,):
        if corpus.texts:
            tasks += [side_by_side.measure(bench, task, corpus, whole=True) for task in ("signatures", "dedup")]
    return {"tasks": tasks, "runs": run.measure(bench), "start": start.measure(bench.settings)}


def show(result: dict[str, Any]) -> Iterator[Any]:
    """The tables, in order."""
    yield from map(side_by_side.show, result["tasks"])
    if result["runs"]:
        yield run.show(result["runs"])
    yield start.show(result["start"])
