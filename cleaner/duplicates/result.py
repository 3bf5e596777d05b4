"""What a search found, and what it comes to under given thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import keep_best
from cleaner.duplicates.edit import edit, later_copies
from cleaner.duplicates.records import Records
from cleaner.duplicates.verdict import EXACT, KINDS, Verdicts, classify
from cleaner.errors import ConfigError
from cleaner.types import Cluster, Duplicate, Kind, Pair, RepeatedParagraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DedupResult", "Found", "Gone"]

FindRepeated = Callable[[Records, DedupConfig], tuple[RepeatedParagraph, ...]]
"""Finds paragraphs that stand in several records: see paragraphs.py, which stands on this file."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by rank: rank 0 is the article that would be kept before all others."""

    order: NDArray[np.int64]
    """The record at each rank, shape (n,)."""
    copy_of: NDArray[np.int64]
    """For each rank the best rank with the same tokens, itself where there is none."""
    better: NDArray[np.int64]
    worse: NDArray[np.int64]
    """Pairs of ranks that are no exact copies of others, shape (p,) each ..."""
    counts: NDArray[np.int32]
    """... and what `verify` counted for them, shape (p, COLUMNS)."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The articles that go, in the order of the input, as columns of shape (d,) each: what `DedupResult.duplicates` says of millions in little memory."""

    places: NDArray[np.int64]
    """Where in the input each stands, and ..."""
    kept: NDArray[np.int64]
    """... where the one that stays for it."""
    kinds: NDArray[np.int8]
    """The place of its kind in `verdict.KINDS`."""
    similarity: NDArray[np.float64]
    containment: NDArray[np.float64]


