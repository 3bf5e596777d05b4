"""Mojibake undone: text whose bytes were once read in the wrong encoding.

Each repair works on spans of a line and only where the way back proves it: the span's bytes are valid in the encoding
that they should have been read in, and what they say is text. What stands beside a span stays. Mojibake that lost
bytes (`锟斤拷`, U+FFFD) cannot be undone and stays too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from cleaner.text.tables import common_characters

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

__all__ = ["undo_gbk_as_latin1", "undo_utf8_as_gbk", "undo_utf8_as_latin1"]

# What Windows-1252 shows for the bytes 80 to 9F, where Latin-1 has controls.
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
LATIN_LEAD = r"\xc2-\xf4"
LATIN_CONTINUATION = rf"\x80-\xbf{_WINDOWS}"

UTF8_AS_LATIN1 = re.compile(f"[{LATIN_LEAD}][{LATIN_CONTINUATION}]")
# No language written in Latin letters puts four letters with accents or signs in a row; two Chinese characters do.
GBK_AS_LATIN1 = re.compile(r"[\xa1-\xfe]{4}")
# A lead byte after a lead byte is not UTF-8. ftfy would tear such a run apart.
_NOT_UTF8 = re.compile(r"[\xc0-\xff]{2}[\xa1-\xff]{2}|[\xa1-\xff]{2}[\xc0-\xff]{2}")
_HIGH_PAIR = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9f]")
_WINDOWS_BYTES = {ord(char): char.encode("cp1252")[0] for char in _WINDOWS}
_GBK_RUN = re.compile(rf"(?:[\x81-\xfe{_WINDOWS}][@-~\x80-\xfe{_WINDOWS}])+")


def _gbk_characters(leads: bytes, trails: bytes) -> str:
    return bytes(byte for lead in leads for trail in trails for byte in (lead, trail)).decode("gb18030")


# Three bytes of UTF-8 are one and a half characters of GBK: the mojibake of Chinese starts with a lead byte and a
# continuation, then comes a continuation with the next lead. Windows shows the byte 80, which leads nothing, as €.
_UTF8_LEADS = b"\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xef"
GBK_FIRST = _gbk_characters(_UTF8_LEADS, bytes(range(0x80, 0xC0)))
GBK_SECOND = _gbk_characters(bytes(range(0x81, 0xC0)), _UTF8_LEADS) + "€"
# What may not stand in repaired text: all but ideographs and the letters, quotes, kana, marks found beside them.
_STRANGE = (
    r"[^ -~\xa0-\u024f\u2010-\u2030\u2160-\u2179\u2190-\u2193\u2460-\u249b\u25a0-\u25ff\u3000-\u30ff\u3400-\u9fff"
    r"\uff01-\uff5e\uffe5]"
)


@cache
def _gbk_start() -> re.Pattern[str]:
    return re.compile(f"[{GBK_FIRST}][{GBK_SECOND}]")


def may_hold_utf8_as_gbk(text: str) -> bool:
    """Whether `text` holds two characters that start the mojibake of Chinese UTF-8 read as GBK."""
    return bool(_gbk_start().search(text))


@cache
def _gbk_piece() -> re.Pattern[str]:
    # In pieces, so that a long line with many breaks in it still takes linear time.
    return re.compile(f"[{GBK_FIRST}](?=[{GBK_SECOND}])[^\\x00-\\x7f]{{2,500}}")


def is_utf8_as_gbk(text: str, at: int) -> bool:
    """Whether Chinese UTF-8 that was read as GBK starts at character `at`."""
    match = _gbk_piece().match(text, at)
    return match is not None and _longest_repair(match.group())[0] > 1


def undo_utf8_as_gbk(text: str) -> str:
    """Undo Chinese UTF-8 that was read as GBK.

    >>> undo_utf8_as_gbk("标题：缁忔祹鍙戝睍")
    '标题：经济发展'
    """
    done, end = [], 0
    match = _gbk_piece().search(text)
    while match:
        length, repaired = _longest_repair(match.group())
        done += [text[end : match.start()], repaired]
        end = match.start() + length
        match = _gbk_piece().search(text, end)
    return "".join(done) + text[end:] if done else text


def _longest_repair(piece: str) -> tuple[int, str]:
    """The longest start of `piece` that is UTF-8 read as GBK, its length and what it says; else its first character."""
    # Most alarms are false: go on only where the first four characters hold two of UTF-8, which is six bytes.
    if len(_valid_start(b"".join(map(_encode_gbk, piece[:4])))) < 6:
        return 1, piece[0]
    fitting, data = _fitting_start(piece)
    if fitting >= 3:
        repaired = data.decode()
        # Three bytes a character, four times in a row, are proof in themselves.
        if len(repaired) < fitting and (_is_chinese(repaired) or len(_plain_ideographs(repaired)) >= 4):
            return fitting, repaired
    return 1, piece[0]


def _fitting_start(piece: str) -> tuple[int, bytes]:
    """How many characters of `piece` are whole characters of UTF-8 too, read as GBK, and their bytes."""
    encoded = [_encode_gbk(char) for char in piece]
    data = _valid_start(b"".join(encoded))
    fitting, fitting_size, size = 0, 0, 0
    for count, char in enumerate(encoded, start=1):
        size += len(char)
        if size > len(data):
            break
        if size == len(data) or not 0x80 <= data[size] < 0xC0:
            fitting, fitting_size = count, size
    return fitting, data[:fitting_size]


def _valid_start(data: bytes) -> bytes:
    """The longest start of `data` that is valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start]
    return data


