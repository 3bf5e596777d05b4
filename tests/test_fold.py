"""The fold: what is compared when two texts are compared."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.text import fold, fold_table
from cleaner.text.tables import derive_fold_table, read_table

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《春日》，作者：林小舟。", "春日 作者:林小舟"),
        ("ＡＢＣ１２３", "abc123"),
        ("臺灣的飛機為何誤點", "台湾的飞机为何误点"),
        ("他說「好」。", "他说“好”"),
        ("增长８．２５％", "增长8.25%"),
        ("新\u200b闻\ufeff\xad", "新闻"),
        ("第一行\r\n第二行\u3000", "第一行第二行"),
        ("①②", "12"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("羽\ufe00葉󠄀"[:3], "羽叶"),
        ("ÉCOLE", "école"),
    ],
)
def test_copies_that_differ_in_form_fold_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("增长8%", "增长9%"), ("甲队胜乙队", "乙队胜甲队"), ("著名", "着名"), ("e", "é")]
)
def test_texts_that_say_different_things_fold_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_fold_agrees_with_the_table_on_every_code_point() -> None:
    table = fold_table()
    assert table.shape == (65536,)
    assert str(table.dtype) == "uint32"
    for cp in range(0x10000):
        assert fold(chr(cp)) == (chr(table[cp]) if table[cp] else ""), hex(cp)


def test_code_points_above_the_plane_fold_to_themselves() -> None:
    text = "".join(map(chr, range(0x10000, sys.maxunicode + 1)))
    assert fold(text) == text
    assert all(fold(char) == char for char in text[::997])


def test_folding_twice_is_folding_once() -> None:
    table = fold_table()
    assert (table[table] == table).all()


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        fold_table()[0] = 1


@given(ANY_TEXT)
@settings(derandomize=True, max_examples=200)
def test_long_and_short_texts_fold_alike(text: str) -> None:
    assert fold(text * 100) == fold(text) * 100
    assert fold(fold(text)) == fold(text)


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the file was derived from Unicode 14")
def test_the_data_file_is_what_the_rules_derive() -> None:
    assert read_table("fold") == derive_fold_table()
