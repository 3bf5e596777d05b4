"""Bytes to text: byte order mark, declared charset, UTF-8, GB18030, Big5, in that order.

A declaration is a claim, and pages claim wrongly; UTF-8 that is valid is proof. GB18030 and Big5 read almost any bytes
as something, so between them the reading decides that holds more of the characters every Chinese text is full of.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import cache

from cleaner.errors import NotTextError
from cleaner.text.tables import common_characters

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Before UTF-16, whose mark it starts with.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_FORMATS = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or a Word, Excel or EPUB file)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"BZh91AY&SY", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_DECLARATION = re.compile(
    rb"""<meta\b[^>]{0,400}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{2,40})"""
    rb"""|@charset\s{1,9}"([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 1024  # Where the HTML standard looks for it.
# Declared encodings by Python's name, and the codec that reads all that pages mean by it. Latin-1 is not here: it is
# what servers declare by default, and reads anything.
_FAMILIES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "cp1251": "cp1251",
    "koi8-r": "koi8-r",
}
_ALIASES = {"x-gbk": "gbk", "gb_2312-80": "gb2312", "x-x-big5": "big5", "x-sjis": "shift_jis"}
_SEVEN_BITS = frozenset({"hz", "iso2022_jp"})
_CHINESE_CODECS = ("gb18030", "big5hkscs")

_SAMPLE = 65536
_MOST_NULS = 0.01  # A text with a torn record holds a few; a binary file holds them by the row.
_MOST_CONTROLS = 0.05
_LEAST_WIDE = 0.3  # Half the characters of a Chinese page in UTF-16 are markup.
_CONTROLS = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
# UTF-8 with single bad bytes is UTF-8 still: nothing else forms its sequences twenty times as often as it breaks them.
_MOST_BROKEN = 0.05
# Scores of readings, measured on articles and titles in both scripts: a right reading scores 0.5 to 0.9 (a title made
# of names 0.4), a wrong one under 0.3.
_GOOD = 0.45
_FAIR = 0.25
_FEW = 40  # So few characters may be names, and no text at all would break somewhere in them.
_ORDINARY = 0.3  # What a character that is not common, but in ordinary use, weighs against a common one.
_OTHER_THAN_ASCII = re.compile(r"[^\x00-\x7f]")
_CHINESE_MARKS = frozenset("，。、；：？！“”‘’（）《》〈〉「」『』【】〔〕—…·\u3000")
# How much worse the declared reading may look: a long page shows what it is in, two characters do not.
_LEAD_OF_DECLARED = 0.1
_LEAD_OF_DECLARED_SHORT = 2
_ABOVE_TWO_BYTES = re.compile("[^\x00-\u07ff\ufffd]")
# Western text: its high bytes stand alone among ASCII letters, those of Chinese encodings in pairs.
_LONE_HIGH_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_WIDE_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def decode(data: bytes | bytearray | memoryview) -> tuple[str, str]:
    """Decode `data`; return the text and the name of its encoding.

    A character cut off at the end and single bad bytes become U+FFFD. Raises NotTextError for what is not text.

    >>> decode("新闻".encode("gbk"))
    ('新闻', 'gb18030')
    """
    if not isinstance(data, bytes):
        if not isinstance(data, bytearray | memoryview):
            raise NotTextError(f"expected text or bytes, found {type(data).__name__}: give a str or bytes")
        data = bytes(data)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    for magic, kind in _FORMATS:
        if data.startswith(magic):
            raise NotTextError(f"the bytes are {kind} (they start with {magic!r}): unpack it, or give the text in it")
    wide = _decode_wide(data)
    if wide:
        return wide
    _refuse_binary(data)
    declared = _declared_codec(data)
    found = (
        _decode_declared(data, declared if declared in _SEVEN_BITS else None)
        or _decode_utf8(data, declared)
        or _decode_chinese(data, declared, _GOOD)
        or _decode_declared(data, declared)
        or _decode_western(data)
        or _decode_chinese(data, declared, _FAIR)
    )
    if found:
        return found
    offset = _first_offence(data)
    raise NotTextError(
        f"byte 0x{data[offset]:02x} at offset {offset} is not text in UTF-8, GB18030, Big5 or a declared charset: "
        "decode the bytes with the encoding they are in, and give the text"
    )


