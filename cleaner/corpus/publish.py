"""Writes what a run found: the articles that stay, what was taken out of them, the duplicates, the clusters, and what was rejected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from cleaner.config import RunConfig
from cleaner.corpus.articles import make_writer
from cleaner.corpus.jsonlines import to_json
from cleaner.corpus.outputs import Output
from cleaner.corpus.search import KINDS, Ids, Outcome
from cleaner.corpus.store import Store
from cleaner.duplicates.edit import RULE, later_copies
from cleaner.types import Label

__all__ = ["Published", "write_results"]


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
    """Writes all results into `folder`. `names` are the paths of the run's files; `progress` is called with the records done since the last call.

    Raises OutputError.
    """
    counts: Counter[str] = Counter()
    later = later_copies(outcome.paragraphs) if config.dedup.paragraphs == "drop" else {}
    articles = make_writer(config, folder, store)
    removed, duplicates, rejected = (Output(folder / f"{name}.jsonl") for name in ("removed", "duplicates", "rejected"))
    for number, name, row in _iter_rows(store, names):
        counts["in"] += 1
        stays_for = int(outcome.kept_for[number])
        if stays_for < 0:
            counts["rejected"] += 1
            rejected.write(to_json(_rejected(name, row)))
            continue
        if stays_for != number:
            kind = KINDS[int(outcome.kinds[number])]
            counts["duplicates"] += 1
            counts[f"duplicates {kind}"] += 1
            duplicates.write(
                to_json(
                    {
                        "id": ids[number],
                        "kept_id": ids[stays_for],
                        "kind": kind,
                        "similarity": float(outcome.similarity[number]),
                        "containment": float(outcome.containment[number]),
                    }
                )
            )
            continue
        counts["kept"] += 1
        id = orjson_string(ids[number])
        text, lines = row["text"], row["removed"]
        if number in later:
            text, dropped = _drop(text, later[number])
            lines += dropped
        articles.write(id, row["head"], text, row["tail"])
        for line in lines.splitlines(keepends=True):
            counts["lines removed"] += 1
            removed.write(b'{"id":' + id + b"," + line[1:])
        if progress and counts["in"] % 1000 == 0:
            progress(1000)
    files = articles.finish()
    for output, count in ((removed, "lines removed"), (duplicates, "duplicates"), (rejected, "rejected")):
        output.finish()
        files[output.path.name] = counts[count]
    files["clusters.jsonl"] = _write_clusters(folder / "clusters.jsonl", ids, outcome)
    if config.dedup.paragraphs != "keep":
        files["paragraphs.jsonl"] = _write_paragraphs(folder / "paragraphs.jsonl", ids, outcome)
    return Published(files, dict(counts))


def _iter_rows(store: Store, names: list[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every record of the run: its number, its file, and its columns with its text."""
    number = 0
    with open(store.folder / "texts", "rb") as texts:
        for entry, index, rows in store.iter_rows():
            sizes = index.column("size").to_pylist()
            lines = index.column("line").to_pylist()
            columns = {name: rows.column(name) for name in rows.column_names}
            for at, size in enumerate(sizes):
                row = {name: column[at].as_py() for name, column in columns.items()}
                row["line"] = lines[at]
                row["text"] = texts.read(size) if size > 0 else b""
                yield number, names[entry.source], row
                number += 1


def _rejected(name: str, row: dict[str, Any]) -> dict[str, Any]:
    data = row["input"] or b""
    return {"file": name, "line": row["line"], "error": row["error"], "input": data.decode("utf-8", "backslashreplace")}


def _drop(text: bytes, numbers: set[int]) -> tuple[bytes, bytes]:
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


def orjson_string(text: str) -> bytes:
    """A text as a JSON string in UTF-8; half characters are escaped."""
    try:
        return orjson.dumps(text)
    except TypeError:
        return json.dumps(text).encode()


def _write_clusters(path: Path, ids: Ids, outcome: Outcome) -> int:
    output = Output(path)
    gone = np.flatnonzero((outcome.kept_for >= 0) & (outcome.kept_for != np.arange(len(outcome.kept_for))))
    kept = outcome.kept_for[gone]
    order = np.argsort(kept, kind="stable")
    starts = np.flatnonzero(np.diff(kept[order], prepend=-1))
    for number, members in enumerate(np.split(gone[order], starts[1:]) if len(gone) else []):
        first = ids[int(outcome.kept_for[members[0]])]
        output.write(
            to_json({"id": number, "kept_id": first, "member_ids": [first, *map(ids.__getitem__, members.tolist())]})
        )
    output.finish()
    return len(starts)


def _write_paragraphs(path: Path, ids: Ids, outcome: Outcome) -> int:
    output = Output(path)
    for found in outcome.paragraphs:
        places = [{"id": ids[int(number)], "paragraph": place} for number, place in found.places]
        output.write(to_json({"text": found.text, "count": found.count, "exact": found.exact, "places": places}))
    output.finish()
    return len(outcome.paragraphs)
