"""The results of a suite as files: JSON with every repetition; Markdown and charts of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.quality import suite as quality
from benchmarks.report import charts
from benchmarks.scale import suite as scale
from benchmarks.speed import suite as speed

SUITES: dict[str, Any] = {"speed": speed, "quality": quality, "scale": scale}


class ResultsError(RuntimeError):
    """Results that are missing or damaged."""


def check_folder(folder: Path) -> None:
    """Makes a folder that results are to be written to. Raises OSError: an hour of measuring should not end with that."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def write_json(folder: Path, result: dict[str, Any]) -> None:
    """`NAME.json`."""
    text = json.dumps(result, ensure_ascii=False, indent=1)
    (folder / f"{result['suite']}.json").write_text(text + "\n", "utf-8")


def read_json(folder: Path) -> dict[str, dict[str, Any]]:
    """The results of all suites. Raises ResultsError with what to do where one is missing or damaged."""
    missing = [f"{name}.json" for name in SUITES if not (folder / f"{name}.json").is_file()]
    if missing:
        raise ResultsError(f"{folder} has no {', '.join(missing)}: python -m benchmarks all --out {folder}")
    return {name: _read(folder / f"{name}.json") for name in SUITES}


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ResultsError(f"{path} is damaged: {error}; measure {path.stem} again") from None
    if not isinstance(result, dict) or not {"suite", "machine", "results"} <= result.keys():
        raise ResultsError(f"{path} does not hold the results of a suite; measure {path.stem} again")
    return result


def write_shown(folder: Path, result: dict[str, Any]) -> None:
    """`NAME.md` and its charts; without matplotlib no charts, which is said."""
    name = result["suite"]
    try:
        drawn = dict(charts.draw(name, result["results"]))
    except ImportError as error:
        print(error)
        drawn = {}
    for file, svg in drawn.items():
        (folder / file).write_text(svg, "utf-8")
    parts = [f"# {name}", describe_run(result), *shown(result), *(f"![{file}]({file})" for file in drawn)]
    (folder / f"{name}.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def shown(result: dict[str, Any]) -> Iterator[str]:
    """The tables of a suite, under their titles; what is absent and what did not end."""
    for table in SUITES[result["suite"]].show(result["results"]):
        yield f"**{table.title}**\n\n{table.to_markdown()}"
    if result["absent"]:
        yield "Absent: " + "; ".join(f"{peer} ({why})" for peer, why in result["absent"].items()) + "."
    if result["failed"]:
        yield "Did not come to an end: " + "; ".join(result["failed"]) + "."


def describe_run(result: dict[str, Any]) -> str:
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
