"""The benchmarks run, and the floors that they pin may only rise."""

from __future__ import annotations

import doctest
import json
import os
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
    monkeypatch.setattr(floors, "measure_planted", lambda: iter(()))
    monkeypatch.setattr(floors, "measure_data", lambda _: iter(()))
    monkeypatch.setattr(floors, "FLOORS", file)
    return file


@pytest.mark.parametrize(("floor", "code", "after"), [(0.96, 1, 0.96), (0.94, 0, 0.948)])
def test_raising(
    floors: Any, one_figure: Path, floor: float, code: int, after: float, capsys: pytest.CaptureFixture[str]
) -> None:
    one_figure.write_text(json.dumps({"samples.kept": floor}), "utf-8")
    assert floors.check(None, raising=False) == code
    assert ("samples.kept is 0.95, below its floor 0.96" in capsys.readouterr().out) == bool(code)
    assert floors.check(None, raising=True) == code
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


# -- the measures


@pytest.fixture
def measures() -> Any:
    from benchmarks.quality import measures

    return measures


def test_texts_are_scored_in_shingles(measures: Any) -> None:
    assert measures.score_text("今天上午八点，通车。", "今天上午八点通车") == (1, 1, 1)
    assert measures.score_text("", "今天上午八点通车") == (0, 0, 0)
    precision, recall, _ = measures.score_text("首页新闻今天上午八点通车", "今天上午八点通车")
    assert (precision, recall) == (pytest.approx(4 / 8), 1)


def test_the_measure_is_that_of_the_scorer(measures: Any) -> None:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared is not here")
    from benchmarks.quality.floors import load_scorer

    scorer = load_scorer(folder, "score_pages")
    for text, gold in (
        ("首页今天上午八点，大桥通车。", "今天上午八点，大桥通车，大桥通车。"),
        ("河", "河湾"),
        ("河湾", "河湾"),
    ):
        assert tuple(measures.score_text(text, gold)) == pytest.approx(scorer.prf(text, gold))


def test_all_similar_pairs_are_found_with_their_exact_similarity(measures: Any) -> None:
    texts = ["今天上午八点大桥通车", "今天上午八点，大桥通车！", "今天上午八点大桥通行", "", "河湾", "河湾", "x"]
    found = {(one, other): jaccard for one, other, jaccard in measures.iter_similar(texts, 0.5)}
    assert found == {(0, 1): 1.0, (0, 2): pytest.approx(5 / 7), (1, 2): pytest.approx(5 / 7), (4, 5): 1.0}
    assert list(measures.iter_similar([], 0.5)) == list(measures.iter_similar(["", ""], 0.5)) == []


def test_clusters_are_scored_whole(measures: Any) -> None:
    clusters = measures.Clusters.of(5, [(1, 0), (2, 1), (4, 3)])
    assert clusters.joins(0, 2)
    assert not clusters.joins(0, 3)
    # Three alike of which two were joined, and a pair that is none.
    assert measures.b_cubed([0, 0, 1, 2, 2], [0, 0, 0, 1, 2])[:2] == pytest.approx(
        (4 / 5, (2 / 3 + 2 / 3 + 1 / 3 + 2) / 5)
    )
    assert measures.pair_score([0, 0, 1, 2, 2], [0, 0, 0, 1, 2]) == pytest.approx((1 / 2, 1 / 3, 2 / 5))


# -- contenders


def test_every_contender_has_an_adapter_that_knows_its_task() -> None:
    from benchmarks.peers.registry import TASKS, read_contenders

    contenders = read_contenders()
    assert len({(each.peer.name, each.task, each.setting) for each in contenders}) == len(contenders)
    for each in contenders:
        source = (ROOT / "benchmarks" / "peers" / "adapters" / f"{each.peer.adapter}.py").read_text("utf-8")
        assert f"\ndef {each.task}(" in source, each
        assert each.task in TASKS
        assert each.setting == "default" or each.about or each.source, each


def ours(task: str) -> Any:
    from benchmarks.peers.registry import read_contenders

    return next(each for each in read_contenders() if each.is_ours and each.task == task)


@pytest.fixture
def bench() -> Any:
    from benchmarks.bench import Bench
    from benchmarks.corpora.read import Source
    from benchmarks.peers.registry import read_peers
    from benchmarks.settings import QUICK

    peers = [peer for peer in read_peers() if peer.name in {"cleaner", "copy"}]
    return Bench(source=Source(made=40), settings=QUICK, peers=peers, report=lambda _: None)


def test_a_contender_runs_in_a_process_of_its_own(bench: Any) -> None:
    from benchmarks.bench import written

    texts = ["今天上午八点，大桥通车。" * 9, "河湾市的老街也将在下月重新开放。" * 9]
    with written([*texts, texts[0] + "！"]) as file:
        answer = bench.run(ours("dedup"), file, keep=True)
        assert answer["came"] == [[0, 2]] or answer["came"] == [[2, 0]]
        assert answer["texts"] == 3
        assert answer["bytes"] == sum(len(text.encode()) for text in texts) + len(texts[0].encode()) + 3
        assert answer["seconds"] > 0
        assert answer["memory_peak"] >= answer["memory_before"] > 0
        assert bench.run(ours("clean_text"), file, keep=True, count=1)["came"] == [texts[0]]


