"""Shingles: what two texts are compared by, and what others get wrong when they split Chinese into words."""

from __future__ import annotations

import random
import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates.shingles import (
    SHINGLE_TOKENS,
    iter_tokens,
    shingle_hash,
    shingle_id,
    shingles,
    token_table,
    weights,
)

CLAUSE = "连接河湾两岸的大桥今天上午八点在两岸居民的掌声中正式通车"
ARTICLE = (
    "连接河湾两岸的大桥今天上午正式通车，两岸居民告别了绕行的历史。大桥两侧设有步道，桥面上有几处观景台。\n"
    "施工期间，工人们抢在汛期来临前合龙了主桥，那天夜里岸上站满了举着手电的居民。\n"
    "下一步，县里打算把旧渡口改成一座小公园，渡船留下一条，停在码头边给孩子们看。"
)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=40)
PIECES = [
    *["大桥", "臺灣", "號", "今日通车", "か", "カ", "한국", "ไทย", "abc", "ＡＢＣ", "é", "e\u0301", "Straße", "25", "８", "①"],
    *["，", "。", " ", "\u3000", "\n", ".", "-", "\u200b", "\ufe00", "\x00", "\ud800", "\udfff", "𠀀", "😀", "\u0301"],
]  # fmt: skip
ODD_TEXT = st.one_of(ANY_TEXT, st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


def tokens(text: str) -> list[str]:
    return [token.text for token in iter_tokens(text)]


# Tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大桥通车", ["大", "桥", "通", "车"]),
        ("ひらカナー々〆〇", ["ひ", "ら", "カ", "ナ", "ー", "々", "〆", "〇"]),
        ("한국의 다리", ["한", "국", "의", "다", "리"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("ລາວ", ["ລ", "າ", "ວ"]),
        ("မြန်", ["မ", "ြ", "န", "်"]),
        ("ខ្មែរ", ["ខ", "្", "ម", "ែ", "រ"]),
        ("㐀ㄅㆠꀀ", ["㐀", "ㄅ", "ㆠ", "ꀀ"]),
    ],
    ids=["han", "kana", "hangul", "thai", "lao", "myanmar", "khmer", "rare"],
)
def test_a_character_of_a_script_without_spaces_is_a_token(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240501", ["20240501"]),
        ("Hello, World", ["hello", "world"]),
        ("GDP2024", ["gdp2024"]),
        ("增长8.25%", ["增", "长", "8", "25"]),
        ("第25届", ["第", "25", "届"]),
        ("École Straße", ["école", "straße"]),
        ("мост через реку", ["мост", "через", "реку"]),
        ("don't", ["don", "t"]),
        ("a\nb\tc", ["a", "b", "c"]),
    ],
)
def test_a_run_of_letters_or_digits_is_one_token(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣的飛機為何誤點", "台湾的飞机为何误点"),
        ("ＡＢＣ１２３", "abc123"),
        ("ABC", "abc"),
        ("《春日》，作者：林小舟。", "春日 作者:林小舟"),
        ("他說：「好！」", "他说“好”"),
        ("第一行\r\n第二行\u3000完", "第一行第二行完"),
        ("新\u200b闻\ufeff稿", "新闻稿"),
        ("ｶﾀｶﾅ", "カタカナ"),
    ],
    ids=["script", "width", "case", "marks", "quotes", "white space", "invisible", "narrow kana"],
)
def test_form_does_not_matter(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)
    assert shingles(one) == shingles(other)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\u3000", "，。！", "……", "\u200b\ufeff", "\ud800", "\udfff\ud800", "\x00"]
)
def test_a_text_without_letters_or_digits_has_no_token_and_no_shingle(text: str) -> None:
    assert tokens(text) == []
    assert shingles(text) == []


def test_half_characters_are_dropped_and_end_a_run() -> None:
    assert tokens("ab\ud800cd\udfff大\udc00") == ["ab", "cd", "大"]


def test_characters_above_the_basic_plane_are_tokens() -> None:
    assert tokens("a𠀀𪚥b😀") == ["a", "𠀀", "𪚥", "b", "😀"]


def test_a_combining_mark_belongs_to_its_run() -> None:
    assert tokens("e\u0301cole") == ["e\u0301cole"]
    assert tokens("大\u0301桥") == ["大", "\u0301", "桥"]
    assert tokens("大\ufe00桥") == ["大", "桥"]


