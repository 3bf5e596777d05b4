"""Hard-wrapped text is joined into paragraphs; verse, lists, tables and short lines stay as they are."""

from __future__ import annotations

import random
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.page.unwrap import find_joints

STORY = [
    "早春的河湾，水还是凉的。巡护艇从码头开出来，掌舵的水生今年四十九岁，三年以前，他开的是自家的捕鱼船。那条船停在岸边，船底长了青苔，他每天路过都要看一眼，从不上去坐。",
    "鱼回来了，打鱼的人去了哪里？记者沿着河走访了三个渔民，一个开了面馆，一个在学校看门，还有一个成了巡护员，夜里也睡在艇上。他们说起从前，话都不多，说起如今，倒是肯多讲几句。",
    "监测站的人每个月来一次，取水、数鱼、量鱼的长短，再一条条放回去。去年在干流的二十二个断面采到八十六种，比禁捕以前多了十一种，消失多年的那一种也在三个断面重新露面。",
    "面馆开在渡口旁边，招牌是他女儿写的。早上五点开门，卖到下午两点，剩下的时间他坐在门口补网，补好了也不下水，挂在墙上给客人看，说这是河湾最后一张手结的网，谁也不卖。",
]
ENGLISH = (
    "The night ferry leaves the pier at ten, and by half past the lights of the town are a thin line on the water. "
    "Most of those on board know one another; they nod, find their benches and sleep. Only the children stay awake, "
    "counting the buoys as they pass and calling out the numbers until somebody tells them to be quiet."
)


def wrap(paragraph: str, width: int, indent: int = 2) -> list[str]:
    """A paragraph broken at a width in characters, its first line indented and so that much shorter."""
    first, rest = paragraph[: width - indent], paragraph[width - indent :]
    return [first, *(rest[at : at + width] for at in range(0, len(rest), width))]


def joined(lines: list[str]) -> list[str]:
    joints = find_joints(lines)
    out: list[str] = []
    for at, line in enumerate(lines):
        if at in joints:
            out[-1] += joints[at] + line
        else:
            out.append(line)
    return out


@pytest.mark.parametrize("width", [24, 28, 32, 36, 38, 40, 48])
@pytest.mark.parametrize("indent", [0, 2])
def test_wrapped_chinese_is_joined(width: int, indent: int) -> None:
    lines = [line for paragraph in STORY for line in wrap(paragraph, width, indent)]
    found = joined(lines)
    assert "".join(found) == "".join(STORY)
    # A line that ends a sentence at full width ends its paragraph too: more pieces than paragraphs, not fewer.
    assert len(STORY) <= len(found) <= len(STORY) + 4


def test_wrapped_latin_text_is_joined_with_blanks() -> None:
    lines = textwrap.wrap(ENGLISH, 64)
    assert joined(lines) == [ENGLISH]


def test_a_page_of_wrapped_text_says_so() -> None:
    page = "\n".join("　　" * (at == 0) + line for paragraph in STORY for at, line in enumerate(wrap(paragraph, 36)))
    article = cleaner.clean(page)
    assert "hard_wrapped" in article.flags
    assert article.text.replace("\n", "") == "".join(STORY)
    assert "".join(line.text for line in article.lines) == "".join(STORY)
    assert {line.joint for line in article.lines} == {"\n", ""}


VERSE = [
    "白日依山尽的黄昏里",
    "河水向着远处的海",
    "想把千里都看完的人",
    "又往上走了一层楼",
    "风从江上吹过来时",
    "灯一盏一盏地亮了",
]
LONG_VERSE = [f"在第{n}个春天的早晨我们沿着河岸走向那座还没有名字的桥" for n in "一二三四五六七八"]
LIST = [f"{n}、把第{n}样东西放进锅里，加水没过，大火烧开，转小火慢慢地炖" for n in range(1, 9)]
FIGURES = [f"2024年{n}月  进口{n}1.5万吨  出口{n}2.7万吨  同比增长{n}.3%  环比下降0.{n}%" for n in range(1, 10)]
HEADLINES = [f"河湾第{n}届龙舟赛今日开赛十二支队伍下水角逐" for n in "一二三四五六七八"]


@pytest.mark.parametrize(
    "lines",
    [VERSE, LONG_VERSE, LIST, FIGURES, HEADLINES, STORY, ["关键词"] * 20, ["“走吧。”", "“去哪儿？”", "“去河边。”"] * 5],
    ids=["verse", "long verse", "list", "figures", "headlines", "paragraphs", "headings", "dialogue"],
)
def test_what_is_broken_on_purpose_stays(lines: list[str]) -> None:
    assert find_joints(lines) == {}
    text = cleaner.normalize("\n".join(lines))
    assert cleaner.clean(text).text == text


@pytest.mark.parametrize("lines", [[], [""], ["一"], STORY[:1] * 3], ids=["nothing", "empty", "one", "few"])
def test_few_lines_stay(lines: list[str]) -> None:
    assert find_joints(lines) == {}


@given(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=80), max_size=40))
def test_joints_are_places_within_the_text(lines: list[str]) -> None:
    joints = find_joints(lines)
    assert all(0 < at < len(lines) for at in joints)
    assert set(joints.values()) <= {"", " "}


def test_one_paragraph_of_many_lines_is_joined_in_linear_time() -> None:
    text = "".join(random.Random(1).choices("".join(STORY).replace("。", "，"), k=36 * 40_000))
    lines = [text[at : at + 36] for at in range(0, len(text), 36)]
    began = time.perf_counter()
    article = cleaner.clean("\n".join(lines))
    assert time.perf_counter() - began < 4
    assert article.text.count("\n") < len(lines) // 10
    assert article.text.replace("\n", "") == text
