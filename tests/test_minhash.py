"""Signatures: small, alike where texts are alike, and never mixed with those of other settings."""

from __future__ import annotations

import math
import pickle
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates.minhash import Signature, Signatures, permutations
from cleaner.duplicates.shingles import shingles
from cleaner.errors import ConfigError

TEXT = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆，市民从四面八方赶来。"
ANY_TEXT = st.text(st.one_of(st.sampled_from("大桥臺灣通车ab1 ，𠀀\ud800"), st.characters(codec=None)), max_size=40)


# Permutations


@pytest.mark.parametrize("seed", [0, 1, 2, 42, 12345, (1 << 32) - 1])
@pytest.mark.parametrize("num_perm", [1, 2, 16, 100, 128, 256, 1024])
def test_permutations_are_those_of_datasketch(num_perm: int, seed: int) -> None:
    datasketch = pytest.importorskip("datasketch")
    theirs = datasketch.MinHash(num_perm, seed, scheme="affine32").permutations
    ours = permutations(num_perm, seed)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == other.dtype == np.uint32
        assert mine.tolist() == other.tolist()


def test_permutations_permute() -> None:
    """An odd multiplier sends no two hashes to one."""
    multipliers, addends = permutations(256, 1)
    assert (multipliers & 1).all()
    assert len(set(zip(multipliers.tolist(), addends.tolist(), strict=True))) == 256


def test_a_seed_gives_permutations_of_its_own() -> None:
    assert not set(permutations(128, 1)[0].tolist()) & set(permutations(128, 2)[0].tolist())


# One signature


def test_a_signature_has_a_value_a_permutation() -> None:
    for num_perm in (16, 128, 200):
        made = cleaner.signature(TEXT, num_perm=num_perm, seed=7)
        assert made.values.shape == (num_perm,)
        assert made.values.dtype == np.uint32
        assert (made.num_perm, made.seed) == (num_perm, 7)


def test_form_does_not_change_a_signature() -> None:
    assert cleaner.signature("大橋今日，通車！ＡＢＣ") == cleaner.signature("大桥今日通车abc")


def test_a_signature_is_equal_where_its_values_and_its_seed_are() -> None:
    one, other = cleaner.signature(TEXT), cleaner.signature(TEXT)
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other, cleaner.signature(TEXT, seed=2), cleaner.signature(TEXT, num_perm=64)}) == 3
    assert one != Signature(one.values, seed=2)
    assert one != cleaner.signature(TEXT + "完")
    assert one != one.values.tobytes()
    assert one != None  # noqa: E711


def test_a_signature_can_be_sent_to_another_process() -> None:
    made = cleaner.signature(TEXT)
    assert pickle.loads(pickle.dumps(made)) == made


@given(ANY_TEXT)
def test_a_text_is_like_itself(text: str) -> None:
    assert cleaner.signature(text, num_perm=16).jaccard(cleaner.signature(text, num_perm=16)) == 1.0


@given(ANY_TEXT, ANY_TEXT)
def test_a_text_is_as_like_another_as_that_is_like_it(one: str, other: str) -> None:
    first, second = cleaner.signature(one, num_perm=32), cleaner.signature(other, num_perm=32)
    assert first.jaccard(second) == second.jaccard(first)
    if set(shingles(one)) == set(shingles(other)):
        assert first == second
    elif not set(shingles(one)) & set(shingles(other)):
        assert first.jaccard(second) == 0.0


def test_a_signature_of_the_whole_is_the_least_of_its_parts() -> None:
    """Shingles that stand in both, and those over the seam, are why it is a set that counts."""
    one, other = TEXT, "河湾大桥的设计者说，桥面比原计划高出两米。"
    seam = cleaner.signature("从四面八方赶来河湾大桥")
    parts = np.minimum(cleaner.signature(one).values, cleaner.signature(other).values)
    whole = cleaner.signature(one + other).values
    assert (np.minimum(parts, seam.values) <= whole).all()
    assert (whole <= parts).all()


# Estimates


