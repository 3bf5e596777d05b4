"""The charts, as SVG: speeds side by side, recall by similarity and by kind of copy, growth.

Drawn by matplotlib (in the extra `bench`). Text stays text, and the same results give the same bytes.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from statistics import fmean, median
from typing import Any

from benchmarks.report.statistics import rates

OURS, OTHERS = "#c2410c", "#64748b"
WIDTH = 8.0

Chart = tuple[str, str]
"""Its file name, and the SVG."""


def draw(suite: str, results: dict[str, Any]) -> Iterator[Chart]:
    """The charts of one suite. Raises ImportError, with the install line, where matplotlib is absent."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise ImportError("charts need matplotlib: pip install -e '.[bench]'") from None
    style = {
        "svg.fonttype": "none",
        "svg.hashsalt": "benchmarks",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        for name, figure in {"speed": _speed, "quality": _quality, "scale": _scale}[suite](results):
            out = io.StringIO()
            figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            yield name, "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _speed(results: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for task in dict.fromkeys(each["task"] for each in results["tasks"]):
        for number, measured in enumerate(each for each in results["tasks"] if each["task"] == task):
            rows = sorted(measured["rows"], key=lambda row: median(rates(row)))
            figure, axes = _figure(0.8 + 0.28 * len(rows))
            middles = [median(rates(row)) for row in rows]
            errors = [
                [middle - min(rates(row)) for row, middle in zip(rows, middles, strict=True)],
                [max(rates(row)) - middle for row, middle in zip(rows, middles, strict=True)],
            ]
            colours = [OURS if row["ours"] else OTHERS for row in rows]
            axes.barh(
                [row["contender"] for row in rows],
                middles,
                xerr=errors,
                color=colours,
                height=0.7,
                ecolor="#94a3b8",
                capsize=2,
            )
            axes.set_xscale("log")
            axes.set_xlabel("MB of UTF-8 a second (logarithmic); median, bars from least to most")
            axes.set_title(f"{task}: {measured['corpus']}", loc="left")
            yield f"speed-{task}-{number + 1}.svg", figure


def _quality(results: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if results["cleaning"]:
        rows = sorted(results["cleaning"]["rows"], key=lambda row: row["f1"])
        figure, axes = _figure(0.8 + 0.28 * len(rows))
        names = [f"{row['contender']} ({'HTML' if row['task'] == 'clean_html' else 'text'})" for row in rows]
        axes.barh(
            names, [row["f1"] for row in rows], color=[OURS if row["ours"] else OTHERS for row in rows], height=0.7
        )
        axes.set_xlim(0, 1)
        axes.set_xlabel("mean F1 against the main text")
        axes.set_title(f"Cleaning: {results['cleaning']['pages']}", loc="left")
        yield "quality-cleaning.svg", figure
    yield "quality-jaccard.svg", _bands(results["duplicates"]["jaccard"])
    if results["duplicates"]["planted"]:
        yield "quality-planted.svg", _kinds(results["duplicates"]["planted"])


def _bands(result: dict[str, Any]) -> Any:
    figure, axes = _figure(3.6)
    edges = [edge for edge, count in result["pairs"].items() if count]
    for row in result["rows"]:
        shares = [row["recall"][edge] / result["pairs"][edge] for edge in edges]
        width, style = (2.4, "-") if row["ours"] else (1.2, "--")
        axes.plot(
            [f"from {edge}" for edge in edges],
            shares,
            style,
            linewidth=width,
            marker="o",
            markersize=3,
            label=row["contender"],
        )
    axes.set_ylabel("share of pairs joined")
    axes.set_xlabel("true Jaccard similarity of the pair")
    axes.set_title(f"Pairs joined: {result['corpus']}", loc="left")
    axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def _kinds(result: dict[str, Any]) -> Any:
    rows = result["rows"]
    kinds = list(dict.fromkeys(cell[0] for row in rows for cell in row["cells"]))
    shares = [[fmean(cell[2] / cell[3] for cell in row["cells"] if cell[0] == kind) for kind in kinds] for row in rows]
    figure, axes = _figure(1.4 + 0.32 * len(rows))
    axes.imshow(shares, cmap="Oranges", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(kinds)), kinds, rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), [row["contender"] for row in rows])
    for at, row in enumerate(shares):
        for place, value in enumerate(row):
            axes.text(
                place,
                at,
                f"{value:.0%}",
                ha="center",
                va="center",
                fontsize=7,
                color="white" if value > 0.6 else "black",
            )
    axes.set_title("Planted copies found, by kind; of near misses few should be", loc="left")
    return figure


def _middle(value: Any) -> float:
    return median(value) if isinstance(value, list) else float(value)


def names(suite: str, results: dict[str, Any]) -> list[str]:
    """The files that `draw` makes, known without drawing, in its order."""
    if suite == "speed":
        count = Counter(each["task"] for each in results["tasks"])
        return [f"speed-{task}-{number + 1}.svg" for task, number_of in count.items() for number in range(number_of)]
    if suite == "quality":
        planted = ["quality-planted.svg"] * bool(results["duplicates"]["planted"])
        return ["quality-cleaning.svg"] * bool(results["cleaning"]) + ["quality-jaccard.svg", *planted]
    return ["scale-seconds.svg", "scale-memory.svg"] if _curves(results) else []


def _curves(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The searches that were measured at two sizes or more."""
    return [row for row in results["articles"] if len(row["points"]) > 1]


def _scale(results: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    curves = _curves(results)
    for value, label in (("seconds", "seconds"), ("memory", "bytes of memory beyond the texts")) if curves else ():
        figure, axes = _figure(3.6)
        for row in curves:
            width, style = (2.4, "-") if row["ours"] else (1.2, "--")
            sizes, values = (
                [each["texts"] for each in row["points"]],
                [_middle(each[value]) for each in row["points"]],
            )
            axes.plot(sizes, values, style, linewidth=width, marker="o", markersize=3, label=row["contender"])
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("articles")
        axes.set_ylabel(label)
        axes.set_title("The search for duplicates over more and more articles", loc="left")
        axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
        yield f"scale-{value}.svg", figure
