"""Results as files: JSON with every repetition, Markdown and charts beside it; and docs/benchmarks.md, made of the results that are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.quality import cleaning, floors
from benchmarks.quality import suite as quality
from benchmarks.report import charts, worse
from benchmarks.report.table import Table
from benchmarks.scale import suite as scale
from benchmarks.speed import suite as speed

SUITES: dict[str, Any] = {"speed": speed, "quality": quality, "scale": scale}
TEMPLATE = Path(__file__).with_name("page.md")
PAGE = ROOT / "docs" / "benchmarks.md"
CHARTS = ROOT / "docs" / "benchmarks"

_PLACE = re.compile(r"<!-- made: ([\w ]+) -->")


def write_result(folder: Path, result: dict[str, Any]) -> None:
    """The results of one suite: `NAME.json`, `NAME.md` and its charts."""
    folder.mkdir(parents=True, exist_ok=True)
    name = result["suite"]
    (folder / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    try:
        drawn = dict(charts.draw(name, result["results"]))
    except ImportError as error:
        print(error)
        drawn = {}
    for file, svg in drawn.items():
        (folder / file).write_text(svg, "utf-8")
    parts = [f"# {name}", machine(result), *shown(result), *(f"![{file}]({file})" for file in drawn)]
    (folder / f"{name}.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def make(folder: Path, check: bool) -> int:
    """Writes the page and the charts; with `check` nothing is written, and 1 returned where the page is not what the results make."""
    results = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in SUITES}
    text = compose(results)
    if check:
        same = PAGE.is_file() and PAGE.read_text("utf-8") == text
        print(f"{PAGE.name} is {'what' if same else 'not what'} the results make")
        return 0 if same else 1
    CHARTS.mkdir(exist_ok=True)
    for old in CHARTS.glob("*.svg"):
        old.unlink()
    for name, result in results.items():
        for file, svg in charts.draw(name, result["results"]):
            (CHARTS / file).write_text(svg, "utf-8")
    PAGE.write_text(text, "utf-8")
    print(f"{PAGE.relative_to(ROOT)} and {len(list(CHARTS.glob('*.svg')))} charts")
    return 0


def compose(results: dict[str, dict[str, Any]]) -> str:
    """The page: the template with what is made put in its places."""
    parts = {
        "machine": "\n\n".join(f"**{name}**: {machine(result)}" for name, result in results.items()),
        "floors": floors_table().to_markdown(),
        "worse": worse.show({name: result["results"] for name, result in results.items()}).to_markdown(),
        "contenders": contenders(results).to_markdown(),
    }
    for name, result in results.items():
        tables, drawn = list(shown(result)), list(pictures(name, result))
        if name == "quality":
            cut = len(cleaning.show(result["results"]["cleaning"])) if result["results"]["cleaning"] else 0
            parts["cleaning"] = "\n\n".join([*tables[:cut], *drawn[:-2]])
            parts["duplicates"] = "\n\n".join([*tables[cut:], *drawn[-2:]])
        else:
            parts[name] = "\n\n".join([*tables, *drawn])
    return _PLACE.sub(lambda found: parts[found[1]], TEMPLATE.read_text("utf-8"))


def shown(result: dict[str, Any]) -> Iterator[str]:
    """The tables of a suite, under their titles; what is absent and what did not end."""
    for table in SUITES[result["suite"]].show(result["results"]):
        yield f"**{table.title}**\n\n{table.to_markdown()}"
    if result["absent"]:
        yield "Absent: " + "; ".join(f"{peer} ({why})" for peer, why in result["absent"].items()) + "."
    if result["failed"]:
        yield "Did not come to an end: " + "; ".join(result["failed"]) + "."


def pictures(name: str, result: dict[str, Any]) -> Iterator[str]:
    for file in chart_names(name, result["results"]):
        yield f"![{file.removesuffix('.svg').replace('-', ' ')}](benchmarks/{file})"


def chart_names(name: str, results: dict[str, Any]) -> list[str]:
    """The files that `charts.draw` makes, known without drawing."""
    if name == "speed":
        count: dict[str, int] = {}
        for each in results["tasks"]:
            count[each["task"]] = count.get(each["task"], 0) + 1
        return [f"speed-{task}-{number + 1}.svg" for task, its in count.items() for number in range(its)]
    if name == "quality":
        return ["quality-cleaning.svg"] * bool(results["cleaning"]) + ["quality-jaccard.svg", "quality-planted.svg"]
    return ["scale-seconds.svg", "scale-memory.svg"]


def machine(result: dict[str, Any]) -> str:
    """On what, with what and when it was measured."""
    its = result["machine"]
    versions = {**its["versions"], **result["versions"]}
    return (
        f"{result['texts']}, {its['when'][:10]}, commit {its['commit']}{' with changes' if its['changed'] else ''}; {its['cpu']}, "
        f"{its['cores']} cores, {its['memory'] / 2**30:.0f} GB, Python {its['python']}; load before it began {its['load'][0]}; "
        f"it took {result['took'] / 60:.0f} minutes. "
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + "."
    )


def floors_table() -> Table:
    table = Table("Floors", ["figure", "floor"])
    for name, floor in floors.read_floors().items():
        table.add(f"`{name}`", f"{floor:.4f}".rstrip("0").rstrip("."))
    return table


def contenders(results: dict[str, dict[str, Any]]) -> Table:
    """Every contender that was measured, with its settings."""
    table = Table("Settings", ["contender", "version", "settings", "what it is", "documented in"], first_figure=5)
    seen: dict[tuple[str, str], None] = {}
    for row in _rows(results):
        key = (row["contender"], json.dumps(row["options"]))
        if key not in seen:
            seen[key] = None
            options = ", ".join(f"`{name}={value!r}`" for name, value in row["options"].items())
            table.add(row["contender"], row["version"], options or "none", row["about"], row["source"])
    return table


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "contender" in value:
            yield value
            return
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _rows(each)
