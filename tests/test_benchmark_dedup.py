"""The benchmark of the duplicate search runs, and what is planted in its corpora is what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import cleaner

ROOT = Path(__file__).resolve().parent.parent
np = pytest.importorskip("numpy")


@pytest.fixture
def corpora(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The benchmarks are run from the root of the repository and are not installed."""
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.speed import corpora

    return corpora


@pytest.fixture
def dedup(corpora: Any) -> Any:  # noqa: ARG001 - it makes the benchmarks importable
    from benchmarks.speed import dedup

    return dedup


def shingles(text: str) -> set[str]:
    return {text[at : at + 5] for at in range(len(text) - 4)}


def jaccard(first: str, second: str) -> float:
    one, other = shingles(first), shingles(second)
    return len(one & other) / len(one | other)


def test_news_are_the_same_every_time_and_hold_what_is_planted(corpora: Any) -> None:
    texts, groups = corpora.make_news(500)
    again, its_groups = corpora.make_news(500)
    assert texts == again
    assert groups.tolist() == its_groups.tolist()
    assert len(texts) == len(groups) == 500
    assert 500 - len(set(groups.tolist())) == 100 + 50
    assert all(text.endswith(corpora.FOOTER) for text in texts)
    assert Counter(groups.tolist()).most_common(1)[0][1] >= 51
    assert len({id(text) for text in texts}) == 500
    assert len(set(texts)) < 500


def test_articles_that_are_no_copies_are_far_from_alike(corpora: Any) -> None:
    texts, groups = corpora.make_news(120)
    pairs = [(one, other) for one in range(60) for other in range(60, 120) if groups[one] != groups[other]]
    assert max(jaccard(texts[one], texts[other]) for one, other in pairs) < 0.4


def test_articles_share_about_as_many_phrases_as_real_ones(corpora: Any) -> None:
    texts = list(corpora.articles(4_000, np.random.default_rng(1)))
    assert all(corpora.SHORTEST <= len(text) <= corpora.LONGEST for text in texts)
    number = Counter(gram for text in texts for gram in shingles(text))
    once = sum(count == 1 for count in number.values()) / number.total()
    assert 0.4 < once < 0.7


def test_copies(corpora: Any) -> None:
    chance = corpora.random.Random(1)
    text = next(corpora.articles(1, np.random.default_rng(1)))
    same, edited, shorter = (change(text, chance) for change in corpora.COPIES)
    assert same == text
    assert same is not text
    assert 1 <= sum(a != b for a, b in zip(text, edited, strict=True)) <= 3
    assert text.startswith(shorter)
    assert 0.59 < len(shorter) / len(text) <= 0.85


def test_hard_corpora_are_of_the_size_asked_for(corpora: Any) -> None:
    for name in corpora.HARD:
        texts, groups = corpora.make(name, 6)
        assert len(texts) == len(groups) == (8 if name == "one of 50 MB" else 6), name
    assert 49_000_000 < 100 * len(corpora.make("one of 50 MB", 1)[0][0].encode()) < 51_000_000


def test_the_score_counts_what_goes_for_its_own(corpora: Any) -> None:
    text = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆，市民从四面八方赶来。"
    result = cleaner.dedup([text, text, "河湾大桥的设计者说，桥面比原计划高出两米。", text + "！"], jobs=1)
    assert corpora.score(result, np.array([0, 0, 1, 1])) == {"found": 1, "planted": 2, "wrong": 1}


def test_a_corpus_is_measured_in_a_process_of_its_own(corpora: Any) -> None:
    said: list[str] = []
    rows = corpora.measure_all([("news", 300)], arrow=True, repetitions=1, limit=60, report=said.append)
    assert [row["arrow"] for row in rows] == [True]
    assert rows[0]["found"] == rows[0]["planted"] == 90
    assert rows[0]["wrong"] == 0
    assert rows[0]["memory_peak"] >= rows[0]["memory_before"] > 0
    assert len(said) == len(rows[0]["seconds"]) == 1


def test_what_takes_too_long_is_reported_and_not_tried_again(corpora: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(corpora, "run", lambda _name, count, _arrow, _limit: asked.append(count))
    said: list[str] = []
    assert corpora.measure_all([("news", 1)], arrow=False, repetitions=2, limit=0.5, report=said.append) == []
    assert asked == [1]
    assert said == ["news, 1 texts: not done after 0.5 s"]


def test_ratios_are_taken_turn_by_turn(dedup: Any) -> None:
    row = {"texts": 10, "bytes": 1_000, "seconds": [1.0, 2.0]}
    other = {"texts": 5, "bytes": 500, "seconds": [1.0, 4.0]}
    assert dedup.rates(row) == [10, 5]
    assert dedup.ratios(row, other) == [2, 4]
    assert dedup.ratios(row, None) == []


def test_every_contender_finds_a_copy(dedup: Any, corpora: Any) -> None:
    texts = list(corpora.articles(30, np.random.default_rng(1)))
    texts += [texts[0][:2] + texts[0][2:], "河湾"]
    for name, contender in dedup.make_contenders().items():
        # rensa flags both of a pair; its rho pipeline and the signatures alone promise nothing.
        found = contender(texts)
        assert found in ((0, 2) if name == "rensa, rho" else (0,) if "signatures" in name else (1, 2)), name


def test_what_is_absent_is_left_out(dedup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedup, "installed", lambda _name: None)
    contenders = dedup.make_contenders()
    assert not [name for name in contenders if "rensa" in name or "datasketch" in name]
    rows = [{"contender": name, "texts": 1, "bytes": 1, "found": 0, "seconds": [1.0]} for name in contenders]
    assert [next(iter(column.cells)) for column in dedup.peers_table("news", rows).columns][-2:] == ["absent", "absent"]


def test_the_benchmark_runs(tmp_path: Path) -> None:
    """The peers on made-up articles, without what takes long: large corpora."""
    out = tmp_path / "dedup.json"
    asked = ("--quick", "--samples", "--seconds", "0.01", "--turns", "2", "--only", "peers", "--out", str(out))
    command = [sys.executable, "-m", "benchmarks.speed.dedup", *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "cleaner.dedup" in done.stdout
    result = json.loads(out.read_text("utf-8"))
    assert result["machine"]["versions"]["numba"]
    for row in result["peers"]:
        assert len(row["seconds"]) == result["settings"]["turns"] == 2
        assert min(row["seconds"]) > 0
        assert row["bytes"] > row["texts"] > 0
