"""What holds of `clean` for every input: whatever the text, each test here states one thing that a user may rely on."""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.errors import NotTextError
from cleaner.page.clean import FLAGS
from cleaner.page.rules import built_in_rules
from cleaner.types import Article, Label

PAGES = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent.parent / "docs" / "samples" / "pages").glob("*/*.txt"))
]
LINES = sorted({line for page in PAGES for line in page.split("\n") if line.strip()})
CHROME = [line for rule in built_in_rules() for line in rule.examples]
PROSE = [line for rule in built_in_rules() for line in rule.counter_examples]
# What normalization and the rules look for, in pieces that can meet within a line.
PIECES = [
    *["\x00", "\ud800", "\udc00", "\u3000", "\u200b", "\xa0", "\t", "  ", "\u202e", "\ufeff", "\ufffe", "\x85"],
    *["&nbsp;", "&#10;", "&amp;lt;", "&", "Ã©", "ÖÐ¹ú", "涓汉", "缁忔祹", "e\u0301", "ﬁ", "Ａ", "１", "①", "𠀀", "か"],
    *["。", "，", "：", "|", ">", "»", "-", "——", "（", "）", "[", "]", "#", "@", "*", "增长%", "1+6，", "2024-05-01"],
    *["关键词", "责任编辑：", "来源：", "标题：", "作者", "记者", "http://", ".jpg", "© 2024", "שלום", "مرحبا", "臺灣"],
]  # fmt: skip
LINE_ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\u2028", "\u2029", "\n\n", "\n \n"]
SETTINGS = [
    *({"strength": strength} for strength in ("safe", "standard", "strict")),
    {"script": "hans"},
    {"script": "hant"},
    {"punctuation": "chinese"},
]

ANY_CHARACTER = st.characters(codec=None, exclude_categories=[])
ANY_TEXT = st.text(ANY_CHARACTER, max_size=80)
WHOLE_LINES = st.one_of(st.sampled_from(LINES), st.sampled_from(CHROME), st.sampled_from(PROSE))


@st.composite
def broken_lines(draw: st.DrawFn) -> str:
    """A line cut short, glued to another, or with something odd in it."""
    line = draw(WHOLE_LINES)
    at = draw(st.integers(0, len(line)))
    middle = draw(st.one_of(st.sampled_from(PIECES), ANY_CHARACTER, WHOLE_LINES, st.just("")))
    return line[:at] + middle + draw(st.sampled_from(["", line[at:]]))


ODD_LINES = st.lists(st.one_of(st.sampled_from(PIECES), ANY_CHARACTER), max_size=12).map("".join)
ANY_LINE = st.one_of(WHOLE_LINES, WHOLE_LINES, broken_lines(), ODD_LINES, ANY_TEXT)


@st.composite
def mixed_pages(draw: st.DrawFn) -> str:
    """Lines of all kinds, some of them several times, with every kind of line end."""
    lines = draw(st.lists(ANY_LINE, min_size=1, max_size=14))
    lines += draw(st.lists(st.sampled_from(lines), max_size=5))
    ends = draw(st.one_of(st.just(["\n"]), st.lists(st.sampled_from(LINE_ENDS), min_size=1, max_size=4)))
    return "".join(line + ends[at % len(ends)] for at, line in enumerate(lines))


@st.composite
def disturbed_pages(draw: st.DrawFn) -> str:
    """A sample page, shuffled or cut, with other lines in it."""
    lines = draw(st.sampled_from(PAGES)).split("\n")
    for line, at in draw(st.lists(st.tuples(ANY_LINE, st.integers(0, 99)), max_size=6)):
        lines.insert(at % (len(lines) + 1), line)
    if draw(st.booleans()):
        random.Random(draw(st.integers(0, 999))).shuffle(lines)
    first, last = sorted(draw(st.tuples(st.integers(0, 60), st.integers(0, 60))))
    return "\n".join(lines if first == last else lines[first:last])


ANY_PAGE = st.one_of(mixed_pages(), mixed_pages(), disturbed_pages(), ANY_TEXT)


def shows(text: str) -> str:
    """What a reader sees of a text that stands between two lines."""
    return cleaner.normalize(text).strip()


