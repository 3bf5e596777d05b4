"""The search for duplicates over more and more articles: time, memory, copies found, and the exponents of growth; and over hard corpora."""

from __future__ import annotations

import os
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.bench import Bench, describe, written
from benchmarks.corpora.news import HARD, make, make_news
from benchmarks.corpora.read import read_news
from benchmarks.machine import MB
from benchmarks.peers.call import ContenderError
from benchmarks.report.statistics import figures, growth
from benchmarks.report.table import Table

SETTINGS = {"default", "containment off", "exact hash", "Chinese", "Chinese, CRC-32"}
SPLIT_AT_BLANKS = {"datasketch", "rensa"}
"""Peers whose defaults make one token of an article: fast, and of no use."""
HARD_SETTINGS = {"default"}
SMALL = 10_000
"""Articles up to which a search is repeated; larger corpora are searched once."""
MEMORY_SHARE = 0.6
"""Of the machine's memory that a search may take: the texts are there, too."""


def measure(bench: Bench) -> list[dict[str, Any]]:
    """Every contender at every size, the next size only where the last one stayed far enough below the time limit.

    Made-up news with planted copies; with `--corpus` the first so many texts of that.
    """
    rows: dict[str, dict[str, Any]] = {}
    given = read_news(bench.source) if bench.source.corpus else None
    if given and not given.texts:  # a corpus of HTML
        return []
    sizes = [size for size in bench.settings.article_counts if not given or size < len(given.texts)]
    for size in [*sizes, len(given.texts)] if given else sizes:
        texts, groups = (given.texts[:size], None) if given else made(size)
        with written(texts) as file:
            texts = []  # each contender has its own
            for turn in range(bench.settings.scale_repetitions if size <= SMALL else 1):
                for contender in bench.contenders("dedup", SETTINGS)[:: 1 if turn % 2 == 0 else -1]:
                    if contender.setting == "default" and contender.peer.name in SPLIT_AT_BLANKS:
                        continue
                    row = rows.setdefault(
                        contender.title, {**describe(contender, bench.home(contender.peer)), "points": []}
                    )
                    if "stopped" in row:
                        continue
                    if why := too_much(row["points"], size, bench.settings.time_limit):
                        row["stopped"] = f"{size:,} articles {why}"
                        continue
                    bench.report(f"search of {size:,} articles: {contender.title}")
                    try:
                        answer = bench.run(
                            contender, file, keep=groups is not None, limit=bench.settings.time_limit * 2
                        )
                    except ContenderError as error:
                        row["stopped"] = f"{size:,} articles: {error}"
                        continue
                    add_point(row["points"], answer, groups)
    return list(rows.values())


def add_point(points: list[dict[str, Any]], answer: dict[str, Any], groups: Sequence[int] | None) -> None:
    """A measurement of a size: a new point, or one more repetition of the last."""
    new = point(answer, groups)
    if points and points[-1]["texts"] == new["texts"]:
        points[-1]["seconds"] += new["seconds"]
        points[-1]["memory"] = max(points[-1]["memory"], new["memory"])
    else:
        points.append(new)


def made(size: int) -> tuple[list[str], list[int]]:
    """Made-up news, and the number of the article that each is, or is a copy of."""
    texts, groups = make_news(size)
    return texts, groups.tolist()


def too_much(points: Sequence[dict[str, Any]], size: int, limit: float) -> str:
    """Why a size is not tried, by the last one measured: time grows as it did, or at least as the size does, and memory as the size does."""
    if not points:
        return ""
    last, times = points[-1], size / points[-1]["texts"]
    if median(last["seconds"]) * times ** max(1.0, growth(points, "texts") or 1.0) > limit:
        return f"would take over {limit:g} s"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if last["memory"] * times > memory * MEMORY_SHARE:
        return f"would take over {memory * MEMORY_SHARE / 2**30:.0f} GB of memory"
    return ""


def point(answer: dict[str, Any], groups: Sequence[int] | None) -> dict[str, Any]:
    """One measurement; of what was found, how many are copies of what is kept for them."""
    held = answer["memory_peak"] - answer["memory_before"]
    kept = {name: answer[name] for name in ("texts", "bytes", "found")}
    kept |= {"seconds": [answer["seconds"]], "memory": max(held, 1)}
    if groups is not None:
        right = sum(groups[gone] == groups[stays] for gone, stays in answer["came"])
        kept |= {"right": right, "planted": len(groups) - len(set(groups))}
    return kept


def show(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "The search over more and more articles: seconds, one core",
        [
            "contender",
            *(f"{count:,}" for count in counts(rows)),
            "exponent of time",
            "of memory",
            "bytes an article",
            "copies found",
        ],
    )
    for row in rows:
        points = {each["texts"]: each for each in row["points"]}
        if not points:
            continue
        last = row["points"][-1]
        found = f"{last['right'] / last['planted']:.2%} of {last['planted']:,}" if last.get("planted") else ""
        table.add(
            row["contender"],
            *(figures(median(points[count]["seconds"])) if count in points else "–" for count in counts(rows)),
            exponent(row["points"], "seconds"),
            exponent(row["points"], "memory"),
            figures(last["memory"] / last["texts"]),
            found,
        )
    table.note = (
        "– is a size that a contender was not tried on, or did not end at: "
        + ("; ".join(f"{row['contender']}: {row['stopped']}" for row in rows if "stopped" in row) or "there is none")
        + "."
    )
    return table


def counts(rows: list[dict[str, Any]]) -> list[int]:
    return sorted({each["texts"] for row in rows for each in row["points"]})


def exponent(points: list[dict[str, Any]], value: str) -> str:
    slope = growth(points, "texts", value)
    return "" if slope is None else f"{slope:.2f}"


def measure_hard(bench: Bench) -> list[dict[str, Any]]:
    """Our search over corpora that are hard on one, one run each."""
    rows = []
    for name, (_, count) in HARD.items():
        texts, groups = make(name, max(count // bench.settings.shrink_hard, 5))
        with written(texts) as file:
            for contender in bench.contenders("dedup", HARD_SETTINGS):
                if not contender.is_ours:
                    continue
                bench.report(f"search of a hard corpus: {name}")
                try:
                    answer = bench.run(contender, file, keep=True)
                except ContenderError:
                    continue
                rows.append({"corpus": name, **point(answer, groups.tolist())})
    return rows


def show_hard(rows: list[dict[str, Any]]) -> Table:
    table = Table(
        "Hard corpora: our search, one core",
        ["corpus", "texts", "MB", "seconds", "peak MB", "removed", "copies planted", "wrong"],
    )
    for row in rows:
        table.add(
            row["corpus"], f"{row['texts']:,}", figures(row["bytes"] / MB), figures(row["seconds"][0]), figures(row["memory"] / MB),
            f"{row['found']:,}", f"{row['planted']:,}", f"{row['found'] - row['right']:,}",
        )  # fmt: skip
    return table
