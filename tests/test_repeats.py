"""What stands twice: titles, bodies and paragraphs go once too many; headings, refrains, verse and dialogue stay."""

from __future__ import annotations

import time

import pytest

from cleaner.page.repeats import (
    copies_among,
    echoes,
    find_copies,
    find_repeated_body,
    find_repeated_paragraphs,
    find_repeated_titles,
    same_title,
)

TITLE = "河湾大桥今日通车首日车流破三千"
PARAGRAPHS = [
    "连接河湾两岸的大桥今天上午正式通车,首日通行车辆超过三千辆,两岸居民告别了绕行四十公里的历史。",
    "大桥全长一千二百米,双向四车道,两侧设有步道和自行车道,桥面每隔五十米有一处观景台。",
    "施工期间,工人们在汛期来临前抢出了二十二天,主桥合龙的那天夜里,岸上站满了举着手电的居民。",
    "下一步,县里打算把旧渡口改成一座小公园,渡船留下一条,停在原来的码头边给孩子们看。",
    "住在北岸的谷老师说,从前送孩子上学要等渡船,遇到大雾就停航,如今开车只要五分钟。",
]


@pytest.mark.parametrize(
    ("line", "title", "same"),
    [
        (TITLE, TITLE, True),
        (f"[本地]{TITLE}", TITLE, True),
        (f"【快讯】{TITLE}", TITLE, True),
        (TITLE[:12] + "…", TITLE, True),
        (TITLE[:12] + "...", TITLE, True),
        (TITLE[:11], TITLE, True),
        ("河湾大桥 今日通车首日车流 破三千", TITLE, True),
        (TITLE + "之后", TITLE, False),
        (TITLE[:8], TITLE, False),
        ("河湾大桥昨日通车首日车流破三千", TITLE, False),
        ("关键词", "关键词", False),
        ("", TITLE, False),
        ("…", TITLE, False),
        ("[本地]", "[本地]", False),
        (TITLE, "", False),
    ],
)
def test_same_title(line: str, title: str, same: bool) -> None:
    assert same_title(line, title) is same


def titles(keys: list[str], title: str | None = None, ruled: list[bool] | None = None) -> list[int]:
    return sorted(find_repeated_titles(keys, find_copies(keys), title, (ruled or [False] * len(keys)).__getitem__))


def test_copies_among_some_lines_are_those_that_would_be_found() -> None:
    keys = [TITLE, PARAGRAPHS[0], TITLE, "首页", PARAGRAPHS[0], PARAGRAPHS[1], TITLE, "首页"]
    for left in ([0, 2, 3, 6], [1, 2, 4, 5], [0, 1, 3, 7], list(range(len(keys)))):
        assert copies_among(find_copies(keys), left) == find_copies([keys[at] for at in left])


def test_a_known_title_is_found_wherever_it_stands() -> None:
    keys = [TITLE, PARAGRAPHS[0], TITLE, PARAGRAPHS[1], f"[本地]{TITLE}", PARAGRAPHS[2], TITLE[:12] + "…"]
    assert titles(keys, TITLE) == [0, 2, 4, 6]


def test_an_unknown_title_shows_by_standing_between_paragraphs_three_times() -> None:
    keys = [TITLE, PARAGRAPHS[0], TITLE, PARAGRAPHS[1], TITLE, PARAGRAPHS[2]]
    assert titles(keys) == [0, 2, 4]
    assert titles(keys[:4]) == []


@pytest.mark.parametrize(
    "keys",
    [
        [part for text in PARAGRAPHS[:4] for part in ("关键词", text)],
        [part for text in PARAGRAPHS[:4] for part in ("他说这话时没有抬头看任何一个人。", text)],
        [PARAGRAPHS[0], *["归来吧归来哟浪迹天涯的游子"] * 4, PARAGRAPHS[1]],
        [line for n in range(4) for line in (f"第{n}段的第一句", "归来吧归来哟浪迹天涯的游子", "再也不愿漂泊")],
        [part for n in range(4) for part in ("时间:5月19日20:00到22:30", f"地点:第{n}号楼")],
    ],
    ids=["headings", "sentences", "refrain in a row", "refrain in verse", "form"],
)
def test_what_repeats_on_purpose_is_no_title(keys: list[str]) -> None:
    assert titles(keys) == []


def test_a_line_that_a_rule_names_is_no_title() -> None:
    keys = [part for text in PARAGRAPHS[:3] for part in (TITLE, text)]
    assert titles(keys, None, [key == TITLE for key in keys]) == []


