"""Plants copies in a corpus of articles that are unlike each other, and near misses that are no copies.

Each cell of `CELLS`, a kind of change and a strength of it, gets so many articles, and of each one changed copy: what a search
finds of a cell is its recall for that kind. The changes are those that copies on the web show: reprints, cuts, merged articles, another script
or width, another site's chrome, edits, paragraphs in another order, words swapped for synonyms. The near misses differ in their figures or dates
only: bulletins of another day, which a corpus would lose.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import opencc

from benchmarks.corpora.samples import SEED
from benchmarks.corpora.shapes import removed_lines

SYNONYMS = Path(__file__).with_name("synonyms.txt")

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?|\n")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(r"(\d{1,2})日|(\d{1,2})月")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROW = str.maketrans("，：；！？（）", ",:;!?()")
_LEADS = ("据{site}报道，", "{site}讯：", "本文转载自{site}，原题为《{title}》。", "【{site}】")
_BACK = {"s2t": "t2s", "s2twp": "tw2sp", "s2hk": "hk2s"}
_SITES = ("河湾网", "南桥日报", "青石新闻", "东港在线", "云岭晚报")


@dataclass(frozen=True, slots=True)
class Planted:
    """A text of the corpus. Texts of one `group` are one article; of a near miss the group is its own, and `of` says what it resembles.

    `of` holds the places of the articles that it was made from, none for those that stand as they are.
    """

    text: str
    group: int
    kind: str = "original"
    strength: str = ""
    of: tuple[int, ...] = ()

    @property
    def is_copy(self) -> bool:
        return bool(self.of) and self.kind not in NEAR_MISSES


def reprint(text: str, strength: int, chance: random.Random) -> str:
    """Another title, a lead that names the source, and as many lines of footer as the strength says."""
    site = chance.choice(_SITES)
    first = text.split("。", 1)[0].split("\n", maxsplit=1)[0]
    lead = chance.choice(_LEADS).format(site=site, title=first[:18])
    footer = [
        f"来源：{site}",
        f"责任编辑：{chance.choice('沈陶罗周')}{chance.choice('禾夏苇平')}",
        "声明：转载请注明出处。",
    ]
    return "\n".join([f"{first[-16:]}（图）", lead + text, *footer[:strength]])


def truncate(text: str, percent: int, _: random.Random) -> str:
    """Its first so many percent, ended where a sentence ends if one does near there."""
    end = len(text) * percent // 100
    mark = text.rfind("。", 0, end) + 1
    return text[: mark if mark > end * 0.8 else end]


def convert(text: str, config: str, _: random.Random) -> str:
    """In the other script: simplified text by this configuration of OpenCC, traditional text by the one that leads back."""
    simplified = _opencc("t2s").convert(text)  # a character for a character
    is_traditional = sum(one != other for one, other in zip(text, simplified, strict=True)) > len(text) * 0.02
    return _opencc(_BACK[config] if is_traditional else config).convert(text)


def widen(text: str, what: str, _: random.Random) -> str:
    """Letters, figures and marks of ASCII in their wide forms, or Chinese punctuation in its narrow ones."""
    return text.translate(_NARROW if what == "punctuation" else _WIDE)


def dress(text: str, count: int, chance: random.Random) -> str:
    """Among the chrome of another site: so many lines of it, half above, half below."""
    lines = chance.sample(removed_lines(), count)
    return "\n".join([*lines[: count // 2], text, *lines[count // 2 :]])


def edit(text: str, percent: int, chance: random.Random) -> str:
    """So many percent of its characters replaced, left out or doubled by another, spread over the text."""
    chars = list(text)
    for place in chance.sample(range(len(chars)), max(1, len(chars) * percent // 100)):
        other = chance.choice(text)
        chars[place] = chance.choice((other, "", chars[place] + other))
    return "".join(chars)


def shuffle(text: str, what: str, chance: random.Random) -> str:
    """Its paragraphs, or its sentences, in another order; what has fewer than three paragraphs is cut at sentences."""
    parts = [part for part in text.split("\n") if part.strip()]
    if what == "sentences" or len(parts) < 3:
        parts = [part for part in _SENTENCE.findall(text) if part.strip()]
    chance.shuffle(parts)
    return ("" if what == "sentences" else "\n").join(parts)


def spin(text: str, percent: int, chance: random.Random) -> str:
    """So many percent of the words that have a synonym swapped for it, as content farms do."""
    words, pattern = synonyms()
    return pattern.sub(lambda found: words[found[0]] if chance.random() * 100 < percent else found[0], text)


def other_figures(text: str, what: str, chance: random.Random) -> str:
    """One of its figures another one, or all of them; dates aside."""
    places = [
        found.span() for found in _FIGURE.finditer(text) if not text[found.end() :].startswith(("年", "月", "日"))
    ]
    chosen = set(chance.sample(places, 1) if what == "one" and places else places)
    return _substitute(text, chosen, chance)


def other_date(text: str, what: str, chance: random.Random) -> str:
    """Another day (and, if so asked, another month) wherever its dates stand."""
    shift = chance.randint(1, 9)

    def move(found: re.Match[str]) -> str:
        if found[1]:
            return f"{(int(found[1]) + shift - 1) % 28 + 1}日"
        return f"{(int(found[2]) + shift - 1) % 12 + 1}月" if what == "day and month" else found[0]

    return _DATE.sub(move, text)


def _substitute(text: str, spans: set[tuple[int, int]], chance: random.Random) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        digits = [str((int(char) + chance.randint(1, 9)) % 10) if char.isdigit() else char for char in text[start:end]]
        if digits[0] == "0" and text[start] != "0":
            digits[0] = "9" if text[start] != "9" else "8"
        parts += [text[at:start], "".join(digits)]
        at = end
    return "".join([*parts, text[at:]])


CELLS: dict[str, tuple[Callable[..., str], tuple[int | str, ...], str]] = {
    "reprint": (reprint, (1, 2, 3), "{} lines of footer"),
    "truncation": (truncate, (90, 70, 50, 30), "{} % left"),
    "script": (convert, tuple(_BACK), "{}"),
    "width": (widen, ("letters and figures", "punctuation"), "{}"),
    "chrome": (dress, (5, 10, 20), "{} lines"),
    "edit": (edit, (1, 2, 5, 10, 20), "{} %"),
    "shuffle": (shuffle, ("paragraphs", "sentences"), "{}"),
    "synonyms": (spin, (30, 60, 100), "{} % of the words"),
    "other figures": (other_figures, ("one", "all"), "{}"),
    "other date": (other_date, ("day", "day and month"), "{}"),
}
"""What makes each kind, how strongly, and how the strength is written. Merged articles come on top: they are made from two."""

MERGE = ("as long", "half as long", "a third as long")
"""Beside the first article, how much of the second one."""
NEAR_MISSES = {"other figures", "other date"}
MOST_UNFIT = 20
"""How many articles a change may leave as they are for each copy that it makes."""


@cache
def synonyms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Each word with what is put for it, and a pattern that finds the longest."""
    pairs = [line.split() for line in SYNONYMS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    words = {other: word for word, other in reversed(pairs)} | dict(reversed(pairs))
    return words, re.compile("|".join(sorted(words, key=len, reverse=True)))


@cache
def _opencc(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def cells() -> Iterator[tuple[str, str]]:
    """Kind and strength of each cell, in order."""
    for kind, (_, strengths, shown) in CELLS.items():
        for strength in strengths:
            yield kind, shown.format(strength)
    for shown in MERGE:
        yield "merge", shown


def plant(articles: Sequence[str], per_cell: int, seed: int = SEED) -> list[Planted]:
    """Articles and copies in a shuffled order: so many copies a cell, and what is left of the articles as they are.

    A change that leaves an article as it was (no figure to change, nothing to convert) is tried on the next article; where it leaves
    nearly all as they are its cell stays small, or empty. Raises ValueError where there are too few articles.
    """
    chance = random.Random(seed)
    found: list[Planted] = []
    waiting = list(reversed(articles))

    def take() -> str:
        if not waiting:
            raise ValueError(f"{len(articles):,} articles are too few for {per_cell} copies of each kind and strength")
        return waiting.pop()

    def add(
        text: str, group: int | None = None, kind: str = "original", strength: str = "", of: tuple[int, ...] = ()
    ) -> int:
        found.append(Planted(text, len(found) if group is None else group, kind, strength, of))
        return len(found) - 1

    for kind, (change, strengths, shown) in CELLS.items():
        for strength in strengths:
            unfit: list[str] = []
            made = 0
            while made < per_cell and waiting and len(unfit) < MOST_UNFIT * per_cell:
                text = take()
                copy = change(text, strength, chance)
                if copy == text:
                    unfit.append(text)
                    continue
                place = add(text)
                add(copy, None if kind in NEAR_MISSES else place, kind, shown.format(strength), (place,))
                made += 1
            waiting.extend(reversed(unfit))
    for shown in MERGE:
        for _ in range(per_cell):
            first, second = take(), take()
            share = {"as long": 1.0, "half as long": 0.5, "a third as long": 1 / 3}[shown]
            places = (add(first), add(second))
            add(f"{first}\n{truncate(second, round(share * 100), chance)}", places[0], "merge", shown, places)
    for text in reversed(waiting):
        add(text)
    return _mix(found, chance)


def _mix(planted: list[Planted], chance: random.Random) -> list[Planted]:
    """In another order; places and groups follow."""
    order = list(range(len(planted)))
    chance.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    return [
        Planted(each.text, place[each.group], each.kind, each.strength, tuple(place[old] for old in each.of))
        for each in (planted[old] for old in order)
    ]
