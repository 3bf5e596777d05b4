"""Pages given as HTML: the lines that they become, and what the markup adds to the judgement."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.errors import MissingExtraError, NotTextError
from cleaner.page.markup import read_html

PARAGRAPHS = (
    "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。",
    "市民周女士说，过去绕行要四十分钟，如今十分钟就能到对岸上班，孩子上学也近了。",
    "设计者说，桥面比原计划高出两米，大船从桥下过也不必放下桅杆，两岸的码头因此都能留下来。",
)
MENU = "".join(f"<li><a href=/{n}>频道{n}号</a>" for n in "甲乙丙丁戊己庚辛壬癸子丑")
PAGE = f"""<!doctype html><html><head><title>河湾大桥今日通车 - 河湾网</title>
<meta property="article:published_time" content="2024-05-01T08:30:00+08:00"><meta name="author" content="周小平">
<link rel="canonical" href="https://www.hewan.example/1.html"><meta property="og:site_name" content="河湾网">
<style>p {{ color: red }}</style><script>var 大桥 = "<p>不是文章。</p>";</script></head>
<body><nav><ul>{MENU}</ul></nav><h1>河湾大桥今日通车</h1>
<article><p>{PARAGRAPHS[0]}<p>{PARAGRAPHS[1]}<p>{PARAGRAPHS[2]}</article>
<div><a href=/2>两岸的渡口何去何从</a></div><div><a href=/3>老船工和他的三条船</a></div>
<footer><p>客服中心 <a href=/a>投稿须知</a></footer></body></html>"""


def lines(html: str) -> list[str]:
    return read_html(html).lines.texts


def test_a_page() -> None:
    article = cleaner.clean(html=PAGE)
    assert article.text == "\n".join(PARAGRAPHS)
    assert (article.title, article.published, article.authors) == (
        "河湾大桥今日通车",
        datetime(2024, 5, 1, 8, 30),
        ("周小平",),
    )
    assert (article.site, article.url) == ("河湾网", "https://www.hewan.example/1.html")


def test_the_lines_are_those_of_the_text_that_the_page_becomes() -> None:
    article = cleaner.clean(html=PAGE)
    text = read_html(PAGE).text
    assert text.startswith("河湾大桥今日通车 - 河湾网\n频道甲号\n")
    assert all(text[line.start : line.end] == line.text for line in article.lines)
    assert {line.rule for line in article.removed} >= {"html-nav", "link-line"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_bytes_are_decoded_as_they_declare(encoding: str) -> None:
    page = PAGE.replace("<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={encoding}">')
    if encoding == "big5":
        page = page.translate(str.maketrans("湾桥车两结员丛东师过设说", "灣橋車兩結員叢東師過設說"))
        page = page.encode("big5", "ignore").decode("big5")
    assert cleaner.clean(html=page.encode(encoding)).text == cleaner.clean(html=page).text


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>一<p>二", ["一", "二"]),
        ("一<br>二<br/>三", ["一", "二", "三"]),
        ("<div>甲<b>乙</b><span>丙</span></div>丁", ["甲乙丙", "丁"]),
        ("<table><tr><td>一<td>二<tr><td>三</table>", ["一", "二", "三"]),
        ("<p>a\n  b\t c&nbsp;d", ["a b c d"]),
        ("<pre>一\n  二</pre>", ["一", "二"]),
        ("<p>1 &lt; 2 &amp;amp; 3", ["1 < 2 &amp; 3"]),
        ("<body><script>x</script><style>y</style><noscript>z</noscript><select><option>q</select>一", ["一"]),
        ("<xmp>文字</xmp>见", ["文字", "见"]),
        ("<!-- 不见 -->见", ["见"]),
        ("<ul><li>一<ul><li>二</ul><li>三</ul>", ["一", "二", "三"]),
        ("没有标签\n的文字", ["没有标签", "的文字"]),
        ("", []),
    ],
)
def test_flattening(html: str, wanted: list[str]) -> None:
    assert lines(html) == wanted


def test_what_the_markup_knows_of_a_line() -> None:
    page = read_html(
        "<nav>首页</nav><p>半<a href=/>链</a><p><a href=/>全是链接</a><p hidden>藏<aside>旁</aside><h2><a href=/>标题</a></h2>"
    )
    assert list(zip(page.lines.texts, page.lines.linked, strict=True)) == [
        ("首页", 0), ("半链", 1), ("全是链接", 4), ("藏", 0), ("旁", 0), ("标题", 2),
    ]  # fmt: skip
    rules = [rule and rule.id for rule in page.rules()]
    assert rules == ["html-nav", None, "link-line", "html-hidden", "html-nav", None]


def test_links_over_several_lines() -> None:
    assert read_html("<pre><a href=#>一二三\n四五六</a>\n七</pre>").lines.linked == [3, 3, 0]


@pytest.mark.parametrize("how", ["hidden", 'hidden="hidden"', 'style="DISPLAY: none"', "STYLE='visibility:HIDDEN'"])
@pytest.mark.parametrize("tag", ["div", "p", "table"])
def test_hidden_lines(tag: str, how: str) -> None:
    inside = "<tr><td>藏" if tag == "table" else "藏"
    page = read_html(f"<{tag} {how}>{inside}</{tag}><p>见")
    assert [rule and rule.id for rule in page.rules()] == ["html-hidden", None]


def test_markup_is_a_hint_and_no_verdict() -> None:
    """Links and asides within an article stay."""
    inside = f"<p>{PARAGRAPHS[0]}<p><a href=/x>河湾大桥的图纸</a><p>{PARAGRAPHS[1]}<p>{PARAGRAPHS[2]}"
    assert "河湾大桥的图纸" in cleaner.clean(html=f"<article>{inside}</article>").text


def test_text_goes_before_html() -> None:
    [article] = cleaner.Cleaner().pipe([{"text": PARAGRAPHS[0], "html": PAGE}])
    assert article.text == PARAGRAPHS[0]


def test_linked_data() -> None:
    data = '{"@graph": [{"datePublished": "2024-05-02T09:00:00", "author": [{"name": "林大同"}]}]}'
    article = cleaner.clean(html=f'<script type="application/ld+json">{data}</script><p>{PARAGRAPHS[0]}')
    assert (article.published, article.authors) == (datetime(2024, 5, 2, 9), ("林大同",))


def test_what_the_lines_say_goes_before_the_head() -> None:
    page = PAGE.replace("<article>", "<p>2024-04-30 来源：河湾日报</p><article>")
    assert cleaner.clean(html=page).published == datetime(2024, 4, 30)
    page = PAGE.replace("<article>", "<p>2024-05-01 来源：河湾日报</p><article>")
    assert cleaner.clean(html=page).published == datetime(2024, 5, 1, 8, 30)  # the head knows the hour


TAGS = (
    "p",
    "div",
    "a",
    "table",
    "td",
    "ul",
    "li",
    "b",
    "font",
    "pre",
    "title",
    "script",
    "br",
    "nav",
    "h1",
    "svg",
    "template",
)
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        ["<", ">", "&", "&lt;", "&#0;", "<!--", "-->", "<![CDATA[", '<a href="', "'", "\0", "\ud800", "\r\n"]
    ),
    st.text(max_size=8),
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_html_raises(html: str) -> None:
    article = cleaner.clean(html=html)
    for line in article.lines:
        assert line.text
    assert article.text == "".join(line.joint + line.text for line in article.lines if line.kept)[1:]


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_that_they_are_no_text(data: bytes) -> None:
    with suppress(NotTextError):
        cleaner.clean(html=data)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "一",
        "<p " + "a " * 100_000 + ">一",
        "".join(f"<font color={n}>" for n in range(5000)) + "<p>一" * 50,
        "<" * 100_000,
        "<a" * 100_000,
        "<!--" * 50_000,
        "&amp" * 100_000,
        "<table><tr><td>" * 5000 + "一",
        "<title>" * 10_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        "<b " * 100_000,
        '<script type="application/ld+json">{}</script><script>' + "<script " * 40_000 + "</script>",
        '<p title="' * 50_000,
    ],
    ids=[
        "deep",
        "attributes",
        "fonts",
        "brackets",
        "openings",
        "comments",
        "entities",
        "tables",
        "titles",
        "json",
        "bold",
        "scripts",
        "quotes",
    ],
)
def test_hostile_html_takes_no_time(html: str) -> None:
    import time

    began = time.monotonic()
    cleaner.clean(html=html)
    assert time.monotonic() - began < 10


def test_html_that_is_no_text_is_an_error() -> None:
    with pytest.raises(NotTextError, match="int"):
        cleaner.clean(html=5)  # type: ignore[arg-type]
    with pytest.raises(NotTextError):
        cleaner.clean(html=b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(NotTextError, match="NoneType"):
        cleaner.clean()
    with pytest.raises(NotTextError, match="title is 7"):
        cleaner.clean(html="<p>一", title=7)  # type: ignore[arg-type]


def test_without_resiliparse_the_error_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resiliparse.parse.html", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'article-cleaner\[html\]'"):
        cleaner.clean(html="<p>一")
