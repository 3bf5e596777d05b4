"""The tables of this room: read from data files, and derived anew from OpenCC and Unicode.

The files are committed, so that the same text folds the same on every machine and under every Python; a test derives
them again and compares. After a change of a rule below, `write_tables()` writes them.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

__all__ = ["common_characters", "derive_fold_table", "derive_script_table", "read_table", "write_tables"]

_DATA = os.path.join(os.path.dirname(__file__), "data")

# The two blocks whose characters the OpenCC dictionaries speak of. Compatibility ideographs become these under NFC.
_HAN_BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))

# 恒生指數: where OpenCC wants 恆, Hong Kong's papers write 恒 (measured: 678 times in 6,000 articles).
_OF_HONG_KONG = frozenset("恒")

# 著 is right in simplified text (著作), and 么 is the simplified 麼: what tw2s does to a lone one is a guess.
_NOT_FOLDED = frozenset("著么")


def read_table(name: str) -> list[str]:
    """The lines of the data file `name`, without its comments."""
    with open(os.path.join(_DATA, f"{name}.txt"), encoding="utf-8") as file:
        lines = file.read().split("\n")
    return [line for line in lines if line and not line.startswith("#")]


@cache
def common_characters() -> frozenset[str]:
    """The characters that almost every Chinese text holds, of both scripts."""
    return frozenset("".join(read_table("common")))


def derive_script_table() -> list[str]:
    """The characters only traditional text holds, and those only simplified text holds: two lines.

    OpenCC changes 乾 於 後 徵 夥 麽 too, but they are right in simplified text (乾县): a character is evidence for one
    script only if the national character set of the other (GB 2312, Big5) lacks it.
    """
    to_hong_kong = _converter("s2hk")
    simplified = {char: changed for char in _iter_han() if (changed := _converter("t2s")(char)) != char}
    traditional = {char: changed for char in _iter_han() if (changed := _converter("s2t")(char)) != char}
    # Some characters are the traditional form of one and the simplified form of another (緼, 苧).
    neither = (simplified.keys() & traditional.keys()) | (simplified.keys() & simplified.values())
    neither |= traditional.keys() & traditional.values()
    # Hong Kong writes some of the simplified forms in traditional text.
    neither |= {char for char in traditional if to_hong_kong(char) == char} | _OF_HONG_KONG
    return [
        "".join([char for char in simplified if char not in neither and not _encodes(char, "gb2312")]),
        "".join([char for char in traditional if char not in neither and not _encodes(char, "big5")]),
    ]


def derive_fold_table() -> list[str]:
    """The fold of the basic plane, as the lines of its data file (see `cleaner.text.fold`).

    Line 1 the ranges that are dropped, line 2 the code points that fold to another, line 3 and 4 the traditional
    characters and the simplified ones that they fold to.
    """
    simplified = _derive_simplified()
    dropped = [cp for cp in range(0x10000) if _is_dropped(chr(cp))]
    gone = set(dropped)
    pairs, han = [], []
    for cp in range(0x10000):
        if cp in gone:
            continue
        char = target = chr(cp)
        while (step := _fold_once(target, simplified)) != target:
            target = step
        if ord(target) in gone:
            dropped.append(cp)
        elif char in simplified:
            han.append((char, target))
        elif char != target:
            pairs.append(f"{cp:04X}>{ord(target):04X}")
    return [
        " ".join(_ranges(sorted(dropped))),
        " ".join(pairs),
        "".join(char for char, _ in han),
        "".join(target for _, target in han),
    ]


def _iter_han() -> Iterator[str]:
    return (chr(cp) for block in _HAN_BLOCKS for cp in block)


@cache
def _converter(config: str) -> Callable[[str], str]:
    import opencc

    converter: Callable[[str], str] = opencc.OpenCC(config, include_tofu_risk_dictionaries=False).convert
    return converter


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _derive_simplified() -> dict[str, str]:
    """Traditional -> simplified, one character each: the general dictionary, then the forms of Hong Kong and Taiwan."""
    converters = [_converter(config) for config in ("t2s", "hk2s", "tw2s")]
    found = {}
    for char in _iter_han():
        if char not in _NOT_FOLDED:
            changed = [c for convert in converters if (c := convert(char)) != char and len(c) == 1 and c <= "\uffff"]
            if changed:
                found[char] = changed[0]
    return found


def _fold_once(char: str, simplified: dict[str, str]) -> str:
    # What would leave the basic plane stays, so that the table holds all that a fold can give.
    for change in (unicodedata.normalize("NFKC", char), char.lower(), simplified.get(char, char)):
        if len(change) == 1 and change != char and change <= "\uffff":
            return change
    return char


def _is_dropped(char: str) -> bool:
    """White space, punctuation, symbols, controls, and what shows nothing: fillers, joiners, variation selectors."""
    category = unicodedata.category(char)
    if category[0] in "ZPS" or category in {"Cc", "Cf", "Cs"}:
        return True
    cp = ord(char)
    return char in "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0" or (
        0xFE00 <= cp <= 0xFE0F or 0xFDD0 <= cp <= 0xFDEF or cp >= 0xFFFE
    )


def _ranges(points: list[int]) -> Iterator[str]:
    start = previous = points[0]
    for point in [*points[1:], -1]:
        if point != previous + 1:
            yield f"{start:04X}-{previous:04X}"
            start = point
        previous = point


_HEADERS = {
    "script": """\
# Characters that tell the script of a Chinese text. Written by `cleaner.text.tables.write_tables`; do not edit.
# Line 1: only in traditional text. Line 2: only in simplified text.
""",
    "fold": f"""\
# The fold of the basic plane, version 1. Written by `cleaner.text.tables.write_tables`; do not edit.
# Derived from Unicode {unicodedata.unidata_version}.
# Line 1: ranges that are dropped. Line 2: code points that fold to another.
# Lines 3 and 4: traditional characters, and the simplified ones that they fold to.
""",
}


def write_tables() -> None:
    """Derive the tables and write their data files."""
    for name, lines in {"script": derive_script_table(), "fold": derive_fold_table()}.items():
        with open(os.path.join(_DATA, f"{name}.txt"), "w", encoding="utf-8", newline="\n") as file:
            file.write(_HEADERS[name] + "\n".join(lines) + "\n")
