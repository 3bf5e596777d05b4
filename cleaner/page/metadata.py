"""What the lines around the body say: date, source, authors, editors, keywords, site, address.

Patterns are matched on lines in probe form and read from the lines themselves, which have the same length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from cleaner.page.dates import read_date
from cleaner.page.label import Verdict
from cleaner.page.names import is_name, split_names
from cleaner.page.probe import probe_line
from cleaner.page.rules import Rule
from cleaner.page.sitename import find_site
from cleaner.page.title import DATED, SITE_END
from cleaner.types import Label

if TYPE_CHECKING:
    from cleaner.page.markup import MarkedPage

__all__ = ["Metadata", "add_markup", "read_metadata"]

_KEYS = (
    "来源|稿源|出处|作者|点击数|浏览次数|浏览数|阅读数|撰文|编辑|责任编辑|责编|发布者|发布人|发布时间|发布日期|发表时间|时间|日期|评论|点击|浏览|阅读|字号|字体|分享|"
    "打印|收藏|记者|通讯员|审核|校对|摄影|更新|人气|热词|标签|关键词|我要"
)
_NEXT = rf"(?=(?:{_KEYS})[: (\d次/|]|(?:19|20)\d\d[-/.年]| [^ :]{{1,6}}:|\||【|\[|] | {{2,}}|[)\]】]|$)"
_HAN = r"[^\W\da-z_]"
"""A Chinese character of a name, in probe form. (A range of twenty thousand takes a millisecond to be compiled, each time it is named.)"""

_SOURCE = re.compile(
    rf"(?:(?:文章|信息|新闻|稿件|本文)?(?:来源|稿源|出处)|转载自|转自|原载|摘自|source)[ ]*[:|>/]+[ \[]*(?P<value>[^:]{{1,30}}?)[ ]*{_NEXT}"
)
_FIELD = re.compile(
    rf"(?<!\w)(?P<key>(?:责任|责)?编辑?(?:人|员)?|责编|编审|作者|撰文|撰稿|采写|文字?/图片?|图/文|文/图|文|by|author|通讯员|记者|发布者|发布人|楼主|录入)"
    rf"[ ]*(?:[:|/]|(?<=者) (?=[^ ]))[ ]*(?P<value>[^:]{{1,40}}?)[ ]*{_NEXT}"
)
_GLUED_FIELD = re.compile(rf"(?P<key>责任编辑|编辑|责编|作者|撰文|记者)[ ]*:[ ]*(?P<value>[^: ]{{2,16}}?)[ ]*{_NEXT}")
"""Fields that stand right behind the value of the one before (`晚报作者:周小平编辑:李楠`), as on lines that begin with the date."""
_REPORTER = re.compile(r"(?:记者|通讯员|实习生)[: /]*(?P<value>[^。!?:;]{2,40}?)(?=$|[)\]】]|报道|报导| 摄|/摄|电$)")
_IN_BODY = re.compile(
    r"\((?P<value>(?:[^()。]{0,24}?)(?:记者|通讯员|实习生)[^()。,:]{2,30}"
    r"|[^()。,:]{2,12}、[^()。,:]{0,6}记者[^()。,:]{2,12}"
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
_NAME_THEN_DATE = re.compile(rf"(?P<value>{_HAN}{{2,4}}) ?[·|/] ?(?:19|20)\d\d")
_REPORTS = re.compile(
    rf"^(?:本报|本台)?记者 ?(?P<value>[\w·、 ]{{2,16}}?) ?[/ ] ?{_HAN}{{0,6}}(?:综合)?报[导道](?= |$|[^\w])"
)
_STAMP = re.compile(
    r"^(?:\[?(?:楼主|作者)\]?[: ]*)?(?P<value>(?![\d\-]+ ?(?:-|$)|最后|更新)[\w\-.@&]{2,24})(?= ?- ?\d{4}| 发[表布]于| 于 ?\d{4})"
)
_NAMED_POSTER = re.compile(r"(?:\[?(?:楼主|作者|层主|发帖人|发信人|寄信人)\]?[: ]*)(?P<value>[\w\-.@&]{2,24})")
_POSTED_BY = re.compile(
    r"本[贴帖文]由 ?(?P<value>[^ ]{1,16}?) ?(?:于|在)"
    r"|(?:posted|published|written).{0,40} by (?P<latin>[a-z][\w.]*(?: [a-z][\w.]*){0,3})"
    rf"|posted .{{4,40}} by (?P<han>{_HAN}{{2,4}})$"
    r"|by (?P<nick>[a-z][\w]{2,20}) ?〓"
)
_KEYWORD_CUT = re.compile(r"[,，、;；|｜/／#\s]+")
_COMMA_CUT = re.compile(r"\s*[,，、;；|｜]+\s*")
_OWNER_CUT = re.compile("[© ]")
_NAME_CUT = re.compile("[、, ]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s]+")


NAME_LINE_CHARS = 30
"""A line that is nothing but names, in brackets and blanks."""

_YEAR, _MONTH, _DAY = (
    re.compile(p) for p in (r"(?:19|20)\d\d年?", r"(?:19|20)\d\d[-/.]\d{1,2}", r"\d{1,2}[-/]\d{1,2}")
)
_UPDATED = re.compile(r"最后(?:更新|修改|编辑|由)|(?:更新|修改)(?:时间|日期|于)?[: ]|updated|编辑于|推荐文章")
"""What says of a date that the page is older."""
_PUBLISHED = re.compile(r"发[布表]|posted|published")

PART_CHARS = 7
"""The first part of a date that stands on several lines is not longer."""

_MIDNIGHT = time()
_SPEAKING = (*DATED, Label.TOOLBAR, Label.PAGINATION)
_BODY, _DATE, _COPYRIGHT, _KEYWORDS = Label.BODY, Label.DATE, Label.COPYRIGHT, Label.KEYWORDS
_TITLES = (Label.TITLE, Label.REPEATED_TITLE)
_OTHERS = (Label.RELATED, Label.COMMENTS, Label.COPYRIGHT)


@dataclass(slots=True)
class Metadata:
    """What was read; empty where the page does not say."""

    title: str | None = None
    site: str | None = None
    url: str | None = None
    published: datetime | None = None
    source: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def read_metadata(
    lines: Sequence[str],
    keys: Sequence[str],
    rules: Sequence[Rule | None],
    verdicts: Sequence[Verdict],
    title: str | None = None,
) -> Metadata:
    """Reads what the removed lines say; of the body only the bylines at its very beginning and end.

    All arguments but the title have one entry a line.
    """
    found = Metadata()
    body: list[int] = []
    gone: list[int] = []
    for at, verdict in enumerate(verdicts):
        (body if verdict.kept else gone).append(at)
    first, last = (body[0], body[-1]) if body else (len(lines), len(lines) - 1)
    # Nearest to the body first: what stands right above it, then what follows it, speaks of this article.
    above = bisect_left(gone, first)
    near = gone[above - 1 :: -1] + gone[above:] if above else gone
    last_word = last + 1
    while last_word < len(rules) and ((rule := rules[last_word]) is None or not rule.closes):
        last_word += 1
    found.published = _published(keys, rules, [at for at in near if at <= last_word + 1], body[:4] + body[-3:])
    authors: list[str] = []
    editors: list[str] = []
    over = False
    for at in near:
        if (rule := rules[at]) is None:
            continue
        line, key, label = lines[at], keys[at], rule.label
        beyond = over
        over = over or (
            at > last and rule.closes and rule.label in _OTHERS
        )  # what follows is about others, or by readers
        if not beyond and (label in _SPEAKING or rule.id == "posted-by"):
            if found.source is None and (match := _SOURCE.search(key)):
                value = _slice(line, match).strip(" []()【】<>《》")
                found.source = value if value and "=" not in value else None
            _read_people(line, key, rule, found, authors, editors)
        if label is _KEYWORDS and not found.keywords and first - 12 < at < last + 40:
            found.keywords = _keywords(line, key)
        if rule.id == "address-of-page" and found.url is None and (match := _ADDRESS.search(line)):
            found.url = match.group()
    for at in dict.fromkeys(body[:5] + body[-4:]):  # on a page that is nearly clean they stay
        if (rule := rules[at]) is not None and rule.where != "hint":
            if found.source is None and rule.label in DATED and (match := _SOURCE.search(keys[at])):
                found.source = _slice(lines[at], match).strip(" []()【】<>《》") or None
            if rule.label in DATED:
                _read_people(lines[at], keys[at], rule, found, authors, editors)
            if rule.label is _KEYWORDS and not found.keywords:
                found.keywords = _keywords(lines[at], keys[at])
    for at in body[:3]:
        if keys[at][:1] in "【[" and (match := _IN_BRACKETS.match(keys[at])):
            authors += split_names(lines[at][match.start(match.lastgroup or 0) : match.end(match.lastgroup or 0)])
        if keys[at].startswith(("记者", "本报记者", "本台记者")) and (match := _REPORTS.match(keys[at])):
            authors += split_names(_slice(lines[at], match))
    for at in body[:3] + body[-2:]:
        if "(" in keys[at]:
            for match in _IN_BODY.finditer(keys[at]):
                if "图" in match.group() or "摄" in match.group():
                    continue  # whose the picture is
                authors += split_names(_slice(lines[at], match))
    if title and ("：" in title or ":" in title):  # `周小平：我的河湾` over `周小平`
        authors += [
            line
            for line in lines[: first + 3]
            if title.startswith((f"{line}：", f"{line}:")) and is_name(probe_line(line))
        ]
    for at in gone:
        if (
            (rule := rules[at]) is not None
            and rule.label is _COPYRIGHT
            and (name := _owner(lines[at], keys[at], keys[0]))
        ):
            authors.append(name)
    authors += _lone_names(lines, keys, rules, verdicts, first, last)
    found.authors = tuple(dict.fromkeys(authors))
    found.editors = tuple(dict.fromkeys(editors))
    found.site = find_site(lines, keys, rules, verdicts)
    return found


def add_markup(found: Metadata, page: MarkedPage) -> None:
    """Adds what the head of a page of HTML says where its lines do not: on real pages it is wrong more often than they are."""
    moment = read_date(probe_line(page.published)) if page.published else None
    if moment and (
        found.published is None or (found.published.date() == moment.date() and found.published.time() == _MIDNIGHT)
    ):
        found.published = moment
    found.authors = found.authors or tuple(name for name in page.authors if is_name(probe_line(name)))
    found.source = found.source or (page.source or "").removeprefix("来源：").removeprefix("来源:").strip() or None
    found.site = found.site or page.site
    found.url = found.url or page.url


def _slice(line: str, match: re.Match[str]) -> str:
    value = line[match.start("value") : match.end("value")].strip()
    for opening in "(（":  # cut off within a bracket
        head, bracket, tail = value.rpartition(opening)
        if bracket and not any(closing in tail for closing in ")）"):
            value = head.rstrip()
    return value


def _read_people(line: str, key: str, rule: Rule, found: Metadata, authors: list[str], editors: list[str]) -> None:
    spoken = False
    for field in _FIELD.finditer(key):
        name, value = field.group("key"), _slice(line, field)
        if name in ("发布者", "发布人", "楼主", "录入"):
            found.publisher = found.publisher or value
        elif "编" in name and name != "编译":
            editors += split_names(value)
            spoken = True
        else:
            authors += [author for author in split_names(value) if "=" not in author]
            spoken = True
    if not spoken and rule.label is Label.DATE:
        for field in _GLUED_FIELD.finditer(key):
            (editors if "编" in field.group("key") else authors).extend(split_names(_slice(line, field)))
            spoken = True
    if not spoken and rule.label is Label.DATE and (named := _NAME_THEN_DATE.match(key)) and is_name(named["value"]):
        authors.append(_slice(line, named))
        spoken = True
    if rule.id == "account-original":
        authors += split_names(line.replace("原创", "", 1).strip(" :：|｜/").split(" ")[0])
        spoken = True
    if rule.id in ("post-stamp", "board-author", "board-header") and (poster := _NAMED_POSTER.match(key)):
        authors.append(_slice(line, poster))
        return
    if stamp := _STAMP.search(key):
        if "发" in key[stamp.end() : stamp.end() + 2]:
            authors.append(_slice(line, stamp))
        else:
            found.publisher = found.publisher or _slice(line, stamp)
        spoken = True
    if posted := _POSTED_BY.search(key):
        group = posted.lastgroup or "value"
        authors.append(line[posted.start(group) : posted.end(group)])
        spoken = True
    if not spoken and rule.id == "by-and-date" and (signed := _SIGNED.match(key)):
        authors.append(_slice(line, signed))
    if not spoken and rule.label is Label.BYLINE:
        if reporter := _REPORTER.search(key):
            authors += split_names(line[reporter.start() :])
        elif signed := _WRITTEN_BY.match(key):
            authors.append(_slice(line, signed))
        elif key.startswith(("作者 ", "撰文 ", "by ")):
            authors += split_names(line.split(" ", 1)[1])
        elif named := _NAME_THEN_ROLE.match(key):
            (editors if "编" in named.group("role") else authors).append(_slice(line, named))


def _lone_names(
    lines: Sequence[str],
    keys: Sequence[str],
    rules: Sequence[Rule | None],
    verdicts: Sequence[Verdict],
    first: int,
    last: int,
) -> Iterator[str]:
    """Names that stand alone: right above the body under the title, or in brackets right under it."""
    around = (*range(max(0, first - 4), first), *range(last + 1, min(last + 3, len(keys))))
    removed = [at for at in around if not verdicts[at].kept]
    # On a page that holds little else than the article, names under the title and under the text were kept.
    for at in (*removed, first, first + 1, first + 2, last - 1, last):
        if not (0 <= at < len(keys) and len(keys[at]) <= NAME_LINE_CHARS):
            continue
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
            headed = any(rule is not None and rule.label is _DATE for rule in rules[max(0, at - 2) : at])
            follows = any(len(keys[after]) >= 30 for after in range(at + 1, min(at + 4, len(keys))))
            if (titled or headed) and follows and verdicts[at].label is not Label.TITLE:
                yield from (part for part in re.split(r"[、,， ]+", lines[at].strip("()（） ")) if part)
        elif at < first and len(key) == 3 and is_name(key) and rules[at] is None and _is_under_title(at, verdicts):
            yield lines[at].strip("()（） ")
        elif at < first and _is_handle(key) and rules[at] is None:
            titled = any(verdicts[before].label in _TITLES for before in range(max(0, at - 3), at))
            if titled:
                yield lines[at]


def _is_under_title(at: int, verdicts: Sequence[Verdict]) -> bool:
    return any(verdicts[before].label in _TITLES for before in range(max(0, at - 4), at))


def _owner(line: str, key: str, head: str) -> str | None:
    """The person to whom a page belongs, by its copyright line: `Copyright © 周小平` under a blog."""
    if len(key) > 24:
        return None
    name = _OWNER_CUT.split(line.strip())[-1]
    if len(name) > 3:
        return None
    owner = probe_line(name)
    # A company is named there as often as a person: a name of a site, or of four characters, or one that is no page's head, is none.
    return name if is_name(owner) and not SITE_END.search(owner) and owner == head else None


def _is_handle(key: str) -> bool:
    return re.fullmatch(rf"[a-z][a-z0-9_]{{2,15}}|{_HAN}{{2,4}}", key) is not None


def _keywords(line: str, key: str) -> tuple[str, ...]:
    match = re.match(r"[^:>#]{2,12}(?::|>>|>|\|)", key) or re.match(r"(?:热词|标签|关键[词字]|tags?|keywords?) ", key)
    value = line[match.end() if match else 0 :]
    value = value.strip(" 】])")
    cut = _COMMA_CUT if _COMMA_CUT.search(value) else _KEYWORD_CUT  # blanks are part of `Hong Kong, New York`
    return tuple(dict.fromkeys(word for word in cut.split(value) if word))


def _published(
    keys: Sequence[str], rules: Sequence[Rule | None], near: Sequence[int], edges: Sequence[int]
) -> datetime | None:
    """The date nearest to the body that a line gives as such; one with a time of day before one without, on the same side."""
    dated: list[int] = []
    kept: list[int] = []
    loose: list[int] = []
    for at in near:
        if (rule := rules[at]) is None or rule.label is _BODY:
            loose.append(at)
        elif rule.label in DATED or rule.id == "posted-by":
            dated.append(at)
    for at in edges:
        if (rule := rules[at]) is not None and (rule.label is _DATE or rule.id == "signature-date"):
            kept.append(at)
    dated.sort(key=lambda at: _UPDATED.search(keys[at]) is not None and not _PUBLISHED.match(keys[at]))
    for places in filter(None, (dated, kept, loose)):
        moments = [moment for at in places[:6] if (moment := read_date(keys[at]))]
        if moments:  # of the same day, the one with a time of day
            return next(
                (moment for moment in moments if moment.date() == moments[0].date() and moment.time() != _MIDNIGHT),
                moments[0],
            )
    return next(filter(None, (read_date(text) for text in _split_dates(keys, near))), None)


def _split_dates(keys: Sequence[str], near: Sequence[int]) -> Iterator[str]:
    """Dates that stand on lines of their own, part by part: `2023`, `04/12`, `10:33:27`; `May`, `12`, `Sat`, `2018`, `16:40`; `18`, `2023-10`."""
    for at in sorted(at for at in near if len(keys[at]) <= PART_CHARS):
        parts = [key.strip() for key in keys[at : at + 5]]
        if _YEAR.fullmatch(parts[0]) and len(parts) > 1 and _DAY.fullmatch(parts[1]):
            yield f"{parts[0]}-{parts[1].replace('/', '-')} {parts[2] if len(parts) > 2 else ''}"
        elif len(parts) > 1 and _DAY.fullmatch(parts[0]) and _YEAR.fullmatch(parts[1]):
            yield f"{parts[1]}-{parts[0].replace('/', '-')}"
        elif len(parts) > 1 and parts[0].isdigit() and len(parts[0]) <= 2 and _MONTH.fullmatch(parts[1]):
            yield f"{parts[1].replace('/', '-').replace('.', '-')}-{parts[0]}"
        elif len(parts) > 3 and parts[0].isalpha() and parts[0].isascii() and parts[1].isdigit():
            year, clock = (parts[3], parts[4:]) if _YEAR.fullmatch(parts[3]) else (parts[2], parts[3:4])
            yield f"{parts[0]} {parts[1]}, {year} {''.join(clock)}"
