"""Where the body begins and ends: one block of successive lines, chosen by learned weights; the rules around it then move its ends (ends.py).

The evidence (features.py) says what each line speaks for; the weights (weights.json) were learned from labelled pages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from cleaner.page.ends import is_head, refine, with_signature
from cleaner.page.features import BEGIN, END, LINE, Evidence, Scorer
from cleaner.page.look import Look
from cleaner.page.shape import is_sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Weights", "best_block", "find_block", "weights"]

FEW_LINES = 24
"""So short a page is quicker read than measured."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned weights of the block model, for each table of features.py."""

    line: Scorer
    begin: Scorer
    end: Scorer

    @classmethod
    def of(cls, line: NDArray[np.float64], begin: NDArray[np.float64], end: NDArray[np.float64]) -> Weights:
        """The weights given as arrays, a number a column."""
        return cls(Scorer(LINE, line), Scorer(BEGIN, begin), Scorer(END, end))


@cache
def weights() -> Weights:
    """The weights that come with the library, trained by `benchmarks/quality/train_block.py`."""
    stored = json.loads((resources.files("cleaner.page") / "weights.json").read_text(encoding="utf-8"))
    arrays = []
    for name, table in (("line", LINE), ("begin", BEGIN), ("end", END)):
        if tuple(stored[name]) != table.columns:
            raise AssertionError(f"weights.json: the columns of {name!r} are not those of features.py; train anew")
        arrays.append(np.array(list(stored[name].values()), dtype=np.float64))
    return Weights.of(*arrays)


def best_block(page: Look) -> tuple[int, int]:
    """The first line of a page's body, and the line after its last.

    The weights were learned from text, so the block is found by the rules of the text; what the markup says then moves its ends.
    """
    bare = page.bare
    plain = _plain_block(bare)
    if plain is not None and bare is page:
        return plain
    seen, prose = bare.evidence()
    first, last = plain or find_block(seen, weights())
    if bare is not page:
        first = _past_markup(first, last, page, prose)
    return refine(first, last, page, prose)


def _past_markup(first: int, last: int, page: Look, prose: NDArray[np.float64]) -> int:
    """The beginning of a block, behind the last line that only the markup speaks against, if no sentence and little prose is lost by it."""
    sums = np.concatenate(([0.0], np.cumsum(prose))).tolist()
    sentences = np.concatenate(([0], np.cumsum(page.shape.closed & (prose > 0)))).tolist()
    for at in range(first, last):
        if page.rules[at] is not page.bare.rules[at] and sentences[at] == sentences[first]:
            total = sums[last] - sums[first]
            if is_head(sums[at] - sums[first], sums[last] - sums[at], total):
                first = at + 1
    return first


def _plain_block(page: Look) -> tuple[int, int] | None:
    """The block of a page that is sentences in unbroken succession between lines of chrome: all of them, as `refine` would say, too."""
    free = [at for at, rule in enumerate(page.rules) if rule is None]
    if not free or free[-1] - free[0] >= len(free):
        return None
    first, last = free[0], free[-1] + 1
    if last - first <= FEW_LINES:
        plain = all(map(is_sentence, page.keys[first:last]))
    else:
        shape, lines = page.shape, slice(first, last)
        sentences = shape.closed[lines] & ~shape.elided[lines] & (shape.stops[lines] > 0) & (shape.han[lines] >= 4)
        plain = bool(sentences.all())
    return (first, with_signature(first, last, page)) if plain else None


def find_block(evidence: Evidence, weights: Weights) -> tuple[int, int]:
    """The first line of the body, and the line after its last.

    Every block of successive lines has a score: what its lines speak for, summed, plus what speaks for a body beginning here and ending
    there. The best of all n(n+1)/2 is found in linear time, as in the maximum-subarray problem.
    """
    sums = np.add.accumulate(weights.line.score(evidence))
    begins = weights.begin.score(evidence)
    begins[1:] -= sums[:-1]
    ends = weights.end.score(evidence) + sums
    last = int((ends + np.maximum.accumulate(begins)).argmax())
    return int(begins[: last + 1].argmax()), last + 1