def check_article(text: str, article: Article) -> None:
    """All that the docstrings of Article and Line promise."""
    place = 0
    for line in article.lines:
        assert place <= line.start <= line.end <= len(text)
        assert not shows(text[place : line.start]), f"{text[place : line.start]!r} is in no line"
        assert line.text
        assert line.text == line.text.strip()
        assert "\n" not in line.text
        assert isinstance(line.label, Label)
        assert line.rule
        assert line.kept or line.rule != "body", "a line that goes is named by the rule that removes it"
        assert line.joint in {"\n", "", " "}
        place = line.end
    assert not shows(text[place:]), f"{text[place:]!r} is in no line"
    kept = [line for line in article.lines if line.kept]
    assert article.text == "".join((line.joint if at else "") + line.text for at, line in enumerate(kept))
    assert article.removed == tuple(line for line in article.lines if not line.kept)
    assert set(article.flags) <= set(FLAGS)
    assert article.text.strip() or {"empty_input", "no_body"} & set(article.flags)


@given(ANY_PAGE)
def test_normalizing_twice_is_normalizing_once(text: str) -> None:
    once = cleaner.normalize(text)
    assert cleaner.normalize(once) == once


@given(ANY_PAGE)
@example("")
@example("\n")
@example("广告")
@example("A&#10;&#10;汉")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = cleaner.clean(text).text
    assert cleaner.clean(once).text == once


@given(ANY_PAGE, st.sampled_from(SETTINGS))
def test_cleaning_twice_is_cleaning_once_with_any_settings(text: str, settings: dict[str, str]) -> None:
    once = cleaner.clean(text, **settings).text
    assert cleaner.clean(once, **settings).text == once


@given(ANY_PAGE)
@example("")
@example("\u200b")
@example("一\r\n\r\n二\r")
@example("&nbsp;\n&#8203;\n一")
def test_lines_cover_the_input_and_make_the_text(text: str) -> None:
    check_article(text, cleaner.clean(text))


@given(ANY_PAGE, st.sampled_from(SETTINGS))
def test_lines_cover_the_input_and_make_the_text_with_any_settings(text: str, settings: dict[str, str]) -> None:
    check_article(text, cleaner.clean(text, **settings))


def clean_or_refuse(data: bytes) -> Article | None:
    """None for what is not text: the one error that bytes may end in."""
    try:
        return cleaner.clean(data)
    except NotTextError:
        return None