def test_what_fails_or_takes_too_long_is_noted_and_the_rest_goes_on(bench: Any, tmp_path: Path) -> None:
    from benchmarks.peers.call import ContenderError, TimeLimitError

    with pytest.raises(ContenderError, match="exit code 1: FileNotFoundError"):
        bench.run(ours("dedup"), tmp_path / "nothing.jsonl")
    file = tmp_path / "texts.jsonl"
    file.write_text('"河湾"\n', "utf-8")
    with pytest.raises(TimeLimitError, match=r"not done after 0\.01 s"):
        bench.run(ours("dedup"), file, limit=0.01)
    assert [line.split(":")[0] for line in bench.failed] == ["cleaner (dedup)"] * 2


def test_a_peer_that_is_absent_is_named(bench: Any) -> None:
    from benchmarks.peers.registry import Peer

    absent = Peer("other", "Other", ("no-such-package>=1",), "copy")
    alone = Peer("alone", "Alone", ("no-such-package",), "copy", own=True)
    bench.peers = [absent, alone]
    assert bench.contenders("dedup") == []
    assert bench.absent() == {
        "Other": "not installed: pip install -e '.[bench]' brings no-such-package>=1",
        "Alone": "it lives in an environment of its own, which --quick leaves out",
    }


def test_an_environment_that_pip_cannot_fill_is_no_environment(tmp_path: Path) -> None:
    from benchmarks.peers.environments import make_environment
    from benchmarks.peers.registry import Peer

    folder = tmp_path / "environment"
    peer = Peer("other", "Other", (str(tmp_path / "no-such-file.whl"),), "copy", own=True)
    why = make_environment(folder, folder / "bin" / "python", peer)
    assert why.startswith("pip could not install")
    assert not folder.exists()


# -- what is made of results


def test_growth_is_the_exponent() -> None:
    from benchmarks.report.statistics import growth

    def rows(power: float) -> list[dict[str, Any]]:
        return [{"bytes": size, "seconds": [9.0, size**power, 0.0]} for size in (10, 100, 1000)]

    assert growth(rows(0.1)) == pytest.approx(0.1)
    assert growth([{"bytes": size, "seconds": size**2 / 1e6} for size in (10, 100, 1000)]) == pytest.approx(2)
    assert growth(rows(1)[:1]) is None


def test_ratios_are_taken_turn_by_turn() -> None:
    from benchmarks.report.statistics import rates, ratios, spread

    row = {"texts": 10, "bytes": 1_000_000, "seconds": [1.0, 2.0]}
    other = {"texts": 5, "bytes": 500_000, "seconds": [1.0, 4.0]}
    assert rates(row) == [1, 0.5]
    assert rates(row, "texts") == [10, 5]
    assert ratios(row, other) == [2, 4]
    assert spread([2.0, 4.0, 100.0]) == "4 (2–100)"


def test_what_a_peer_does_better_is_found_with_its_reason() -> None:
    from benchmarks.report import worse

    def row(contender: str, seconds: float, **more: Any) -> dict[str, Any]:
        its = {"contender": contender, "peer": contender, "setting": "default", "ours": contender == "cleaner"}
        return its | {"texts": 1, "bytes": 10**6, "seconds": [seconds], "memory": [1], **more}

    task = {
        "task": "dedup",
        "corpus": "news",
        "rows": [row("cleaner", 2.0), row("fast", 1.0), row("slow", 3.0), row("pass-through", 0.1)],
    }
    found = list(worse.find({"speed": {"tasks": [task]}}))
    assert found == [("dedup, news", "MB/s", "0.5", "fast", "1")]
    reasons = {"dedup MB/s": "many things", "dedup MB/s / fast": "it does less"}
    assert worse.reason(found[0], reasons) == "it does less"
    assert worse.reason(found[0]._replace(peer="other"), reasons) == "many things"
    assert worse.reason(found[0], {}) == "not looked into yet"


def test_the_page_is_what_the_kept_results_make() -> None:
    from benchmarks.report import charts, files, page

    results = files.read_json(ROOT / "benchmarks" / "results")
    assert (ROOT / "docs" / "benchmarks.md").read_text("utf-8") == page.compose(results)
    shown = {file for name, result in results.items() for file in charts.names(name, result["results"])}
    assert {path.name for path in (ROOT / "docs" / "benchmarks").glob("*.svg")} == shown
    assert not any(result["quick"] for result in results.values())


def test_every_figure_that_a_peer_does_better_has_its_reason() -> None:
    from benchmarks.report import files, worse

    results = {name: result["results"] for name, result in files.read_json(ROOT / "benchmarks" / "results").items()}
    reasons = worse.read_reasons()
    missing = {(each.what, each.figure) for each in worse.find(results) if "not looked" in worse.reason(each, reasons)}
    assert not missing