def made_pairs(count: int) -> list[tuple[str, str]]:
    """Pairs of texts with anything from little to all in common."""
    chance = random.Random(17)
    han = [chr(point) for point in range(0x4E00, 0x9000)]
    pairs = []
    for number in range(count):
        shared = "".join(chance.choices(han, k=40 + 400 * number // count))
        own = ["".join(chance.choices(han, k=200 - 200 * number // count)) for _ in range(2)]
        pairs.append((own[0] + shared, shared + own[1]))
    return pairs


def exact(one: str, other: str) -> float:
    first, second = set(shingles(one)), set(shingles(other))
    return len(first & second) / len(first | second)


@pytest.mark.parametrize(("num_perm", "seed"), [(16, 1), (64, 1), (128, 1), (128, 99), (256, 3), (1024, 1)])
def test_estimates_are_within_four_standard_deviations(num_perm: int, seed: int) -> None:
    pairs = made_pairs(100)
    made = cleaner.signatures([text for pair in pairs for text in pair], num_perm=num_perm, seed=seed)
    total = 0.0
    for number, pair in enumerate(pairs):
        truth, estimate = exact(*pair), made[2 * number].jaccard(made[2 * number + 1])
        deviation = math.sqrt(truth * (1 - truth) / num_perm)
        assert abs(estimate - truth) <= 4 * deviation
        total += (estimate - truth) / deviation if deviation else 0.0
    assert abs(total) / len(pairs) < 4 / math.sqrt(len(pairs))


def test_texts_with_nothing_in_common_are_not_alike_at_all() -> None:
    chance = random.Random(3)
    one, other = ("".join(chance.choices(part, k=3000)) for part in ("甲乙丙丁戊己", "子丑寅卯辰巳"))
    assert cleaner.signature(one).jaccard(cleaner.signature(other)) == 0.0


# Settings


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"num_perm": 64}, r"num_perm=128, seed=1 and num_perm=64, seed=1"),
        ({"seed": 2}, r"num_perm=128, seed=1 and num_perm=128, seed=2"),
        ({"num_perm": 256, "seed": 9}, r"num_perm=128, seed=1 and num_perm=256, seed=9"),
    ],
)
def test_signatures_of_other_settings_are_not_compared(settings: dict[str, int], named: str) -> None:
    one, other = cleaner.signature(TEXT), cleaner.signature(TEXT, **settings)
    with pytest.raises(ConfigError, match=named):
        one.jaccard(other)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"num_perm": 15}, "num_perm"),
        ({"num_perm": 4097}, "num_perm"),
        ({"num_perm": 128.0}, "num_perm"),
        ({"num_perm": True}, "num_perm"),
        ({"seed": -1}, "seed"),
        ({"seed": 1 << 32}, "seed"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, int], name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is"):
        cleaner.signature(TEXT, **settings)
    with pytest.raises(ConfigError, match=f"^{name} is"):
        cleaner.signatures([TEXT], **settings)


# Many signatures


def test_many_signatures_are_those_of_each_text() -> None:
    texts = [TEXT, "", TEXT[:30], "大桥", "……", "\ud800桥"]
    made = cleaner.signatures(texts, num_perm=64, seed=5)
    assert isinstance(made, Signatures)
    assert len(made) == len(texts)
    assert list(made) == list(range(len(texts)))
    for place, text in enumerate(texts):
        assert made[place] == cleaner.signature(text, num_perm=64, seed=5)
    assert [one.seed for one in made.values()] == [5] * len(texts)


def test_signatures_go_by_the_ids_of_their_texts() -> None:
    made = cleaner.signatures([{"id": "b", "text": TEXT}, {"id": "a", "text": "大桥"}, {"text": "完"}])
    assert list(made) == ["b", "a", 2]
    assert made["a"] == cleaner.signature("大桥")
    assert dict(made)[2] == cleaner.signature("完")
    assert "b" in made
    assert "c" not in made
    assert made.get("c") is None
    with pytest.raises(KeyError):
        made["c"]


def test_no_text_has_no_signature() -> None:
    made = cleaner.signatures([])
    assert len(made) == 0
    assert dict(made) == {}


def test_a_text_without_letters_or_digits_has_the_highest_values() -> None:
    assert set(cleaner.signature("……").values.tolist()) == {0xFFFFFFFF}
