"""MinHash signatures, bit for bit those of datasketch: `MinHash(num_perm, seed, scheme="affine32", hashfunc=shingle_hash)`.

A signature holds, for each of `num_perm` permutations of the 32-bit hashes, the least that a shingle of the text is
sent to; the share of places in which two agree estimates the Jaccard similarity of their shingle sets, with a standard
deviation of sqrt(J(1-J)/num_perm).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.duplicates.shingles import shingle_hash
from cleaner.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from datasketch import MinHash
    from numpy.typing import NDArray

__all__ = ["Signature", "Signatures", "permutations"]


@cache
def permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Multipliers (odd) and addends of the permutations h -> a*h + b modulo 2^32, drawn as datasketch 2.0 draws them."""
    generator = np.random.RandomState(seed)
    multipliers = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    addends = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return multipliers, addends


@dataclass(frozen=True, eq=False)
class Signature:
    """The MinHash signature of a text: `values` has shape (num_perm,), uint32."""

    values: NDArray[np.uint32]
    seed: int

    @property
    def num_perm(self) -> int:
        """The number of permutations."""
        return len(self.values)

    def jaccard(self, other: Signature) -> float:
        """The estimated Jaccard similarity of the two texts. Raises ConfigError for a signature of other settings."""
        if (self.num_perm, self.seed) != (other.num_perm, other.seed):
            mine, others = (f"num_perm={s.num_perm}, seed={s.seed}" for s in (self, other))
            raise ConfigError(f"signatures of other settings cannot be compared: {mine} and {others}")
        return float(np.mean(self.values == other.values))

    def to_datasketch(self) -> MinHash:
        """The same as a datasketch.MinHash, for its LSH indexes and their storages.

        More shingles can be added to it with `update(shingle.encode())`. Raises MissingExtraError where datasketch is absent.
        """
        try:
            from datasketch import MinHash
        except ImportError:
            raise MissingExtraError(
                "to_datasketch needs datasketch; install it with: pip install 'article-cleaner[datasketch]'"
            ) from None
        return MinHash(self.num_perm, self.seed, hashfunc=shingle_hash, hashvalues=self.values, scheme="affine32")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Signature) and self.seed == other.seed and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.seed, self.values.tobytes()))


class Signatures(Mapping[Any, Signature]):
    """The signatures of many texts by their ids; `array` holds them all, shape (texts, num_perm), uint32, in the order of the ids."""

    def __init__(self, ids: Iterable[Any], values: NDArray[np.uint32], seed: int) -> None:
        self.array = values
        self.seed = seed
        self._places = {id: place for place, id in enumerate(ids)}

    def __getitem__(self, id: Any) -> Signature:
        return Signature(self.array[self._places[id]], self.seed)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
