"""The sample corpus under docs/samples: that it is whole, rightly labelled, free of real domains, and varied."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cleaner.types import Label

SAMPLES = Path(__file__).resolve().parent.parent / "docs" / "samples"
KEPT = {Label.BODY, Label.HEADING}
VARIANTS = {"original", "reprint", "shortened", "traditional", "edited", "spun", "merged"}
FIELDS = {"id", "site", "url", "title", "published", "source", "authors", "editors", "keywords", "article", "variant"}

# What every kind of noise looks like: label, pattern, and on how many pages it must stand at least.
NOISE = [
    ("repeated_title", r"^\[本地\].{10,}", 6),
    ("repeated_title", r"^[^\[]{10,}$", 4),
    ("title", r" - \S+ - \S+$", 8),
    ("title", r"_\S+_\S+$", 8),
    ("title", r" \| \S+ \| \S+$", 8),
    ("title", r"--\S+--\S+$", 8),
    ("title", r"^标题:", 6),
    ("title", r"^查看完整版本: ", 3),
    ("title", r"^\[转帖\]", 3),
    ("breadcrumb", r"^您现在的位置是: \S+ > > 正文$", 6),
    ("breadcrumb", r"^现在位于 // 首页 / \S+ >$", 6),
    ("breadcrumb", r"^首页 » 常识 » ", 4),
    ("breadcrumb", r"^当前位置：首页>>", 6),
    ("breadcrumb", r"^目前位置：", 5),
    ("breadcrumb", r"^您的位置：首页→", 6),
    ("breadcrumb", r"^首頁 > ", 5),
    ("breadcrumb", r"^Home [>»] ", 4),
    ("navigation", r"国内国际财经体育", 3),
    ("navigation", r"要聞港聞財經", 5),
    ("navigation", r"^\S+( \| \S+){4,}$", 6),
    ("navigation", r"^   \S+( \| \S+){4,}$", 3),
    ("navigation", r"^首页$", 8),
    ("navigation", r"^关于我们\s?\| 联系我们", 8),
    ("navigation", r"^Skip to content$", 4),
    ("date", r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", 6),
    ("date", r"^时间[：:]\S+ \S+ 来源[：:]\S+ 发布者:", 6),
    ("date", r"^发布时间：.+ 来源：.+ 点击数：\d+", 3),
    ("date", r"^發布時間 \d{4}/\d\d/\d\d \d\d:\d\d$", 6),
    ("date", r"^\d{4}年\d{1,2}月\d{1,2}日 ?\d\d:\d\d", 5),
    ("date", r"^Posted on [A-Z][a-z]+ \d\d, \d{4} by ", 5),
    ("date", r"^\S+ - \d{4}/\d\d/\d\d \d\d:\d\d:\d\d$", 4),
    ("date", r"楼主 发表于 ", 3),
    ("date", r"更新時間：\d\d:\d\d", 2),
    ("source", r"^来源:\S+评论:0点击:$", 3),
    ("source", r"^来源：\S+　作者：\S+.*时间：\d{4}/\d{1,2}/\d{1,2}", 2),
    ("byline", r"^编辑:\S+ +作者:", 5),
    ("byline", r"^（责任编辑：\S+）$", 8),
    ("byline", r"记者 \S+ 通讯员 \S+ 报道$", 2),
    ("byline", r"^文／", 6),
    ("byline", r"^【[文作]者?/", 6),
    ("byline", r"校对\s?\| ?\S", 6),
    ("body", r"^記者\S+／\S+報導　", 6),
    ("body", r"[(（]通讯员 \S+ \S+[)）]$", 3),
    ("body", r"^\s*[(（]?\S*[(（]记者\s?\S", 6),
    ("body", r"^——", 2),
    ("body", r"^(记者|问|Q)[：:]", 5),
    ("toolbar", r"^查看: \d+ ?\| ?回复: 3", 3),
    ("toolbar", r"点赞 \d+ 收藏 \d+ 评论 \d", 5),
    ("toolbar", r"阅读 \d+　赞 \d+", 6),
    ("toolbar", r"字体[：:] ?大 中 小", 6),
    ("toolbar", r"^字級", 8),
    ("toolbar", r"^分享到[：:] ?微信 微博 QQ空间", 5),
    ("toolbar", r"^分享 FB Line", 6),
    ("toolbar", r"^Share this: ", 5),
    ("image", r"^[0-9a-f]{10,}\.(jpg|webp)$", 8),
    ("caption", r"^\(相关资料图\)$", 2),
    ("caption", r"^▲图", 2),
    ("caption", r"^▲圖?", 3),
    ("caption", r"（圖／翻攝畫面）$", 2),
    ("caption", r"资料图", 2),
    ("keywords", r"^热词[：:]", 6),
    ("keywords", r"^标签[：:]", 6),
    ("keywords", r"^關鍵字：", 5),
    ("keywords", r"^#\S+ #\S+", 6),
    ("keywords", r"^Tags: ", 5),
    ("related", r".+[（\[ ](\d{4}-)?\d\d-\d\d[）\]]?$", 6),
    ("related", r"^抢先读$", 6),
    ("related", r"^热文推荐$", 6),
    ("related", r"^相關新聞$", 5),
    ("related", r"^延伸閱讀$", 3),
    ("related", r"^您可能感興趣$", 5),
    ("copyright", r"^版权所有", 8),
    ("copyright", r"版權所有", 8),
    ("copyright", r"(All [Rr]ights [Rr]eserved)", 8),
    ("icp", r"ICP备\d+号", 20),
    ("icp", r"公网安备 ?\d+号", 10),
    ("icp", r"许可证", 10),
    ("disclaimer", r"仅供参考", 6),
    ("disclaimer", r"(不代表|無關)", 8),
    ("disclaimer", r"(侵权|侵權)", 6),
    ("contact", r"热线", 8),
    ("contact", r"熱線", 5),
    ("contact", r"(投稿邮箱|稿件请投|来稿请寄)", 8),
    ("contact", r"(\d\d ){4}\d @qq\.com", 6),
    ("subscribe", r"(关注|扫码|二维码)", 8),
    ("subscribe", r"(下载|下載)\S+ ?APP", 6),
    ("reading_time", r"^本篇文章\d+字,读完约\d+分钟$", 6),
    ("reading_time", r"(预计阅读时间|阅读需)\d+分钟", 5),
    ("url", r"^地址:http", 6),
    ("pagination", r"上一页 1 2 3 下一页", 3),
    ("pagination", r"^上一篇：", 8),
    ("pagination", r"^下一篇：", 8),
    ("pagination", r"^1$", 3),
    ("comments", r"发表于 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", 3),
    ("comments", r"^回复", 5),
    ("comments", r"^赞 \d+$|回复 赞 \d+$", 5),
    ("comments", r"^Leave a Reply$", 5),
    ("comments", r"讚 回覆$", 2),
    ("advertisement", r"\S", 8),
    ("site_chrome", r"\S", 4),
    ("repeated_body", r"\S", 4),
    ("repeated_paragraph", r"\S{20,}", 6),
    ("heading", r"^关键词$", 2),
]


class Page:
    """A page of the corpus with its labels."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        labels = SAMPLES / "labels" / path.parent.name / f"{path.stem}.json"
        self.labels: dict[str, Any] = json.loads(labels.read_text(encoding="utf-8"))
        self.lines = [line for line in self.text.split("\n") if line.strip()]
        self.kept = [line for line, (_, kept) in zip(self.lines, self.labels["lines"], strict=True) if kept]


