"""Fields of a line, such as `来源：河湾网 作者：周小平`: where the value of one ends."""

from __future__ import annotations

import re

__all__ = ["NEXT_FIELD", "value_of"]

_KEYS = (
    "来源|稿源|出处|作者|点击数|浏览次数|浏览数|阅读数|撰文|编辑|责任编辑|责编|发布者|发布人|发布时间|发布日期|发表时间|时间|日期|评论|点击|浏览|阅读|字号|字体|分享|"
    "打印|收藏|记者|通讯员|审核|校对|摄影|更新|人气|热词|标签|关键词|我要|咨询专家|受访专家|审定专家"
)
NEXT_FIELD = rf"(?=(?:{_KEYS})[: (\d次/|]|(?:19|20)\d\d[-/.年]| [^ :]{{1,6}}:|\||【|\[|] | {{2,}}|[)\]】]|$)"
"""What follows the value of a field, as a pattern on the probe form of a line."""


def value_of(line: str, match: re.Match[str]) -> str:
    """The text that the group `value` of a match on the probe form stands for in the line itself."""
    value = line[match.start("value") : match.end("value")].strip()
    for opening in "(（":  # cut off within a bracket
        head, bracket, tail = value.rpartition(opening)
        if bracket and not any(closing in tail for closing in ")）"):
            value = head.rstrip()
    return value
