"""Who wrote an article: the names in bylines, under titles and at the ends of texts.

Patterns are matched on lines in probe form and read from the lines themselves, which have the same length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from cleaner.page.fields import NEXT_FIELD, value_of
from cleaner.page.judged import JudgedPage
from cleaner.page.names import is_name, is_word, split_names
from cleaner.page.probe import probe_line
from cleaner.page.rules import Rule
from cleaner.page.title import DATED, SITE_END
from cleaner.types import Label

__all__ = ["People", "read_people"]

_HAN = r"[^\W\da-z_]"
"""A Chinese character of a name, in probe form. (A range of twenty thousand takes a millisecond to be compiled, each time it is named.)"""

_FIELD = re.compile(
    rf"(?:(?<!\w)|(?<=本文)|(?<=原文)|(?<=图文)|(?<=\w号))(?P<key>(?:责任|责)?编辑?(?:人|员)?|责编|编审|作者|主笔|撰文者?|撰稿人?|采写|采访|报[导道]|文字?/图片?|图/文|文/图|文|by|author|通讯员|记者|发布者|发布人|楼主|录入)"
    r"[ ]*(?:[:|/]|(?<=者) (?=[^ ]))[ ]*"
    rf"(?:(?:(?:本|\w{{2,6}})[报网台刊社]|驻\w{{1,3}})(?:首席|特约|实习|见习|全媒体)?记者[ :]+)?(?P<value>[^:]{{1,40}}?)[ ]*{NEXT_FIELD}"
)
_GLUED_FIELD = re.compile(
    rf"(?P<key>责任编辑|编辑|责编|作者|撰文|记者)[ ]*:[ ]*(?P<value>[^: ]{{2,16}}?)[ ]*{NEXT_FIELD}"
)
"""Fields that stand right behind the value of the one before (`晚报作者:周小平编辑:李楠`), as on lines that begin with the date."""
_REPORTER = re.compile(
    r"(?:记者|通讯员|实习生|特约(?!评论|撰稿))[: /]*(?P<value>[^。!?:;]{2,40}?)(?=$|[)\]】]| ?【|报道|报导| 摄|/摄|电$| \w{2,3}(?:19|20)\d\d[-/.年])"
)
_REPORTS_END = ("报道", "报导")
_IN_BODY = re.compile(
    r"\((?P<value>(?:[^()。]{0,24}?)(?:记者|通讯员|实习生)[^()。,:]{2,30}"
    r"|[^()。,:]{2,12}、[^()。,:]{0,6}记者[^()。,:]{2,12}"
    r"|(?:文|撰文|作者)[/:][^()。,:]{2,20}"
    r"|\w{2,4}(?:[ 、]\w{2,4}){0,2} ?\w{0,4}(?:报道|报导|日电))\)"
)
_IN_BRACKETS = re.compile(
    r"[【\[][^【】\[\]]{0,8}?(?:记者|通讯员) ?(?P<value>[\w·、]{2,12}?) ?[/ ] ?[^【】\[\]/]{0,8}?(?:报[导道]|电)[】\]]"
    rf"|.{{0,20}}?[【\[]记者(?P<glued>{_HAN}{{2,8}}?)(?:{_HAN}{{2}})?报[导道][】\]]"
)
_SIGNED = re.compile(
    r"(?:[a-z]+ )?by (?P<value>[a-z][a-z.\- ]{2,40}?)(?=[ ,|·/-]{1,4}(?:on |updated |published )?(?:[a-z]{3,9}\.? )?\d)"
)
_WRITTEN_BY = re.compile(
    r"(?:written |reported |posted |words |text )?by (?P<value>[a-z][a-z.'\-]+(?: [a-z][a-z.'\-]+){0,3})"
)
_NAME_THEN_ROLE = re.compile(
    rf"(?P<value>(?:{_HAN}|·){{2,4}}) ?[/|] ?(?P<role>{_HAN}{{0,4}}(?:编辑|编译|撰文|撰稿|采访|整理|文))(?!{_HAN})"
)
_NAME_THEN_DATE = re.compile(rf"(?P<value>{_HAN}{{2,4}}|[a-z][a-z0-9_]{{3,15}})(?: ?[·|/] ?| )(?:19|20)\d\d[-/.年]")
_DATE_THEN_NAME = re.compile(
    rf"\d{{1,2}}:\d\d(?::\d\d)?(?: ?· ?(?P<account>[^·|:]{{2,12}})| ?(?P<value>{_HAN}{{2,4}}))$"
)
_NAMES_REPORT = re.compile(rf"(?P<value>{_HAN}{{2,4}}(?:[ 、,]{_HAN}{{2,4}}){{0,3}}) ?/ ?{_HAN}{{2,6}}报[导道]$")
_REPORTS = re.compile(
    rf"^(?:本报|本台)?记者 ?(?P<value>[\w·、 ]{{2,16}}?) ?[/ ] ?{_HAN}{{0,6}}(?:综合)?报[导道](?= |$|[^\w])"
)
_SENT_REPORT = re.compile(r"(?:讯|电),? ?(?P<value>[^。, ]{2,12})报[导道]")
_STAMP = re.compile(
    r"^(?:\[?(?:楼主|作者)\]?[: ]*)?(?P<value>(?![\d\-]+ ?(?:-|$)|最后|更新|[您你])[\w\-.@&]{2,24})(?= ?- ?\d{4}| 发[表布]于| 于 ?\d{4})"
)
_NAMED_POSTER = re.compile(r"(?:\[?(?:楼主|作者|层主|发帖人|发信人|寄信人)\]?[: ]*)(?P<value>[\w\-.@&]{2,24})")
_POSTED_BY = re.compile(
    r"本[贴帖文]由 ?(?P<value>[^ ]{1,16}?) ?(?:于|在)"
    r"|(?:posted|published|written).{0,40} by (?P<latin>[a-z][\w.]*(?: (?!at |on )[a-z][\w.]*){0,3})(?!\w*:)"
    rf"|posted .{{4,40}} by (?P<han>{_HAN}{{2,4}})$"
    r"|by (?P<nick>[a-z][\w]{2,20}) ?〓"
    rf"|(?P<pen>{_HAN}{{2,4}}) ?为\w{{2,10}}撰[稿文]"
    r"|由 (?P<teacher>\w{2,4}) 于 1\d\d年"
)

_NAME_CUT = re.compile("[、, ]+")
_FOLLOW = re.compile(r"\+? ?(?:关注|追踪|follow(?:ing)?)(?:作者|ta|他|她)?")
"""The button beside the name of an account."""
HAN_ACCOUNT_CHARS = 8
"""A name in Chinese is no longer: what is may be the summary below a title."""

FOLLOW_CHARS, MOST_FOLLOWED = 12, 8
"""Such a button says no more, and a page with more of them before its text is a list of accounts."""
_ACCOUNT = re.compile(r"[^\W\d][\w .·&'\-]{1,19}")
_NOBODY = re.compile(
    "admin|administrator|管理[员員]|小[编編]|[编編]辑?|佚名|未知|匿名|网络|網路|本站|本[报報]|网友|.{1,8}(?:[日晚早周时時]报|[日晚早周]報|电视台|電視台|通讯社|通訊社)"
)
"""What stands where an author does and is none."""
_OWNED_BY = re.compile(
    r"(?:本文由 ?@ ?|(?:版权|著作权)归(?:原?作者)?[ :]+)(?P<value>[^ @,。、]{2,20}?) ?(?:原创|授权|发布|所有)"
)
"""Whose a text is, by its last line; a name of a site is no author."""
_BLOG_OF = re.compile(r"本文来自(?P<value>[^ @,。、]{2,12}?)(?:科学网|新浪|搜狐|网易|凤凰)博客")
_NAME_AND_PAPER = re.compile(rf"(?P<value>{_HAN}{{2,4}})/{_HAN}{{2,10}}(?:报|网|社|周刊|新闻)")
_NAME_AND_COLUMN = re.compile(rf"(?P<value>{_HAN}{{3}}) {_HAN}{{2,10}}")
_OFFICE_AND_NAME = re.compile(rf"{_HAN}{{2,12}} (?P<value>{_HAN}{{2,4}})")
_ACCOUNT_AND_FOLLOW = re.compile(r"(?P<value>[^\W\d][\w.·-]{1,15})(?: \w{2,6}作者)? \+ ?关注")
_NO_ACCOUNT = re.compile(
    r"^lv\b|社$|观察|特写|报道|专题|人物|手记|编辑|周刊|作者|推荐|read$|news$|^home$|分享|举报|检举|回[复覆]|来自|属地|[原首]创|类型|人气|浏览|阅读|影响力|分钟|小时|专栏$|要闻|频道|栏目|^(?:文章|正文|作者|发布|来源|时间|标签|分类|更新|日期|标题|(?:发布|发表|更新)(?:时间|日期))$"
)
_ORGANIZED = re.compile("(?:新闻|网|报|社|电子报|在线|传媒|集团|公司|股份|有限|有限公司|频道|客户端|杂志)")
"""What follows the name of a site or a paper where it is written in full."""
_OWNER_CUT = re.compile("[© ]")

NAME_LINE_CHARS = 30
"""A line that is nothing but names, in brackets and blanks."""

FIELD_LINES = 16
"""So far above the body a field's name is looked for that stands on a line of its own, the value below it."""