def _encode_gbk(char: str) -> bytes:
    return b"\x80" if char == "€" else char.encode("gb18030", "replace")


def _is_chinese(text: str) -> bool:
    """Whether `text` reads as Chinese: of its ideographs two or more and a third are common, and nothing is strange."""
    ideographs = _plain_ideographs(text)
    common = [char for char in ideographs if char in common_characters()]
    # Of running text two thirds are common, of names and titles fewer; of ideographs by chance one in seven.
    return len({*common}) >= 2 and len(common) * 3 >= len(ideographs)


def _plain_ideographs(text: str) -> list[str]:
    """The ideographs of `text`; none if something stands in it that does not belong beside them."""
    return [] if re.search(_STRANGE, text) else [char for char in text if "\u3400" <= char <= "\u9fff"]


def undo_gbk_as_latin1(text: str) -> str:
    r"""Undo Chinese GBK that was read as Latin-1 or Windows-1252.

    >>> undo_gbk_as_latin1("ÖÐ¹ú¾\xad¼Ã\xa3¬2024Äê")
    '中国经济，2024年'
    """
    return _by_line(text, GBK_AS_LATIN1, _undo_gbk_line)


def _undo_gbk_line(line: str) -> str:
    # The runs of a line vouch for each other: one alone (`Äê`, 年) would prove nothing.
    repaired = [decoded for run in _GBK_RUN.findall(line) if (decoded := _decode_gbk(run)) != run]
    return _GBK_RUN.sub(lambda match: _decode_gbk(match.group()), line) if _is_chinese("".join(repaired)) else line


def _decode_gbk(run: str) -> str:
    # An accented letter and an ASCII letter are a pair of bytes too (`éa`); a run of such pairs alone is no Chinese.
    if not _HIGH_PAIR.search(run):
        return run
    try:
        return run.translate(_WINDOWS_BYTES).encode("latin-1").decode("gb18030")
    except UnicodeDecodeError:
        return run


def undo_utf8_as_latin1(text: str) -> str:
    r"""Undo UTF-8 that was read as Latin-1 or Windows-1252, once or several times over.

    >>> undo_utf8_as_latin1("新闻 ä¸\xadå›½ cafÃ©")
    '新闻 中国 café'
    """
    return _by_line(text, UTF8_AS_LATIN1, _undo_utf8_line)


def _undo_utf8_line(line: str) -> str:
    if _NOT_UTF8.search(line):
        return line
    import ftfy

    return ftfy.fix_encoding(line, config=_ftfy_config())


@cache
def _ftfy_config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    # Everything else that ftfy repairs is a step of its own here; what has lost bytes is left to show that.
    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        replace_lossy_sequences=False,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def _by_line(text: str, gate: re.Pattern[str], repair: Callable[[str], str]) -> str:
    if not gate.search(text):
        return text
    return "\n".join([repair(line) if gate.search(line) else line for line in text.split("\n")])