@given(st.one_of(st.binary(max_size=200), ANY_PAGE.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_bytes_are_cleaned_or_refused(data: bytes) -> None:
    article = clean_or_refuse(data)
    assert article is None or article.text or article.flags


@given(st.lists(ANY_LINE.map(lambda line: line.encode("utf-8", "surrogatepass")), max_size=8), st.sampled_from(PAGES))
def test_bytes_are_cleaned_as_the_text_they_hold(noise: list[bytes], page: str) -> None:
    assert cleaner.clean(page.encode("utf-8")) == cleaner.clean(page)
    assert cleaner.clean(page.encode("gb18030")).text == cleaner.clean(page).text
    article = clean_or_refuse(b"\n".join([*noise, page.encode("utf-8")]))
    assert article is None or article.lines


@given(st.lists(ANY_PAGE, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_what_was_cleaned_before(texts: list[str], order: random.Random) -> None:
    first = [cleaner.clean(text) for text in texts]
    again = list(enumerate(texts))
    order.shuffle(again)
    fresh = cleaner.Cleaner()
    for at, text in again:
        assert cleaner.clean(text) == first[at]
        assert fresh.clean(text) == first[at]


@given(
    st.lists(ANY_PAGE, max_size=12),
    st.sampled_from([{}, {"script": "hans"}, {"script": "hant", "punctuation": "chinese"}]),
)
def test_many_texts_are_cleaned_as_each_alone(texts: list[str], settings: dict[str, str]) -> None:
    own = cleaner.Cleaner(cleaner.CleanConfig(**settings))
    alone = [own.clean(text) for text in texts]
    assert list(own.pipe(texts)) == alone
    with mock.patch("cleaner.page.clean.BATCH_DOCUMENTS", 3):  # whole batches are screened
        assert list(own.pipe(texts)) == alone


def test_the_script_of_a_text_in_a_batch_is_that_of_what_its_entities_stand_for() -> None:
    texts = [
        "&#27721;&#35821;&#26032;&#38395;。",
        "ÖÐ¹ú¾\xad¼Ã\xa3¬2024Äê",
        "汉语\u200b&nbsp;你好&#28450;",
        *["河湾大桥通车。"] * 70,
    ]
    assert list(cleaner.Cleaner().pipe(texts)) == [cleaner.clean(text) for text in texts]


def test_many_pages_are_cleaned_as_each_alone() -> None:
    for strength in ("safe", "standard", "strict"):
        own = cleaner.Cleaner(cleaner.CleanConfig(strength=strength))
        assert list(own.pipe(PAGES)) == [own.clean(page) for page in PAGES]


@given(ANY_PAGE, st.text(ANY_CHARACTER, max_size=40), st.text(max_size=20))
def test_what_is_given_comes_back(text: str, title: str, url: str) -> None:
    article = cleaner.clean(text, title=title or None, url=url or None)
    check_article(text, article)
    if title:
        assert article.title == title
    if url:
        assert article.url == url


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=30))
def test_clean_text_is_plain(lines: list[str]) -> None:
    text = cleaner.clean("\r\n".join(lines)).text
    assert cleaner.normalize(text) == text
    assert "\n\n" not in text
    assert "\r" not in text


# Extremes

SENTENCE = "连接河湾两岸的大桥今天上午正式通车，首日通行车辆超过三千辆，两岸居民告别了绕行四十公里的历史。"

EMPTY = [
    "",
    " ",
    "\n",
    "\r\n\r\n",
    "\t\n \n",
    "\u3000\u3000\n",
    "\u200b",
    "\ufeff",
    "\x00",
    "\x00\x01\x02\n\x7f",
    "&nbsp;",
    "&#8203;",
]

EXTREMES = {
    "lone surrogates": "\ud800一\udfff\n\udc00" * 40,
    "nul": f"{SENTENCE}\x00{SENTENCE}\x00\n\x00",
    "controls": "".join(map(chr, range(32))) * 20,
    "right to left": "שלום עולם, זהו מאמר קצר על גשר.\nمرحبا بالعالم، هذا مقال قصير عن جسر.\n" * 5,
    "embedded directions": f"\u202e{SENTENCE}\u202c\n\u2067{SENTENCE[::-1]}\u2069",
    "mixed line ends": f"{SENTENCE}\r一{SENTENCE}\r\n二{SENTENCE}\n\r三{SENTENCE}\u2028四{SENTENCE}\v五{SENTENCE}\f",
    "only line ends": "\r\n" * 50_000,
    "only marks": "。，！？\n" * 2000,
    "only digits": "12345\n" * 5000,
    "only a url": "https://www.example.com/" + "a" * 5000,
    "emoji": "👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿1️⃣\n" * 200,
    "astral": "𠀀𠀁𠀂，𪚥。\n" * 200,
    "kana": "これは短い記事です。橋が開通しました。\n" * 20,
    "combining": "e" + "\u0301" * 5000,
    "every character": "".join(chr(code) for code in range(0x110000)),
}


@pytest.mark.parametrize("text", EMPTY, ids=ascii)
def test_nothing_is_an_empty_article_with_a_flag(text: str) -> None:
    article = cleaner.clean(text)
    assert article.text == ""
    assert article.flags == ("empty_input",)
    assert article.lines == ()
    assert article.script is None


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES)
def test_extremes(text: str) -> None:
    article = cleaner.clean(text)
    check_article(text, article)
    assert cleaner.clean(article.text).text == article.text


@pytest.mark.parametrize(
    "bad",
    [None, 5, 1.5, ["一"], {"text": "一"}, object(), Path("page.txt")],
    ids=lambda bad: type(bad).__name__,
)
def test_what_is_not_text_is_an_error_that_says_what_it_is(bad: object) -> None:
    with pytest.raises(NotTextError, match=type(bad).__name__):
        cleaner.clean(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8,
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 8,
        b"PK\x03\x04\x14\x00" + bytes(range(256)) * 8,
        b"\x1f\x8b\x08\x00" + random.Random(1).randbytes(2000),
        bytes(4000),
    ],
    ids=["png", "jpeg", "zip", "gzip", "nul"],
)
def test_binary_is_refused_or_flagged(data: bytes) -> None:
    article = clean_or_refuse(data)
    assert article is None or (article.text == "" and article.flags)


