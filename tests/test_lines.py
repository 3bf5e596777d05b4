"""Lines: what a line is, where it stands in the input, and how one is cut in two."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.page.lines import ALIGN_LIMIT, split
from cleaner.text.normalize import normalize

ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\u2028", "\u2029"]
PIECES = [
    *ENDS,
    *" \t\u3000\xa0\u200b\ufeff\x00\x85",
    "&nbsp;",
    "&#10;",
    "&amp;",
    "&#13;&#10;",
    "Ａ",
    "中",
    "Ã©",
    "涓汉",
    "a",
]
ANY_CHARACTER = st.characters(codec=None, exclude_categories=[])
ANY_TEXT = st.lists(st.one_of(st.sampled_from(PIECES), ANY_CHARACTER), max_size=40).map("".join)


class Segment(NamedTuple):
    """A line: its place in the input, and its normalized text."""

    start: int
    end: int
    text: str


def segments_of(text: str, **options: str) -> list[Segment]:
    sheet, _ = split(text, **options)
    return list(map(Segment, sheet.starts, sheet.ends, sheet.texts))


def texts(text: str, **options: str) -> list[str]:
    return split(text, **options)[0].texts


def cut(segment: Segment, at: int, source: str) -> tuple[Segment, Segment]:
    """One line of `source` as two."""
    sheet, _ = split(source)
    left, right = sheet.cut(sheet.starts.index(segment.start), at, source)
    return Segment(*left), Segment(*right)


@pytest.mark.parametrize("end", ENDS, ids=ascii)
def test_every_kind_of_line_end(end: str) -> None:
    text = f"一二{end}三{end}{end}四"
    assert segments_of(text) == [
        (0, 2, "一二"),
        (2 + len(end), 3 + len(end), "三"),
        (3 + 3 * len(end), 4 + 3 * len(end), "四"),
    ]
    assert split(text)[1] == (() if end == "\n" else ("line_ends",))


def test_mixed_line_ends() -> None:
    assert texts("一\r二\r\n三\n\r四\u2028五\v六\f七\r") == ["一", "二", "三", "四", "五", "六", "七"]


def test_a_carriage_return_at_the_very_end() -> None:
    assert segments_of("一\r") == [Segment(0, 1, "一")]
    assert segments_of("一\n\r") == [Segment(0, 1, "一")]


@pytest.mark.parametrize(
    "blank", ["", " ", "\u3000\u3000", "\t", "\xa0", "\u200b", "\ufeff", "&nbsp;", "\x00", "\u2003 "], ids=ascii
)
def test_lines_that_show_nothing_are_left_out(blank: str) -> None:
    assert texts(f"{blank}\n一\n{blank}\n{blank}\n二\n{blank}") == ["一", "二"]


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("  一  \n　　二　", [("一", "一"), ("二", "二")]),
        ("ＡＢ\nＣ", [("ＡＢ", "AB"), ("Ｃ", "C")]),
        ("A&amp;B\nC", [("A&amp;B", "A&B"), ("C", "C")]),
        ("一\u200b二", [("一\u200b二", "一二")]),
        ("新闻 ä¸\xadå›½ 完", [("新闻 ä¸\xadå›½ 完", "新闻 中国 完")]),
        ("一   二\n三", [("一   二", "一 二"), ("三", "三")]),
        ("😀一\n二", [("😀一", "😀一"), ("二", "二")]),
        ("\ud83d\ude00一\n二", [("\ud83d\ude00一", "😀一"), ("二", "二")]),
    ],
)
def test_spans_give_the_line_as_it_was_given(text: str, slices: list[tuple[str, str]]) -> None:
    segments = segments_of(text)
    assert [(text[segment.start : segment.end], segment.text) for segment in segments] == slices


def test_an_entity_for_a_line_end_stays_within_its_line() -> None:
    segments = segments_of("一&#10;二\n三")
    assert [segment.text for segment in segments] == ["一 二", "三"]


def test_an_entity_for_blank_lines_leaves_one_space() -> None:
    assert texts("一&#10;&#10;二") == ["一 二"]
    assert texts("&#10;一&#13;&#10;") == ["一"]


def test_options_are_heeded_line_by_line() -> None:
    text = "臺灣的圖書館今天開門\r\n讀者(很多),排隊"
    assert texts(text, script="hans", punctuation="chinese") == ["台湾的图书馆今天开门", "读者（很多），排队"]
    _, edits = split(text, script="hans")
    assert [text[segment.start : segment.end] for segment in segments_of(text, script="hans")] == text.split("\r\n")
    assert {"line_ends"} < {*edits}


@given(ANY_TEXT)
@example("&nbsp;\n一")
@example("\u200b&#32;一&#32;\u200b")
def test_spans_are_in_order_and_cover_all_that_shows(text: str) -> None:
    segments = segments_of(text)
    place = 0
    for segment in segments:
        assert place <= segment.start <= segment.end <= len(text)
        assert not normalize(text[place : segment.start]).strip()
        assert segment.text
        assert segment.text == segment.text.strip()
        assert "\n" not in segment.text
        place = segment.end
    assert not normalize(text[place:]).strip()


@given(ANY_TEXT)
def test_the_lines_are_those_of_the_normalized_text(text: str) -> None:
    if "&#1" in text or "\x85" in text:
        return  # references to line ends are not line ends here, nor is what may be a byte of mojibake
    shown = [line.strip() for line in normalize(text).split("\n")]
    assert texts(text) == [line for line in shown if line]


@given(ANY_TEXT)
def test_the_lines_are_normal(text: str) -> None:
    assert all(normalize(line) == line for line in texts(text))


@pytest.mark.parametrize(
    ("raw", "at", "parts"),
    [
        ("工程完成。责任编辑：周小平", 5, [("工程完成。", "工程完成。"), ("责任编辑：周小平", "责任编辑：周小平")]),
        ("工程完成。  责任编辑：周小平", 5, [("工程完成。", "工程完成。"), ("责任编辑：周小平", "责任编辑：周小平")]),
        ("工程&amp;完成。责任编辑：周", 6, [("工程&amp;完成。", "工程&完成。"), ("责任编辑：周", "责任编辑：周")]),
        ("Ａ股\u200b上涨。编辑：周", 5, [("Ａ股\u200b上涨。", "A股上涨。"), ("编辑：周", "编辑：周")]),
        ("完成。&nbsp;&nbsp;编辑：周", 3, [("完成。", "完成。"), ("编辑：周", "编辑：周")]),
    ],
)
def test_a_cut_falls_at_the_same_place_in_the_input(raw: str, at: int, parts: list[tuple[str, str]]) -> None:
    source = f"一\n{raw}\n二"
    segment = segments_of(source)[1]
    two = cut(segment, at, source)
    assert [part.text for part in two] == [text for _, text in parts]
    assert [normalize(source[part.start : part.end]).strip() for part in two] == [text for _, text in parts]


@given(ANY_TEXT, st.integers(1, 200))
def test_a_cut_loses_nothing(text: str, place: int) -> None:
    for segment in segments_of(text):
        if len(segment.text) < 3:
            continue
        at = 1 + place % (len(segment.text) - 1)
        left, right = cut(segment, at, text)
        assert segment.start <= left.start <= left.end <= right.start <= right.end <= segment.end
        assert not normalize(text[left.end : right.start]).strip()
        assert left.text == segment.text[:at].rstrip()
        assert right.text == segment.text[at:].lstrip()


def test_a_long_line_that_changed_is_cut_near_enough_and_fast() -> None:
    raw = "工程完成。&nbsp;" * ALIGN_LIMIT + "责任编辑：周小平"
    segment = segments_of(raw)[0]
    left, right = cut(segment, len(segment.text) - 8, raw)
    assert (left.start, right.end) == (0, len(raw))
    assert right.text == "责任编辑：周小平"
    assert left.end <= right.start
