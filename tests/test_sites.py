"""What is learned from many pages of a site, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner import Cleaner, Document, RunConfig, SiteProfile, Sites, learn_sites
from cleaner.corpus.batch import Batch
from cleaner.corpus.sources import Source
from cleaner.corpus.work import Worker
from cleaner.errors import ConfigError
from cleaner.page.learn import MIN_PAGES, SiteLearner, pack_lines, page_hash
from cleaner.page.site import mask, site_of

NUMERALS = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"


def body(n: int) -> str:
    """An article that shares no line with another one."""
    sign = NUMERALS[n % 20] + NUMERALS[n // 20 % 20]
    return (
        f"{sign}号渡口的船工说，昨天夜里水位又涨了一截，{sign}家人把船都拴到了高处的木桩上。\n"
        f"镇里派人去看过{sign}段河堤，没有发现渗水的地方，大家这才放下心来。"
    )


def page(
    n: int, *, top: str = "河湾网首页\n新闻 体育 财经", end: str = "河湾网客服中心\n阅读({})", middle: str = ""
) -> str:
    return f"{top}\n{body(n)}\n{middle}{end.format(n * 7)}"


def documents(count: int = 12, **how: Any) -> list[Document]:
    return [Document(text=page(n, **how), url=f"https://news.hewan.example/{n}.html") for n in range(count)]


def test_lines_that_stand_on_many_pages_are_learned() -> None:
    sites = learn_sites(documents())
    assert dict(sites["hewan.example"].lines) == {
        "河湾网首页": 12, "新闻 体育 财经": 12, "河湾网客服中心": 12, "阅读(0)": 12,
    }  # fmt: skip
    assert sites["hewan.example"].pages == 12


def test_and_go_from_pages_of_that_site_only() -> None:
    sites = learn_sites(documents())
    text = page(15)
    there, elsewhere = Cleaner(sites=sites).pipe(
        [Document(text=text, url="https://hewan.example/"), Document(text=text)]
    )
    assert there.text == body(15)
    assert [line.text for line in there.removed] == ["河湾网首页", "新闻 体育 财经", "河湾网客服中心", "阅读(105)"]
    assert [(line.rule, line.label) for line in there.removed[:3]] == [("site-line", "site_chrome")] * 3
    assert "河湾网客服中心" in elsewhere.text


@pytest.mark.parametrize("strength", ["safe", "standard", "strict"])
def test_at_every_strength(strength: str) -> None:
    [article] = Cleaner(cleaner.CleanConfig(strength=strength), sites=learn_sites(documents())).pipe(documents()[:1])
    assert article.text == body(0)


def test_few_pages_tell_nothing() -> None:
    assert not learn_sites(documents(MIN_PAGES - 1))


def test_the_same_page_again_and_again_tells_nothing() -> None:
    assert not learn_sites([Document(text=page(1), url=f"https://hewan.example/{n}") for n in range(50)])


def test_a_reprint_on_many_pages_is_no_chrome() -> None:
    many = [
        Document(text=page(1, top=f"首页{n}", end=f"阅{NUMERALS[n]}"), url=f"https://a.example/{n}") for n in range(12)
    ]
    assert not any(line in body(1) for line in learn_sites(many).get("a.example", SiteProfile()).lines)


def test_headings_within_articles_stay() -> None:
    """A section of every article of a site is headed alike; it stands among the article's own paragraphs."""
    pages = [
        Document(
            text=page(n, middle="关键词\n" + body(n + 40) + "\n" if n % 3 == 0 else ""), url=f"https://a.example/{n}"
        )
        for n in range(40)
    ]
    assert "关键词" not in learn_sites(pages)["a.example"].lines


def test_datelines_stay() -> None:
    """The first line of every third article of a feed, above what differs from article to article."""
    pages = [
        Document(text=("河湾电视台消息：\n" if n % 3 == 0 else "") + body(n), url=f"https://a.example/{n}")
        for n in range(60)
    ]
    assert not learn_sites(pages)


def test_sentences_that_bulletins_have_in_common_stay() -> None:
    pages = [
        Document(text=f"{body(n)}\n" + (f"深证成指报{n}点，跌{n}点。\n创业板指报{n}点，跌{n}点。" if n % 6 == 0 else "完"), url=f"https://a.example/{n}")
        for n in range(60)
    ]  # fmt: skip
    assert not [line for line in learn_sites(pages).get("a.example", SiteProfile()).lines if line.endswith("。")]


@given(st.permutations(range(12)))
def test_the_order_of_the_pages_does_not_matter(order: list[int]) -> None:
    pages = documents()
    assert learn_sites(pages[n] for n in order).to_json() == learn_sites(pages).to_json()


def test_a_large_site_is_sampled_whatever_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.page.learn.PAGES", 20)
    pages = documents(100)
    assert learn_sites(pages)["hewan.example"].pages == 20
    assert learn_sites(pages).to_json() == learn_sites(reversed(pages)).to_json()


