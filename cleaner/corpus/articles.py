"""Writes the articles that stay, as JSON lines or as Parquet, cut into files of about the size that is asked for."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa

from cleaner.config import RunConfig
from cleaner.corpus.outputs import Output, failure
from cleaner.corpus.store import Store

__all__ = ["ArticleWriter", "make_writer"]

ROWS = 2000
"""Rows of Parquet that are in memory at once, and stand in one row group."""

ROW_BYTES = 32_000_000


class ArticleWriter(Protocol):
    """Writes articles one after the other."""

    def write(self, id: bytes, head: bytes, text: bytes, tail: bytes) -> None:
        """Writes one: its id as JSON, the fields before its text as a JSON object, the text in UTF-8, and the fields after it."""

    def finish(self) -> dict[str, int]:
        """Ends the last file; the names of all files, with the articles in each."""

    def close(self) -> None:
        """Closes the file that is being written, whole or not."""


def make_writer(config: RunConfig, folder: Path, store: Store) -> ArticleWriter:
    """The writer for a run."""
    if config.format == "parquet":
        return _ParquetWriter(folder, config.shard_bytes, _kinds(store))
    return _JsonWriter(folder, config.shard_bytes)


def _name(number: int, end: str) -> str:
    return f"articles-{number:05d}.{end}"


def _finish(folder: Path, counts: list[int], end: str) -> dict[str, int]:
    """Names the files: a single one gets no number."""
    if len(counts) > 1:
        return {_name(number, end): count for number, count in enumerate(counts)}
    only = folder / f"articles.{end}"
    (folder / _name(0, end)).replace(only)
    return {only.name: counts[0]}


class _JsonWriter:
    def __init__(self, folder: Path, shard_bytes: int) -> None:
        self._folder, self._shard_bytes = folder, shard_bytes
        self._counts: list[int] = []
        self._output = self._open()

    def _open(self) -> Output:
        self._counts.append(0)
        return Output(self._folder / _name(len(self._counts) - 1, "jsonl"))

    def write(self, id: bytes, head: bytes, text: bytes, tail: bytes) -> None:
        if self._output.size >= self._shard_bytes:
            self._output.finish()
            self._output = self._open()
        try:
            said = orjson.dumps(text.decode())
        except UnicodeDecodeError:  # half characters
            said = json.dumps(text.decode("utf-8", "surrogatepass")).encode()
        self._output.write(b"".join((b'{"id":', id, b",", head[1:-2], b',"text":', said, b",", tail[1:])))
        self._counts[-1] += 1

    def finish(self) -> dict[str, int]:
        self._output.finish()
        return _finish(self._folder, self._counts, "jsonl")

    def close(self) -> None:
        self._output.close()


# Parquet: the columns of the articles, then one for each other field of the input

_COLUMNS = {
    "id": pa.string(),
    "url": pa.string(),
    "site": pa.string(),
    "title": pa.string(),
    "text": pa.large_string(),
    "published": pa.string(),
    "source": pa.string(),
    "publisher": pa.string(),
    "authors": pa.list_(pa.string()),
    "editors": pa.list_(pa.string()),
    "keywords": pa.list_(pa.string()),
    "script": pa.string(),
    "flags": pa.list_(pa.string()),
}

_SIMPLE = {str: "string", bool: "bool", float: "double"}
_EXACT = 1 << 53
"""Whole numbers up to this are exact as a double."""


def _kinds(store: Store) -> dict[str, str]:
    """For each other field the type of its column: that of its values where they are of one simple kind, else `json`."""
    found: dict[str, str] = {}
    for _, _, rows in store.iter_rows():
        for tail in rows.column("tail").to_pylist():
            if not tail:
                continue
            for name, value in json.loads(tail).items():
                if name in _COLUMNS or value is None:
                    if name not in _COLUMNS:
                        found.setdefault(name, "")
                    continue
                found[name] = _both(found.get(name) or "", _kind(value))
    names = {_without_halves(name): kind for name, kind in found.items()}
    return {name: {"": "string", "whole": "int64"}.get(kind, kind) for name, kind in names.items()}


def _kind(value: Any) -> str:
    if type(value) is int:
        return "int64" if abs(value) <= _EXACT else "whole" if -(1 << 63) <= value < 1 << 63 else "json"
    return _SIMPLE.get(type(value), "json")


def _both(one: str, other: str) -> str:
    """The kind of a column that holds values of two kinds; `whole` numbers are too large for a double."""
    if one in ("", other):
        return other
    kinds = {one, other}
    return "whole" if kinds == {"int64", "whole"} else "double" if kinds == {"int64", "double"} else "json"


def _without_halves(value: Any) -> Any:
    """A value with half characters, which Parquet does not hold, as question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(item) for name, item in value.items()}
    return [_without_halves(item) for item in value] if isinstance(value, list) else value


class _ParquetWriter:
    def __init__(self, folder: Path, shard_bytes: int, kinds: dict[str, str]) -> None:
        self._folder, self._shard_bytes, self._kinds = folder, shard_bytes, kinds
        types = {
            "json": pa.string(),
            "string": pa.string(),
            "bool": pa.bool_(),
            "int64": pa.int64(),
            "double": pa.float64(),
        }
        fields = {**_COLUMNS, **{name: types[kind] for name, kind in kinds.items()}}
        self._schema = pa.schema(list(fields.items()))
        self._counts: list[int] = []
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0
        self._writer: Any = None
        self._open()

    def _open(self) -> None:
        import pyarrow.parquet as pq

        path = self._folder / _name(len(self._counts), "parquet")
        try:
            self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        except OSError as error:
            raise failure(path, error) from None
        self._counts.append(0)
        self._written = 0

    def write(self, id: bytes, head: bytes, text: bytes, tail: bytes) -> None:
        row = {"id": json.loads(id), **json.loads(head), "text": text.decode("utf-8", "replace"), **json.loads(tail)}
        if b"\\ud" in id + head + tail:
            row = _without_halves(row)
        for name, kind in self._kinds.items():
            if kind == "json" and row.get(name) is not None:
                row[name] = json.dumps(row[name], ensure_ascii=False)
        self._rows.append(row)
        self._bytes += len(text) + len(tail)
        if len(self._rows) >= ROWS or self._bytes >= ROW_BYTES:
            self._flush()
            if self._written >= self._shard_bytes:
                self._close()
                self._open()

    def _flush(self) -> None:
        path = self._folder / _name(len(self._counts) - 1, "parquet")
        try:
            self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
        except OSError as error:
            raise failure(path, error) from None
        self._counts[-1] += len(self._rows)
        self._written += self._bytes
        self._rows, self._bytes = [], 0

    def _close(self) -> None:
        try:
            self._writer.close()
        except OSError as error:
            raise failure(self._folder, error) from None

    def finish(self) -> dict[str, int]:
        self._flush()
        self._close()
        return _finish(self._folder, self._counts, "parquet")

    def close(self) -> None:
        with suppress(OSError):
            self._writer.close()
