"""docs/benchmarks.md and its charts, made of the results that are kept and of `page.md`, which has the words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.quality import cleaning, floors
from benchmarks.report import charts, worse
from benchmarks.report.files import ResultsError, describe_run, read_json, shown
from benchmarks.report.table import Table

TEMPLATE = Path(__file__).with_name("page.md")
PAGE = ROOT / "docs" / "benchmarks.md"
CHARTS = ROOT / "docs" / "benchmarks"

_PLACE = re.compile(r"<!-- made: ([\w ]+) -->")


def make(folder: Path, check: bool) -> int:
    """Writes the page and the charts; with `check` nothing is written, and 1 returned where the page is not what the results make."""
    try:
        results = read_json(folder)
        text = compose(results)
        drawn = (
            {} if check else {f: svg for name, its in results.items() for f, svg in charts.draw(name, its["results"])}
        )
    except (ResultsError, ImportError) as error:
        print(error)
        return 1
    if check:
        same = PAGE.is_file() and PAGE.read_text("utf-8") == text
        print(f"{PAGE.name} is {'what' if same else 'not what'} the results make")
        return 0 if same else 1
    CHARTS.mkdir(exist_ok=True)
    for old in CHARTS.glob("*.svg"):
        old.unlink()
    for file, svg in drawn.items():
        (CHARTS / file).write_text(svg, "utf-8")
    PAGE.write_text(text, "utf-8")
    print(f"{PAGE.relative_to(ROOT)} and {len(drawn)} charts")
    return 0


def compose(results: dict[str, dict[str, Any]]) -> str:
    """The page: the template with what is made put in its places."""
    tables = {name: list(shown(result)) for name, result in results.items()}
    drawn = {name: list(pictures(name, result["results"])) for name, result in results.items()}
    of_cleaning = results["quality"]["results"]["cleaning"]
    cut = len(cleaning.show(of_cleaning)) if of_cleaning else 0
    parts = {
        "machine": "\n\n".join(f"**{name}**: {describe_run(result)}" for name, result in results.items()),
        "floors": floors_table().to_markdown(),
        "worse": worse.show({name: result["results"] for name, result in results.items()}).to_markdown(),
        "contenders": contenders(results).to_markdown(),
        "speed": _join(tables["speed"], drawn["speed"]),
        "cleaning": _join(tables["quality"][:cut], drawn["quality"][: bool(of_cleaning)]),
        "duplicates": _join(tables["quality"][cut:], drawn["quality"][bool(of_cleaning) :]),
        "scale": _join(tables["scale"], drawn["scale"]),
    }
    return _PLACE.sub(lambda found: parts[found[1]], TEMPLATE.read_text("utf-8"))


def _join(tables: list[str], drawn: list[str]) -> str:
    return "\n\n".join([*tables, *drawn])


def pictures(name: str, results: dict[str, Any]) -> Iterator[str]:
    for file in charts.names(name, results):
        yield f"![{file.removesuffix('.svg').replace('-', ' ')}](benchmarks/{file})"


def floors_table() -> Table:
    table = Table("Floors", ["figure", "floor"])
    for name, floor in floors.read_floors().items():
        table.add(f"`{name}`", f"{floor:.4f}".rstrip("0").rstrip("."))
    return table


def contenders(results: dict[str, dict[str, Any]]) -> Table:
    """Every contender that was measured, with its settings."""
    columns = ["contender", "task", "version", "settings", "what it is", "documented in"]
    table = Table("Settings", columns, first_figure=len(columns))
    seen: set[tuple[str, str]] = set()
    for row in _rows(results):
        if (key := (row["contender"], row["task"])) not in seen:
            seen.add(key)
            options = ", ".join(f"`{name}={json.dumps(value)}`" for name, value in row["options"].items())
            table.add(row["contender"], row["task"], row["version"], options or "none", row["about"], row["source"])
    return table


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "contender" in value:
            yield value
            return
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _rows(each)
