"""HTML entities in text: `&nbsp;`, `&#8220;`, `&amp;lt;`.

Only references that end in a semicolon are read. The HTML standard also reads some without it, but then the query
string `?id=1&copy=2` becomes `?id=1©=2`.
"""

from __future__ import annotations

import re

__all__ = ["ENTITY", "decode_entities"]

# The longest name of the standard has 31 characters.
_REFERENCE = r"(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8});"
ENTITY = re.compile(f"&{_REFERENCE}")
# Text that was escaped several times holds a chain: `&amp;amp;lt;`.
_CHAIN = re.compile(f"&((?:(?:amp|AMP|#38|#[xX]26);)*+)({_REFERENCE})?")
_LAST = re.compile(rf"&{_REFERENCE}\Z")
_LONGEST = 40


def decode_entities(text: str) -> str:
    """Replace HTML entities by what they stand for, also where they were escaped several times.

    >>> decode_entities("A&amp;amp;B &lt;北京&gt; &unknown; /?id=1&copy=2")
    'A&B <北京> &unknown; /?id=1&copy=2'
    """
    text = _CHAIN.sub(_decode_chain, text)
    if not _is_decodable(text):
        return text
    return "\n".join([_settle(line) if _is_decodable(line) else line for line in text.split("\n")])


def _decode_chain(match: re.Match[str]) -> str:
    return _decode(f"&{match[2]}") if match[2] else "&"


def _decode(reference: str) -> str:
    """What a reference stands for; it stays as it is if that is nothing."""
    # Only texts that hold an entity pay for the table of names.
    from html import unescape
    from html.entities import html5

    if reference[1] != "#":
        return html5.get(reference[1:], reference)
    number = int(reference[3:-1], 16) if reference[2] in "xX" else int(reference[2:-1])
    if 0x80 <= number < 0xA0:
        return unescape(reference)  # The standard reads these as Windows-1252: &#147; is “.
    if number in {0x0A, 0x0B, 0x0C, 0x2028, 0x2029}:
        return "\n"
    if number == 0x0D:
        return ""  # It comes before &#10;.
    # A pair of surrogates is joined by the step for them, a control is dropped by the step for those.
    return chr(number) if number < 0x110000 else reference


def _is_decodable(text: str) -> bool:
    return any(_decode(match.group()) != match.group() for match in ENTITY.finditer(text))


def _settle(line: str) -> str:
    """Decode until nothing is left, in one walk: a decoded character can complete another reference (`&am&#112;;`)."""
    done: list[str] = []
    for char in line:
        done.append(char)
        while done and done[-1] == ";":
            match = _LAST.search("".join(done[-_LONGEST:]))
            if not match or (decoded := _decode(match.group())) == match.group():
                break
            del done[-len(match.group()) :]
            done.extend(decoded)
    return "".join(done)
