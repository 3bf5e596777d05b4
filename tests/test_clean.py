"""What a user sees of `clean`: the article stays whole, everything around it goes, and each removal says what it was.

The pages of cases/pages.json have one frame, a page of an invented site; each case puts a line or a few into it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opencc
import pytest

import cleaner
from cleaner.types import Article, Label

CASES = json.loads((Path(__file__).parent / "cases" / "pages.json").read_text(encoding="utf-8"))
TOP, BODY, BOTTOM = (CASES["frame"][part] for part in ("top", "body", "bottom"))
LATIN = [
    "The bridge that joins both banks of the river was opened this morning; three thousand cars crossed it at once.",
    "“It took us two years,” said the engineer, “and nobody was hurt; that is what I am proud of.”",
]


def page(*, top: list[str] = [], middle: list[str] = [], bottom: list[str] = [], body: list[str] = BODY) -> str:  # noqa: B006
    """The frame with other lines under its head, in the middle of its body and over its foot."""
    half = len(body) // 2
    return "\n".join([*TOP, *top, *body[:half], *middle, *body[half:], *bottom, *BOTTOM])


def label_of(article: Article, line: str) -> tuple[bool, str, str]:
    found = next(each for each in article.lines if each.text == cleaner.normalize(line))
    return found.kept, found.label, found.rule


def name(case: dict[str, Any]) -> str:
    return f"{case['at']}: {case['line']}" if "line" in case else case["label"]


@pytest.mark.parametrize(
    "convert",
    [None, "s2t", "s2tw", "s2hk"],
    ids=["simplified", "traditional", "Taiwan", "Hong Kong"],
)
def test_the_frame_itself(convert: str | None) -> None:
    to = opencc.OpenCC(convert).convert if convert else str
    article = cleaner.clean(to(page()))
    assert article.text == to("\n".join(BODY))
    assert article.title == to("河湾大桥今日通车")
    assert article.source == to("河湾日报")
    assert article.editors == (to("周小平"),)
    assert str(article.published) == "2024-05-01 08:00:00"
    assert article.script == ("hant" if convert else "hans")
    assert {line.label for line in article.removed} >= {
        Label.TITLE,
        Label.NAVIGATION,
        Label.BREADCRUMB,
        Label.BYLINE,
        Label.RELATED,
        Label.COPYRIGHT,
        Label.ICP,
    }


def check_chrome(case: dict[str, Any], line: str, text: str, body: str) -> None:
    article = cleaner.clean(text)
    kept, label, rule = label_of(article, line)
    assert not kept, f"{line!r} stays"
    assert article.text == body
    assert label in case["labels"], f"{line!r} is called {label} by {rule}"


@pytest.mark.parametrize("case", CASES["chrome"], ids=name)
def test_chrome_goes_and_says_what_it_was(case: dict[str, Any]) -> None:
    check_chrome(case, case["line"], page(**{case["at"]: [case["line"]]}), "\n".join(BODY))


@pytest.mark.parametrize("case", CASES["chrome"], ids=name)
def test_chrome_goes_from_traditional_pages(case: dict[str, Any]) -> None:
    to = opencc.OpenCC("s2tw").convert
    check_chrome(case, to(case["line"]), to(page(**{case["at"]: [case["line"]]})), to("\n".join(BODY)))


@pytest.mark.parametrize("case", CASES["chrome"], ids=name)
def test_chrome_goes_from_pages_in_two_languages(case: dict[str, Any]) -> None:
    body = [BODY[0], LATIN[0], *BODY[1:], LATIN[1]]
    check_chrome(case, case["line"], page(**{case["at"]: [case["line"]]}, body=body), "\n".join(body))


@pytest.mark.parametrize("case", CASES["content"], ids=name)
@pytest.mark.parametrize("strength", ["safe", "standard"])
def test_structure_survives(case: dict[str, Any], strength: str) -> None:
    article = cleaner.clean(page(middle=case["lines"]), strength=strength)
    lines = article.text.split("\n")
    lost = [line for line in [*BODY, *case["lines"]] if cleaner.normalize(line) not in lines]
    assert lost == []
    if strength != "safe":
        assert lines == [*BODY[:2], *map(cleaner.normalize, case["lines"]), *BODY[2:]]


@pytest.mark.parametrize("case", CASES["content"], ids=name)
def test_structure_survives_in_traditional_pages(case: dict[str, Any]) -> None:
    to = opencc.OpenCC("s2tw").convert
    lines = cleaner.clean(to(page(middle=case["lines"]))).text.split("\n")
    assert lines == [cleaner.normalize(to(line)) for line in [*BODY[:2], *case["lines"], *BODY[2:]]]


@pytest.mark.parametrize("case", [*CASES["clean"], *CASES["content"]], ids=name)
@pytest.mark.parametrize("strength", ["safe", "standard"])
def test_a_clean_text_comes_back_whole(case: dict[str, Any], strength: str) -> None:
    text = "\n".join(case["lines"])
    assert cleaner.clean(text, strength=strength).text == cleaner.normalize(text)


@pytest.mark.parametrize("case", CASES["content"], ids=name)
def test_a_clean_text_with_structure_comes_back_whole(case: dict[str, Any]) -> None:
    text = "\n".join([*BODY[:2], *case["lines"], *BODY[2:]])
    assert cleaner.clean(text).text == cleaner.normalize(text)


@pytest.mark.parametrize("line", CASES["starts"])
def test_a_first_paragraph_stays(line: str) -> None:
    assert cleaner.clean(page(body=[line, *BODY])).text.split("\n") == [line, *BODY]
    assert cleaner.clean("\n".join([line, *BODY])).text.split("\n") == [line, *BODY]


@pytest.mark.parametrize("line", CASES["ends"])
def test_a_last_paragraph_stays(line: str) -> None:
    assert cleaner.clean(page(body=[*BODY, line])).text.split("\n") == [*BODY, line]
    assert cleaner.clean("\n".join([*BODY, line])).text.split("\n") == [*BODY, line]


@pytest.mark.parametrize("case", CASES["flags"], ids=name)
def test_flags(case: dict[str, Any]) -> None:
    assert list(cleaner.clean(case["text"]).flags) == case["flags"]


@pytest.mark.parametrize("case", CASES["peers"], ids=name)
def test_what_others_do_to_chinese_text_is_not_done_here(case: dict[str, Any]) -> None:
    assert cleaner.clean(case["text"]).text == case["out"]
    assert case["out"] in cleaner.clean("\n".join([*TOP, *BODY[:2], case["text"], *BODY[2:], *BOTTOM])).text


@pytest.mark.parametrize("case", CASES["content"], ids=name)
def test_paragraphs_survive_at_every_strength(case: dict[str, Any]) -> None:
    lines = cleaner.clean(page(middle=case["lines"]), strength="strict").text.split("\n")
    assert [line for line in lines if line in BODY] == BODY


def test_a_heading_that_is_a_word_of_the_trade_names_nobody() -> None:
    assert cleaner.clean(page(body=[BODY[0], "关键词", *BODY[1:], "展会"])).authors == ()


# What stands twice


def test_a_title_repeated_through_the_body_goes_each_time() -> None:
    lines = [line for paragraph in BODY for line in ("河湾大桥今日通车", paragraph)]
    article = cleaner.clean(page(body=lines))
    assert article.text == "\n".join(BODY)
    assert sum(line.label is Label.REPEATED_TITLE for line in article.removed) >= len(BODY)
    assert sum(line.label is Label.TITLE for line in article.removed) >= 1


def test_a_body_that_stands_twice_stays_once() -> None:
    body = [*BODY, *LATIN]
    article = cleaner.clean("\n".join([*TOP, *body, *body, *BOTTOM]))
    assert article.text == "\n".join(body)
    assert "body_twice" in article.flags
    before_the_head = cleaner.clean("\n".join([*body, *TOP, *body, *BOTTOM]))
    assert before_the_head.text == "\n".join(body)
    assert [line.label for line in before_the_head.lines[: len(body)]] == [Label.REPEATED_BODY] * len(body)


def test_a_paragraph_that_stands_again_stays_once() -> None:
    article = cleaner.clean(page(body=[*BODY, BODY[1]]))
    assert article.text == "\n".join(BODY)
    assert Label.REPEATED_PARAGRAPH in {line.label for line in article.removed}


def test_the_heading_stands_four_times() -> None:
    lines = [line for paragraph in BODY for line in ("关键词", paragraph)]
    article = cleaner.clean(page(body=lines))
    assert article.text.split("\n") == lines


@pytest.mark.xfail(reason="a heading that is a word of the trade is labelled body")
def test_a_heading_is_called_a_heading_also_when_it_is_a_word_of_the_trade() -> None:
    article = cleaner.clean(page(body=[line for paragraph in BODY for line in ("关键词", paragraph)]))
    assert sum(line.label is Label.HEADING for line in article.lines) == len(BODY)


# Glued lines


@pytest.mark.parametrize(
    ("tail", "label"),
    [
        ("（责任编辑：周小平）", Label.BYLINE),
        ("责任编辑：周小平", Label.BYLINE),
        ("版权所有 © 2024 河湾网", Label.COPYRIGHT),
    ],
)
def test_what_is_glued_to_the_last_paragraph_is_split_off(tail: str, label: Label) -> None:
    text = page(body=[*BODY[:-1], BODY[-1] + tail])
    article = cleaner.clean(text)
    assert article.text == "\n".join(BODY)
    cut = next(line for line in article.lines if line.text == tail)
    assert (cut.label, cut.kept, text[cut.start : cut.end]) == (label, False, tail)


# Settings


def test_strict_takes_captions_and_hints_that_standard_leaves() -> None:
    text = page(middle=["▲河湾大桥全景"])
    gone = {
        strength: len(cleaner.clean(text, strength=strength).removed) for strength in ("safe", "standard", "strict")
    }
    assert gone["safe"] <= gone["standard"] <= gone["strict"]
    assert "▲河湾大桥全景" not in cleaner.clean(text, strength="strict").text


def test_script_and_punctuation() -> None:
    to = opencc.OpenCC("s2tw").convert
    assert cleaner.clean(to(page()), script="hans").text == "\n".join(BODY)
    assert cleaner.clean(page(), script="hant").script == "hant"
    narrow = [line.replace("，", ",") for line in BODY]
    assert cleaner.clean(page(body=narrow), punctuation="chinese").text == "\n".join(BODY)
    assert cleaner.clean(page(body=narrow)).text == "\n".join(narrow)


def test_edits_name_what_normalization_did() -> None:
    article = cleaner.clean("ＡＢＣ公司&nbsp;今天\u200b成立了。\r\n")
    assert article.text == "ABC公司 今天成立了。"
    assert set(article.edits) >= {"entities", "line_ends", "invisibles", "width"}
    assert cleaner.clean(article.text).edits == ()


def test_every_removal_can_be_undone() -> None:
    text = page(middle=["(相关资料图)"])
    article = cleaner.clean(text)
    assert "\n".join(text[line.start : line.end] for line in article.lines) == text
