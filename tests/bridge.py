"""A page about a bridge, in pieces: the tests put lines between them."""

from __future__ import annotations

import cleaner

MENU = ["首页", "新闻", "体育", "财经", "登录", "首页 > 新闻 > 正文"]
HEAD = ["河湾大桥今日正式通车", "2024-05-01 08:00 来源：河湾日报"]
FIRST = [
    "连接河湾两岸的大桥今天上午正式通车，首日通行车辆超过三千辆，两岸居民告别了绕行四十公里的历史。",
    "大桥全长一千二百米，双向四车道，两侧设有步道和自行车道，桥面每隔五十米有一处观景台。",
    "住在北岸的谷老师说，从前送孩子上学要等渡船，遇到大雾就停航，如今开车只要五分钟，孩子能多睡半个小时。",
]
THEN = [
    "旧渡口的去处还没有定下来，县里打算把它改成一座小公园，渡船留下一条，停在原来的码头边给孩子们看。",
    "摆渡三十年的老段把缆绳收进了仓房。他说自己不难过，桥是大家盼了很久的，以后他想去学开公交车，走的还是这段路。",
]
LINKS = ["山城茶园迎来采摘季 游客排队进山", "老渡口的最后一班船今晚开出"]
FOOT = ["相关新闻", *LINKS, "关于我们 | 联系我们 | 网站地图 | 法律声明", "版权所有 © 2024 河湾网"]


def clean(*lines: str) -> cleaner.Article:
    """The article of a page of these lines."""
    return cleaner.clean("\n".join(lines))
