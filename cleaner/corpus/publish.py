"""Writes what a run found: the articles that stay, what was taken out of them, the duplicates, the clusters, and what was rejected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, repeat
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import orjson

from cleaner.config import RunConfig
from cleaner.corpus.articles import ArticleWriter, make_writer
from cleaner.corpus.jsonlines import to_json
from cleaner.corpus.outputs import Output
from cleaner.corpus.search import Ids, Outcome
from cleaner.corpus.store import Store
from cleaner.duplicates.edit import RULE, later_copies
from cleaner.duplicates.verdict import KINDS
from cleaner.types import Label

__all__ = ["Published", "write_results"]

REPORTED = 1000
"""Records between two reports of progress."""


@dataclass(slots=True)
class Published:
    """What was written: the files with their records, and the counts of the run."""

    files: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def write_results(
    store: Store,
    ids: Ids,
    outcome: Outcome,
    names: list[str],
    config: RunConfig,
    folder: Path,
    progress: Callable[[int], object] | None = None,
) -> Published:
    """Writes all results into `folder`.

    `names` are the paths of the run's files; `progress` is called with the records done since the last call. Raises OutputError.
    """
    later = later_copies(outcome.paragraphs) if config.dedup.paragraphs == "drop" else {}
    with ExitStack() as opened:
        articles = opened.enter_context(closing(make_writer(config, folder, store)))
        results = _Results(ids, outcome, articles, later)
        for output in results.open(folder):
            opened.enter_context(closing(output))
        for row in _iter_rows(store, ids, outcome, names):
            results.add(row)
            if progress and row.number % REPORTED == REPORTED - 1:
                progress(REPORTED)
        files = results.finish()
    files["clusters.jsonl"] = _write_clusters(folder / "clusters.jsonl", ids, outcome)
    if config.dedup.paragraphs != "keep":
        files["paragraphs.jsonl"] = _write_paragraphs(folder / "paragraphs.jsonl", ids, outcome)
    return Published(files, dict(results.counts))


class _Results:
    """What becomes of each record, written to the file of those that it is one of."""

    def __init__(self, ids: Ids, outcome: Outcome, articles: ArticleWriter, later: dict[Any, set[int]]) -> None:
        self.counts: Counter[str] = Counter()
        self._ids, self._outcome, self._articles, self._later = ids, outcome, articles, later

    def open(self, folder: Path) -> tuple[Output, ...]:
        self._removed = Output(folder / "removed.jsonl")
        self._duplicates = Output(folder / "duplicates.jsonl")
        self._rejected = Output(folder / "rejected.jsonl")
        return self._removed, self._duplicates, self._rejected

    def add(self, row: _Row) -> None:
        self.counts["in"] += 1
        if row.kept_for < 0:
            self._reject(row)
        elif row.kept_for != row.number:
            self._drop(row)
        else:
            self._keep(row)

    def _reject(self, row: _Row) -> None:
        self.counts["rejected"] += 1
        shown = (row.input or b"").decode("utf-8", "backslashreplace")
        self._rejected.write(to_json({"file": row.file, "line": row.line, "error": row.error, "input": shown}))

    def _drop(self, row: _Row) -> None:
        kind = KINDS[int(self._outcome.kinds[row.number])]
        self.counts["duplicates"] += 1
        self.counts[f"duplicates {kind}"] += 1
        fields = {
            "id": row.id,
            "kept_id": self._ids[row.kept_for],
            "kind": kind,
            "similarity": float(self._outcome.similarity[row.number]),
            "containment": float(self._outcome.containment[row.number]),
        }
        self._duplicates.write(to_json(fields))

    def _keep(self, row: _Row) -> None:
        self.counts["kept"] += 1
        id = json_string(row.id)
        text, lines = row.text, row.removed
        if row.number in self._later:
            text, dropped = _without(text, self._later[row.number])
            lines += dropped
        self._articles.write(id, row.head, text, row.tail)
        if lines:
            self.counts["lines removed"] += lines.count(b"\n")
            named = b'{"id":' + id + b","
            self._removed.write(named + lines[1:-1].replace(b"\n{", b"\n" + named) + b"\n")

    def finish(self) -> dict[str, int]:
        """Ends the files; their names, with the records in each."""
        files = self._articles.finish()
        for output, count in (
            (self._removed, "lines removed"),
            (self._duplicates, "duplicates"),
            (self._rejected, "rejected"),
        ):
            output.finish()
            files[output.path.name] = self.counts[count]
        return files


class _Row(NamedTuple):
    """A record of the run, with what became of it."""

    number: int
    kept_for: int
    file: str
    line: int | None
    id: str
    text: bytes
    head: bytes
    tail: bytes
    removed: bytes
    error: str | None
    input: bytes | None


def _iter_rows(store: Store, ids: Ids, outcome: Outcome, names: list[str]) -> Iterator[_Row]:
    """Every record of the run."""
    done = 0
    with open(store.folder / "texts", "rb") as texts:
        for entry, index, rows in store.iter_rows():
            numbers = range(done, done + entry.records)
            done = numbers.stop
            columns = (
                numbers,
                outcome.kept_for[numbers.start : numbers.stop].tolist(),
                repeat(names[entry.source], len(numbers)),
                index.column("line").to_pylist(),
                ids.named(numbers, index.column("id").to_pylist()),
                _read_texts(texts, index.column("size").to_pylist()),
                *(rows.column(name).to_pylist() for name in _Row._fields[6:]),
            )
            yield from map(_Row._make, zip(*columns, strict=True))


def _read_texts(file: IO[bytes], sizes: list[int]) -> Iterator[bytes]:
    """The texts that come next in a file; those of rejected records, of size -1, are empty."""
    ends = list(accumulate(max(size, 0) for size in sizes))
    data = file.read(ends[-1]) if ends else b""
    return (data[start:end] for start, end in pairwise([0, *ends]))


def _without(text: bytes, numbers: set[int]) -> tuple[bytes, bytes]:
    """A text without some of its paragraphs, and these as lines of removed.jsonl; whole where nothing would be left of it."""
    paragraphs = text.split(b"\n")
    left = b"\n".join(line for at, line in enumerate(paragraphs) if at not in numbers)
    if not left.strip():
        return text, b""
    gone = (
        {"start": None, "end": None, "text": paragraphs[at].decode("utf-8", "replace"), "label": Label.REPEATED_PARAGRAPH, "rule": RULE}
        for at in sorted(numbers)
    )  # fmt: skip
    return left, b"".join(map(to_json, gone))


def json_string(text: str) -> bytes:
    """A text as a JSON string in UTF-8; half characters are escaped."""
    try:
        return orjson.dumps(text)
    except TypeError:
        return json.dumps(text).encode()


def _write_clusters(path: Path, ids: Ids, outcome: Outcome) -> int:
    gone = np.flatnonzero((outcome.kept_for >= 0) & (outcome.kept_for != np.arange(len(outcome.kept_for))))
    kept = outcome.kept_for[gone]
    order = np.argsort(kept, kind="stable")
    starts = np.flatnonzero(np.diff(kept[order], prepend=-1))
    with closing(Output(path)) as output:
        for number, members in enumerate(np.split(gone[order], starts[1:]) if len(gone) else []):
            first = ids[int(outcome.kept_for[members[0]])]
            output.write(
                to_json(
                    {"id": number, "kept_id": first, "member_ids": [first, *map(ids.__getitem__, members.tolist())]}
                )
            )
        output.finish()
    return len(starts)


def _write_paragraphs(path: Path, ids: Ids, outcome: Outcome) -> int:
    with closing(Output(path)) as output:
        for found in outcome.paragraphs:
            places = [{"id": ids[int(number)], "paragraph": place} for number, place in found.places]
            output.write(to_json({"text": found.text, "count": found.count, "exact": found.exact, "places": places}))
        output.finish()
    return len(outcome.paragraphs)
