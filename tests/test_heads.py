"""What stands between the title and the first sentence of an article: buttons, counters, tags and bylines, which are none of it, and what is."""

from __future__ import annotations

import pytest
from bridge import FIRST, FOOT, HEAD, MENU, THEN, clean

BODY = [*FIRST, *THEN]

BUTTONS = {"点赞(12)", "展开全文", "分享到微信", "收藏", "摄影：林子", "作者：周小平"}
"""Those may go or stay: a line that stays below them is proof enough that nothing above was taken for chrome."""


def clean_between(*between: str) -> list[str]:
    """The lines that stay of a page with these between its head and its first sentence."""
    return clean(*MENU, *HEAD, *between, *BODY, *FOOT).text.split("\n")


@pytest.mark.parametrize(
    "between",
    [
        ["讀稿", "00:00", "00:00", "+ 存新聞"],
        ["默认", "超大", "大"],
        ["128,455", "收藏", "友善列印"],
        ["人民微博", "打印"],
        ["標籤：", "大桥", "渡口", "自行车道"],
        ["作者：", "艾小米", "阅读时间 6 分钟"],
        ["作者：周小平／河灣報導。", "點閱次數：2,684"],
        ["□ 本报记者 周小平 本报通讯员 孔河"],
        ["大桥桥头，人们举着小旗。（周小平攝）", "記者周小平／河灣報導"],
        ["《河湾日报》（ 2024年05月01日 15版）"],
    ],
    ids=lambda between: between[0],
)
def test_such_lines_are_none_of_the_article(between: list[str]) -> None:
    assert clean_between(*between) == BODY


@pytest.mark.parametrize(
    "between",
    [
        ["一座桥的四十年"],
        ["题记", "谨以此文献给摆渡的人"],
        ["风起", "云涌", "山河万里"],
        ["致各位街坊："],
        ["风从北岸来", "吹过旧渡口", "船还系在那里", "点赞(12)"],
        ["桥通了。", "船停了。", "摄影：林子"],
        ["一、渡口", "作者：周小平"],
        ["老段：你们来啦", "记者：老段您好"],
        ["番茄", "鸡蛋", "小葱", "白糖"],
        ["北岸", "渡船", "大桥", "谷老师"],
        ["“走吧。”", "“去哪儿？”", "“过河。”", "展开全文"],
        ["今天上午八点，大桥正式通车了。", "第一辆车是公交车。", "老段坐在第一排。", "分享到微信"],
        ["中文名：白鹭", "分类：鹳形目鹭科", "分布：亚洲"],
        ["桥还没有修好的时候，我们都是坐船过河的，每天早上六点就要出门，晚上七点才回得来。", "收藏"],
    ],
    ids=lambda between: between[0],
)
def test_such_lines_are_part_of_it(between: list[str]) -> None:
    text = clean_between(*between)
    assert [line for line in text if line not in BUTTONS] == [line for line in [*between, *BODY] if line not in BUTTONS]


def test_a_page_that_is_a_poem_is_no_head() -> None:
    verses = ["风从北岸来", "吹过旧渡口", "船还系在那里", "等一个人"]
    article = clean(*MENU, "渡口诗", "2024-05-01 08:00 来源：河湾文艺", *verses, "点赞(12)", *FOOT)
    assert article.text.split("\n") == verses


def test_a_form_above_a_notice_is_not_taken_for_buttons() -> None:
    form = [part for at in range(9) for part in (f"事项{at}：", f"河湾第{at}号工程")]
    assert clean_between(*form, "打印")[: len(form)] == form