def test_memory_is_bounded_by_the_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.page.learn.MOST_PAGES", 60)
    monkeypatch.setattr("cleaner.page.learn.LEAST_PAGES", 4)
    learner = SiteLearner()
    for n in range(400):
        site, number = f"{n % 10}.example", page_hash(page(n))
        if learner.wants(site, number):
            learner.add_packed(site, number, pack_lines(page(n).split("\n")))
        assert learner._count <= 60 + 1


def test_memory_is_bounded_by_the_number_of_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.page.learn.MOST_PAGES", 60)
    monkeypatch.setattr("cleaner.page.learn.LEAST_PAGES", 4)

    def held(order: range) -> set[str]:
        learner = SiteLearner()
        for n in order:
            learner.add_packed(f"{n}.example", n, pack_lines(["一"]))
            assert learner._count <= 60
        return set(learner._samples)

    assert held(range(500)) == held(range(499, -1, -1))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://finance.sina.com.cn/a/1.html", "sina.com.cn"),
        ("http://news.rthk.hk/rthk/ch/1.htm", "rthk.hk"),
        ("www.hewan.example/1", "hewan.example"),
        ("https://a.github.io/x", "a.github.io"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("http://[::1", None),
        ("", None),
        (None, None),
        ("https://河湾.example/1", "河湾.example"),
        ("https://www.hewan.公司.cn/1", "hewan.公司.cn"),
        ("https://www.hewan.xn--55qx5d.cn/1", "hewan.xn--55qx5d.cn"),
        ("//user:secret@finance.sina.com.cn:8080/a?b@c", "sina.com.cn"),
        ("HTTP://WWW.Hewan.Example.", "hewan.example"),
        ("http://[2001:db8::1]:80/x", "2001:db8::1"),
        ("/only/a/path", None),
    ],
)
def test_sites_of_addresses(url: str | None, site: str | None) -> None:
    assert site_of(url) == site


def test_pages_without_address_go_by_site_or_folder() -> None:
    assert list(learn_sites(Document(text=page(n), site="河湾网") for n in range(9))) == ["河湾网"]
    assert list(learn_sites(Document(text=page(n), folder="hewan") for n in range(9))) == ["hewan"]
    assert not learn_sites(Document(text=page(n)) for n in range(9))


# Files of sites


def test_a_file_of_sites_comes_back(tmp_path: Path) -> None:
    sites = learn_sites(documents())
    (tmp_path / "s.json").write_text(sites.to_json(), "utf-8")
    assert Sites.load(tmp_path / "s.json").to_json() == sites.to_json()


def test_lines_that_somebody_writes_may_be_in_any_form(tmp_path: Path) -> None:
    stored = {"format": "cleaner sites 1", "sites": {"a.example": {"pages": 0, "lines": {" 河灣網客服：１２３ ": 1}}}}
    (tmp_path / "s.json").write_text(json.dumps(stored), "utf-8")
    [article] = Cleaner(sites=Sites.load(tmp_path / "s.json")).pipe(
        [Document(text=f"{body(1)}\n河湾网客服:45", url="https://a.example")]
    )
    assert article.text == body(1)


def test_profiles_are_added_up() -> None:
    one, other = (
        learn_sites(documents()),
        Sites({"hewan.example": SiteProfile(3, {"河湾网首页": 3}), "b": SiteProfile(1)}),
    )
    both = Sites.merge([one, other])
    assert (both["hewan.example"].pages, both["hewan.example"].lines["河湾网首页"], list(both)) == (
        15,
        15,
        ["b", "hewan.example"],
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "has no 'cleaner sites 1'"),
        ('{"format": "cleaner sites 1"}', "'sites' must be an object"),
        ('{"format": "cleaner sites 1", "sites": {"a": []}}', "site 'a': it must be an object"),
        ('{"format": "cleaner sites 1", "sites": {"a": {"lines": {"x": "y"}}}}', "'x' has 'y'; it must be a number"),
    ],
)
def test_a_wrong_file_of_sites_is_an_error_that_names_it(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "s.json").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=r"s\.json") as caught:
        Sites.load(tmp_path / "s.json")
    assert said in str(caught.value)


def test_digits_are_masked() -> None:
    assert mask("阅读(128) 2024-05-01") == "阅读(0) 0-0-0"


# Real pages


def test_nothing_is_learned_from_clean_news(shared: Path) -> None:
    import gzip

    with gzip.open(shared / "data" / "news_hans.jsonl.gz", "rt", encoding="utf-8") as file:
        assert not learn_sites(json.loads(line) for line in file)


def test_a_worker_reports_the_pages_that_are_kept_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.page.learn.PAGES", 8)
    records = [{"url": f"https://hewan.example/{n}", "text": page(n)} for n in range(100)]
    batch = Batch(Source("a.jsonl", "a.jsonl"), "jsonl", 1, [json.dumps(record).encode() for record in records])
    count, found = Worker(RunConfig()).learn(batch)
    assert count == 100
    assert sorted(number for _, number, _ in found) == sorted(page_hash(page(n)) for n in range(100))[:8]
    learner = SiteLearner()
    for each in found:
        learner.add_packed(*each)
    assert learner.learn().to_json() == learn_sites(records).to_json()
