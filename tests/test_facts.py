"""Facts: two bulletins of one template are two articles, an edited reprint is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.duplicates.facts import count_facts, days, figures, ordinals, terms
from cleaner.types import Kind

ODD_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=40)
FIGURE_PIECES = [
    "0",
    "1",
    "25",
    "007",
    "８",
    "０",
    "①",
    ".",
    "．",
    ",",
    "，",
    "%",
    " ",
    "大",
    "亿元",
    "a",
    "\u200b",
    "𝟏",
]
NUMERAL_PIECES = [*"一二三十百零〇第届屆次年月大、", "二〇二五", " ", "a", "千"]
PIECED = st.lists(st.sampled_from([*FIGURE_PIECES, *NUMERAL_PIECES, "\ud800"]), max_size=30).map("".join)
ANY_TEXT = st.one_of(PIECED, ODD_TEXT)


# Figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("通行车辆3000辆", {"3000"}),
        ("3000辆中3000辆", {"3000"}),
        ("增长8.25%", {"8.25"}),
        ("5月19日20:30", {"5", "19", "20", "30"}),
        ("2024-05-01", {"2024", "5", "1"}),
        ("G20峰会，F1赛车", {"20", "1"}),
        ("第1.2.3版", {"1.2.3"}),
        ("3,4号楼", {"34"}),
        ("3、4号楼", {"3", "4"}),
        ("①②", {"12"}),
        ("没有数字", set()),
        ("三千辆", set()),
        ("", set()),
        (".,.", set()),
    ],
)
def test_figures(text: str, expected: set[str]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１２３４", "1234"),
        ("８．２５", "8.25"),
        ("8．25", "8.25"),
        ("1,234,567.8", "1234567.8"),
        ("１,２３４", "1234"),
        ("05月09日", "5月9日"),
        ("0.80", "００.80"),
        ("00:07", "7"),
        ("12亿元", "12 億元"),
    ],
    ids=["width", "wide point", "half wide", "commas", "wide digits", "dates", "nought", "time", "script"],
)
def test_figures_are_the_same_in_any_form(one: str, other: str) -> None:
    assert figures(one) == figures(other)


@pytest.mark.parametrize(
    ("one", "other"), [("8.25", "825"), ("0.8", "8"), ("8.2", "8.20"), ("12", "21"), ("1 2", "12"), ("1，234", "1234")]
)
def test_figures_that_say_different_things_differ(one: str, other: str) -> None:
    assert figures(one) != figures(other)


@pytest.mark.parametrize("text", ["0", "00", "0、0", "０"])
def test_nought_is_no_figure(text: str) -> None:
    assert figures(text) == frozenset()


@given(st.integers(0, 10**12))
def test_a_number_is_one_figure_however_it_is_written(number: int) -> None:
    wide = str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    expected = {str(number)} if number else set()
    assert figures(f"共{number}人") == figures(f"共{number:,}人") == figures(f"共000{number}人") == expected
    assert figures(wide) == expected


@given(ANY_TEXT, ANY_TEXT)
def test_figures_of_two_lines_are_those_of_both(one: str, other: str) -> None:
    assert figures(f"{one}\n{other}") == figures(one) | figures(other)


# Ordinals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第三次会议", {"三"}),
        ("第三季度", {"三"}),
        ("第十四届", {"十四"}),
        ("十四屆運動會", {"十四"}),
        ("二次筹备会议", {"二"}),
        ("二〇二五年", {"二〇二五"}),
        ("二零二五年", {"二零二五"}),
        ("二〇二五年第三季度第三次", {"二〇二五", "三"}),
        ("三年", set()),
        ("二百五十年", {"二百五十"}),
        ("一二三四五年", set()),
        ("三个", set()),
        ("一百二十人", set()),
        ("第14届", set()),
        ("", set()),
    ],
)
def test_ordinals(text: str, expected: set[str]) -> None:
    assert ordinals(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("第 三 届", "第三届"), ("《第三》屆", "第三届"), ("第\n十四届", "第十四届"), ("第三\u200b次", "第三次")],
)
def test_form_has_no_part_in_ordinals(one: str, other: str) -> None:
    assert ordinals(one) == ordinals(other)


# Days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("５月０６日", {6}),
        ("5月6日至16日", {6, 16}),
        ("6 日", {6}),
        ("6日6日", {6}),
        ("40日，0日，116日，三日，日", set()),
        ("31日、032日", {31}),
        ("G20日程", set()),
        ("30日内，15日內，6日", {6}),
        ("", set()),
    ],
)
def test_days(text: str, expected: set[int]) -> None:
    assert days(text) == expected


def test_days_count_where_the_texts_have_none_in_common() -> None:
    text = "5月{}日，河湾大桥通车。"
    assert count_facts(text.format(6), text.format("06"))[3:5] == (0, 0)
    assert count_facts(text.format(6), text.format(7))[3:5] == (1, 1)
    assert count_facts(text.format(6) + "7日", text.format(7))[3:5] == (0, 0)
    assert count_facts(text.format(6), "第三次")[3:5] == (0, 1)
    assert count_facts(text.format(6) + "第三次", text.format(7) + "第四次")[3:5] == (2, 2)


# Terms


def test_terms_are_pairs_of_neighbours_with_their_number() -> None:
    assert terms("大桥通车，大桥") == {("大", "桥"): 2, ("桥", "通"): 1, ("通", "车"): 1, ("车", "大"): 1}
    assert terms("New GDP") == {("new", "gdp"): 1}
    assert terms("大") == terms("") == {}


@given(ANY_TEXT, ANY_TEXT)
def test_counts_are_the_same_from_both_sides(one: str, other: str) -> None:
    fa, fb, both, oa, ob, ta, tb = count_facts(one, other)
    assert count_facts(other, one) == (fb, fa, both, ob, oa, tb, ta)
    assert 0 <= both <= min(fa, fb)


@given(ANY_TEXT)
def test_a_text_has_no_facts_that_it_lacks(text: str) -> None:
    number = len(figures(text))
    assert count_facts(text, text) == (number, number, number, 0, 0, 0, 0)
    assert count_facts(text, "") == (number, 0, 0, len(ordinals(text)), 0, sum(n > 1 for n in terms(text).values()), 0)


# In the search

BULLETIN = (
    "河湾县统计站发布的简报显示，{month}月份全县共接待游客{visitors}人次，比上月增长{growth}%，其中住在河边客栈的有{nights}人，"
    "其余的人当天往返。简报说，游客多半是冲着新修的大桥和桥头的集市来的，也有不少人专门坐渡船去看对岸的老磨坊。"
    "县里的旅游服务中心提醒大家，河边的石阶雨后很滑，请照看好随行的老人和孩子，渡船停航的消息会贴在码头的布告栏上。"
    "服务中心还说，集市每逢周末开到天黑，摊主们愿意替远道而来的客人看管行李，想要借自行车的人可以到桥头的小亭子里登记。"
)
MAY = {"month": 5, "visitors": "31,400", "growth": "8.25", "nights": 2170}
JUNE = {"month": 6, "visitors": "29,875", "growth": "1.40", "nights": 1985}
MEETING = (
    "河湾县读书会{nth}在老磨坊举行，来自两岸的会员带着自己喜欢的书坐在一起，轮流读上一段，再说说为什么喜欢。"
    "主持人请大家把手机放进门口的篮子里，窗外的水车一直在转，孩子们围在炉子旁边听，几位老人记得从前这里磨面的样子。"
    "读完之后，会员们把书留在磨坊的架子上，谁想看就可以带走，看完再送回来。组织者说，架子上的书越来越多，下回要再做一个。"
)
VISIT = (
    "应河湾县邀请，{guest}昨天到访。县长在桥头迎接{guest}，两人一起走过大桥，看了桥下的新码头。县长说，{guest}是老朋友，"
    "河湾的人都记得他送来的那批树苗，如今已经长成河边的一片林子。{guest}说，他很高兴再来看看，希望两地的孩子能常来常往。"
    "晚上，县里在老磨坊备下茶点，乐队演奏了两地的曲子，客人听得入神，直到月亮升到水车上面才起身告辞，约好来年春天再见。"
)


def verdict(one: str, other: str, **settings: object) -> tuple[int, Kind]:
    """How many of two texts stay, and what they are to each other."""
    result = cleaner.dedup([one, other], **{"threshold": 0.6, **settings})
    (pair,) = result.pairs
    return len(result.kept), pair.kind


TEMPLATES = [
    (BULLETIN.format(**MAY), BULLETIN.format(**JUNE)),
    (MEETING.format(nth="第十二次聚会"), MEETING.format(nth="第十三次聚会")),
    (MEETING.format(nth="二〇二四年聚会"), MEETING.format(nth="二〇二五年聚会")),
    (MEETING.format(nth="第十四届年会"), MEETING.format(nth="第十五屆年會")),
    (VISIT.format(guest="上官雨桐"), VISIT.format(guest="欧阳青禾")),
]


@pytest.mark.parametrize(("one", "other"), TEMPLATES, ids=["figures", "meetings", "years", "congresses", "names"])
def test_bulletins_of_one_template_are_two_articles(one: str, other: str) -> None:
    assert verdict(one, other) == verdict(other, one) == (2, Kind.FACTS)


@pytest.mark.parametrize(("one", "other"), TEMPLATES, ids=["figures", "meetings", "years", "congresses", "names"])
def test_without_their_facts_they_are_one(one: str, other: str) -> None:
    assert verdict(one, other, compare_facts=False) == verdict(other, one, compare_facts=False) == (1, Kind.NEAR)


BASE = BULLETIN.format(**MAY)


@pytest.mark.parametrize(
    "reprint",
    [
        BASE.replace("其中住在河边客栈的有2170人，其余的人当天往返。", ""),
        BASE.replace("比上月增长8.25%，", ""),
        BASE.replace("周末开到天黑", "周末开到20点"),
        BASE + "大桥在3年前动工，全长1200米。",
        BASE.replace("31,400", "31400").replace("8.25%", "８．２５％").replace("5月", "05月"),
        BASE.replace("8.25", "8.26"),
        BASE.replace("服务中心还说", "服务中心第三次提醒"),
    ],
    ids=[
        "a figure less",
        "another less",
        "a figure more",
        "two more",
        "another form",
        "one changed",
        "an ordinal more",
    ],
)
def test_an_edited_reprint_is_a_copy(reprint: str) -> None:
    kept, kind = verdict(BASE, reprint)
    assert kept == 1
    assert kind in {Kind.NEAR, Kind.CONTAINED}


def test_a_reprint_without_any_figure_is_a_copy() -> None:
    assert verdict(MEETING.format(nth="聚会"), MEETING.format(nth="第十二次聚会"))[0] == 1
    assert verdict(BASE, BULLETIN.format(month="本", visitors="三万", growth="近", nights="许多"))[0] == 1


def test_a_name_that_is_said_once_tells_nothing_apart() -> None:
    one, other = (MEETING.format(nth="聚会") + f"本文作者{name}" for name in ("谷小满", "欧阳青禾"))
    assert verdict(one, other)[0] == 1


def test_figures_in_another_form_do_not_part_bulletins_in_another_script() -> None:
    one = BULLETIN.format(month="05", visitors="３１４００", growth="8．25", nights="2,170")
    assert verdict(BASE, one.replace("游客", "遊客").replace("简报", "簡報"))[0] == 1


def test_the_same_tokens_are_one_article_whatever_the_facts() -> None:
    """8.25 is one figure and 8 25 are two, but points are folded away: what folds the same is an exact copy."""
    assert len(cleaner.dedup([BASE, BASE.replace("8.25", "8 25")]).kept) == 1


def test_a_name_of_three_characters_is_too_little_to_tell_articles_apart() -> None:
    """It is two pairs of neighbours, and OWN_TERMS asks for three: a reprint may well correct a name."""
    one, other = (VISIT.format(guest=name) for name in ("谷小满", "罗青禾"))
    assert count_facts(one, other)[-2:] == (2, 2)
    assert verdict(one, other)[0] == 1


def test_short_texts_are_told_apart_by_a_figure() -> None:
    line = "今天有3班渡船过河，请大家早些到码头上等候。"
    assert verdict(line, line.replace("大家", "各位"), threshold=0.3) == (1, Kind.NEAR)
    assert verdict(line, line.replace("3", "4"), threshold=0.3) == (2, Kind.FACTS)
    assert verdict(line, line.replace("3", "4"), threshold=0.3, compare_facts=False) == (1, Kind.NEAR)