_FIELD_ALONE = frozenset(("作者:", "撰文:", "文:", "记者:", "采访:", "author:", "by:", "written by"))

LEAD_LINES, PARAGRAPH_CHARS = 12, 60
"""A body has its first paragraph, of at least so many characters, within so many lines."""

_DATE = Label.DATE
_TITLES = (Label.TITLE, Label.REPEATED_TITLE)


@dataclass(slots=True)
class People:
    """Who is named, in the order in which it was read; names may come twice."""

    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    publisher: str | None = None


def read_people(page: JudgedPage) -> People:
    """Reads who wrote, edited and published an article: from the lines that go, and from the bylines that stay at its beginning and end."""
    said = People()
    lines, keys, rules, body = page.lines, page.keys, page.rules, page.body
    for at in page.speaking():
        if (rule := rules[at]) is not None:
            _read_line(lines[at], keys[at], rule, said)
    for at in page.edges:  # on a page that is nearly clean they stay
        if (rule := rules[at]) is not None and rule.label in DATED:
            _read_line(lines[at], keys[at], rule, said)
    lead = _lead(page)
    for at in lead:
        if keys[at][:1] in "【[" and (match := _IN_BRACKETS.match(keys[at])):
            said.authors += split_names(lines[at][match.start(match.lastgroup or 0) : match.end(match.lastgroup or 0)])
        if keys[at].startswith(("记者", "本报记者", "本台记者")) and (match := _REPORTS.match(keys[at])):
            said.authors += split_names(value_of(lines[at], match))
    for at in lead + body[-2:]:
        if "(" in keys[at]:
            for match in _IN_BODY.finditer(keys[at]):
                if "图" in match.group() or "摄" in match.group():
                    continue  # whose the picture is
                said.authors += (name for name in split_names(value_of(lines[at], match)) if not SITE_END.search(name))
    title = page.title
    if title and ("：" in title or ":" in title):  # `周小平：我的河湾` over `周小平`
        said.authors += [
            line
            for line in lines[: page.first + 3]
            if title.startswith((f"{line}：", f"{line}:")) and is_name(probe_line(line))
        ]
    for at in page.gone:
        if (
            (rule := rules[at]) is not None
            and rule.label is Label.COPYRIGHT
            and (name := _owner(lines[at], keys[at], keys[0]))
        ):
            said.authors.append(name)
    said.authors += _lone_names(page)
    said.authors = [name for name in said.authors if not _NOBODY.fullmatch(name.casefold())]
    if not said.authors:  # a byline that stands in the text
        for at in body:
            if (rule := rules[at]) is not None and rule.id == "author-line":
                _read_line(lines[at], keys[at], rule, said)
    if not said.authors:
        said.authors += _below_field(page)
    if not said.authors and (account := _account(page)):
        said.authors.append(account)
    return said


