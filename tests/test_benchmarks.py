"""The benchmarks run, and the floors that they pin may only rise."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cleaner

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks are run from the root of the repository and are not installed."""
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.fixture
def floors() -> Any:
    from benchmarks.quality import floors

    return floors


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_figure_has_a_floor_and_every_floor_a_figure(floors: Any) -> None:
    pinned = floors.read_floors()
    assert list(pinned) == list(floors.NAMES)
    assert all(0 < floor <= 1 for floor in pinned.values())


def test_a_floor_that_nothing_measures_is_an_error(floors: Any, tmp_path: Path) -> None:
    file = tmp_path / "floors.json"
    file.write_text('{"pages.f1": 0.9, "pages.f2": 0.9}', "utf-8")
    with pytest.raises(SystemExit, match=r"pages\.f2"):
        floors.read_floors(file)


def test_floors_rise_and_never_fall(floors: Any) -> None:
    figures = [floors.Figure("pages.f1", 0.9687), floors.Figure("pages.dates", 0.91)]
    assert floors.raise_floors(figures, {"pages.f1": 0.9}) == {"pages.f1": 0.966, "pages.dates": 0.908}
    # Between the floor and what it would be rounded to, the floor stays.
    assert floors.raise_floors(figures[:1], {"pages.f1": 0.9685})["pages.f1"] == 0.9685
    # What is not measured here keeps its floor.
    assert floors.raise_floors(figures[:1], {"seeds.right": 1.0})["seeds.right"] == 1.0
    with pytest.raises(ValueError, match=r"pages\.f1 is 0\.9687, below its floor 0\.97"):
        floors.raise_floors(figures, {"pages.f1": 0.97})


def test_a_figure_below_its_floor_or_without_one_is_named(floors: Any) -> None:
    figures = [floors.Figure("pages.f1", 0.95), floors.Figure("pages.recall", 0.95)]
    assert floors.find_low(figures, {"pages.f1": 0.95, "pages.recall": 0.95}) == []
    low = floors.find_low(figures, {"pages.f1": 0.96})
    assert [line.split()[0] for line in low] == ["pages.f1", "pages.recall"]


@pytest.fixture
def one_figure(floors: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command with one figure, 0.95, and a floors file of its own."""
    file = tmp_path / "floors.json"
    monkeypatch.setattr(floors, "measure_samples", lambda: iter([floors.Figure("samples.kept", 0.95)]))
    monkeypatch.setattr(floors, "measure_copies", lambda: iter(()))
    monkeypatch.setattr(floors, "measure_data", lambda _: iter(()))
    monkeypatch.setattr(floors, "FLOORS", file)
    return file


@pytest.mark.parametrize(("floor", "code", "after"), [(0.96, 1, 0.96), (0.94, 0, 0.948)])
def test_raising(
    floors: Any, one_figure: Path, floor: float, code: int, after: float, capsys: pytest.CaptureFixture[str]
) -> None:
    one_figure.write_text(json.dumps({"samples.kept": floor}), "utf-8")
    assert floors.main([]) == code
    assert ("samples.kept is 0.95, below its floor 0.96" in capsys.readouterr().out) == bool(code)
    assert floors.main(["--raise"]) == code
    assert json.loads(one_figure.read_text("utf-8")) == {"samples.kept": after}


def test_kept_lines_follow_the_lines_of_the_page(floors: Any) -> None:
    page = "首页 > 新闻 > 正文\n\n今天上午八点，连接河湾两岸的大桥正式通车。\n  \n版权所有 © 2024 河湾网"
    assert list(floors.kept_lines(page, cleaner.clean(page))) == [False, True, False]
    assert list(floors.kept_lines("河湾\n\n大桥\n", cleaner.Article("", lines=()))) == [False, False]


def test_metadata_that_both_lack_does_not_count(floors: Any) -> None:
    labels = {"title": "通车", "published": "2024-05-01", "source": None, "authors": [], "editors": [], "keywords": []}
    article = cleaner.Article("", title="大桥通车", source="河湾日报")
    wrong = [("title", False), ("published", False), ("source", False)]
    assert list(floors.metadata_right(article, labels)) == wrong
    assert next(floors.metadata_right(article, {**labels, "title_ok": ["大桥通车"]})) == ("title", True)


def test_rounding_down(floors: Any) -> None:
    assert doctest.testmod(floors).failed == 0
    assert [floors.round_down(value) for value in (0.9982, 0.5, 0.9899, 0.001)] == [0.998, 0.498, 0.988, 0.0]


def test_shapes_are_of_the_size_asked_for_and_the_same_every_time() -> None:
    from benchmarks.speed import shapes

    for shape in shapes.SHAPES:
        text = shapes.make(shape, 20_000)
        assert text == shapes.make(shape, 20_000)
        assert 20_000 <= len(text.encode()) + 1 < 40_000, shape
        assert ("\n" not in text) == shape.endswith("one line")


def test_growth_is_the_exponent() -> None:
    from benchmarks.speed import shapes

    def rows(power: float) -> list[dict[str, Any]]:
        return [{"bytes": size, "seconds": [9.0, size**power, 0.0]} for size in (10, 100, 1000)]

    assert shapes.growth(rows(0.1)) == pytest.approx(0.1)
    squares = [{"bytes": size, "seconds": [size**2 / 1e6]} for size in (10, 100, 1000)]
    assert shapes.growth(squares) == pytest.approx(2)
    assert shapes.growth(squares[:1]) is None


def test_the_speed_benchmark_runs(tmp_path: Path) -> None:
    """The quick form on the sample pages, without what takes long: growing texts."""
    out = tmp_path / "speed.json"
    asked = ("--quick", "--seconds", "0.01", "--only", "texts", "--only", "start", "--samples", "--out", str(out))
    done = run("benchmarks.speed.clean", *asked)
    assert done.returncode == 0, done.stderr
    assert "cleaner.clean" in done.stdout
    result = json.loads(out.read_text("utf-8"))
    assert result["machine"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {row["corpus"] for row in result["texts"]} == {"samples"}
    for row in result["texts"]:
        assert len(row["seconds"]) == result["settings"]["repetitions"]
        assert min(row["seconds"]) > 0
        assert row["bytes"] >= row["texts"] > 0
    assert [len(row["seconds"]) for row in result["start"]] == [3, 3]


def test_a_shape_is_measured_in_a_process_of_its_own() -> None:
    from benchmarks.speed import shapes

    rows = shapes.measure_growth({"page": (5_000, 10_000)}, repetitions=1, limit=60)
    assert [row["bytes"] >= size for row, size in zip(rows, (5_000, 10_000), strict=True)] == [True, True]
    assert all(row["memory_peak"] >= row["memory_before"] > 0 and row["kept_characters"] for row in rows)


def test_what_takes_too_long_is_reported_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.speed import shapes

    asked: list[int] = []
    monkeypatch.setattr(shapes, "run", lambda _shape, size, _limit: asked.append(size))
    said: list[str] = []
    assert shapes.measure_growth({"page": (1, 2)}, repetitions=2, limit=0.5, report=said.append) == []
    assert asked == [1]
    assert said == ["page, 1 bytes: not done after 0.5 s"]