@given(ODD_TEXT)
def test_a_token_says_where_it_stands(text: str) -> None:
    found = list(iter_tokens(text))
    for before, after in pairwise(found):
        assert before.end <= after.start
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert tokens(text[token.start : token.end]) == [token.text]


@given(ODD_TEXT)
def test_a_token_is_folded_already(text: str) -> None:
    for token in tokens(text):
        assert tokens(token) == [token]


@given(ODD_TEXT, ODD_TEXT)
def test_a_line_end_parts_tokens(one: str, other: str) -> None:
    assert tokens(f"{one}\n{other}") == tokens(one) + tokens(other)


WITHOUT_SPACES = (
    "CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA LETTER", "KATAKANA LETTER", "BOPOMOFO LETTER",
    "HANGUL SYLLABLE", "THAI CHARACTER", "LAO LETTER", "KHMER LETTER", "YI SYLLABLE",
)  # fmt: skip
WITH_SPACES = ("LATIN SMALL LETTER", "GREEK SMALL LETTER", "CYRILLIC SMALL LETTER", "ARABIC LETTER", "HEBREW LETTER")


def test_every_letter_of_a_script_is_read_alike() -> None:
    for point in range(0x10000):
        char = chr(point)
        name = unicodedata.name(char, "")
        if name.startswith(WITHOUT_SPACES) and tokens(char):
            assert len(tokens(char * 2)) == 2, name
        elif name.startswith(WITH_SPACES) and tokens(char):
            assert len(tokens(char * 2)) == 1, name


def test_no_short_character_is_a_token_of_its_own() -> None:
    """The compiled loop makes room for a token every two bytes."""
    assert (token_table()[:0x80] >> 24 < 2).all()


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        token_table()[0] = 1


# Shingles


def test_a_shingle_is_five_tokens_in_a_row() -> None:
    assert shingles("大桥今日通车") == ["大桥今日通", "桥今日通车"]
    assert shingles("今日GDP增长8.25%") == ["今日gdp增长", "日gdp增长8", "gdp增长8 25"]


@pytest.mark.parametrize("text", ["大", "大桥", "大桥今", "大桥今日", "hello world", "2024"])
def test_fewer_tokens_are_one_shingle(text: str) -> None:
    assert shingles(text) == [text]


def test_five_tokens_are_one_shingle() -> None:
    assert shingles("大桥今日通") == ["大桥今日通"]


def test_a_blank_stands_between_two_runs_only() -> None:
    assert shingles("A 大 b c") == ["a大b c"]
    assert shingles("12.5") == ["12 5"]
    assert shingles("12.5") != shingles("125")


@given(ODD_TEXT)
def test_the_number_of_shingles_follows_from_the_number_of_tokens(text: str) -> None:
    count = len(tokens(text))
    assert len(shingles(text)) == (max(1, count - SHINGLE_TOKENS + 1) if count else 0)


@given(ODD_TEXT)
def test_a_shingle_is_read_again_as_itself(text: str) -> None:
    read = tokens(text)
    for at, shingle in enumerate(shingles(text)):
        assert tokens(shingle) == read[at : at + SHINGLE_TOKENS]
        assert shingles(shingle) == [shingle]


# Hashes


@given(ODD_TEXT)
def test_an_id_has_64_bits_and_is_never_zero(text: str) -> None:
    for shingle in shingles(text):
        assert 0 < shingle_id(shingle) < 1 << 64


@given(ODD_TEXT)
def test_the_hash_is_the_low_half_of_the_id(text: str) -> None:
    for shingle in shingles(text):
        assert shingle_hash(shingle.encode()) == shingle_id(shingle) & 0xFFFFFFFF


@given(ODD_TEXT, ODD_TEXT)
def test_shingles_have_one_id_when_they_are_equal_and_only_then(one: str, other: str) -> None:
    found = {shingle: shingle_id(shingle) for shingle in shingles(one) + shingles(other)}
    assert len(set(found.values())) == len(found)


def test_order_and_number_of_tokens_tell_ids_apart() -> None:
    texts = [
        "甲乙",
        "乙甲",
        "甲甲",
        "甲",
        "甲甲甲",
        "甲甲甲甲",
        "甲甲甲甲甲",
        "a b",
        "ab",
        "b a",
        "a",
        "a甲",
        "甲a",
        "\u0301甲",
    ]
    assert len({shingle_id(text) for text in texts}) == len(texts)


