"""Files in, records out: every format, every packing, and what is wrong with files."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus.batch import Batch, Fault, Limits
from cleaner.corpus.fields import Fields
from cleaner.corpus.jsonlines import read_object, to_json
from cleaner.corpus.read import read_batches
from cleaner.corpus.records import Record, read_records
from cleaner.corpus.sources import FORMATS, Source, find_sources, sniff
from cleaner.errors import InputError

ROWS: list[dict[str, Any]] = [
    {"id": "甲", "url": "https://a.example/1", "title": "河湾", "text": "一，\n二。", "n": "007"},
    {"id": "乙", "url": "", "title": "", "text": '他说："好。"', "n": "1.50"},
    {"id": "丙", "url": "https://a.example/3", "title": "云泽", "text": "三。", "n": ""},
]


def zstd(data: bytes) -> bytes:
    import zlib  # noqa: F401 - the module that the packages below stand for is not in every Python
    from importlib import import_module

    for name in ("compression.zstd", "backports.zstd"):
        try:
            packed: bytes = import_module(name).compress(data)
        except ImportError:
            continue
        return packed
    pytest.skip("no zstd here")


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(to_json(row) for row in rows)


def table(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def arrow(rows: list[dict[str, Any]], *, stream: bool = False) -> bytes:
    sink = io.BytesIO()
    data = pa.Table.from_pylist(rows)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, data.schema) as writer:
        writer.write_table(data)
    return sink.getvalue()


def parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def warc(pages: list[tuple[str, bytes, str, int]]) -> bytes:
    """An archive of answers: address, content, type, status."""
    out = b""
    for url, content, kind, status in pages:
        http = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
        )
        name = uuid.uuid5(uuid.NAMESPACE_URL, url)
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n"
        out += f"{head}WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n".encode()
        out += http + b"\r\n\r\n"
    return out


def read(
    path: Path, *, format: str = "auto", limits: Limits | None = None, fields: Fields | None = None
) -> list[Record | InputError]:
    return [
        record
        for batch in read_batches(Source(str(path), path.name, format), limits)
        for _, record in read_records(batch, fields or Fields())
    ]


def good(records: list[Record | InputError]) -> list[Record]:
    assert not [str(record) for record in records if isinstance(record, InputError)]
    return [record for record in records if isinstance(record, Record)]


@pytest.mark.parametrize("end", PACKINGS)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv"])
def test_rows_come_out_as_they_were(tmp_path: Path, name: str, end: str) -> None:
    content = {"a.jsonl": jsonl(ROWS), "a.csv": table(ROWS), "a.tsv": table(ROWS, "\t")}[name]
    path = tmp_path / (name + end)
    path.write_bytes(PACKINGS[end](content))
    assert [record.fields for record in good(read(path))] == ROWS


@pytest.mark.parametrize(
    ("name", "write"), [("a.parquet", parquet), ("a.arrow", arrow), ("a.ipc", lambda rows: arrow(rows, stream=True))]
)
def test_columns_come_out_as_they_were(
    tmp_path: Path, name: str, write: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    rows = [{**row, "deep": {"list": [1, None]}, "number": 2**40} for row in ROWS] * 400
    (tmp_path / name).write_bytes(write(rows))
    assert [record.fields for record in good(read(tmp_path / name))] == rows


@pytest.mark.parametrize("end", PACKINGS)
def test_pages_of_an_archive(tmp_path: Path, end: str) -> None:
    pages = [
        ("https://a.example/1", "<p>一".encode(), "text/html; charset=utf-8", 200),
        ("https://a.example/p.png", b"\x89PNG", "image/png", 200),
        ("https://a.example/gone", b"<p>404", "text/html", 404),
        ("https://a.example/2", "<p>二".encode("gb18030"), "text/html; charset=gb18030", 200),
        ("https://a.example/3", "三".encode(), "text/plain", 200),
    ]
    (tmp_path / f"a.warc{end}").write_bytes(PACKINGS[end](warc(pages)))
    records = good(read(tmp_path / f"a.warc{end}"))
    assert [(record.document.url, record.document.html, record.document.text) for record in records] == [
        ("https://a.example/1", "<p>一".encode(), None),
        ("https://a.example/2", "<p>二".encode("gb18030"), None),
        ("https://a.example/3", None, "三".encode()),
    ]
    assert dict(records[0].document.extra) == {"fetched": "2024-05-01T00:00:00Z"}


@pytest.mark.parametrize("end", PACKINGS)
def test_files_that_are_one_page(tmp_path: Path, end: str) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / f"b/a.txt{end}").write_bytes(PACKINGS[end]("一。\n".encode()))
    (tmp_path / f"b/b.html{end}").write_bytes(PACKINGS[end]("<p>二。".encode()))
    sources = [source for source in find_sources([str(tmp_path)]) if isinstance(source, Source)]
    assert [(source.name, source.folder) for source in sources] == [(f"b/a.txt{end}", "b"), (f"b/b.html{end}", "b")]
    records = [
        record for source in sources for batch in read_batches(source) for _, record in read_records(batch, Fields())
    ]
    assert [record.document.text or record.document.html for record in good(records)] == [
        "一。\n".encode(),
        "<p>二。".encode(),
    ]
    assert [record.name for record in good(records)] == [f"b/a.txt{end}", f"b/b.html{end}"]


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b'{"a": 1}', "jsonl"),
        (b"\xef\xbb\xbf \n{", "jsonl"),
        (b"<!DOCTYPE html>", "html"),
        (b"\n<html>", "html"),
        (b"PAR1", "parquet"),
        (b"ARROW1\0\0", "arrow"),
        (b"WARC/1.0", "warc"),
        (b"<p>", "text"),
        (b"", "text"),
    ],
)
def test_files_without_a_name_are_told_by_their_first_bytes(head: bytes, format: str) -> None:
    assert sniff(head) == format
    assert format in FORMATS


# Fields


@pytest.mark.parametrize(
    ("record", "fields", "names"),
    [
        (
            {"content": "一", "link": "x", "headline": "y"},
            Fields(),
            {"text": "content", "url": "link", "title": "headline"},
        ),
        ({"text": "一", "content": "二", "body": "三"}, Fields(), {"text": "text"}),
        ({"text": "一", "body": "三"}, Fields(text="body"), {"text": "body"}),
        ({"text": "一", "html": "<p>"}, Fields(), {"text": "text", "html": "html"}),
        ({"text": "一", "page": "<p>"}, Fields(html="page"), {"html": "page"}),
        ({"正文": "一", "标题": "二"}, Fields(), {"text": "正文", "title": "标题"}),
    ],
)
def test_names_of_fields(record: dict[str, Any], fields: Fields, names: dict[str, str]) -> None:
    assert fields.names(record) == names


def test_every_other_field_rides_along() -> None:
    record = {"content": "一", "id": 7, "link": "x", "title": None, "site": {"a": 1}, "text_b": "二", "": 0}
    document = Fields().document(record, "a:1")
    assert (document.text, document.id, document.url, document.title) == ("一", "7", "x", None)
    assert dict(document.extra) == {"link": "x", "site": {"a": 1}, "text_b": "二", "": 0}


# What is wrong with files


def errors(records: list[Record | InputError]) -> list[str]:
    return [str(record) for record in records if isinstance(record, InputError)]


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"1"}\n{"text":"' + b"x" * 5_000_000 + b'"}\n{"text":"2"}\n')
    records = read(path, limits=Limits(record_bytes=1_000_000))
    assert [record.document.text for record in records if isinstance(record, Record)] == ["1", "2"]
    [error] = [record for record in records if isinstance(record, InputError)]
    assert "a.jsonl:2: a record of over 1,000,000 bytes" in str(error)
    assert (error.file, error.line, len(error.input or b"")) == (str(path), 2, 65_536)


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    import tracemalloc

    for name in ("a.jsonl.gz", "b.txt.gz"):
        with gzip.open(tmp_path / name, "wb", 1) as file:
            for _ in range(200):
                file.write(b"x" * 1_000_000)
        tracemalloc.start()
        said = errors(read(tmp_path / name, limits=Limits(record_bytes=4_000_000)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(said) == 1
        assert peak < 20_000_000


@pytest.mark.parametrize("end", [".gz", ".bz2", ".xz", ".zst"])
def test_a_file_that_is_cut_off_gives_what_it_holds(tmp_path: Path, end: str) -> None:
    rows = [{"id": n, "text": f"{n} " + os.urandom(200).hex()} for n in range(20_000)]
    packed = PACKINGS[end](jsonl(rows))
    (tmp_path / f"a.jsonl{end}").write_bytes(packed[: len(packed) * 3 // 4])
    records = read(tmp_path / f"a.jsonl{end}")
    *found, error = records
    assert isinstance(error, InputError)
    assert "cannot be read from here on: the packed data is damaged or cut off" in str(error)
    assert len(found) > 10_000
    assert [record.fields for record in good(found)] == rows[: len(found)]


def test_a_ragged_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        'id,text\n1,"一\n二"\n2,三,四\n3\n4,\xff\n5,五\n'.encode("latin-1", "replace").replace(b"?", b"x")
    )
    (tmp_path / "a.csv").write_bytes(b'id,text\n1,"a\nb"\n2,c,d\n3\n5,e\n')
    records = read(tmp_path / "a.csv")
    assert [record.fields for record in records if isinstance(record, Record)] == [
        {"id": "1", "text": "a\nb"},
        {"id": "5", "text": "e"},
    ]
    assert [said.partition("a.csv")[2] for said in errors(records)] == [
        ":4: a row of 3 fields under a header of 2",
        ":5: no field 'text' (fields: id); give its name with --text-field or --html-field",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_of_tables(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(table(ROWS).decode().encode(encoding))
    assert [record.fields for record in good(read(tmp_path / "a.csv"))] == ROWS


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.warc", "a.txt", "a.html", "a.csv", "a.jsonl", "a"])
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"PAR1" + bytes(50), b"ARROW1" + bytes(50), b"WARC/1.0\r\nx\r\n\r\n", b"\xff" * 300]
)
def test_rubbish_is_an_error_or_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    for record in read(tmp_path / name):
        assert isinstance(record, Record | InputError)


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in errors(read(tmp_path / "a.jsonl"))[0]
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "nowhere")
    assert "No such file" in errors(read(tmp_path / "b.jsonl"))[0]
    assert "no file fits" in str(next(find_sources([str(tmp_path / "*.csv")])))


def test_pages_of_an_archive_that_say_wrongly_how_they_are_packed(tmp_path: Path) -> None:
    page = "<p>一。".encode()
    coded = {
        "a": (page, "Content-Encoding: gzip"),
        "b": (gzip.compress(page), "Content-Encoding: gzip"),
        "c": (b"5\r\n<p>ab\r\n1\r\nc\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        "d": (page, "Transfer-Encoding: chunked"),
        "e": (gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip"),
        "f": (page, "Content-Encoding: br"),
        "h": (brotli.compress(page), "Content-Encoding: br"),
        "i": (brotli.compress(bytes(50_000_000)), "Content-Encoding: br"),
        "g": (page, "X: y"),
    }
    out = b""
    for name, (content, header) in coded.items():
        out += warc([(f"https://a.example/{name}", content, f"text/html\r\n{header}", 200)])
    (tmp_path / "a.warc").write_bytes(out)
    records = read(tmp_path / "a.warc", limits=Limits(record_bytes=1_000_000))
    found = [record.document.html if isinstance(record, Record) else "over" for record in records]
    assert found == [page, page, b"<p>abc", page, "over", page, page, "over", page]


def test_an_archive_that_is_cut_off_within_a_page(tmp_path: Path) -> None:
    whole = warc([(f"https://a.example/{n}", b"<p>" + b"x" * 500, "text/html", 200) for n in range(3)])
    (tmp_path / "a.warc").write_bytes(whole[:-300])
    assert "the archive is cut off" in errors(read(tmp_path / "a.warc"))[0]


def test_columns_that_python_has_no_types_for(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["一。", "二。", "三。"],
            "when": pa.array([1, 1_700_000_000_123_456_789, None], pa.timestamp("ns")),
            "how_long": pa.array([1, 2, 3], pa.duration("ns")),
            "far": pa.array([1, 2, 10**8], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    one, two, three = read(tmp_path / "a.parquet")
    assert [record.document.text for record in (one, two) if isinstance(record, Record)] == ["一。", "二。"]
    assert "a row that cannot be read" in str(three)


def test_a_header_that_names_a_column_twice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,n,n\n一,1,2\n", "utf-8")
    assert [record.fields for record in good(read(tmp_path / "a.csv"))] == [{"text": "一", "n": "1", "n_2": "2"}]


@pytest.mark.parametrize("content", [b'text\n"open', b"text\n" + b"x" * 3_000_000])
def test_tables_that_go_wrong_say_where(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert "cannot be read from here on" in errors(read(tmp_path / "a.csv", limits=Limits(record_bytes=1_000_000)))[0]


def test_links_that_lead_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    assert any("a.txt: cannot be read" in str(found) for found in find_sources([str(tmp_path)]))


# Reading goes on where it was


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet", "a.arrow", "a.warc"])
def test_reading_goes_on_anywhere(tmp_path: Path, name: str) -> None:
    rows = [{"id": str(n), "text": f"{n}。" * 30} for n in range(700)]
    write: dict[str, Callable[[], bytes]] = {
        "a.jsonl": lambda: jsonl(rows),
        "a.jsonl.gz": lambda: gzip.compress(jsonl(rows)),
        "a.csv": lambda: table(rows),
        "a.parquet": lambda: parquet(rows),
        "a.arrow": lambda: arrow(rows),
        "a.warc": lambda: warc(
            [(f"https://a.example/{row['id']}", row["text"].encode(), "text/html", 200) for row in rows]
        ),
    }
    (tmp_path / name).write_bytes(write[name]())
    source, limits = Source(str(tmp_path / name), name), Limits(batch_bytes=3000)
    batches = list(read_batches(source, limits))
    assert len(batches) > 5
    for at in (0, 1, len(batches) // 2, len(batches) - 1):
        batch = batches[at]
        done = batch.first + len(batch.items) - 1
        rest = read_batches(source, limits, skip=done, byte=batch.next_byte)
        assert numbered(rest) == numbered(batches[at + 1 :])


def numbered(batches: Iterable[Batch]) -> list[tuple[int, Any]]:
    return [(batch.place(index), item) for batch in batches for index, item in enumerate(batch.items)]


# JSON


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_that_goes_out_comes_in(value: Any) -> None:
    line = to_json({"x": value})
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert read_object(line, "a:1") == json.loads(line)


@pytest.mark.parametrize("number", [10**18, 10**30, -(2**63), 2**64, 0.1, 1e300])
def test_numbers_stay_exact(number: float) -> None:
    assert read_object(to_json({"x": number}), "a:1") == {"x": number}
    assert read_object(f'{{"x": {number}}}'.encode(), "a:1") == {"x": number}


def test_a_fault_is_no_record() -> None:
    assert not Fault("x").data