def _read_line(line: str, key: str, rule: Rule, said: People) -> None:
    """Whom a line names that a rule fits."""
    spoken = False
    for part in _FIELD.finditer(key):
        name, value = part.group("key"), value_of(line, part)
        if name in ("发布者", "发布人", "楼主", "录入"):
            said.publisher = said.publisher or value
        elif "编" in name and name != "编译":
            said.editors += split_names(value)
            spoken = True
        else:
            said.authors += [author for author in split_names(value) if "=" not in author]
            spoken = True
    if not spoken and rule.label is Label.DATE:
        for part in _GLUED_FIELD.finditer(key):
            (said.editors if "编" in part.group("key") else said.authors).extend(split_names(value_of(line, part)))
            spoken = True
    if not spoken and rule.label is not Label.BYLINE and (reporter := _REPORTER.search(key)):
        said.authors += split_names(
            line[reporter.start() : reporter.end() + 2 * key.startswith(_REPORTS_END, reporter.end())]
        )
        spoken = True
    if not spoken and rule.label is Label.DATE:
        if (named := _NAME_THEN_DATE.match(key)) and (
            is_name(named["value"]) or "_" in named["value"] or named["value"][-1].isdigit()
        ):
            said.authors.append(value_of(line, named))
            spoken = True
        elif (named := _DATE_THEN_NAME.search(key)) and _may_be_named(named):
            said.authors.append(line[named.start(named.lastgroup or 0) :].strip())
            spoken = True
    if not spoken and rule.id == "reported-from" and (sent := _SENT_REPORT.search(key)):
        said.authors += (name for name in split_names(value_of(line, sent)) if is_name(probe_line(name)))
        spoken = True
    if rule.id == "account-original":
        said.authors += split_names(line.replace("原创", "", 1).strip(" :：|｜/").split(" ")[0])
        spoken = True
    if rule.id in ("post-stamp", "board-author", "board-header", "post-owner") and (poster := _NAMED_POSTER.match(key)):
        said.authors.append(value_of(line, poster))
        return
    if stamp := _STAMP.search(key):
        if "发" in key[stamp.end() : stamp.end() + 2]:
            said.authors.append(value_of(line, stamp))
        else:
            said.publisher = said.publisher or value_of(line, stamp)
        spoken = True
    if posted := _POSTED_BY.search(key):
        group = posted.lastgroup or "value"
        said.authors.append(line[posted.start(group) : posted.end(group)])
        spoken = True
    if not spoken and rule.id == "by-and-date" and (signed := _SIGNED.match(key)):
        said.authors.append(value_of(line, signed))
    if not spoken and rule.label is Label.BYLINE and (names := _NAMES_REPORT.match(key)):
        said.authors += (name for name in split_names(value_of(line, names)) if is_name(probe_line(name)))
        spoken = True
    if not spoken and rule.label is Label.BYLINE:
        if reporter := _REPORTER.search(key):
            said.authors += split_names(line[reporter.start() :])
        elif signed := _WRITTEN_BY.match(key):
            said.authors.append(value_of(line, signed))
        elif rule.id == "author-column":
            said.authors += (name for name in split_names(line.split(" ", 1)[1]) if is_name(probe_line(name)))
        elif key.startswith(("作者 ", "撰文 ", "by ")):
            said.authors += split_names(line.split(" ", 1)[1])
        elif rule.id == "japanese-byline":
            said.authors.append(line.strip("[]［］").split("，")[0].split(",")[0].strip())
        elif named := _NAME_THEN_ROLE.match(key):
            (said.editors if "编" in named.group("role") else said.authors).append(value_of(line, named))


