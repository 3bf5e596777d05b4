"""Repairs of single characters and of white space: line ends, invisibles, spaces, width, composition.

Every function here takes text and gives text, works within lines (what stands on one line never changes another), and
does nothing the second time. The classes are named, so that a reader argues with the class and not with the code.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import cache

__all__ = [
    "LINE_END",
    "basic_plane",
    "compose",
    "drop_invisibles",
    "has_invisibles",
    "is_decomposed",
    "join_surrogates",
    "narrow_letters",
    "plain_spaces",
    "trim_spaces",
    "unify_late_line_ends",
    "unify_line_ends",
]

# A carriage return at the very end goes with its line instead of ending it: so text that is cut at line feeds alone
# gives the same lines.
LINE_END = re.compile(r"\r?\n|\r(?!\Z)|[\v\f\u2028\u2029]")
"""Where a line of raw text ends. (U+0085 is not here: it is also a byte of mojibake.)"""

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LINE_ENDS = r"\r\v\f\x85\u2028\u2029"
SPACES = r"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
SURROGATES = r"\ud800-\udfff"
WIDE = r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"

# Dropped wherever they stand.
_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_MARKS = (
    r"\u00ad\u200b\u2060-\u2064\ufeff"  # Soft hyphen, zero-width space, word joiner, byte order mark.
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # Directions.
    r"\ufff9-\ufffc"  # Interlinear annotation, object replacement.
)
_NONCHARACTERS = r"\ufdd0-\ufdef\ufffe\uffff"
_HIGH_NONCHARACTERS = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
_IDEOGRAPHIC_VARIANTS = r"\U000e0100-\U000e01ef"
_USELESS = _CONTROLS + _MARKS + _NONCHARACTERS + _IDEOGRAPHIC_VARIANTS + _HIGH_NONCHARACTERS

# Dropped where they do nothing.
_JOINERS = r"\u200c\u200d"
_VARIANTS = r"\ufe00-\ufe0f"
_TAGS = r"\U000e0001-\U000e007f"

INVISIBLES = _CONTROLS + _MARKS + _NONCHARACTERS + _JOINERS + _VARIANTS
"""Those of the basic plane, a superset of what is dropped."""

# Scripts whose letters take another shape beside a joiner, and what emoji sequences are made of.
_JOINED = (
    r"\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    r"\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U00010000-\U0001fbff"
)
# After one of these a variation selector selects nothing that a reader would miss. (The digits, # and * make keycaps.)
_PLAIN = rf"\s!\"$-)+-/:-~\u3001-\u302f\u3031-\u303c\u303e-\u3096\u30a0-\u312f{HAN}\uff00-\uffef"

# A superset of all that composition can change: the exact test comes second.
COMPOSED = (  # In the basic plane.
    r"\u0300-\u037e\u0387\u0483-\u0487\u0591-\u109f\u1100-\u11ff\u135d-\u135f\u1712-\u1dff\u1f71-\u1fff\u2000\u2001"
    r"\u20d0-\u20ff\u2126\u212a\u212b\u2329\u232a\u2adc\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099\u309a"
    r"\ua66f-\ua6f1\ua802-\uabff\uf900-\ufb4e\ufe20-\ufe2f"
)

HIGH_PLAIN = r"\U0001f000-\U0001fffd\U00020000-\U0002f7ff\U00030000-\U0003fffd"
"""Above the basic plane: emoji and ideographs, which are neither dropped nor composed."""

OTHER_LINE_END = re.compile(r"[\r\v\f\u2028\u2029]")
LATE_LINE_END = re.compile(r"[\x85\u2028\u2029]")
SURROGATE = re.compile(f"[{SURROGATES}]")
ODD_SPACE = re.compile(f"[{SPACES}]")
WIDE_LETTER = re.compile(f"[{WIDE}]+")
LOOSE_SPACE = re.compile(r"[ \t](?:(?<=  )|(?![^\n])|(?<=\n[ \t])|(?<=\A[ \t]))")
_MAYBE_INVISIBLE = re.compile(rf"[{INVISIBLES}\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]")
_MAYBE_DECOMPOSED = re.compile(rf"[{COMPOSED}\U00010000-\U0001efff\U0002f800-\U0002fa1f]")
_SURROGATES = re.compile(r"[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
# Two or more spaces, and no tab beside them: a run with a tab is a gap in a table of figures. (What comes before is looked at last.)
_SPACE_RUN = re.compile(r"  (?<![ \t]  ) *+(?!\t)")
_NARROW = {cp: cp - 0xFEE0 for cp in range(0xFF01, 0xFF5F)}


def basic_plane() -> str:
    """The 65,536 characters of the basic plane, in order."""
    return array("I", range(0x10000)).tobytes().decode("utf-32", "surrogatepass")


@cache
def _invisible() -> re.Pattern[str]:
    # The character comes first, and what stands around it after: so the engine passes over all others at full speed.
    return re.compile(
        f"[{_USELESS}{_JOINERS}{_VARIANTS}{_TAGS}](?:"
        f"(?<=[{_USELESS}])"
        f"|(?<=[{_JOINERS}])(?:(?<![\ufe0f{_JOINED}][{_JOINERS}])|(?![{_JOINED}]))"
        f"|(?:(?<=[{_PLAIN}][{_VARIANTS}])|(?<=[{_VARIANTS}])(?<![^\n][{_VARIANTS}]))[{_VARIANTS}]*+"
        # The flags of England, Scotland and Wales are made of tags.
        f"|(?<=[{_TAGS}])(?<![\U0001f3f4\U000e0020-\U000e007f][{_TAGS}])[{_TAGS}]*+)"
    )


def unify_line_ends(text: str) -> str:
    r"""Make every line end a line feed, but for U+0085.

    >>> unify_line_ends("一\r\n二\u2028三")
    '一\n二\n三'
    """
    return OTHER_LINE_END.sub("\n", text.replace("\r\n", "\n").removesuffix("\r"))


def unify_late_line_ends(text: str) -> str:
    r"""Make U+0085 a line feed, where no mojibake claimed it as a byte, and the line ends that mojibake stood for.

    >>> unify_late_line_ends("一\x85二")
    '一\n二'
    """
    return LATE_LINE_END.sub("\n", text)


def join_surrogates(text: str) -> str:
    r"""Join surrogate pairs into the characters they stand for, and replace single surrogates by U+FFFD.

    >>> join_surrogates("\ud83d\ude00") == "😀", join_surrogates("一\ud83d") == "一\ufffd"
    (True, True)
    """
    return _SURROGATES.sub(_join_pair, text)


def _join_pair(match: re.Match[str]) -> str:
    found = match.group()
    return found.encode("utf-16", "surrogatepass").decode("utf-16") if len(found) == 2 else "\ufffd"


def has_invisibles(text: str) -> bool:
    """Whether `text` holds characters that show nothing and are not needed."""
    return any(_invisible().search(text[start:end]) for start, end in _iter_suspect_lines(text))


def drop_invisibles(text: str) -> str:
    r"""Drop controls, marks of direction and other characters that show nothing, except where a script needs them.

    >>> drop_invisibles("\ufeff新\u200b闻\x00")
    '新闻'
    """
    parts, done = [], 0
    for start, end in _iter_suspect_lines(text):
        parts += [text[done:start], _invisible().sub("", text[start:end])]
        done = end
    return "".join(parts) + text[done:] if parts else text


def _iter_suspect_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end that hold a character that may be invisible."""
    # This search is there for speed: it reads single characters, `_invisible` looks at their neighbours.
    match = _MAYBE_INVISIBLE.search(text)
    while match:
        end = text.find("\n", match.start())
        end = len(text) if end < 0 else end
        yield text.rfind("\n", 0, match.start()) + 1, end
        match = _MAYBE_INVISIBLE.search(text, end)