def test_only_chrome_is_flagged() -> None:
    lines = [
        "网站首页时政国际财经台湾军事观点",
        "首页 > 新闻 > 正文",
        "扫码关注我们",
        "相关阅读",
        "关于我们 | 联系我们 | 网站地图",
        "版权所有 © 2024 河湾网",
        "苏ICP备00000000号",
    ]
    article = cleaner.clean("\n".join(lines))
    assert article.text == ""
    assert article.flags == ("no_body",)
    assert [line.text for line in article.removed] == lines


def test_only_a_title() -> None:
    article = cleaner.clean("河湾大桥今日通车")
    assert article.text or "no_body" in article.flags


def timed(text: str) -> tuple[Article, float]:
    """The article, and the seconds of the processor that it took: what else the machine does, and what the tests hold in memory, has no part in it."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        article = cleaner.clean(text)
        return article, time.process_time() - began
    finally:
        gc.enable()


def test_one_line_of_five_megabytes() -> None:
    text = SENTENCE * (5_000_000 // len(SENTENCE.encode()))
    article, seconds = timed(text)
    assert article.text == text
    assert seconds < 3


@pytest.mark.parametrize(
    "line",
    [
        f"　　{SENTENCE}第&nbsp;{{}}段。",
        "第{}行",
        "{}",
        "来源：河湾网 {}",
        "关于我们 | 联系我们 {}",
        "河湾大桥今日通车",
    ],
    ids=["prose with entities", "short", "numbers", "sources", "links", "one title"],
)
def test_many_lines(line: str) -> None:
    lines = 200_000 if line == "{}" else 30_000
    text = "\n".join(line.format(at) for at in range(lines))
    article, seconds = timed(text)
    assert len(article.lines) == lines
    assert seconds < 10


@pytest.mark.parametrize(
    "unit",
    [
        SENTENCE,
        "&nbsp;",
        "&amp;",
        "Ã©",
        "涓汉",
        "a\u0301",
        "记者 ",
        "来源：",
        "首页 > ",
        "| ",
        "- ",
        "(",
        "1 ",
        "\u200b一",
        "  ",
    ],
    ids=ascii,
)
def test_cost_is_linear_in_the_length_of_a_line(unit: str) -> None:
    """Four times the text takes about four times as long; a quadratic step would take sixteen."""
    timed(unit * 100)
    short, long = (
        min(timed(f"{SENTENCE}\n" + unit * (size // len(unit)))[1] for _ in range(2)) for size in (50_000, 200_000)
    )
    assert long < 8 * short + 0.05


DIGEST = """
import hashlib, sys
from pathlib import Path
import cleaner
digest = hashlib.sha256()
for path in sorted(Path(sys.argv[1]).glob("*/*.txt")):
    digest.update(repr(cleaner.clean(path.read_text(encoding="utf-8"))).encode("utf-8", "surrogatepass"))