class DedupResult:
    """Which articles are duplicates of which, and how sure that is.

    Everything is computed when it is asked for, from what one search found.
    """

    def __init__(self, records: Records, found: Found, config: DedupConfig, find_repeated: FindRepeated) -> None:
        self.config = config
        self._find_repeated = find_repeated
        self._records = records
        self._ids = records.ids
        self._found = found

    def __repr__(self) -> str:
        return f"<DedupResult: {len(self.kept):,} of {len(self._ids):,} kept, {len(self.duplicates):,} duplicates, {len(self.clusters):,} clusters>"

    @cached_property
    def _verdicts(self) -> Verdicts:
        return classify(self._found.counts, self.config)

    @cached_property
    def _gone_by(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each rank the rank that stays for it (itself where it stays), and the pair that says so (-1: an exact copy)."""
        found, verdicts = self._found, self._verdicts
        gone_by = keep_best(len(found.order), found.better, found.worse, verdicts)
        pair = gone_by[found.copy_of]
        kept_rank = np.where(pair < 0, found.copy_of, found.better[pair] if len(found.better) else found.copy_of)
        return kept_rank, pair

    @cached_property
    def kept(self) -> tuple[str | int, ...]:
        """The ids of the articles that stay, in the order of the input."""
        return tuple(self._ids[place] for place in self._kept_places)

    @cached_property
    def _kept_places(self) -> list[int]:
        kept_rank, _ = self._gone_by
        stays = kept_rank == np.arange(len(kept_rank))
        return sorted(self._found.order[stays].tolist())

    @property
    def items(self) -> list[Any]:
        """The records that stay, as they were given and in that order.

        With `paragraphs="drop"` those that hold later copies of repeated paragraphs come without these, unless nothing would be left
        (see `left_whole`); with `"mark"`, the lines of Articles are labelled.
        """
        edits = self._edits
        return [edits.get(place) or self._records.items[place] for place in self._kept_places]

    @property
    def left_whole(self) -> tuple[str | int, ...]:
        """The ids of articles that stay although all of their paragraphs stand in other articles: an article is never emptied."""
        return tuple(self._ids[place] for place, item in self._edits.items() if item is None)

    @cached_property
    def _edits(self) -> dict[int, Any]:
        """For each record that holds later copies of paragraphs what is left of it; None where nothing would be."""
        later = later_copies(self.paragraphs)
        places = (place for place in self._kept_places if self._ids[place] in later)
        drop = self.config.paragraphs == "drop"
        return {place: edit(self._records.items[place], later[self._ids[place]], drop=drop) for place in places}

    @cached_property
    def paragraphs(self) -> tuple[RepeatedParagraph, ...]:
        """The paragraphs that stand in several of the articles that stay; empty with `paragraphs="keep"`."""
        if self.config.paragraphs == "keep":
            return ()
        return self._find_repeated(self._records.only(self._kept_places), self.config)

    @cached_property
    def gone(self) -> Gone:
        """The articles that go, as columns."""
        order, verdicts = self._found.order, self._verdicts
        kept_rank, pair = self._gone_by
        gone = np.flatnonzero(kept_rank != np.arange(len(kept_rank)))
        gone = gone[np.argsort(order[gone])]
        pair = pair[gone]
        exact = np.flatnonzero(pair < 0)  # these have no pair

        def of_pairs(values: NDArray[Any], of_exact: float) -> NDArray[Any]:
            taken = values.take(pair, mode="wrap") if len(values) else np.empty(len(pair), values.dtype)
            taken[exact] = of_exact
            return taken

        return Gone(
            order[gone],
            order[kept_rank[gone]],
            of_pairs(verdicts.kinds, EXACT),
            of_pairs(verdicts.similarity, 1.0),
            of_pairs(verdicts.containment, 1.0),
        )

    @cached_property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """The articles that go, in the order of the input, each with the one that stays for it."""
        ids, gone = self._ids, self.gone
        rows = zip(
            gone.places.tolist(), gone.kept.tolist(), gone.kinds.tolist(), gone.similarity.tolist(), gone.containment.tolist(),
            strict=True,
        )  # fmt: skip
        return tuple(
            Duplicate(ids[place], ids[kept], KINDS[kind], similarity, containment)
            for place, kept, kind, similarity, containment in rows
        )

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Each article that stays for others, with these; in the order of the input."""
        members: dict[str | int, list[str | int]] = {}
        for duplicate in self.duplicates:
            members.setdefault(duplicate.kept_id, [duplicate.kept_id]).append(duplicate.id)
        clusters = (members[id] for id in self.kept if id in members)
        return tuple(Cluster(number, ids[0], tuple(ids)) for number, ids in enumerate(clusters))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs that were compared shingle by shingle and match, come within 0.1 of it, or are told apart by their facts.

        Of several exact copies only the best ranked takes part; the others are paired with it.
        """
        return (*self._iter_pairs(range(len(self._found.better))), *self._iter_copies())

    def _iter_copies(self) -> Iterator[Pair]:
        ids, order, copy_of = self._ids, self._found.order, self._found.copy_of
        for rank in np.flatnonzero(copy_of != np.arange(len(copy_of))).tolist():
            yield Pair(ids[order[copy_of[rank]]], ids[order[rank]], Kind.EXACT, 1.0, 1.0, 1.0)

    def doubtful(self, limit: int = 20) -> tuple[Pair, ...]:
        """The pairs closest to another verdict, the closest first: what to read before choosing a threshold. Exact copies are not among them."""
        margin = self._verdicts.margin
        return tuple(self._iter_pairs(np.argsort(margin, kind="stable")[:limit].tolist()))

    def _iter_pairs(self, numbers: Sequence[int]) -> Iterator[Pair]:
        ids, found, verdicts = self._ids, self._found, self._verdicts
        for number in numbers:
            first, second = found.order[found.better[number]], found.order[found.worse[number]]
            kind = KINDS[verdicts.kinds[number]]
            similarity, containment = float(verdicts.similarity[number]), float(verdicts.containment[number])
            yield Pair(ids[first], ids[second], kind, similarity, containment, float(verdicts.margin[number]))

    def at(self, threshold: float | None = None, *, containment: float | str | None = None) -> DedupResult:
        """The result at stricter thresholds, without a new search.

        Raises ConfigError for a threshold that is lower than what was searched for.
        """
        changes: dict[str, Any] = {}
        if threshold is not None:
            changes["threshold"] = threshold
        if containment is not None:
            changes["containment"] = containment
        config = replace(self.config, **changes)
        if config.threshold < self.config.threshold:
            raise ConfigError(
                f"threshold is {config.threshold}, lower than the {self.config.threshold} that was searched for; search anew"
            )
        if config.least_containment and not 0 < self.config.least_containment <= config.least_containment:
            raise ConfigError(
                f"containment is {config.containment}, lower than the {self.config.containment} that was searched for; search anew"
            )
        return DedupResult(self._records, self._found, config, self._find_repeated)