def test_ids_do_not_change_from_version_to_version() -> None:
    """Signatures that were stored stand on them: with another value here SHINGLE_VERSION must rise."""
    assert [shingle_id(text) for text in ("大桥今日通", "hello world", "𠀀")] == [
        0xC4ECC34E1AD83CD3,
        0x42F5AB66C39B59B5,
        0x07F3D13EEBF5DD16,
    ]


def test_a_hash_of_what_is_no_shingle_is_that_of_its_tokens() -> None:
    assert shingle_hash("《臺灣》號".encode()) == shingle_hash("台湾号".encode())
    assert shingle_hash("大\ud800桥".encode("utf-8", "surrogatepass")) == shingle_hash("大桥".encode())


def test_weights_are_odd_and_differ() -> None:
    found = weights().tolist()
    assert len(set(found)) == SHINGLE_TOKENS
    assert all(weight & 1 for weight in found)


# What others get wrong with Chinese


def test_a_clause_is_many_shingles_though_no_mark_parts_it() -> None:
    """Split at what is no letter, a clause is one word, and two articles share it whole or not at all."""
    assert len(re.split(r"\W+", CLAUSE)) == 1
    assert len(shingles(CLAUSE)) == len(CLAUSE) - 4


def test_an_article_is_many_shingles_though_no_space_parts_it() -> None:
    """Split at spaces, a paragraph is one word, and an article has less than one shingle."""
    assert len(ARTICLE.split()) < SHINGLE_TOKENS
    assert len(set(shingles(ARTICLE))) > 100


def test_one_other_word_in_every_sentence_leaves_articles_alike() -> None:
    edited = ARTICLE.replace("居民", "市民").replace("小公园", "小花园")
    one, other = set(shingles(ARTICLE)), set(shingles(edited))
    assert 0.6 < len(one & other) / len(one | other) < 1
    assert not set(re.split(r"[，。\s]+", ARTICLE)) <= set(re.split(r"[，。\s]+", edited))


def test_short_texts_are_not_all_duplicates_of_each_other() -> None:
    texts = [
        "好",
        "大桥",
        "通车了",
        "今日新闻",
        "大桥今天",
        "a",
        "b",
        "2024",
        "2025",
        "完",
        "你好吗",
        "好！",
        "河湾大桥通车",
    ]
    result = cleaner.dedup(texts)
    assert [(item.id, item.kept_id) for item in result.duplicates] == [(11, 0)]


@pytest.mark.parametrize("empty", ["", " \n", "……", "\u200b", "\ud800", "\x00"], ids=ascii)
def test_empty_texts_are_duplicates_of_nothing(empty: str) -> None:
    result = cleaner.dedup([empty, ARTICLE, empty, "", "，"])
    assert result.kept == (0, 1, 2, 3, 4)
    assert result.pairs == ()


HAN = [chr(point) for point in range(0x4E00, 0x9000) if tokens(chr(point)) == [chr(point)]]


def jaccard(one: str, other: str) -> float:
    first, second = set(shingles(one)), set(shingles(other))
    return len(first & second) / len(first | second)


def test_a_chain_of_copies_is_not_merged_from_end_to_end() -> None:
    """A is like B and B like C, but A is not like C: with A kept and B gone for it, nothing speaks for C to go."""
    random_one = random.Random(5)
    core, head, tail = ("".join(random_one.sample(HAN, size)) for size in (400, 44, 40))
    first, middle, last = head + core, head[22:] + core + tail[:20], core + tail
    assert jaccard(first, middle) >= 0.85
    assert jaccard(middle, last) >= 0.85
    assert jaccard(first, last) < 0.85
    result = cleaner.dedup([first, middle, last], 0.85, containment="off")
    assert [(item.id, item.kept_id) for item in result.duplicates] == [(1, 0)]
    assert result.kept == (0, 2)


def test_what_goes_is_as_like_what_stays_for_it_as_was_asked_for() -> None:
    """However long a chain of edits is."""
    random_one = random.Random(6)
    text = random_one.sample(HAN, 300)
    chain = []
    for _ in range(40):
        chain.append("".join(text))
        at = random_one.randrange(290)
        text[at : at + 4] = random_one.sample(HAN, 4)
    for settings in ({}, {"prefer": ("id",)}):
        result = cleaner.dedup(chain, 0.8, containment="off", compare_facts=False, **settings)
        assert 3 <= len(result.kept) <= 20
        for item in result.duplicates:
            assert item.similarity == jaccard(chain[int(item.id)], chain[int(item.kept_id)]) >= 0.8
