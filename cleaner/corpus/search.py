"""The search for duplicates among the articles of a store."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleaner.config import DedupConfig
from cleaner.corpus.store import INDEX, Store
from cleaner.corpus.texts import StoredTexts
from cleaner.duplicates.records import Records
from cleaner.duplicates.texts import Texts
from cleaner.types import RepeatedParagraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Ids", "Outcome", "find_duplicates", "read_ids"]


class Ids:
    """The ids of all records, by their number in the run; one that stands twice gets `-2`, `-3` and so on after it."""

    def __init__(self, column: Any) -> None:
        self._column = column
        self.renamed = _tell_apart(column)
        _let_go()

    def __getitem__(self, number: int) -> str:
        found: str = self.renamed.get(number) or self._column[number].as_py()
        return found

    def named(self, numbers: range, ids: list[str]) -> list[str]:
        """The ids of successive records, from those that they came with."""
        renamed = self.renamed
        return [renamed.get(number, id) for number, id in zip(numbers, ids, strict=True)] if renamed else ids

    def order(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each of some records its place among them by id."""
        ids = self._column.take(pa.array(numbers)).combine_chunks()
        rank = np.asarray(pc.rank(ids, "ascending", tiebreaker="first"), np.int64) - 1
        del ids
        _let_go()
        return rank


def _let_go() -> None:
    """Gives memory back that Arrow keeps for later: what it worked with is many times what comes of it."""
    pa.default_memory_pool().release_unused()


def _tell_apart(column: Any) -> dict[int, str]:
    counts = pc.value_counts(column)
    often = pc.struct_field(counts, 0).filter(pc.greater(pc.struct_field(counts, 1), 1))
    if not len(often):
        return {}
    numbers = np.flatnonzero(np.asarray(pc.is_in(column, often)))
    taken = set(pc.struct_field(counts, 0).to_pylist())
    seen: dict[str, int] = {}
    renamed = {}
    for number in numbers.tolist():
        id = column[number].as_py()
        if not id:
            continue  # a rejected record has none
        seen[id] = seen.get(id, 0) + 1
        if seen[id] > 1:
            while (new := f"{id}-{seen[id]}") in taken:
                seen[id] += 1
            taken.add(new)
            renamed[number] = new
    return renamed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of each record, by its number in the run; shape (n,) each."""

    kept_for: NDArray[np.int64]
    """The number of the article that stays for it: its own where it stays itself, -1 where it was rejected."""
    kinds: NDArray[np.int8]
    """The place in `verdict.KINDS` of what it is to that; -1 where it stays."""
    similarity: NDArray[np.float64]
    containment: NDArray[np.float64]
    paragraphs: tuple[RepeatedParagraph, ...] = ()
    """Paragraphs that stand in several articles that stay; places name articles by their number in the run."""

    def save(self, path: Path) -> None:
        """Writes it to a file, which is whole when it has its name."""
        columns = {name: getattr(self, name) for name in _ARRAYS}
        paragraphs = json.dumps([asdict(found) for found in self.paragraphs]).encode()
        part = path.with_name(f"{path.name}.new")
        with open(part, "wb") as file:
            np.savez(file, **columns, paragraphs=np.frombuffer(paragraphs, np.uint8))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)

    @classmethod
    def load(cls, path: Path) -> Outcome:
        """Reads it from a file."""
        with np.load(path) as stored:
            found = json.loads(stored["paragraphs"].tobytes())
            arrays = {name: stored[name] for name in _ARRAYS}
            return cls(**arrays, paragraphs=tuple(_paragraph(**fields) for fields in found))


_ARRAYS = ("kept_for", "kinds", "similarity", "containment")


def _paragraph(places: list[list[int]], **fields: Any) -> RepeatedParagraph:
    return RepeatedParagraph(places=tuple((number, place) for number, place in places), **fields)


def read_ids(store: Store) -> Ids:
    """The ids of all records of a store."""
    return Ids(_column(store, "id"))


def _column(store: Store, name: str) -> Any:
    """A light column over all batches."""
    chunks = [table.column(name).combine_chunks() for table in store.iter_index()]
    return pa.chunked_array(chunks, INDEX.field(name).type)


class _Articles(Records):
    """Articles of a store, by their place among those that were not rejected."""

    def __init__(self, texts: Texts, ids: Sequence[int], criteria: Mapping[str, NDArray[np.int64]]) -> None:
        super().__init__(ids, ids, texts)
        self.criteria = criteria

    def only(self, places: list[int]) -> Records:
        """Some of the articles."""
        at = np.array(places, np.int64)
        criteria = {name: column[at] for name, column in self.criteria.items()}
        return _Articles(self.texts.only(at), [self.ids[place] for place in places], criteria)


def find_duplicates(
    store: Store, ids: Ids, config: DedupConfig, progress: Callable[[str, int, int], object] | None = None
) -> Outcome:
    """Searches all articles of a store for duplicates."""
    from cleaner.duplicates.paragraphs import find_repeated
    from cleaner.duplicates.result import DedupResult
    from cleaner.duplicates.scratch import Scratch
    from cleaner.duplicates.search import search

    sizes = np.asarray(_column(store, "size"), np.int64)
    numbers = np.flatnonzero(sizes >= 0)
    its_sizes = sizes[numbers]
    starts = np.cumsum(its_sizes) - its_sizes
    criteria = {name: np.asarray(_column(store, name), np.int64)[numbers] for name in ("complete", "earliest", "sites")}
    criteria["id"] = ids.order(numbers)
    records = _Articles(StoredTexts(store.folder / "texts", starts, its_sizes), range(len(numbers)), criteria)
    scratch = Scratch(store.folder)
    found = search(records, config, progress, scratch)
    result = DedupResult(records, found, config, partial(find_repeated, scratch=scratch))

    kept_for = np.full(len(sizes), -1, np.int64)
    kept_for[numbers] = numbers
    kinds = np.full(len(sizes), -1, np.int8)
    similarity, containment = np.zeros(len(sizes)), np.zeros(len(sizes))
    gone = result.gone
    its = numbers[gone.places]
    kept_for[its] = numbers[gone.kept]
    kinds[its], similarity[its], containment[its] = gone.kinds, gone.similarity, gone.containment
    paragraphs = tuple(
        replace(found, places=tuple((int(numbers[int(place)]), number) for place, number in found.places))
        for found in result.paragraphs
    )
    return Outcome(kept_for, kinds, similarity, containment, paragraphs)