def _read(data: bytes, codec: str) -> tuple[str, int]:
    """Read `data` in `codec`: the text, and how often it broke. A character cut off at the end is no break."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    text = decoder.decode(data)
    broken = text.count("\ufffd")
    if broken and codec == "utf-8":
        broken -= data.count(b"\xef\xbf\xbd")  # It stands in the text itself.
    return (text + "\ufffd" if decoder.getstate()[0] else text), broken


def _decode_wide(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without its mark: every second byte of ASCII is NUL, and only every second."""
    sample = data[:_SAMPLE]
    if b"\x00" not in sample:
        return None
    even, odd, half = sample[::2].count(0), sample[1::2].count(0), len(sample) / 2
    for encoding, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if empty >= _LEAST_WIDE * half and full <= _MOST_NULS * half:
            text, broken = _read(data, encoding)
            if broken == 0 and len(_WIDE_CONTROL.findall(text, 0, _SAMPLE)) <= _MOST_NULS * min(len(text), _SAMPLE):
                return text, encoding
    return None


def _refuse_binary(data: bytes) -> None:
    sample = data[:_SAMPLE]
    if sample.count(0) > _MOST_NULS * len(sample):
        raise NotTextError(
            f"the bytes are not text: {sample.count(0)} of the first {len(sample)} are NUL, the first of them "
            f"at offset {sample.index(0)}. Text in UTF-16 or UTF-32 needs its byte order mark; other files their reader"
        )
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(sample):
        offset = next(at for at, byte in enumerate(sample) if byte in _CONTROLS)
        raise NotTextError(
            f"the bytes are not text: {controls} of the first {len(sample)} are control characters, the first of them "
            f"0x{sample[offset]:02x} at offset {offset}. Give the text that this file holds"
        )


def _declared_codec(data: bytes) -> str | None:
    match = _DECLARATION.search(data, 0, _DECLARED_WITHIN)
    if not match:
        return None
    name = match[match.lastindex or 1].decode("ascii", "replace").lower()
    try:
        return _FAMILIES.get(codecs.lookup(_ALIASES.get(name, name)).name)
    except LookupError:
        return None


def _decode_declared(data: bytes, codec: str | None) -> tuple[str, str] | None:
    if not codec:
        return None
    text, broken = _read(data, codec)
    return (text, _public_name(codec)) if broken <= _MOST_BROKEN * _count_other(text) else None


def _decode_utf8(data: bytes, declared: str | None) -> tuple[str, str] | None:
    text, broken = _read(data, "utf-8")
    if broken > _MOST_BROKEN * (_count_other(text) - broken):
        return None
    # Two-byte sequences alone prove little: 联通 in GBK is valid UTF-8.
    if not text.isascii() and len(data) <= _SAMPLE and not _ABOVE_TWO_BYTES.search(text):
        chinese, torn = _read(data, "gb18030")
        if torn == 0 and _score(chinese) >= (_FAIR if declared == "gb18030" else _GOOD):
            return chinese, "gb18030"
    return text, "utf-8"


def _decode_chinese(data: bytes, declared: str | None, least: float) -> tuple[str, str] | None:
    readings = []
    for codec in _CHINESE_CODECS:
        text, broken = _read(data, codec)
        others = _count_other(text.removesuffix("\ufffd"))
        if broken <= _MOST_BROKEN * others and (least == _GOOD or (broken == 0 and 0 < others <= _FEW)):
            lead = _LEAD_OF_DECLARED + _LEAD_OF_DECLARED_SHORT / max(1, others) if codec == declared else 0
            readings.append((_score(text) + lead, text, codec))
    score, text, codec = max(readings, key=lambda reading: reading[0], default=(0.0, "", ""))
    return (text, _public_name(codec)) if score >= least else None


def _decode_western(data: bytes) -> tuple[str, str] | None:
    sample = data[:_SAMPLE]
    high = len(_HIGH_BYTE.findall(sample))
    if high * 4 > len(sample) or len(_LONE_HIGH_BYTE.findall(sample)) * 2 < high:
        return None
    return data.decode("cp1252", "replace"), "windows-1252"


def _public_name(codec: str) -> str:
    return {"big5hkscs": "big5", "cp949": "euc-kr", "cp932": "shift_jis"}.get(codec, codec.replace("_", "-"))


def _count_other(text: str) -> int:
    """How many characters of `text` are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _score(text: str) -> float:
    """How much `text` looks like Chinese: 1 if all that is not ASCII is common, below 0 if most of it is strange."""
    others = Counter(_OTHER_THAN_ASCII.findall(text[:_SAMPLE]))
    common, ordinary = common_characters(), _ordinary_characters()
    score = 0.0
    for char, count in others.items():
        if char in common or char in _CHINESE_MARKS:
            score += count
        elif char in ordinary:
            score += _ORDINARY * count
        elif "\ue000" <= char <= "\uf8ff":  # Private use: where a codec has nothing to say.
            score -= count
    return score / max(1, others.total())


@cache
def _ordinary_characters() -> frozenset[str]:
    """The first levels of GB 2312 and Big5: what each took for the characters of daily use."""
    simplified = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    traditional = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    return frozenset(simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore"))


def _first_offence(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0
