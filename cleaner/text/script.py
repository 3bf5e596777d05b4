"""Which Chinese script a text is in, and its conversion by OpenCC.

OpenCC also changes characters that are right in simplified text (乾县 -> 干县), so it stands behind a gate: it gets
only text whose own characters show that it is in the other script. Text with kana is Japanese and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from cleaner.text.tables import read_table

__all__ = ["SCRIPTS", "choose_config", "convert", "convert_with", "detect_script"]

SCRIPTS = ("hans", "hant")
"""The scripts that text can be converted to."""

# Detection reads a head of the text, and more only where the head tells nothing.
_HEAD = 256
_SAMPLE = 4096
_ENOUGH = 5
_MIXED_SHARE = 0.1  # In quantity: a tenth of the telling characters. Less is a name or a quotation.
_KANA_SHARE = 0.05  # Japanese prose is half kana; a Chinese text that names a Japanese product is not.

KANA = r"\u3041-\u3096\u30a1-\u30fa"
"""Characters that make a text Japanese, as a class of a pattern."""

_KANA = re.compile(f"[{KANA}]")
# OpenCC reads what describes an ideograph by its parts (⿰) past the end of the line.
_BEYOND_LINES = re.compile(rf"[{KANA}\u2ff0-\u2fff\u31ef]")
# OpenCC cannot take a surrogate, and some of its configurations end at a NUL.
_UNCONVERTIBLE = re.compile(r"([\x00\ud800-\udfff]+)")

# Marks of Hong Kong: its own forms of characters, and those of written Cantonese.
_HONG_KONG = re.compile("[衞綫麪敍枱糭粧衹啲嘅咗喺佢哋冇嚟]")


@cache
def _telling(name: str) -> re.Pattern[str]:
    """A search for characters that tell of a script; each takes some milliseconds to be compiled."""
    traditional, simplified = read_table("script")
    characters = {
        "han": r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
        "hant": traditional,
        "hans": simplified,
        "not hant": simplified + KANA,
        "not hans": traditional + KANA,
    }
    return re.compile(f"[{characters[name]}]")


@cache
def _plainly(script: str) -> tuple[Callable[..., object], Callable[..., object]]:
    """What finds enough characters of a script, and what finds one that speaks against it."""
    characters = dict(zip(SCRIPTS, reversed(read_table("script")), strict=True))[script]
    enough = re.compile(f"(?:[^{characters}]*+[{characters}]){{{_ENOUGH}}}")
    return enough.match, _telling(f"not {script}").search


def detect_script(text: str, only: str | None = None) -> str | None:
    """The script of `text`: `hans`, `hant`, `mixed`, `japanese`, or None where nothing tells.

    `only` is the one script that its characters can tell of where that is known, empty where none can.

    >>> detect_script("汉语"), detect_script("漢語"), detect_script("漢語と日本語"), detect_script("中文")
    ('hans', 'hant', 'japanese', None)
    """
    if only is not None:
        return only if only and _telling(only).search(text) else None
    # The common case first, at a fraction of the price: one script in the head, and nothing against it in the sample.
    for script in SCRIPTS:
        enough, against = _plainly(script)
        if enough(text, 0, _HEAD):
            if not against(text, 0, _SAMPLE):
                return script
            break
    found = _judge(text[:_SAMPLE])
    if found is None and len(text) > _SAMPLE:
        match = _telling("not hans").search(text, _SAMPLE) or _telling("hans").search(text, _SAMPLE)
        return _judge(text[match.start() : match.start() + _SAMPLE]) if match else None
    return found


def _judge(sample: str) -> str | None:
    kana = len(_KANA.findall(sample))
    if kana and kana >= _KANA_SHARE * (kana + len(_telling("han").findall(sample))):
        return "japanese"
    old, new = _count(sample)
    if old == new == 0:
        return None
    if min(old, new) >= _MIXED_SHARE * (old + new):
        return "mixed"
    return "hant" if old > new else "hans"


def _count(text: str) -> tuple[int, int]:
    """How many characters only traditional text holds, and how many only simplified text."""
    return len(_telling("hant").findall(text)), len(_telling("hans").findall(text))


def convert(text: str, to: str) -> str:
    """Convert `text` to the script `to` (`hans` or `hant`), if its own characters show that it is in the other one.

    >>> convert("臺灣新聞", "hans"), convert("乾县新闻", "hans"), convert("台湾新闻", "hant")
    ('台湾新闻', '乾县新闻', '臺灣新聞')
    """
    config = choose_config(text, to)
    return convert_with(text, config) if config else text


def choose_config(text: str, to: str) -> str | None:
    """The OpenCC configuration that takes `text` to the script `to`, or None where it should stay as it is.

    A name that ends in `_lines` is for text in both scripts: only its lines in the other script are converted.

    >>> choose_config("他看著窗外，說：颱風來了。", "hans"), choose_config("他说：“颱風來了。”", "hans")
    ('tw2s', 't2s_lines')
    """
    return _choose_short(text, to) if len(text) <= _SHORT else _choose(text, to)


def _choose(text: str, to: str) -> str | None:
    found = detect_script(text)
    if to == "hant":
        return {"hans": "s2t", "mixed": "s2t_lines"}.get(found or "")
    if found == "mixed":
        return "t2s_lines"
    if found != "hant":
        return None
    # Taiwan writes 著 where Hong Kong writes 着. Beside a simplified 么, tw2s would take that for 幺.
    if text.count("著") > text.count("着") and "么" not in text:
        return "tw2s"
    return "hk2s" if _HONG_KONG.search(text) else "t2s"


# The gates of all conversions ask about the same text in turn. (A long one would be kept in memory.)
_SHORT = 65536
_choose_short = lru_cache(maxsize=2)(_choose)


def convert_with(text: str, config: str) -> str:
    """Convert `text` line by line as `choose_config` said; Japanese lines and lone surrogates stay."""
    if not config.endswith("_lines") and not _BEYOND_LINES.search(text):
        return _convert(text, config)
    return "\n".join([_convert_line(line, config) for line in text.split("\n")])


def _convert_line(line: str, config: str) -> str:
    base = config.removesuffix("_lines")
    if _judge(line) == "japanese":
        return line
    if base != config:
        old, new = _count(line)
        if (new >= old) if base == "t2s" else (old >= new):
            return line
    return _convert(line, base)


def _convert(text: str, config: str) -> str:
    converter = _converter(config)
    if "\x00" not in text:
        try:
            return converter(text)
        except UnicodeEncodeError:
            pass
    return "".join([part if _UNCONVERTIBLE.match(part) else converter(part) for part in _UNCONVERTIBLE.split(text)])


@cache
def _converter(config: str) -> Callable[[str], str]:
    import opencc

    # The dictionaries of tofu risk write characters that few fonts have.
    converter: Callable[[str], str] = opencc.OpenCC(config, include_tofu_risk_dictionaries=False).convert
    return converter
