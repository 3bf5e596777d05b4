"""What two texts are to each other, from what was counted of them (see verify.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.facts import FIGURE_SHARE, OWN_ORDINALS, OWN_TERMS, SAME_LENGTH
from cleaner.types import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONTAINED",
    "DIFFERENT",
    "EXACT",
    "FACTS",
    "KINDS",
    "MUCH_LONGER",
    "NEAR",
    "SHORT",
    "WINDOW",
    "Verdicts",
    "classify",
]

SHORT = 60
"""Texts with fewer different shingles share phrases by chance: for them containment must reach the Jaccard threshold. Measured with FIGURE_SHARE."""

MUCH_LONGER = 8
WINDOW = 4
"""Where one text has so many times the shingles of another, those that it shares must stand together: in a window so many times as long as the other.

A text of a million characters holds half of the phrases of any article in its field, here and there.
"""

KINDS = (Kind.EXACT, Kind.NEAR, Kind.CONTAINED, Kind.DIFFERENT, Kind.FACTS)
EXACT, NEAR, CONTAINED, DIFFERENT, FACTS = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Kind (a place in `KINDS`), exact similarities and margin of each pair, shape (p,) each."""

    kinds: NDArray[np.int8]
    similarity: NDArray[np.float64]
    containment: NDArray[np.float64]
    margin: NDArray[np.float64]


def classify(counts: NDArray[np.int32], config: DedupConfig) -> Verdicts:
    """What pairs are to each other, from what `verify` counted."""
    one, other, both = counts[:, 0], counts[:, 1], counts[:, 2]
    shorter = np.minimum(one, other)
    similarity = both / np.maximum(one + other - both, 1)
    containment = both / np.maximum(shorter, 1)
    least = config.least_containment or np.inf
    needed = np.where(shorter < SHORT, max(least, config.threshold), least)
    near = similarity >= config.threshold
    together = counts[:, 3] / np.maximum(shorter, 1)
    alike = near | (together >= needed)
    margin = np.abs(np.maximum(similarity - config.threshold, together - needed))
    kinds = np.where(near, NEAR, np.where(alike, CONTAINED, DIFFERENT)).astype(np.int8)
    if config.compare_facts:
        fewer = np.minimum(counts[:, 4], counts[:, 5])
        lacking = (fewer - counts[:, 6]) / np.maximum(fewer, 1)
        differ = lacking > FIGURE_SHARE
        margin = np.where(
            alike & (fewer > 0),
            np.where(differ, lacking - FIGURE_SHARE, np.minimum(margin, FIGURE_SHARE - lacking)),
            margin,
        )
        differ |= np.minimum(counts[:, 7], counts[:, 8]) >= OWN_ORDINALS
        same_length = np.maximum(one, other) <= SAME_LENGTH * shorter
        differ |= same_length & (np.minimum(counts[:, 9], counts[:, 10]) >= OWN_TERMS)
        kinds[alike & differ] = FACTS
    return Verdicts(kinds, similarity, containment, margin)
