"""Personal names in bylines: told from other words by family name, split where they are glued together."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

__all__ = ["is_name", "is_word", "split_names"]

_SEPARATORS = re.compile(
    r"[、,/;|，；／｜]| & | and |(?<=[^A-Za-z ]) +(?=[^A-Za-z ])|(?<=[^A-Za-z ]) +(?=[A-Za-z])|(?<=[A-Za-z]) +(?=[^A-Za-z ])| {2,}"
)
_ROLES = re.compile(
    r"(?:本报|本网|本台|本刊|全媒体|首席|见习|实习|特约|资深|驻[^ ]{2,4}){0,3}"
    r"(?:记者|記者|特约(?= )|通讯员|通訊員|实习生|實習生|特派员|特派員|评论员|評論員|撰稿人?|摄影报道|摄影|攝影"
    r"|整合|综合|綜合|编译|編譯|报道|报导|報道|報導|供图|供圖|供稿)"
    r"|(?:^|(?<=[/ ]))(?:文字?|图片?|圖片?|摄|攝)(?=[/ ]|$)|^by |[:|]"
)
_WIRED = re.compile(r"(?P<name>[^\s\d、,，]{2,3})[^\s\d、,，]{2,4}\d{1,2} ?日(?:[综綜]合)?(?:[专專外]?[电電]|[讯訊])$")
"""The end of a dateline, in which place and day are glued to the last name: `周小平河湾6日电`."""
_SENT_FROM = re.compile(r"\s*[发發]自\s?\S+.*$")
_SPACED = re.compile(r"(?<![^\s、,，/／])([^\W\d_A-Za-z])[ \u3000]([^\W\d_A-Za-z])(?![^\s、,，/／])")
"""A name of two characters, set as wide as one of three: `蔺 川`."""
_OF_WORK = re.compile(r"[对對]本文[亦也均]?(?:有|作出)?[^、,，/]{0,8}$")
"""What somebody did for the article: `周小平对本文亦有贡献`."""
_OFFICE = re.compile(r"(?:党政[办辦]|黨政[办辦]|[办辦]公室|中心|公司|委员会|委員會|政府|学校|學校|小组|小組)$")
_CODE = re.compile(r"[A-Za-z]{1,3}\d{2,6}|\d+")


@cache
def _families() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    lines = (resources.files("cleaner.page") / "families.txt").read_text(encoding="utf-8").split("\n")
    single, double, others = (line for line in lines if line and not line.startswith("#"))
    return frozenset(single), frozenset(double.split()), frozenset(others.split())


def is_name(text: str) -> bool:
    """Whether a text has the shape of a Chinese personal name: family name and one or two characters more.

    >>> is_name("唐小璐"), is_name("欧阳明"), is_name("河湾"), is_name("本报")
    (True, True, False, False)
    """
    single, double, others = _families()
    if text in others or not (2 <= len(text) <= 4) or not all("\u4e00" <= char <= "\u9fff" for char in text):
        return False
    return (text[0] in single and len(text) <= 3) or (text[:2] in double and len(text) >= 3)


def is_word(text: str) -> bool:
    """Whether a text is a word of pages or the name of a place, which could be taken for somebody's."""
    return text in _families()[2]


def _split_glued(text: str) -> list[str]:
    """Names without anything between them, each beginning with a family name; [] where that does not come out."""
    if not text:
        return []
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(2, len(text) + 1):
        for size in (3, 2, 4):
            if size <= end and best[end - size] is not None and is_name(text[end - size : end]):
                known = best[end - size] or []
                if best[end] is None or len(known) + 1 < len(best[end] or ()):
                    best[end] = [*known, text[end - size : end]]
    return best[-1] or []


def split_names(text: str) -> tuple[str, ...]:
    """The names in the value of a byline, without roles, places and staff codes.

    >>> split_names("唐小璐李玲南城报道"), split_names("韩佳、记者吴申"), split_names("Anna Lin"), split_names("韩林 PK155")
    (('唐小璐', '李玲'), ('韩佳', '吴申'), ('Anna Lin',), ('韩林',))
    """
    found: list[str] = []
    others = _families()[2]
    text = re.sub(r"[(（\[【〔)）\]】〕\"“”]", " ", text.rstrip("。"))
    text = re.sub(r"^[^\s、,，]{0,12}(?:记者|記者|通讯员|通訊員)", " ", text)
    place = re.search(r"(?:[/／ ]+\S{2,8}|(?<=\S{4})[^ /、]{2})?(?:综合|綜合)?(?:报道|报导|報道|報導)$", text.strip())
    if place:
        text = text.strip()[: place.start()]
    text = _OF_WORK.sub("", text)
    text = _SPACED.sub(r"\1\2", _SENT_FROM.sub("", text))
    text = _WIRED.sub(r"\g<name>", text.rstrip())
    for part in _SEPARATORS.split(_ROLES.sub("、", text)):
        name = part.strip(" .·-")
        if not name or _CODE.fullmatch(name) or len(name) > 30 or name in others:
            continue
        if len(name) > 4 and all("\u4e00" <= char <= "\u9fff" for char in name):
            found += [name] if _OFFICE.search(name) else _split_glued(name) or [name]
        elif len(name) >= 2:
            found.append(name)
    return tuple(dict.fromkeys(found))
