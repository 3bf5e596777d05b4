"""Bytes to text."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.errors import NotTextError
from cleaner.text import decode

CASES = json.loads((Path(__file__).parent / "cases" / "decode.json").read_text(encoding="utf-8"))
HANS = "镇上的图书馆今天开门，孩子们在门口排队。老师说：“慢慢来，每个人都有座位。”"
HANT = "鎮上的圖書館今天開門，孩子們在門口排隊。老師說：「慢慢來，每個人都有座位。」"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_text_comes_back(case: dict[str, str]) -> None:
    data = case["text"].encode(case["written"])
    assert decode(data) == (case["text"], case["encoding"]), case["comment"]


@pytest.mark.parametrize("written", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(written: str) -> None:
    assert decode(HANS.encode(written))[0] == HANS


@pytest.mark.parametrize(("written", "mark"), [("utf-16-be", b"\xfe\xff"), ("utf-32-be", b"\x00\x00\xfe\xff")])
def test_big_endian_marks_are_known(written: str, mark: bytes) -> None:
    assert decode(mark + HANS.encode(written)) == (HANS, written)


@pytest.mark.parametrize("written", ["utf-16-le", "utf-16-be"])
def test_wide_markup_without_a_mark_is_seen_by_its_nuls(written: str) -> None:
    page = f"<html><body><p>{HANS}</p><p>plain words in the page</p></body></html>"
    assert decode(page.encode(written)) == (page, written)


@pytest.mark.parametrize(
    ("text", "written"), [(HANS, "utf-8"), (HANS, "gb18030"), (HANT, "big5hkscs"), (HANT, "gb18030")]
)
def test_a_character_cut_off_at_the_end_costs_that_character_only(text: str, written: str) -> None:
    for size in range(30, len(text.encode(written))):
        found, _ = decode(text.encode(written)[:size])
        assert text.startswith(found.removesuffix("\ufffd")), (size, found)


def test_single_bad_bytes_do_not_change_the_encoding() -> None:
    good = HANS.encode() * 2
    text, encoding = decode(good + b"\xff" + good + b"\xb5" + HANS.encode())
    assert encoding == "utf-8"
    assert text.replace("\ufffd", "") == HANS * 5
    assert text.count("\ufffd") == 2


def test_text_cut_at_both_ends_is_still_utf8() -> None:
    data = (HANS * 3).encode()[1:-1]
    assert decode(data)[1] == "utf-8"


def test_a_declaration_that_lies_is_not_believed() -> None:
    for claim, written, encoding in [
        ("utf-8", "gb18030", "gb18030"),
        ("gb2312", "utf-8", "utf-8"),
        ("iso-8859-1", "gb18030", "gb18030"),
        ("big5", "gb18030", "gb18030"),
        ("no-such-thing", "gb18030", "gb18030"),
        ("base64", "utf-8", "utf-8"),
    ]:
        page = f'<meta charset="{claim}">{HANS}'
        assert decode(page.encode(written)) == (page, encoding), claim


def test_a_declaration_far_down_is_not_read() -> None:
    page = " " * 1100 + "<meta charset=euc-kr>" + HANS
    assert decode(page.encode("gb18030")) == (page, "gb18030")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", HANS)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"%PDF-1.7\n", "PDF"),
        (gzip.compress(HANS.encode()), "gzip"),
        (zipped(), "zip"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"abc" + bytes(100), "NUL"),
        (bytes(range(1, 32)) * 10, "control"),
        (bytes(range(128, 256)) * 10, "0x80 at offset 0"),
        (HANS.encode("utf-16-le"), "byte order mark"),
    ],
    ids=ascii,
)
def test_what_is_not_text_is_refused_and_named(data: bytes, named: str) -> None:
    with pytest.raises(NotTextError, match=named):
        decode(data)


@pytest.mark.parametrize("value", [None, 3, "already text"])
def test_what_is_not_bytes_is_refused_by_its_type(value: object) -> None:
    with pytest.raises(NotTextError, match=type(value).__name__):
        decode(value)  # type: ignore[arg-type]


def test_a_few_nuls_are_torn_text_and_no_binary() -> None:
    assert decode((HANS * 3 + "\x00" + HANS).encode())[0].count("\x00") == 1


@given(st.binary(max_size=200))
@settings(derandomize=True, max_examples=800, deadline=None)
@example(b"<meta charset=\xff>\xff")
@example(b"<?xml encoding='hz'?>~{\xff~}")
@example(b"<meta charset=iso-2022-jp>\x1b$B\x00")
@example(b"\x84\x31\x95\x33\xff")
@example(b"\xff\xfe\x00")
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with contextlib.suppress(NotTextError):
        text, encoding = decode(data)
        assert isinstance(text, str)
        assert encoding


@given(st.text(max_size=80))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_utf8_with_its_mark_always_comes_back(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == (text, "utf-8")


def test_decoding_is_linear_in_time() -> None:
    for data in (HANS.encode("gb18030") * 20_000, b"<meta " * 300_000, b"\xe9a" * 500_000):
        start = time.perf_counter()
        with contextlib.suppress(NotTextError):
            decode(data)
        assert time.perf_counter() - start < 3