def plain_spaces(text: str) -> str:
    r"""Make every kind of space a plain one.

    >>> plain_spaces("北京\u3000上海\xa0广州")
    '北京 上海 广州'
    """
    return ODD_SPACE.sub(" ", text)


def narrow_letters(text: str) -> str:
    """Make full-width Latin letters and digits ASCII; full-width punctuation stays.

    >>> narrow_letters("（ＧＤＰ）增长８％，")
    '（GDP）增长8％，'
    """
    return WIDE_LETTER.sub(_narrow, text)


def _narrow(match: re.Match[str]) -> str:
    return match.group().translate(_NARROW)


def is_decomposed(text: str) -> bool:
    """Whether NFC would change `text`."""
    # The search is there for speed: Unicode's own quick check reads every character's record.
    return bool(_MAYBE_DECOMPOSED.search(text)) and not unicodedata.is_normalized("NFC", text)


def compose(text: str) -> str:
    r"""Compose letters with their marks (NFC). Compatibility ideographs become the unified ones that they repeat.

    >>> compose("cafe\u0301 \uf9dd") == "caf\u00e9 利"
    True
    """
    return unicodedata.normalize("NFC", text)


def trim_spaces(text: str) -> str:
    r"""Trim every line at both ends, and make a run of spaces one space. A run with a tab in it stays.

    >>> trim_spaces("  北京  上海\n1\t 2 ")
    '北京 上海\n1\t 2'
    """
    return "\n".join([line.strip(" \t") for line in _SPACE_RUN.sub(" ", text).split("\n")])
