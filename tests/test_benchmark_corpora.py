"""What is planted in the corpora of the benchmarks is what it says, and texts are the same every time."""

from __future__ import annotations

import re
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
    from benchmarks.corpora import news

    return news


@pytest.fixture
def plant(corpora: Any) -> Any:  # noqa: ARG001 - it makes the benchmarks importable
    from benchmarks.corpora import plant

    return plant


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


def test_shapes_are_of_the_size_asked_for_and_the_same_every_time(corpora: Any) -> None:  # noqa: ARG001
    from benchmarks.corpora import shapes

    for shape in shapes.SHAPES:
        text = shapes.make(shape, 20_000)
        assert text == shapes.make(shape, 20_000)
        assert 20_000 <= len(text.encode()) + 1 < 40_000, shape
        assert ("\n" not in text) == shape.endswith("one line")


def test_sample_pages_as_html_flatten_to_their_lines(corpora: Any) -> None:  # noqa: ARG001
    from benchmarks.corpora.samples import sample_pages

    for page in sample_pages()[:20]:
        flat = cleaner.clean(html=page.html)
        given = re.sub(r"\s", "", "".join(line.text for line in flat.lines))
        assert all(re.sub(r"\s", "", line) in given for line in page.gold.split("\n")), page.id


# -- planted copies

TEXT = (
    "2024年5月1日，连接河湾两岸的大桥正式通车。记者近日了解到，大桥全长1280米，目前已经完成验收。\n"
    "河湾市交通部门表示，通车首日共有3250辆车通过，群众认为出行非常方便。\n"
    "专家分析，大桥对于推动两岸经济发展有重要作用，今年还要加强道路建设。\n"
    "此外，河湾老街也将在5月20日重新开放，预计接待游客15000人。"
)


def change(plant: Any, kind: str, strength: int | str, text: str = TEXT) -> str:
    return str(plant.CELLS[kind][0](text, strength, plant.random.Random(1)))


def test_changes_leave_of_the_article_what_they_say(plant: Any) -> None:
    assert TEXT in change(plant, "reprint", 3)
    assert change(plant, "reprint", 3).count("\n") == TEXT.count("\n") + 4
    assert TEXT.startswith(change(plant, "truncation", 50))
    assert 0.35 < len(change(plant, "truncation", 50)) / len(TEXT) <= 0.5
    assert TEXT in change(plant, "chrome", 10)
    assert change(plant, "chrome", 10).count("\n") >= TEXT.count("\n") + 10
    assert sorted(change(plant, "shuffle", "paragraphs").split("\n")) == sorted(TEXT.split("\n"))
    assert sorted(change(plant, "shuffle", "sentences")) == sorted(TEXT.replace("\n", ""))
    assert "連接" in change(plant, "script", "s2t")
    assert change(plant, "script", "s2t", change(plant, "script", "s2t")) == TEXT
    assert "１２８０" in change(plant, "width", "letters and figures")
    spun = change(plant, "synonyms", 100)
    assert "促进" in spun
    assert "推动" not in spun


def test_edits_are_as_many_as_they_say(plant: Any) -> None:
    from benchmarks.corpora.read import make_articles

    long = next(make_articles(1))
    same = [jaccard(long, change(plant, "edit", percent, long)) for percent in (1, 5, 20)]
    assert same == sorted(same, reverse=True)
    assert same[0] > 0.85
    assert same[2] < 0.4


def test_near_misses_differ_in_their_figures_or_dates_only(plant: Any) -> None:
    def without_figures(text: str) -> str:
        return re.sub(r"\d+", "#", text)

    figures = re.findall(r"\d+", TEXT)
    for strength in ("one", "all"):
        changed = change(plant, "other figures", strength)
        assert without_figures(changed) == without_figures(TEXT)
        differ = [mine != its for mine, its in zip(figures, re.findall(r"\d+", changed), strict=True)]
        assert sum(differ) == (1 if strength == "one" else len(figures) - 5)
        assert "2024年5月1日" in changed
    assert "5月1日" not in change(plant, "other date", "day")
    assert without_figures(change(plant, "other date", "day and month")) == without_figures(TEXT)


def test_a_planted_corpus_is_what_it_says(plant: Any, corpora: Any) -> None:  # noqa: ARG001
    from benchmarks.corpora.read import make_articles

    articles = list(make_articles(200))
    planted = plant.plant(articles, 2)
    assert planted == plant.plant(articles, 2)
    counts = Counter((each.kind, each.strength) for each in planted if each.of)
    assert counts == dict.fromkeys(plant.cells(), 2)
    for place, each in enumerate(planted):
        assert all(planted[other].kind == "original" for other in each.of)
        if each.is_copy:
            assert each.group == planted[each.of[0]].group
        else:
            assert each.group == place
    with pytest.raises(ValueError, match="20 articles are too few for 2 copies"):
        plant.plant(articles[:20], 2)
