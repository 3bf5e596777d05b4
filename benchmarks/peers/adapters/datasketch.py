"""datasketch: MinHash signatures and an index of their bands, which gives candidates. What it calls like is not verified."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from datasketch import MinHash, MinHashLSH

from benchmarks.peers.adapters.tokens import tokens

THRESHOLD, PERMUTATIONS = 0.8, 128


def _sign(texts: Iterable[str], ngram: int, crc: bool) -> Iterator[Any]:
    """`bulk` is a little faster than `update_batch` for each text. Its own hash of a token is SHA-1."""
    settings = {"hashfunc": zlib.crc32} if crc else {}
    encoded = ([token.encode() for token in tokens(text, ngram)] for text in texts)
    yield from MinHash.generator(encoded, num_perm=PERMUTATIONS, **settings)


def signatures(texts: Sequence[str], ngram: int, crc: bool = False) -> int:
    return sum(1 for _ in _sign(texts, ngram, crc))


def dedup(texts: Sequence[str], ngram: int, crc: bool = False) -> list[tuple[int, int]]:
    """Each text is queried and, when nothing is like it, inserted: of those like it the first is called the one that is kept."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    found = []
    for place, signature in enumerate(_sign(texts, ngram, crc)):
        if alike := index.query(signature):
            found.append((place, min(alike)))
        else:
            index.insert(place, signature)
    return found
