"""The measures: shingles of a text, precision and recall of what is kept, exact Jaccard of all pairs, B-cubed and pairs of clusters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5
_MARKS = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Its letters and digits."""
    return _MARKS.sub("", text)


def shingles(text: str) -> Counter[str]:
    """Its runs of 5 letters and digits, with how often each stands there."""
    text = letters(text)
    return Counter(text[at : at + SHINGLE] for at in range(max(1, len(text) - SHINGLE + 1))) if text else Counter()


class Score(NamedTuple):
    """Shares, 1 is perfect."""

    precision: float
    recall: float
    f1: float


def score(right: float, given: float, wanted: float) -> Score:
    """Of what was given how much is right, and of what was wanted; nothing given is neither right nor wrong, and counts as 0."""
    precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def score_text(text: str, gold: str) -> Score:
    """How much of a text is in the main text, and how much of that in the text, in shingles as multisets."""
    one, other = shingles(text), shingles(gold)
    return score((one & other).total(), one.total(), other.total())


# -- pairs of a whole corpus


def iter_similar(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """All pairs whose sets of shingles have at least this Jaccard similarity, by brute force: no bands, no sampling, nothing missed.

    Shingles are of letters and digits after NFKC and lower case, and are compared by a 64-bit hash: among 10 million of them two differing ones are
    called the same with a chance of 3 in a million.
    """
    rows = [np.unique(_hashes(text)) for text in texts]
    if not rows:
        return
    sizes = np.array([len(row) for row in rows])
    ids = np.unique(np.concatenate(rows), return_inverse=True)[1]
    owners = np.repeat(np.arange(len(rows)), sizes)
    order = np.argsort(ids, kind="stable")  # stable: the owners of a shingle stay in rising order
    holders, starts = owners[order], np.searchsorted(ids[order], np.arange(ids.max() + 2 if len(ids) else 1))
    at = 0
    for row, size in enumerate(sizes.tolist()):
        mine = ids[at : at + size]
        at += size
        if not size:
            continue
        shared = np.bincount(
            np.concatenate([holders[starts[one] : starts[one + 1]] for one in mine]), minlength=len(rows)
        )
        shared[: row + 1] = 0
        jaccard = shared / (size + sizes - shared)
        for other in np.flatnonzero(jaccard >= least).tolist():
            yield row, other, float(jaccard[other])


def _hashes(text: str) -> NDArray[np.uint64]:
    folded = letters(unicodedata.normalize("NFKC", text)).lower()
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    if not len(codes):
        return codes
    hashes = np.zeros(max(1, len(codes) - SHINGLE + 1), np.uint64)
    for place in range(min(SHINGLE, len(codes))):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + len(hashes)]
        hashes ^= hashes >> np.uint64(29)
    return hashes


# -- clusters


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters that a list of (what goes, what is kept for it) makes of a corpus: `roots` gives one member for all of a cluster."""

    roots: list[int]

    @classmethod
    def of(cls, size: int, pairs: Iterable[tuple[int, int]]) -> Clusters:
        """Union of the pairs."""
        roots = list(range(size))

        def find(place: int) -> int:
            while roots[place] != place:
                roots[place] = roots[roots[place]]
                place = roots[place]
            return place

        for gone, kept in pairs:
            if min(gone, kept) < 0:
                raise ValueError(f"there is no text {min(gone, kept)}")
            roots[find(gone)] = find(kept)
        return cls([find(place) for place in range(size)])

    def joins(self, one: int, other: int) -> bool:
        return self.roots[one] == self.roots[other]


def b_cubed(found: Sequence[int], wanted: Sequence[int]) -> Score:
    """B-cubed (Bagga and Baldwin 1998): for each item how much of its cluster belongs with it, and how much of what belongs with it is there."""
    both, mine, its = Counter(zip(found, wanted, strict=True)), Counter(found), Counter(wanted)
    precision = sum(count * count / mine[cluster] for (cluster, _), count in both.items()) / len(found)
    recall = sum(count * count / its[group] for (_, group), count in both.items()) / len(found)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def pair_score(found: Sequence[int], wanted: Sequence[int]) -> Score:
    """Of the pairs that are in one cluster how many belong together, and of those that belong together how many are in one cluster."""

    def pairs(labels: Iterable[object]) -> int:
        return sum(count * (count - 1) // 2 for count in Counter(labels).values())

    return score(pairs(zip(found, wanted, strict=True)), pairs(found), pairs(wanted))


def by_band(
    pairs: Iterable[tuple[int, int, float]], edges: Sequence[float]
) -> dict[float, list[tuple[int, int, float]]]:
    """Pairs by the highest edge that their similarity reaches."""
    bands: dict[float, list[tuple[int, int, float]]] = defaultdict(list)
    for pair in pairs:
        reached = [edge for edge in edges if pair[2] >= edge]
        if reached:
            bands[max(reached)].append(pair)
    return bands
