"""Texts of any size in shapes that are hard on a cleaner, made from the sample pages."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache

from benchmarks.corpora.samples import SEED, labelled_lines, read_samples

PAGE_TOP = ("河湾大桥今日通车 - 河湾网", "首页 > 新闻 > 正文", "河湾大桥今日通车", "2024-05-01 08:00 来源：河湾日报")
PAGE_END = ("责任编辑：周小平", "相关阅读", "河湾两岸的渡口", "关于我们 | 联系我们", "版权所有 © 2024 河湾网")

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]")
_FIGURES = re.compile(r"\d+")


@cache
def sentences() -> tuple[str, ...]:
    """The sentences of the sample pages' kept lines."""
    kept = (line for text, labels in read_samples() for line, _, kept in labelled_lines(text, labels) if kept)
    return tuple(dict.fromkeys(sentence for line in kept for sentence in _SENTENCE.findall(line)))


@cache
def removed_lines() -> tuple[str, ...]:
    """The lines of the sample pages that are to go."""
    return tuple(
        dict.fromkeys(
            line for text, labels in read_samples() for line, _, kept in labelled_lines(text, labels) if not kept
        )
    )


def vary(sentence: str, chance: random.Random) -> str:
    """The sentence with other figures; one without figures gets one."""
    varied, count = _FIGURES.subn(lambda _: str(chance.randint(1, 99_999)), sentence)
    return varied if count else f"{varied[:-1]}（{chance.randint(1, 99_999)}）{varied[-1]}"


def prose(chance: random.Random) -> Iterator[str]:
    """Paragraphs of one to six sentences, no two alike."""
    while True:
        picked = chance.choices(sentences(), k=chance.randint(1, 6))
        yield "".join(vary(sentence, chance) for sentence in picked)


def page(chance: random.Random) -> Iterator[str]:
    """Chrome of a sample page, then prose; `make` puts the rest of the chrome after it."""
    yield from PAGE_TOP
    yield from prose(chance)


def mixed(chance: random.Random) -> Iterator[str]:
    """Prose with lines of chrome from many sites all through it."""
    for paragraph in prose(chance):
        yield paragraph
        if chance.random() < 0.1:
            yield from chance.choices(removed_lines(), k=3)


def short_lines(chance: random.Random) -> Iterator[str]:
    """Lines of two to eight characters, cut out of prose."""
    while True:
        sentence = chance.choice(sentences())
        at = chance.randrange(len(sentence))
        yield sentence[at : at + chance.randint(2, 8)] + str(chance.randint(0, 999))


def menu(chance: random.Random) -> Iterator[str]:
    """Menu entries, a line each, and glued in a row."""
    names = [
        "首页",
        "新闻",
        "国内",
        "国际",
        "财经",
        "体育",
        "娱乐",
        "科技",
        "汽车",
        "房产",
        "教育",
        "健康",
        "旅游",
        "图片",
        "视频",
        "论坛",
        "登录",
        "注册",
        "更多",
    ]
    while True:
        yield chance.choice(names)
        yield "".join(chance.choices(names, k=chance.randint(2, 12)))


def bars(chance: random.Random) -> Iterator[str]:
    """Lines of links with bars between them, and lines of bars."""
    names = ["关于我们", "联系我们", "广告服务", "版权声明", "网站地图", "诚聘英才", "友情链接", "河湾", "第3页"]
    while True:
        yield " | ".join(chance.choices(names, k=chance.randint(3, 40)))
        yield "|" * chance.randint(1, 200)


def dates(chance: random.Random) -> Iterator[str]:
    """Date lines, whole and broken, alone and in rows."""
    forms = (
        "{}-{:02}-{:02} 08:{:02}",
        "{}年{}月{}日 10:{:02}",
        "时间：{}/{}/{} 来源：河湾日报 点击：{}",
        "{}-{}-{}-{}-",
    )
    while True:
        made = [
            chance.choice(forms).format(
                chance.randint(1990, 2030), chance.randint(1, 12), chance.randint(1, 31), chance.randint(0, 59)
            )
            for _ in range(chance.choice((1, 1, 1, 30)))
        ]
        yield " ".join(made)


def repeats(chance: random.Random) -> Iterator[str]:
    """Forty paragraphs and three titles, again and again in another order."""
    paragraphs = [paragraph for paragraph, _ in zip(prose(chance), range(40), strict=False)]
    titles = ["河湾大桥今日正式通车首日车辆超过三千", "南桥春季招聘会：技工最抢手，月薪过万不稀奇", "关键词"]
    while True:
        yield chance.choice(paragraphs)
        if chance.random() < 0.3:
            yield chance.choice(titles)


def copies(chance: random.Random) -> Iterator[str]:
    """The same forty paragraphs in the same order, again and again."""
    paragraphs = [paragraph for paragraph, _ in zip(prose(chance), range(40), strict=False)]
    while True:
        yield from paragraphs


def editors(chance: random.Random) -> Iterator[str]:
    """Prose with an editor or a source glued to the end of each line, sometimes several in a row."""
    tails = ("责任编辑：周小平", "（责任编辑：沈禾）", "编辑:陶知夏 作者:罗一苇", "来源:河湾网评论:0点击:")
    for paragraph in prose(chance):
        yield paragraph + "".join(chance.choices(tails, k=chance.choice((1, 1, 2, 20))))


def blanks(chance: random.Random) -> Iterator[str]:
    """Words with hundreds of blanks of several kinds between them."""
    while True:
        gap = chance.choice((" ", "　", "\u00a0", "\t", "\u200b")) * chance.randint(50, 800)
        yield gap.join(chance.choices(("河湾", "来源：", "作者", "2024", "责任编辑：", "|"), k=5))


def wrapped(chance: random.Random) -> Iterator[str]:
    """Prose broken at 30 characters."""
    for paragraph in prose(chance):
        yield from (paragraph[at : at + 30] for at in range(0, len(paragraph), 30))


def entities(chance: random.Random) -> Iterator[str]:
    """Prose between entities, tags and marks that open and never close."""
    for paragraph in prose(chance):
        yield "&nbsp;" * chance.randint(1, 30) + paragraph + "&amp" * 3 + "<" * 20 + "（" * 20 + "“《" * 10


SHAPES: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "page": page,
    "one line": prose,
    "short lines": short_lines,
    "mixed": mixed,
    "menu": menu,
    "bars": bars,
    "bars, one line": bars,
    "dates": dates,
    "dates, one line": dates,
    "repeats": repeats,
    "copies": copies,
    "editors": editors,
    "editors, one line": editors,
    "blanks": blanks,
    "wrapped": wrapped,
    "entities": entities,
}
"""What makes the lines of each shape; where the name ends in `one line`, no line feed stands between them."""


def make(shape: str, size: int) -> str:
    """A text of this shape, of `size` bytes of UTF-8 and little more; the same every time."""
    joint = "" if shape.endswith("one line") else "\n"
    parts, total = [], 0
    for line in SHAPES[shape](random.Random(SEED)):
        parts.append(line)
        total += len(line.encode()) + len(joint)
        if total >= size:
            break
    return joint.join([*parts, *(PAGE_END if shape == "page" else ())])
