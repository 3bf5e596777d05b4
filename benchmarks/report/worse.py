"""Where a figure of ours is worse than a peer's: found in the results, so that none can be left out; the reasons are written by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.corpora.plant import NEAR_MISSES
from benchmarks.quality.duplicates import BETTER_KNOWN, tally
from benchmarks.report.statistics import figures, rates
from benchmarks.report.table import Table

REASONS = Path(__file__).with_name("reasons.toml")
FLOORS = ("pass-through", "pass-through, exact hash")
"""No peers: what they do is next to nothing, which is how they are fast and wrong about nothing."""


THRESHOLD = 0.8
"""Of Jaccard similarity, for which the searches are set; below it nothing needs to be found."""
FEW = 20
"""Copies of a kind that a contender must have found for it to be said of how many it kept the article."""


class Worse(NamedTuple):
    """A figure, in what, ours and theirs."""

    what: str
    figure: str
    ours: str
    peer: str
    theirs: str


def find(results: dict[str, dict[str, Any]]) -> Iterator[Worse]:
    """All of them, by our default setting, over the suites that are there."""
    if "speed" in results:
        yield from _speed(results["speed"])
    if "quality" in results:
        yield from _quality(results["quality"])
    if "scale" in results:
        yield from _scale(results["scale"])


def _ours(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((row for row in rows if row["ours"] and row["setting"] == "default"), None)


def _peers(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (row for row in rows if not row["ours"] and row["contender"] not in FLOORS)


def _speed(result: dict[str, Any]) -> Iterator[Worse]:
    for task in result["tasks"]:
        if (mine := _ours(task["rows"])) is None:
            continue
        for row in _peers(task["rows"]):
            if (its := median(rates(row))) > (my := median(rates(mine))):
                yield Worse(f"{task['task']}, {task['corpus']}", "MB/s", figures(my), row["contender"], figures(its))
            if row["texts"] != mine["texts"]:
                continue  # what is held a text depends on how many there are
            if (its := median(row["memory"]) / row["texts"]) < (my := median(mine["memory"]) / mine["texts"]):
                yield Worse(
                    f"{task['task']}, {task['corpus']}", "bytes a text", figures(my), row["contender"], figures(its)
                )


def _quality(result: dict[str, Any]) -> Iterator[Worse]:
    if result["cleaning"]:
        for task in ("clean_text", "clean_html"):
            rows = [row for row in result["cleaning"]["rows"] if row["task"] == task]
            yield from _compare(
                rows,
                f"quality, {task}",
                {"precision": 1, "recall": 1, "f1": 1, "low": -1, "clean_loss": -1, "clean_hurt": -1},
            )
        yield from _compare(result["cleaning"]["metadata"], "metadata", {"dates": 1, "authors": 1})
    bands = result["duplicates"]["jaccard"]
    rows = [
        {**row, **{edge: row["recall"][edge] / max(count, 1) for edge, count in bands["pairs"].items()}}
        for row in bands["rows"]
    ]
    yield from _compare(
        rows, "pairs joined, Jaccard from", {edge: 1 for edge in bands["pairs"] if float(edge) >= THRESHOLD}
    )
    if result["duplicates"]["pairs"]:
        yield from _compare(
            result["duplicates"]["pairs"]["rows"], "labelled pairs", {"precision": 1, "recall": 1, "f1": 1}
        )
    if not result["duplicates"]["planted"]:
        return
    planted = [{**row, **flat(row)} for row in result["duplicates"]["planted"]["rows"]]
    signs = {"copies found": 1, "near misses removed": -1, "wrong_characters": -1, "pair F1": 1}
    signs |= {f"B-cubed {name}": 1 for name in ("precision", "recall", "f1")}
    signs |= {f"article kept, {kind}": 1 for kind in BETTER_KNOWN}
    signs |= {f"{kind}, {strength}": -1 if kind in NEAR_MISSES else 1 for kind, strength, _, _ in planted[0]["cells"]}
    yield from _compare(planted, "planted copies", signs)


def flat(row: dict[str, Any]) -> dict[str, float]:
    """The figures of planted copies, each under one name."""
    return {
        "near misses removed": tally(row, near_misses=True)[0],
        "copies found": tally(row, near_misses=False)[0],
        "pair F1": row["pair"]["f1"],
        **{f"article kept, {kind}": kept / of for kind, (kept, of) in row["survivor"].items() if of >= FEW},
        **{f"{kind}, {strength}": hits / of for kind, strength, hits, of in row["cells"]},
        **{f"B-cubed {name}": value for name, value in row["b_cubed"].items()},
    }


def _scale(result: dict[str, Any]) -> Iterator[Worse]:
    points = {row["contender"]: {each["texts"]: each for each in row["points"]} for row in result["articles"]}
    mine = _ours(result["articles"])
    for row in _peers(result["articles"]):
        shared = [size for size in points[row["contender"]] if mine and size in points[mine["contender"]]]
        for figure in ("seconds", "memory") if mine and shared else ():
            my, its = (
                median(value) if isinstance(value := points[name][max(shared)][figure], list) else value
                for name in (mine["contender"], row["contender"])
            )
            if its < my:
                yield Worse(f"search of {max(shared):,} articles", figure, figures(my), row["contender"], figures(its))


def _compare(rows: list[dict[str, Any]], what: str, signs: dict[str, int]) -> Iterator[Worse]:
    mine = _ours(rows)
    for row in _peers(rows) if mine else ():
        for figure, sign in signs.items():
            if mine and figure in row and figure in mine and sign * (row[figure] - mine[figure]) > 1e-9:
                yield Worse(what, figure, figures(mine[figure]), row["contender"], figures(row[figure]))


def reason(worse: Worse, reasons: dict[str, str]) -> str:
    """Why, by the first of `task figure / peer`, `task figure` that is written; the task is what stands before the comma."""
    task = worse.what.split(",")[0] if worse.figure in {"MB/s", "bytes a text"} else worse.what
    task = "search" if task.startswith("search of") else task
    key = f"{task} {worse.figure}"
    return reasons.get(f"{key} / {worse.peer}", reasons.get(key, "not looked into yet"))


def read_reasons() -> dict[str, str]:
    reasons: dict[str, str] = tomllib.loads(REASONS.read_text("utf-8"))
    return reasons


def show(results: dict[str, dict[str, Any]]) -> Table:
    """One row for each thing measured and figure: the peers that are better, and why."""
    table = Table("Where a peer is better", ["what", "figure", "cleaner", "better", "why"], first_figure=5)
    reasons = read_reasons()
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for each in find(results):
        key = (each.what, each.figure, each.ours, reason(each, reasons))
        grouped.setdefault(key, []).append(f"{each.peer} {each.theirs}")
    for (what, figure, ours, why), better in grouped.items():
        table.add(what, figure, ours, "; ".join(better), why)
    return table