def _may_be_named(named: re.Match[str]) -> bool:
    """Whether what stands behind a date is a name, or an account behind a point: no place, and no word of the page."""
    account = named["account"]
    if account is None:
        return is_name(named["value"])
    return not (is_word(account) or _NO_ACCOUNT.search(account) or SITE_END.search(account))


def _lone_names(page: JudgedPage) -> Iterator[str]:
    """Names that stand alone: between title and body, or in brackets right under it."""
    lines, keys, rules, verdicts, first, last = page.lines, page.keys, page.rules, page.verdicts, page.first, page.last
    title = _title_above(page)
    around = (*range(title + 1, min(title + 4, first)), *range(max(title, first - 5) + 1, first), last + 1, last + 2)
    removed = [at for at in around if at < len(keys) and not verdicts[at].kept]
    # On a page that holds little else than the article, names under the title and under the text were kept.
    near = (*removed, first, first + 1, first + 2, last - 1, last)
    for at in dict.fromkeys([at for at in near if 0 <= at < len(keys) and len(keys[at]) <= NAME_LINE_CHARS]):
        key = keys[at].strip("() ")
        if not 0 < len(key) <= 20 or (at >= first and rules[at] is not None and keys[at][0] != "("):
            continue
        parts = [part for part in _NAME_CUT.split(key) if part]
        if not parts or len(parts) > 4:
            continue
        if at >= last - 1 and at > first + 2:
            if keys[at].startswith("(") and is_name(key):
                yield lines[at].strip("()（） ")
        elif rules[at] is None and all(len(part) <= 4 for part in parts) and any(map(is_name, parts)):
            short_above = 0 < at <= 2 and len(keys[at - 1]) <= 30 and keys[at - 1][-1] not in "。!?:;"
            titled = short_above or verdicts[max(0, at - 1)].label in _TITLES
            above = 2 if at < first else 1
            headed = any(rule is not None and rule.label is _DATE for rule in rules[max(0, at - above) : at])
            follows = any(len(keys[after]) >= 30 for after in range(at + 1, min(at + 4, len(keys))))
            if (titled or headed) and follows and verdicts[at].label is not Label.TITLE:
                yield from (part for part in re.split(r"[、,， ]+", lines[at].strip("()（） ")) if part)
            elif title >= 0 and at < min(first, title + 5) and len(key) == 3 and is_name(key):
                yield lines[at].strip("()（） ")


