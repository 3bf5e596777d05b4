"""Contenders of one task on one corpus, in turns (A B C A B C …), each repetition in a fresh process."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench import Bench, describe, written
from benchmarks.corpora.read import Texts
from benchmarks.peers.call import ContenderError
from benchmarks.peers.registry import Contender
from benchmarks.report.statistics import figures, rates, ratios, spread
from benchmarks.report.table import Table

TRIAL = {"dedup": 300, "signatures": 300, "clean_html": 5}
"""On how many texts is tried how many a contender does in the time it has."""

MOST_TIMES = 10
"""Where all texts are given to everybody: who would take over so many times the time of a repetition is left out."""

Row = dict[str, Any]


def measure(bench: Bench, task: str, corpus: Texts, *, whole: bool = False) -> dict[str, Any]:
    """Every repetition of every contender: seconds, processor seconds, peak memory beyond what it held before.

    A slow contender gets the first texts of the corpus, as many as it does in the time of a repetition. With `whole` everybody gets all
    of them, since what is found, held and done a second depends on how many there are; one that is by far too slow for that is left out.
    """
    contenders = bench.contenders(task)
    rows: dict[str, Row] = {}
    with written(corpus.texts) as file:
        for contender in contenders:
            count = bench.settings.fixed_count or try_count(bench, contender, file, len(corpus.texts))
            if whole and not bench.settings.fixed_count and count * MOST_TIMES < len(corpus.texts):
                continue
            if not count:
                continue
            count = min(len(corpus.texts), len(corpus.texts) if whole and not bench.settings.fixed_count else count)
            row = describe(contender, bench.home(contender.peer))
            rows[contender.title] = {**row, "count": count, "seconds": [], "seconds_cpu": [], "memory": []}
        for turn in range(bench.settings.repetitions):
            bench.report(f"{task}, {corpus.name}: turn {turn + 1} of {bench.settings.repetitions}")
            for contender in contenders[
                :: 1 if turn % 2 == 0 else -1
            ]:  # there and back: nobody always follows the same one
                row = rows.get(contender.title, {})
                if not row or row.get("failed"):
                    continue
                try:
                    answer = bench.run(contender, file, count=row["count"])
                except ContenderError as error:
                    row["failed"] = str(error)
                    continue
                row |= {name: answer[name] for name in ("texts", "bytes", "found")}
                row["seconds"].append(answer["seconds"])
                row["seconds_cpu"].append(answer["seconds_cpu"])
                row["memory"].append(answer["memory_peak"] - answer["memory_before"])
    measured = [row for row in rows.values() if row["seconds"]]
    return {"task": task, "corpus": corpus.name, "texts": len(corpus.texts), "rows": measured}


def try_count(bench: Bench, contender: Contender, file: Path, most: int) -> int:
    """How many texts a contender does in the time that a repetition should take; 0 where it fails.

    Of a few texts the first ones weigh too much, so it is tried again on more until a trial takes half of that time.
    """
    count, wanted = min(TRIAL.get(contender.task, 20), most), bench.settings.seconds
    while True:
        try:
            seconds = bench.run(contender, file, count=count)["seconds"]
        except ContenderError:
            return 0
        fitting = int(count * wanted / seconds)
        if seconds >= wanted / 2 or count == most:
            return max(count, fitting) if 2 * fitting < most else most  # twice the time rather than nearly all
        count = min(most, max(2 * count, min(fitting, 20 * count)))


def show(result: dict[str, Any]) -> Table:
    """One table: MB/s and texts a second with their spread, and how many times as fast as the first row of ours each is."""
    task, rows = result["task"], result["rows"]
    ours = next((row for row in rows if row["ours"]), None)
    columns = [
        "contender",
        "texts",
        "MB/s",
        "texts/s",
        f"times {ours['contender'] if ours else 'ours'}",
        "memory, KB a text",
    ]
    table = Table(f"{task}: {result['corpus']}", columns)
    if task == "dedup":
        columns.insert(2, "found")
    for row in rows:
        cells = [row["contender"], f"{row['texts']:,}", spread(rates(row)), spread(rates(row, "texts"))]
        cells.append(spread(ratios(row, ours)) if ours else "")
        cells.append(figures(median(row["memory"]) / row["texts"] / 1000))
        if task == "dedup":
            cells.insert(2, f"{row['found']:,}")
        table.add(*cells)
    return table
