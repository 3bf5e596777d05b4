"""Corpora for the duplicate search, of any size, made from the sample pages.

`make_news` plants copies; the others are hard on a search.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.corpora import shapes
from benchmarks.corpora.samples import SEED
from cleaner.duplicates.shingles import iter_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Corpus = tuple[list[str], NDArray[np.int64]]
    """Texts, and for each the number of the article that it is a copy of, or is."""

FOOTER = "（编辑：沈禾）版权所有河湾网，未经书面授权不得转载、摘编或以其他方式使用。"
CHUNK = 20_000
"""Articles that are made at once: few, so that making them leaves no memory behind that the search would then use."""
SHORTEST, LONGEST = 180, 380
GO_ON = 0.55
"""How often the next character is the one that follows at that place of the samples: articles so share about as many phrases as
real ones do, see `articles`."""
MOST_NEAR = 100_000


@cache
def letters() -> NDArray[np.uint16]:
    """The sample pages' sentences, one after the other, without Latin letters and digits."""
    text = re.sub("[^\u4e00-\u9fff，。、：“”]", "", "".join(shapes.sentences()))
    return np.frombuffer(text.encode("utf-16-le"), np.uint16)


def articles(
    count: int, chance: np.random.Generator, shortest: int = SHORTEST, longest: int = LONGEST
) -> Iterator[str]:
    """Articles without sense in which neighbouring characters are neighbours in the samples too; no two alike.

    Each is a walk through the samples that goes on there or leaps to another place where the same character stands.
    Of 19,000 such articles 43 % of the 5-grams stand in one only and 8 % in more than 64; of as many real ones (news_hans, their first
    280 characters) 45 % and 13 %.
    """
    text = letters()
    places = np.argsort(text[:-1], kind="stable")
    starts = np.searchsorted(text[:-1][places], np.arange(1 << 16))
    numbers = np.diff(np.append(starts, len(places))).astype(np.float32)
    for done in range(0, count, CHUNK):
        size = min(CHUNK, count - done)
        rows = np.empty((size, longest), np.uint16)
        at = chance.integers(len(places), size=size)
        for column in range(longest):
            last = text[at]
            rows[:, column] = last
            other = places[starts[last] + (chance.random(size, np.float32) * numbers[last] * 0.9999).astype(np.int64)]
            at = np.where(chance.random(size, np.float32) < GO_ON, at, other) + 1
            at[at == len(places)] = 0
        lengths = chance.integers(shortest, longest, size=size, endpoint=True).tolist()
        for row, length in zip(rows, lengths, strict=True):
            yield row[:length].tobytes().decode("utf-16-le")


def edit(text: str, chance: random.Random) -> str:
    """One to three of its characters replaced."""
    chars = list(text)
    for _ in range(chance.randint(1, 3)):
        chars[chance.randrange(len(chars))] = chr(chance.randint(0x4E8D, 0x8FFF))
    return "".join(chars)


def shorten(text: str, chance: random.Random) -> str:
    """Its first 60 to 85 percent."""
    return text[: int(len(text) * chance.uniform(0.6, 0.85))]


def duplicate(text: str, _: random.Random) -> str:
    """The same text, in memory of its own."""
    return text[:1] + text[1:]


COPIES: tuple[Callable[[str, random.Random], str], ...] = (duplicate, edit, shorten)


def make_news(count: int) -> Corpus:
    """Articles of about 300 characters, all with one footer; a fifth are copies, and a tenth near copies of one article."""
    chance = random.Random(SEED)
    near = min(count // 10, MOST_NEAR)
    texts = list(articles(count - count // 5 - near, np.random.default_rng(SEED)))
    originals = len(texts)
    groups = list(range(originals))
    for number in range(count // 5):
        original = chance.randrange(originals)
        texts.append(COPIES[number % len(COPIES)](texts[original], chance))
        groups.append(original)
    texts += [edit(texts[0], chance) for _ in range(near)]
    groups += [0] * near
    order = np.random.default_rng(SEED).permutation(len(texts))
    return [texts[place] + FOOTER for place in order.tolist()], np.array(groups)[order]


# -- hard ones


def make_identical(count: int) -> Corpus:
    """One article, again and again."""
    text = "".join(articles(1, np.random.default_rng(SEED)))
    return [duplicate(text, random.Random(SEED)) for _ in range(count)], np.zeros(count, np.int64)


def make_empty(count: int) -> Corpus:
    """Texts of nothing, which are copies of nothing."""
    return [""] * count, np.arange(count)


def make_long(count: int) -> Corpus:
    """A text of 0.5 MB for each short article beside it, and an excerpt of it.

    Its characters are random: a text so long made like the articles would hold nearly every 5-gram that they can have.
    """
    chance = np.random.default_rng(SEED)
    text = chance.integers(0x4E8D, 0x9000, size=count * 500_000 // 3, dtype=np.uint16).tobytes().decode("utf-16-le")
    texts = [text, text[100_000:101_000], *articles(count, chance)]
    return texts, np.array([0, *range(count + 1)])


def make_short(count: int) -> Corpus:
    """Texts of one to three characters; those that are the same when folded are copies."""
    chance = np.random.default_rng(SEED)
    text = letters()[(letters() >= 0x4E00) & (letters() < 0xA000)].tobytes().decode("utf-16-le")
    places, lengths = chance.integers(len(text) - 3, size=count).tolist(), chance.integers(1, 4, size=count).tolist()
    texts = [text[place : place + length] for place, length in zip(places, lengths, strict=True)]
    folded = ["".join(token.text for token in iter_tokens(text)) for text in texts]
    return texts, np.unique(folded, return_inverse=True)[1]


def make_template(count: int) -> Corpus:
    """Bulletins of one template, which differ in their figures only and are no copies."""
    chance = random.Random(SEED)
    figures = [sentence for sentence in shapes.sentences() if re.search(r"\d", sentence)][:8]
    return ["".join(shapes.vary(sentence, chance) for sentence in figures) for _ in range(count)], np.arange(count)


def make_half(count: int) -> Corpus:
    """Articles of which the first half is the same in all: more alike than any news, and no copies."""
    half = "".join(articles(1, np.random.default_rng(SEED), 300, 300))
    return [half + text for text in articles(count, np.random.default_rng(SEED + 1), 270, 330)], np.arange(count)


HARD: dict[str, tuple[Callable[[int], Corpus], int]] = {
    "identical": (make_identical, 100_000),
    "empty": (make_empty, 1_000_000),
    "one of 50 MB": (make_long, 100),
    "1 to 3 characters": (make_short, 20_000),
    "one template": (make_template, 2_000),
    "half the same": (make_half, 20_000),
}
"""What makes each, and with how many texts."""


def make(name: str, count: int) -> Corpus:
    """A corpus by its name; the same every time."""
    return make_news(count) if name == "news" else HARD[name][0](count)