def body(keys: list[str], heads: tuple[int, ...] = ()) -> list[int]:
    return find_repeated_body(keys, find_copies(keys), lambda at: at in heads)


def paragraphs(keys: list[str], gone: set[int] = set()) -> list[int]:  # noqa: B006
    return find_repeated_paragraphs(find_copies(keys), lambda at: at not in gone)


def test_the_second_copy_of_a_body_goes() -> None:
    assert body([*PARAGRAPHS, *PARAGRAPHS]) == [5, 6, 7, 8, 9]


def test_the_copy_beside_the_date_stays() -> None:
    keys = [*PARAGRAPHS, TITLE, "2024-05-01 08:00", *PARAGRAPHS]
    assert body(keys, heads=(6,)) == [0, 1, 2, 3, 4]
    assert body(["2024-05-01 08:00", *keys], heads=(0, 7)) == [8, 9, 10, 11, 12]


def test_a_short_line_between_paragraphs_does_not_break_the_run() -> None:
    first = [PARAGRAPHS[0], "一支藕", PARAGRAPHS[1], PARAGRAPHS[2], PARAGRAPHS[3], PARAGRAPHS[4]]
    assert set(body([*first, *first])) >= {6, 8, 9, 10, 11}


@pytest.mark.parametrize(
    "keys",
    [
        [PARAGRAPHS[0], *PARAGRAPHS[1:], PARAGRAPHS[0]],
        [*PARAGRAPHS, *reversed(PARAGRAPHS)],
        [*["他们说等等吧"] * 8],
        ["问:大桥什么时候通车?", "答:五月一日。"] * 6,
    ],
    ids=["one paragraph", "another order", "refrain", "dialogue"],
)
def test_what_repeats_otherwise_is_no_second_body(keys: list[str]) -> None:
    assert body(keys) == []


def test_a_body_that_stands_three_times_stays_once() -> None:
    keys = [*PARAGRAPHS] * 3
    gone = set(body(keys))
    gone |= set(paragraphs(keys, gone))
    assert [key for at, key in enumerate(keys) if at not in gone] == PARAGRAPHS


def test_a_paragraph_that_stands_again_goes() -> None:
    keys = [*PARAGRAPHS, "短句", PARAGRAPHS[1], "短句"]
    assert paragraphs(keys) == [6]
    assert paragraphs(keys, {1}) == []


def test_refrains_and_replies_are_no_paragraphs() -> None:
    keys = ["归来吧归来哟,浪迹天涯的游子。", "“好,那就这样吧。”", "是的。"] * 5
    assert paragraphs(keys) == []


def test_a_description_before_the_text_is_an_echo() -> None:
    assert echoes([PARAGRAPHS[0][:30] + "…", TITLE, PARAGRAPHS[0]]) == [0]
    assert echoes([PARAGRAPHS[0], PARAGRAPHS[0]]) == [0]
    assert echoes(PARAGRAPHS) == []


def scattered(count: int) -> list[str]:
    """Paragraphs, and then their copies from both ends inwards: the next copy is now near, now far."""
    first = [f"第{at}段{PARAGRAPHS[0]}" for at in range(count)]
    return [*first, *first[::2], *first[1::2][::-1]]


@pytest.mark.parametrize(
    "keys",
    [
        scattered(30_000),
        [PARAGRAPHS[0]] * 100_000,
        [PARAGRAPHS[at % 2] for at in range(100_000)],
        [PARAGRAPHS[at % 5] for at in range(100_000)],
        [TITLE if at % 2 else f"第{at}段{PARAGRAPHS[0]}" for at in range(60_000)],
        [*(f"第{at}段{PARAGRAPHS[0]}" for at in range(30_000))] * 2,
        [part for at in range(20_000) for part in (f"第{at}段{PARAGRAPHS[0]}", f"{at}")] * 2,
        [f"{PARAGRAPHS[0][:26]}{at % 7}{PARAGRAPHS[1]}" for at in range(60_000)],
    ],
    ids=[
        "scattered",
        "same",
        "alternating",
        "cycle",
        "title",
        "body twice",
        "body twice, short lines between",
        "same beginning",
    ],
)
def test_cost_is_linear_in_the_number_of_lines(keys: list[str]) -> None:
    began = time.perf_counter()
    echoes(keys)
    body(keys)
    titles(keys, TITLE)
    paragraphs(keys)
    assert time.perf_counter() - began < 2
