"""Half-width punctuation in Chinese lines made full-width again: `图强,` -> `图强，`.

A mark is changed where it touches Chinese: `8.25%`, `12:55:01`, `1,000` and `JD.COM` touch none and stay. Lines that
are mostly English, and what stands in brackets without an ideograph, stay as well.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cleaner.text.characters import HAN

__all__ = ["HALF_WIDTH", "widen_punctuation"]

HALF_WIDTH = re.compile(r"[,:;!?().\"]")

# Three Latin letters weigh as much as one ideograph: words of five letters and of one and a half ideographs.
_LETTERS_PER_IDEOGRAPH = 3
# A full stop ends a sentence, not the numeral of a heading (`一.`), and a sentence has a few ideographs.
_SENTENCE = 6

_OPENING = "“‘《〈「『【（〔"
_CLOSING = "”’》〉」』】）〕"
_CHINESE = rf"{HAN}\u3041-\u3096\u30a1-\u30fa{_OPENING}{_CLOSING}…—％℃"
_WIDE = str.maketrans(",:;!?()", "，：；！？（）", " ")
_LATIN = re.compile("[A-Za-z]")


class _Patterns(NamedTuple):
    """Compiled when first used: classes of all ideographs take milliseconds."""

    ideograph: re.Pattern[str]
    bracket: re.Pattern[str]
    marks: re.Pattern[str]
    full_stop: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        ideograph=re.compile(f"[{HAN}]"),
        bracket=re.compile(f"[()（）{HAN}]"),
        marks=re.compile(
            rf"(?<=[{_CHINESE}])[,:;!?]++(?: (?=[{_CHINESE}]))?"  # A space after a half-width comma was part of it.
            rf"|[,:;!?]++(?=[{_CHINESE}])"
            r"|(?<=%)[,;]\Z"
        ),
        full_stop=re.compile(rf"(?<=[{HAN}{_CLOSING}])\.(?=[{_CLOSING}]*\Z)"),
    )


def widen_punctuation(text: str) -> str:
    """Make half-width punctuation that touches Chinese characters full-width, line by line.

    >>> widen_punctuation("开发区(高新区)增长8.25%,总值1,000亿元. 见JD.COM")
    '开发区（高新区）增长8.25%，总值1,000亿元. 见JD.COM'
    >>> widen_punctuation("他问:好吗?")
    '他问：好吗？'
    """
    return "\n".join([_widen_line(line) if HALF_WIDTH.search(line) else line for line in text.split("\n")])


def _widen_line(line: str) -> str:
    ideographs = len(_patterns().ideograph.findall(line))
    if not ideographs or len(_LATIN.findall(line)) > _LETTERS_PER_IDEOGRAPH * ideographs:
        return line
    if "(" in line or ")" in line:
        line = _widen_brackets(line)
    if '"' in line:
        line = _curl_quotes(line)
    line = _patterns().marks.sub(lambda match: match.group().translate(_WIDE), line)
    return _patterns().full_stop.sub("。", line) if ideographs >= _SENTENCE else line


def _widen_brackets(line: str) -> str:
    """Widen each pair of brackets that holds an ideograph."""
    characters, opened, last_ideograph = list(line), list[int](), -1
    for match in _patterns().bracket.finditer(line):
        at, found = match.start(), match.group()
        if found in "(（":
            opened.append(at)
        elif found not in ")）":
            last_ideograph = at
        elif opened and (start := opened.pop()) < last_ideograph:
            characters[start], characters[at] = "（", "）"
    return "".join(characters)


def _curl_quotes(line: str) -> str:
    """Pair straight quotes where that is plain: an even number, all around Chinese, no curly ones beside them."""
    parts = line.split('"')
    if len(parts) % 2 == 0 or "“" in line or "”" in line or not all(map(_patterns().ideograph.search, parts[1::2])):
        return line
    return "".join([part if n == 0 else f"{'“' if n % 2 else '”'}{part}" for n, part in enumerate(parts)])
