"""What stands between the title and the first sentence of an article: buttons, counters, tags and bylines, which are none of it, and what is."""

from __future__ import annotations

import pytest

import cleaner

MENU = ["首页", "新闻", "体育", "财经", "登录", "首页 > 新闻 > 正文"]
HEAD = ["河湾大桥今日正式通车", "2024-05-01 08:00 来源：河湾日报"]
BODY = [
    "连接河湾两岸的大桥今天上午正式通车，首日通行车辆超过三千辆，两岸居民告别了绕行四十公里的历史。",
    "大桥全长一千二百米，双向四车道，两侧设有步道和自行车道，桥面每隔五十米有一处观景台。",
    "住在北岸的谷老师说，从前送孩子上学要等渡船，遇到大雾就停航，如今开车只要五分钟，孩子能多睡半个小时。",
    "旧渡口的去处还没有定下来，县里打算把它改成一座小公园，渡船留下一条，停在原来的码头边给孩子们看。",
]
FOOT = [
    "相关新闻",
    "山城茶园迎来采摘季 游客排队进山",
    "关于我们 | 联系我们 | 网站地图 | 法律声明",
    "版权所有 © 2024 河湾网",
]


def clean(*between: str) -> cleaner.Article:
    return cleaner.clean("\n".join([*MENU, *HEAD, *between, *BODY, *FOOT]))


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
    assert clean(*between).text.split("\n") == BODY


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
    text = clean(*between).text.split("\n")
    assert text[-len(BODY) :] == BODY
    assert text[0] == between[0]


def test_a_page_that_is_a_poem_is_no_head() -> None:
    verses = ["风从北岸来", "吹过旧渡口", "船还系在那里", "等一个人"]
    page = [*MENU, "渡口诗", "2024-05-01 08:00 来源：河湾文艺", *verses, "点赞(12)", *FOOT]
    assert cleaner.clean("\n".join(page)).text.split("\n") == verses


def test_a_form_above_a_notice_is_not_taken_for_buttons() -> None:
    form = [part for at in range(9) for part in (f"事项{at}：", f"河湾第{at}号工程")]
    assert clean(*form, "打印").text.split("\n")[:2] == form[:2]
