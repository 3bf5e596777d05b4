"""Screening: what is said of several texts together holds for each alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.text import alarms
from cleaner.text.normalize import STEPS, active_steps, normalize, settle_steps
from cleaner.text.screen import code_points, find_alarms, screen
from cleaner.text.script import detect_script

# What the steps and the scripts look at, more often than chance would have it.
TELLING = (
    "汉漢语語ひカ一的，。 \t\n\r&#;a1A\xa0\u3000\u200b\xad\x85Ａ１é\u0301ÃâÄã\x80¤缁忔祹鍙戝睍￥\ud800\udc00\uffff😀𠀀"
)
TEXTS = st.lists(st.text(st.sampled_from(TELLING) | st.characters(), max_size=12), max_size=6)


@given(TEXTS)
def test_a_text_that_is_plain_stays(texts: list[str]) -> None:
    for text, seen in zip(texts, screen(texts), strict=True):
        if seen.is_plain:
            assert normalize(text) is text


@given(TEXTS)
def test_the_script_that_was_seen_is_that_of_every_part(texts: list[str]) -> None:
    for text, seen in zip(texts, screen(texts), strict=True):
        for part in (text, *text.split("\n"), text[len(text) // 2 :]):
            assert detect_script(part, seen.script) == detect_script(part)


@given(TEXTS)
def test_neighbours_do_not_matter(texts: list[str]) -> None:
    assert screen(texts) == [screen([text])[0] for text in texts]


def test_clean_text_is_plain() -> None:
    seen = screen(["河湾大桥今日通车，共 3,000 辆（据“河湾日报”）。\n標題", "A & B: été, 12 % — ok", "", "漢字かな"])
    assert [each.is_plain for each in seen] == [True] * 4
    assert [each.script for each in seen] == [None, "", "", None]


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("一\r二", alarms.LINE_END),
        ("一&a", alarms.ENTITY),
        ("一  二", alarms.LOOSE_SPACE),
        ("一 \n二", alarms.LOOSE_SPACE),
        ("一\n 二", alarms.LOOSE_SPACE),
        ("一\t", alarms.LOOSE_SPACE),
        (" 一", alarms.LOOSE_SPACE),
        ("一\xa0二", alarms.ODD_SPACE),
        ("\ud800", alarms.SURROGATE),
        ("Ａ", alarms.WIDE),
        ("一\u200b", alarms.INVISIBLE),
        ("e\u0301", alarms.COMPOSED),
        ("Ã€", alarms.UTF8_AS_LATIN1),
        ("ÖÐ", alarms.GBK_AS_LATIN1),
        ("缁忔", alarms.UTF8_AS_GBK),
    ],
)
def test_each_alarm_is_raised_alone(text: str, alarm: int) -> None:
    raised = find_alarms(text)
    assert raised & alarm
    assert not raised & ~alarm
    assert not screen([text])[0].is_plain


@given(TEXTS.map("".join))
def test_a_step_is_in_question_only_where_it_is_warned_of(text: str) -> None:
    raised = find_alarms(text)
    for step in STEPS:
        if not step.option and step.gate(text):
            assert step.alarms & raised, step.name
    assert raised or not active_steps(text)


@given(TEXTS.map("\n".join), st.data())
def test_the_lines_of_a_settled_text_stay_whichever_of_them_stand_together(text: str, data: st.DataObject) -> None:
    normal, _, settled = settle_steps(text)
    if settled:
        some = data.draw(st.lists(st.sampled_from(normal.split("\n")), unique=True))
        lines = [line for line in normal.split("\n") if line in some]
        assert active_steps("\n".join(lines)) == ()


def test_a_long_text_is_looked_at_in_chunks() -> None:
    for size in (65_534, 65_535, 65_536, 65_537):
        assert find_alarms("一" * size) == 0
        assert find_alarms("一" * size + "&amp;") == alarms.ENTITY  # across the border, too


def test_half_characters_count_as_one() -> None:
    assert code_points("a\ud800😀").tolist() == [0x61, 0xD800, 0x1F600]


def test_a_mark_within_what_looks_like_mojibake_is_seen() -> None:
    for text in ("鈥ｂ", "鈥ｂÃ©", "一" * 4000 + "鈥ｂ"):
        assert normalize(text).endswith(("鈥b", "鈥bé"))