PAGES = {page.labels["id"]: page for page in map(Page, sorted((SAMPLES / "pages").glob("*/*.txt")))}
COPIES: dict[str, Any] = json.loads((SAMPLES / "copies.json").read_text(encoding="utf-8"))
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


@pytest.fixture(scope="module")
def builder() -> Any:
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def tree(folder: Path) -> dict[str, bytes]:
    files = [*folder.glob("pages/*/*.txt"), *folder.glob("labels/*/*.json"), folder / "copies.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_builder_makes_the_committed_files(builder: Any, tmp_path: Path) -> None:
    assert builder.build(tmp_path) == len(PAGES)
    assert tree(tmp_path) == tree(SAMPLES)


def test_the_corpus_is_large_enough() -> None:
    articles = {page.labels["article"] for page in PAGES.values()} - {None}
    assert len(PAGES) >= 120
    assert len({page.labels["site"] for page in PAGES.values()}) >= 14
    assert len([name for name in articles if "+" not in name]) >= 50
    assert {page.labels["variant"] for page in PAGES.values()} - {None} == VARIANTS


def test_base_articles_have_a_length_and_an_original(builder: Any) -> None:
    articles = builder.Sources().articles
    for name, article in articles.items():
        assert 250 <= sum(len(text) for _, text in article.blocks) <= 1500, name
    originals = Counter(page.labels["article"] for page in PAGES.values() if page.labels["variant"] == "original")
    assert originals == Counter(articles.keys() | {None} & originals.keys())


def test_native_traditional_articles(builder: Any) -> None:
    names = [name for name in builder.Sources().articles if name.startswith(("tw-", "hk-"))]
    assert len(names) >= 10


@each_page
def test_labels(page: Page) -> None:
    assert page.labels.keys() >= FIELDS
    assert page.labels["variant"] in VARIANTS | {None}
    assert len(page.lines) == len(page.labels["lines"])
    for line, (label, kept) in zip(page.lines, page.labels["lines"], strict=True):
        assert kept == (Label(label) in KEPT), line
    assert bool(page.kept) != page.labels.get("chrome_only", False)


@each_page
def test_metadata_stands_on_the_page(page: Page) -> None:
    labels = page.labels
    for value in filter(None, [labels["title"], labels["source"], *labels["authors"], *labels["editors"]]):
        assert value in page.text
    assert all(word in page.text for word in labels["keywords"])
    if labels["published"]:
        year, _, day = labels["published"][:10].split("-")
        assert year in page.text
        assert str(int(day)) in page.text


@each_page
def test_no_real_address(page: Page) -> None:
    for host in re.findall(r"(?:https?://|@|www\.)([\w.-]+\.[a-z]{2,})", page.text):
        assert host.endswith(".example") or host == "qq.com", host
    # mail at QQ only with a number that QQ never gave out
    assert all(number.startswith("00") for number in re.findall(r"(\d[\d ]+)@qq\.com", page.text))
    assert not re.search(r"\b\w+\.(com|cn|net|org|tw|hk|io)\b(?<!qq\.com)", page.text)


@each_page
def test_lines_have_no_leftovers_of_the_builder(page: Page) -> None:
    assert not re.search(r"‖|\{\w+|<>|@body|@copy", page.text)


@pytest.mark.parametrize(("label", "pattern", "pages"), NOISE)
def test_every_kind_of_noise_stands_on_several_pages(label: str, pattern: str, pages: int) -> None:
    search = re.compile(pattern).search
    found = [
        page.labels["id"]
        for page in PAGES.values()
        if any(kind == label and search(line) for line, (kind, _) in zip(page.lines, page.labels["lines"], strict=True))
    ]
    assert len(found) >= pages, found


def test_every_label_stands_somewhere() -> None:
    seen = {label for page in PAGES.values() for label, _ in page.labels["lines"]}
    assert seen == {str(label) for label in Label}


def test_special_pages() -> None:
    chrome_only = [page for page in PAGES.values() if page.labels.get("chrome_only")]
    assert len([page for page in chrome_only if len(page.lines) > 5]) >= 2
    assert len([page for page in chrome_only if len(page.lines) == 1]) >= 2  # only a title
    wrapped = [page for page in PAGES.values() if page.labels["site"] == "dianzibao" and page.kept]
    assert len(wrapped) >= 5
    assert all(max(map(len, page.kept)) <= 38 for page in wrapped)
    english = [page for page in PAGES.values() if page.labels["article"] == "ferry-en"]
    assert {page.labels["site"] for page in english} == {"yunze", "slowriver"}


@each_page
def test_a_repeated_body_is_the_body(page: Page) -> None:
    copy = [line for line, (label, _) in zip(page.lines, page.labels["lines"], strict=True) if label == "repeated_body"]
    assert copy in ([], page.kept)


@each_page
def test_a_repeated_paragraph_stands_before(page: Page) -> None:
    for at, (label, _) in enumerate(page.labels["lines"]):
        if label == "repeated_paragraph":
            assert page.lines[at] in page.lines[:at]


def test_copies_name_pages_and_variants() -> None:
    for group in COPIES["groups"]:
        for member in group["members"]:
            labels = PAGES[member["id"]].labels
            assert group["article"] in labels["article"].split("+")
            assert member["variant"] == labels["variant"]
    members = Counter(member["variant"] for group in COPIES["groups"] for member in group["members"])
    assert members.total() - members["original"] >= 60
    assert all(members[variant] >= 4 for variant in VARIANTS)


def test_copies_keep_what_their_kind_says() -> None:
    """A copy shares with its original about as much as its kind promises, counted in runs of three characters."""
    least = {"reprint": 0.95, "shortened": 0.3, "edited": 0.6, "spun": 0.2, "merged": 0.95}
    for group in COPIES["groups"]:
        original = next(member["id"] for member in group["members"] if member["variant"] == "original")
        for member in group["members"]:
            if member["variant"] in least:
                shared = containment(PAGES[original], PAGES[member["id"]])
                assert shared >= least[member["variant"]], (member, shared)
                assert shared < 0.9 or member["variant"] in {"reprint", "merged", "edited"}, (member, shared)


def test_spun_copies_swap_enough_words_and_not_too_many(builder: Any) -> None:
    sources = builder.Sources()
    for page in PAGES.values():
        if page.labels["variant"] == "spun":
            text = "".join(text for _, text in sources.articles[page.labels["article"]].blocks)
            swapped = sum(len(match[0]) for match in sources.swapped.finditer(text))
            assert 0.15 <= swapped / len(text) <= 0.31, page.labels["id"]


def containment(original: Page, copy: Page) -> float:
    first, second = (
        {text[at : at + 3] for at in range(len(text) - 2)}
        for text in (re.sub(r"\W", "", "".join(page.kept)) for page in (original, copy))
    )
    return len(first & second) / len(first)


def test_bulletins_look_alike_and_differ() -> None:
    grouped = [{member["id"] for member in group["members"]} for group in COPIES["groups"]]
    assert len(COPIES["different"]) >= 4
    for pair in COPIES["different"]:
        (first, *_), (second, *_) = pair["pages"]
        assert not any({first, second} <= group for group in grouped)
        assert 0.2 < containment(PAGES[first], PAGES[second]) < 0.9
