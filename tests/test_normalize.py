"""Normalization: what becomes of text, and what holds for every text."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.errors import ConfigError, NotTextError
from cleaner.text import LINE_END, STEPS, active_steps, normalize, normalize_and_explain, replay

CASES = Path(__file__).parent / "cases"
PLAIN = json.loads((CASES / "normalize.json").read_text(encoding="utf-8"))
PUNCTUATION = json.loads((CASES / "punctuation.json").read_text(encoding="utf-8"))
BASE = [step for step in STEPS if not step.option]
SETTINGS = [
    {"script": script, "punctuation": marks}
    for script, marks in itertools.product(["keep", "hans", "hant"], ["keep", "chinese"])
]


def label(case: dict[str, str]) -> str:
    return case["label"]


# Text made of what the steps look for, so that they meet: pieces of entities, mojibake and lines, beside any character.
PIECES = [
    *["&", "&amp;", "amp;", "#38;", "&#x6d93;", "&nbsp;", "lt;", "&#55357;", "&#56832;", "&#10;", "&#13;"],
    *["&shy;", "&am", ";", "\n", "\r", "\r\n", "\x85", "\u2028", "\v", " ", "  ", "\t", "\u3000", "\xa0", "\u2003"],
    *["\u200b", "\ufeff", "\u200d", "\u200c", "\ufe0f", "\ufe00", "\U000e0100", "\U000e0067", "🏴", "👨"],
    *["\x00", "\ufffe", "\ud83d", "\ude00", "\udc80", "\ufffd", "Ａ", "９", "，", "e", "\u0301", "\u1100", "\u1161"],
    *["\uf9dd", "\u212b", "Ã©", "Ã", "©", "â€", "™", "ä¸\xad", "å…¨", "å\x85¨", "ÖÐ¹ú", "Äê", "°", "·", "é", "€"],
    *["涓€", "涓汉", "缁忔祹", "鍙戝睍", "锛", "中", "的", "漢", "语", "著", "么", "乾", "か", "发", "圖書館"],
    *["图书馆", "⿰", "⿲", ",", ".", "(", ")", ":", '"', "?", "8.25%", "a", "http://"],
]  # fmt: skip
ANY_CHARACTER = st.characters(codec=None, exclude_categories=[])
NASTY_TEXT = st.lists(st.one_of(st.sampled_from(PIECES), ANY_CHARACTER), max_size=25).map("".join)


@pytest.mark.parametrize("case", PLAIN["fixed"], ids=label)
def test_text_is_repaired(case: dict[str, str]) -> None:
    assert normalize(case["original"]) == case["fixed"], case["comment"]


@pytest.mark.parametrize("case", PLAIN["keep"], ids=label)
def test_good_text_comes_back_as_the_same_object(case: dict[str, str]) -> None:
    assert normalize(case["original"]) == case["original"], case["comment"]
    assert normalize(case["original"]) is case["original"]
    assert active_steps(case["original"]) == ()


@pytest.mark.parametrize("case", PUNCTUATION["fixed"], ids=label)
def test_punctuation_is_widened_where_asked(case: dict[str, str]) -> None:
    assert normalize(case["original"], punctuation="chinese") == case["fixed"], case["comment"]
    assert normalize(case["original"]) == case["original"], "nothing is widened unasked"


@pytest.mark.parametrize("case", PUNCTUATION["keep"], ids=label)
def test_punctuation_that_touches_no_chinese_stays(case: dict[str, str]) -> None:
    assert normalize(case["original"], punctuation="chinese") == case["original"], case["comment"]


def test_the_explanation_names_each_step_once_in_order() -> None:
    text, steps = normalize_and_explain("\u3000Ａ&amp;nbsp;\u200b漢", script="hans")
    assert text == "A 汉"
    assert steps == ("entities", "invisibles", "odd_spaces", "width", "simplify", "loose_spaces")


def test_bytes_are_decoded_first() -> None:
    assert normalize("新闻\r\n标题".encode("gb18030")) == "新闻\n标题"
    assert normalize(bytearray("新闻", "utf-8")) == "新闻"
    assert active_steps("新闻".encode("gb18030")) == ()


def test_surrogates_are_joined_or_replaced() -> None:
    assert normalize("甲\ud83d\ude00乙\udc80") == "甲😀乙\ufffd"


@pytest.mark.parametrize("value", [None, 7, 1.5, ["新闻"], object()])
def test_what_is_not_text_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(NotTextError, match=type(value).__name__):
        normalize(value)


@pytest.mark.parametrize("setting", [{"script": "cn"}, {"punctuation": "yes"}])
def test_an_unknown_setting_is_an_error_that_names_the_known_ones(setting: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="keep"):
        normalize("新闻", **setting)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@given(text=NASTY_TEXT)
@settings(derandomize=True, max_examples=120, deadline=None)
def test_normalizing_twice_is_normalizing_once(setting: dict[str, str], text: str) -> None:
    once = normalize(text, **setting)
    assert normalize(once, **setting) is once


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@given(text=NASTY_TEXT)
@settings(derandomize=True, max_examples=120, deadline=None)
@example(text="一\r\r\n二\r")
@example(text="漢語\n汉语\n乾")
@example(text="一\r&#10;二")
@example(text="汉语⿲么\n语")
@example(text="ä¸\xad\x0b:ÖÐ¹ú\x85é")
def test_line_by_line_gives_the_same_text(setting: dict[str, str], text: str) -> None:
    steps = active_steps(text, **setting)
    whole = normalize(text, **setting)
    assert "\n".join(replay(steps, line) for line in LINE_END.split(text)) == whole
    assert "\n".join(replay(steps, line) for line in text.split("\n")) == whole


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@given(one=NASTY_TEXT, other=NASTY_TEXT)
@settings(derandomize=True, max_examples=80, deadline=None)
def test_every_step_works_within_lines(step: Any, one: str, other: str) -> None:
    assert step.apply(f"{one}\n{other}") == f"{step.apply(one)}\n{step.apply(other)}"


@pytest.mark.parametrize("step", BASE, ids=lambda step: step.name)
@given(text=NASTY_TEXT)
@settings(derandomize=True, max_examples=120, deadline=None)
def test_a_shut_gate_proves_that_nothing_is_to_do(step: Any, text: str) -> None:
    if not step.gate(text):
        assert step.apply(text) == text


@given(text=NASTY_TEXT)
@settings(derandomize=True, max_examples=600, deadline=None)
def test_the_common_gate_is_as_strict_as_the_gates_together(text: str) -> None:
    if not active_steps(text):
        for step in BASE:
            assert step.apply(text) == text, step.name


def test_every_code_point_alone_and_beside_chinese() -> None:
    planes = range(0x3400), range(0xA000, 0x1FFFF), range(0x2F800, 0x2FA20), range(0xE0000, 0xE0200)
    for cp in itertools.chain(*planes):
        text = f"新{chr(cp)}闻"
        once = normalize(text)
        assert unicodedata.is_normalized("NFC", once)
        assert normalize(once) is once


LONG = [
    "新闻网站，",
    " ",
    "\u3000 ",
    "&amp;",
    "&am",
    "Ã©",
    "ÖÐ",
    "涓汉",
    "(中",
    ")",
    "e\u0301",
    "\u200d",
    "\r",
    "Ａ",
    "\ud83d",
]


@pytest.mark.parametrize("piece", LONG, ids=ascii)
def test_time_is_linear_in_one_long_line(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        start = time.perf_counter()
        normalize(text, script="hans", punctuation="chinese")
        return time.perf_counter() - start

    seconds(1000)
    # A hundred times the text would take ten thousand times as long, were time quadratic.
    assert seconds(200_000) < 400 * max(seconds(2_000), 0.0005)


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys, cleaner.text; print([m for m in ('ftfy', 'opencc', 'numpy', 'html.entities') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