def _below_field(page: JudgedPage) -> list[str]:
    """The name below a line that is the name of a field (`作者：`), the nearest above the body; a word of the menus is none."""
    title = _title_above(page)
    for at in range(page.first - 2, max(title, page.first - FIELD_LINES) if title >= 0 else page.first, -1):
        if page.keys[at] in _FIELD_ALONE:
            named = is_name(page.keys[at + 1]) or _may_be_account(at + 1, page)
            return [page.lines[at + 1]] if named else []
    return []


def _lead(page: JudgedPage) -> list[int]:
    """The lines of the body up to its first paragraph, and the one below it, where a byline may stand."""
    lead = page.body[:LEAD_LINES]
    end = next((number for number, at in enumerate(lead, 1) if len(page.keys[at]) >= PARAGRAPH_CHARS), 0)
    return lead[: max(3, end + 1)]


def _title_above(page: JudgedPage) -> int:
    """The last line before the body that says the title; -1 where none does."""
    above = (at for at in page.near if at < page.first)
    return next((at for at in above if page.verdicts[at].label in _TITLES or page.lines[at] == page.title), -1)


def _account(page: JudgedPage) -> str | None:
    """The name, of whatever shape, that stands where the author's does: between title and date, or before the button to follow its owner."""
    lines, keys, rules = page.lines, page.keys, page.rules
    title = _title_above(page)
    if title < 0:
        followed = islice((at for at in range(page.first) if _is_followed(at, keys)), MOST_FOLLOWED)
        return next((lines[at] for at in followed if _may_be_account(at, page)), None)
    for at in range(title + 1, min(title + 4, page.first)):
        if rules[at] is not None:
            continue
        near = rules[max(title, at - 2) + 1 : at + 4]
        dated = any(rule is not None and rule.label is _DATE for rule in near)
        placed = dated or (title > 0 and (_is_followed(at, keys) or at >= page.first - 4))
        if (named := _NAME_AND_PAPER.fullmatch(keys[at])) or (placed and (named := _name_and_more(keys[at]))):
            return value_of(lines[at], named)
        return lines[at] if placed and _may_be_account(at, page) else None
    return None


def _name_and_more(key: str) -> re.Match[str] | None:
    """A name before that of a column, behind an office, or before the button to follow its owner."""
    for pattern in (_NAME_AND_COLUMN, _OFFICE_AND_NAME):
        if (named := pattern.fullmatch(key)) and is_name(named["value"]):
            return named
    return _ACCOUNT_AND_FOLLOW.fullmatch(key)


def _is_followed(at: int, keys: Sequence[str]) -> bool:
    return at + 1 < len(keys) and len(keys[at + 1]) <= FOLLOW_CHARS and _FOLLOW.fullmatch(keys[at + 1]) is not None


def _may_be_account(at: int, page: JudgedPage) -> bool:
    """Whether a line may be somebody's name: no word of the menus above it, and none that its site goes by."""
    key = page.keys[at]
    return (
        page.rules[at] is None
        and (len(key) <= HAN_ACCOUNT_CHARS or key.isascii())
        and _ACCOUNT.fullmatch(key) is not None
        and not SITE_END.search(key)
        and not _NO_ACCOUNT.search(key)
        and key not in page.keys[:at]
        and not any(
            key in (line := page.keys[other]) and _ORGANIZED.match(line, line.index(key) + len(key))
            for other in page.gone
        )
    )


def _owner(line: str, key: str, head: str) -> str | None:
    """The person to whom a page belongs, by its copyright line: `Copyright © 周小平` under a blog."""
    if (
        ("由" in key or "归" in key)
        and (owned := _OWNED_BY.search(key))
        and not (SITE_END.search(owned["value"]) or _NO_ACCOUNT.search(owned["value"]))
    ):
        return value_of(line, owned)
    if blog := _BLOG_OF.search(key):
        return value_of(line, blog)
    if len(key) > 24:
        return None
    name = _OWNER_CUT.split(line.strip())[-1]
    if len(name) > 3:
        return None
    owner = probe_line(name)
    # A company is named there as often as a person: a name of a site, or of four characters, or one that is no page's head, is none.
    return name if is_name(owner) and not SITE_END.search(owner) and owner == head else None