def test_a_table_is_the_same_in_markdown() -> None:
    from benchmarks.report.table import Table

    table = Table("Speeds", ["contender", "MB/s"], note="One core.")
    table.add("a | b", 3)
    assert table.to_markdown() == "| contender | MB/s |\n|---|---:|\n| a \\| b | 3 |\n\nOne core."


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_the_suite_runs(tmp_path: Path) -> None:
    """One part, on texts of one's own, beside nobody: the whole of the quick form runs in CI."""
    from benchmarks.corpora.read import make_articles

    corpus = tmp_path / "corpus.jsonl"
    rows = [{"text": f"首页 > 新闻 > 正文\n{gold}", "gold": gold} for gold in make_articles(150)]
    corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    out = tmp_path / "out"
    command = ("quality", "--quick", "--peers", "none", "--corpus", str(corpus), "--out", str(out))
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "Planted copies" in done.stdout
    result = json.loads((out / "quality.json").read_text("utf-8"))
    assert result["machine"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert result["settings"]["per_cell"] == 3
    texts = [row for row in result["results"]["cleaning"]["rows"] if row["task"] == "clean_text"]
    assert [row["contender"] for row in texts][:2] == ["cleaner", "pass-through"]
    assert texts[0]["f1"] > texts[1]["f1"]
    assert (out / "quality.md").read_text("utf-8").startswith("# quality\n\ncorpus.jsonl, ")
    # Too few texts to plant copies in: that is left out, and said.
    corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows[:5]), "utf-8")
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "no copies are planted: 5 articles are too few" in done.stderr


def test_runs_of_chosen_sizes(tmp_path: Path) -> None:
    done = run("runs", "1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Whole runs over made-up pages" in done.stdout
    (row,) = json.loads((tmp_path / "runs.json").read_text("utf-8"))["runs"]
    assert row["bytes"] >= 1_000_000
    assert row["memory_peak"] > row["memory_anonymous"] > 0
    assert row["counts"]["in"] == row["counts"]["kept"] + row["counts"]["duplicates"]


def test_a_corpus_without_texts_is_an_error(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("no record\n", "utf-8")
    done = run("quality", "--quick", "--corpus", str(corpus))
    assert done.returncode == 2
    assert f"there is no text in {corpus}" in done.stderr


def test_what_cannot_be_measured_or_written_is_said_before_it_is_tried(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = run("quality", "--quick", "--made", "--out", str(tmp_path / "file" / "below"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    os.mkfifo(tmp_path / "pipe")
    done = run("quality", "--quick", "--corpus", str(tmp_path / "pipe"), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "is no file but a pipe" in done.stderr


def test_a_corpus_of_html_alone_has_no_search(tmp_path: Path) -> None:
    from benchmarks.bench import Bench
    from benchmarks.corpora.read import Source
    from benchmarks.report import charts
    from benchmarks.scale import articles
    from benchmarks.settings import QUICK

    (tmp_path / "html.jsonl").write_text('{"html": "<p>河湾大桥今天通车。</p>"}\n', "utf-8")
    rows = articles.measure(Bench(source=Source(tmp_path / "html.jsonl"), settings=QUICK, peers=()))
    assert rows == []
    assert articles.show(rows).rows == []
    assert charts.names("scale", {"articles": rows}) == []


def test_labels_of_odd_types_are_read_or_left_out(tmp_path: Path) -> None:
    from benchmarks.corpora.read import Source, read_labelled

    rows = [
        {"text": "河湾", "gold": "河湾", "date": 20240501, "html": ["x"], "id": 7},
        {"text": "河湾", "gold": "。。。"},
        {"text": "河湾", "gold": 5},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    ((page,),) = [pages for _, pages in [read_labelled(Source(tmp_path / "a.jsonl"))]]
    assert (page.text, page.html, page.date) == ("河湾", "", "20240501")


def test_damaged_results_are_named_and_nothing_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.report import files, page

    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(page, "CHARTS", tmp_path / "charts")
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts/old.svg").write_text("", "utf-8")
    for name in files.SUITES:
        (tmp_path / f"{name}.json").write_text('{"a":', "utf-8")
    assert page.make(tmp_path, check=False) == 1
    (tmp_path / "speed.json").write_text("[]", "utf-8")
    with pytest.raises(files.ResultsError, match="does not hold the results of a suite"):
        files.read_json(tmp_path)
    monkeypatch.setattr(page.charts, "draw", lambda *_: (_ for _ in ()).throw(ImportError("charts need matplotlib")))
    assert page.make(page.ROOT / "benchmarks" / "results", check=False) == 1
    assert (tmp_path / "charts/old.svg").exists()


def test_an_unknown_peer_is_an_error() -> None:
    done = run("speed", "--quick", "--peers", "trafilatur")
    assert done.returncode == 2
    assert "no peer is called trafilatur; there are cleaner" in done.stderr
