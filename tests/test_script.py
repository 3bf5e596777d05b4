"""Which script a text is in, and its conversion."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.text import convert, detect_script
from cleaner.text.tables import derive_script_table, read_table

CASES = json.loads((Path(__file__).parent / "cases" / "script.json").read_text(encoding="utf-8"))
WRITING = st.text(
    st.one_of(
        st.sampled_from("乾於後徵夥麽发發里裏裡着著么麼的，a\n\x00\ud800か薴苧苎"),
        st.characters(codec=None, exclude_categories=[]),
    ),
    max_size=40,
)


@pytest.mark.parametrize("case", CASES["detect"], ids=lambda case: case["label"])
def test_script_is_detected(case: dict[str, str]) -> None:
    assert detect_script(case["original"]) == case["script"], case["comment"]


@pytest.mark.parametrize("case", CASES["convert"], ids=lambda case: case["label"])
def test_text_is_converted(case: dict[str, str]) -> None:
    assert convert(case["original"], case["to"]) == case["fixed"], case["comment"]


@pytest.mark.parametrize("case", CASES["stay"], ids=lambda case: case["label"])
@pytest.mark.parametrize("to", ["hans", "hant"])
def test_text_that_is_not_in_the_other_script_stays(case: dict[str, str], to: str) -> None:
    if case["to"] == to:
        assert convert(case["original"], to) == case["original"], case["comment"]


@given(WRITING, st.sampled_from(["hans", "hant"]))
@settings(derandomize=True, max_examples=400, deadline=None)
def test_converting_twice_is_converting_once(text: str, to: str) -> None:
    once = convert(text, to)
    assert convert(once, to) == once


@pytest.mark.parametrize("to", ["hans", "hant"])
def test_every_telling_character_is_converted_for_good(to: str) -> None:
    for char in read_table("script")[0 if to == "hans" else 1]:
        once = convert(char, to)
        assert once != char
        assert convert(once, to) == once


def test_evidence_late_in_a_long_text_counts() -> None:
    assert detect_script("一二三。" * 2000 + "漢語") == "hant"


def test_detection_reads_a_sample_of_a_long_text() -> None:
    text = "经济发展" * 2_000_000
    start = time.perf_counter()
    detect_script(text)
    assert time.perf_counter() - start < 0.1


def test_the_data_file_is_what_the_rules_derive() -> None:
    assert read_table("script") == derive_script_table()
