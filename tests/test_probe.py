"""The probe form: as long as the text, and one form for all the ways in which a line of chrome is written."""

from __future__ import annotations

import numpy as np
import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.page.probe import code_points, probe, probe_line

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("來源：聯合晚報", "来源:联合晚报"),
        ("責任編輯／林大同", "责任编辑/林大同"),
        ("ＡＢＣ　Ａｂｃ １２３", "abc abc 123"),
        ("Copyright © 2024 ABC", "copyright © 2024 abc"),
        ("【字號　大　中　小】", "【字号 大 中 小】"),
        ("首页｜新闻│体育┃财经", "首页|新闻|体育|财经"),
        ("《书名》〈篇名〉", "<书名><篇名>"),
        ("“引”‘文’＂＇", "\"引\"'文'\"'"),
        ("（一）〔二〕［三］", "(一)【二】【三】"),
        ("——2024－05—01", "--2024-05-01"),
        ("，、；！？。", ",、;!?。"),
        ("● 一 • 二 ‧ 三 ・ 四", "· 一 · 二 · 三 · 四"),
        ("一\t二\xa0三\u2003四\u200b五\ufeff六", "一 二 三 四 五 六"),
        ("𠀀Ａ😀Ｂ", "𠀀a😀b"),
        ("É Ä ß", "É Ä ß"),
        ("", ""),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert probe(text)[0] == form


@given(ANY_TEXT)
def test_it_has_as_many_characters_as_the_text(text: str) -> None:
    form, points = probe(text)
    assert len(form) == len(text) == len(points)
    assert points.dtype == np.uint32
    assert [ord(char) for char in form] == points.tolist()


@given(ANY_TEXT)
def test_the_form_of_a_line_is_that_of_a_text(text: str) -> None:
    assert probe_line(text) == probe(text)[0]


@given(ANY_TEXT)
def test_it_is_its_own_probe_form(text: str) -> None:
    form, _ = probe(text)
    assert probe(form)[0] == form


@given(st.lists(ANY_TEXT.map(lambda text: text.replace("\n", " "))))
def test_line_feeds_stay_where_they_are(lines: list[str]) -> None:
    assert probe("\n".join(lines))[0].split("\n") == ([probe(line)[0] for line in lines] or [""])


@given(ANY_TEXT)
def test_code_points(text: str) -> None:
    assert code_points(text).tolist() == [ord(char) for char in text]


@given(st.text(st.characters(min_codepoint=0x10000)))
def test_characters_above_the_basic_plane_stay(text: str) -> None:
    assert probe(text)[0] == text


def test_common_traditional_characters_become_simplified() -> None:
    simplified = (
        "来源发布时间责任编辑记者报道图片点击评论关键词标签版权声明联系我们网站导航热线电话邮箱专题专栏阅读转载"
    )
    assert probe(opencc.OpenCC("s2t").convert(simplified))[0] == simplified
    assert probe(opencc.OpenCC("s2tw").convert(simplified))[0] == simplified
    assert probe(opencc.OpenCC("s2hk").convert(simplified))[0] == simplified


def test_the_table_cannot_be_changed_by_accident() -> None:
    from cleaner.page.probe import probe_table

    assert not probe_table().flags.writeable
    assert probe_table().shape == (0x10000,)
