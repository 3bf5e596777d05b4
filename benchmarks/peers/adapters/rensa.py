"""rensa: MinHash signatures in Rust, and a deduplicator that verifies candidates by their signatures."""

from __future__ import annotations

from collections.abc import Sequence

import rensa

from benchmarks.peers.adapters.tokens import tokens

THRESHOLD, PERMUTATIONS, SEED = 0.8, 128, 42


def signatures(texts: Sequence[str], ngram: int) -> int:
    rensa.RMinHash.digest_matrix_from_token_sets((tokens(text, ngram) for text in texts), PERMUTATIONS, SEED)
    return len(texts)


def dedup(texts: Sequence[str], ngram: int) -> list[tuple[int, int]]:
    """As its README begins; of a text that goes it is asked, once all are in, which one it is a copy of."""
    search = rensa.RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True)
    stays = search.add_pairs((str(place), tokens(text, ngram)) for place, text in enumerate(texts))
    gone = [place for place, kept in enumerate(stays) if not kept]
    signed = rensa.RMinHash.from_token_sets([tokens(texts[place], ngram) for place in gone], PERMUTATIONS, SEED)
    return [
        (place, min(map(int, search.get_duplicates(signature)), default=-1))
        for place, signature in zip(gone, signed, strict=True)
    ]
