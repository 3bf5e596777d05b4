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
    """As its README begins; a text that goes is asked for the one that stays when all are in, by the signature that it has already."""
    search = rensa.RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True)
    signed = rensa.RMinHash.from_token_sets((tokens(text, ngram) for text in texts), PERMUTATIONS, SEED)
    stays = search.add_pairs((str(place), signature) for place, signature in enumerate(signed))
    return [
        (place, min(map(int, search.get_duplicates(signed[place])))) for place, kept in enumerate(stays) if not kept
    ]