print(digest.hexdigest())
"""


def test_every_process_gives_the_same_result() -> None:
    """No set or hash of a string decides anything."""
    pages = Path(__file__).parent.parent / "docs" / "samples" / "pages"
    found = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, str(pages)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(cleaner.__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_threads_do_not_disturb_each_other() -> None:
    alone = [cleaner.Cleaner().clean(page) for page in PAGES[:60]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(cleaner.clean, PAGES[:60] * 3)) == alone * 3


def test_a_cleaner_does_not_grow_without_bound() -> None:
    """It remembers what it said of short lines, so that it is fast; not for ever."""
    import tracemalloc

    own = cleaner.Cleaner()
    page = "\n".join(f"第{{}}章第{at}节" for at in range(1000))
    own.clean(page.replace("{}", "零"))
    tracemalloc.start()
    try:
        for number in range(30):
            own.clean(page.replace("{}", str(number)))
        before = tracemalloc.get_traced_memory()[0]
        for number in range(30, 90):
            own.clean(page.replace("{}", str(number)))
        assert tracemalloc.get_traced_memory()[0] - before < 16_000_000
    finally:
        tracemalloc.stop()


HEAD, FOOT = "首页 > 新闻 > 正文\n", f"\n{SENTENCE}\n责任编辑：周小平\n相关阅读\n版权所有 © 2024 河湾网"
LONG_PAGES = {
    "one paragraph again and again": lambda n: HEAD + "\n".join([SENTENCE] * n) + FOOT,
    "two paragraphs in turn": lambda n: HEAD + "\n".join([SENTENCE, SENTENCE[::-1]] * (n // 2)) + FOOT,
    "a title between paragraphs": lambda n: (
        "\n".join(f"河湾大桥今日通车\n{SENTENCE}{at}" for at in range(n // 2)) + FOOT
    ),
    "chrome between paragraphs": lambda n: HEAD + "\n".join(f"{SENTENCE}{at}\n相关阅读" for at in range(n // 2)) + FOOT,
    "dates": lambda n: "\n".join(f"第{at}号公告今天发布了\n2024-05-01 10:20" for at in range(n // 2)) + FOOT,
    "lines over a date": lambda n: "\n".join(f"第{at}号公告今天发布了" for at in range(n)) + "\n2024-05-01 10:20",
    "glued to every paragraph": lambda n: "\n".join(f"{SENTENCE}责任编辑：周小平" for _ in range(n)),
    "glued after an entity": lambda n: "\n".join(f"{SENTENCE}&nbsp;责任编辑：周小平（{at}）" for at in range(n)),
    "glued many times over": lambda n: SENTENCE + "（责任编辑：周小平）" * n,
    "wrapped": lambda n: "\n".join(f"{at:06d}座大桥今天上午正式通车，首日通行车辆超过三千辆，两岸" for at in range(n)),
    "a long first line": lambda n: "河湾新闻网 - " * n + FOOT,
    "long first lines": lambda n: "\n".join(["甲" * n + " - 河湾网", *["甲" * n] * 3]) + FOOT,
    "a body and its copy from both ends": lambda n: "\n".join(
        [*(f"第{at}段{SENTENCE}" for at in [*range(n // 2), *range(0, n // 2, 2), *range(n // 2 - 1, 0, -2)])]
    ),
    "bylines in brackets": lambda n: HEAD + "\n".join(f"（记者 周小平 李{at}）{SENTENCE}" for at in range(n)) + FOOT,
    "open brackets": lambda n: HEAD + SENTENCE + "（记者" * n + FOOT,
    "both scripts": lambda n: HEAD + "臺灣的圖書館\n台湾的图书馆\n" * n + FOOT,
    "sites disowned": lambda n: HEAD + SENTENCE + "\n".join(f"本文观点不代表河湾{at}网立场" for at in range(n)) + FOOT,
    "posts": lambda n: "\n".join(f"网友{at} 发表于 2024-05-01 10:00\n{SENTENCE}" for at in range(n)) + FOOT,
    "links between": lambda n: HEAD + f"{SENTENCE}\n{SENTENCE[3:]}\n延伸阅读\n山城茶园迎来采摘季节\n" * n + FOOT,
    "words": lambda n: HEAD + SENTENCE + "河湾\n大桥\n" * n + FOOT,
    "rows": lambda n: HEAD + "一\t二\t三\n" * n + FOOT,
}


@pytest.mark.parametrize("make", LONG_PAGES.values(), ids=LONG_PAGES)
def test_cost_is_linear_in_the_length_of_a_page(make: Callable[[int], str]) -> None:
    timed(make(50))
    short, long = (min(timed(make(lines))[1] for _ in range(2)) for lines in (400, 1600))
    assert long < 8 * short + 0.05


def test_cost_is_linear_in_the_headings_of_related_reading() -> None:
    """Each asks how much of the article follows: what that costs shows only where there are thousands."""
    texts = ["\n".join(f"{SENTENCE[:-1]}{at}。\n相关新闻" for at in range(count)) for count in (10_000, 40_000)]
    short, long = (min(timed(text)[1] for _ in range(2)) for text in texts)
    assert long < 8 * short
