"""Two texts side by side, in plain Python: exact, and without the compiled loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.facts import count_facts, figures
from cleaner.duplicates.result import KINDS, classify
from cleaner.duplicates.shingles import SHINGLE_TOKENS, Token, iter_tokens, shingles
from cleaner.duplicates.texts import read_records
from cleaner.types import Kind, Passage, Similarity

__all__ = ["compare"]

MOST_PLACES = 16
"""So many places of a shingle in the second text are tried for the longest passage: cost stays linear for texts that repeat themselves."""


def compare(first: Any, second: Any, *, config: DedupConfig | None = None, **settings: Any) -> Similarity:
    """How alike two texts (or mappings with `text`, Documents, Articles) are, what `dedup` makes of them, and what they share.

    >>> same = compare("河湾大桥今天上午正式通车，市民前来观看。", "【快讯】河灣大橋今天上午正式通車。")
    >>> round(same.jaccard, 2), round(same.containment, 2), [passage.text for passage in same.passages]
    (0.5, 0.8, ['河湾大桥今天上午正式通车'])

    `settings` are the fields of DedupConfig by name. Raises NotTextError for what has no text.
    """
    config = DedupConfig.from_mapping({**(asdict(config) if config else {}), **settings}, "compare()")
    one, other = (read_records([item]).text(0) for item in (first, second))
    ones, others = shingles(one), shingles(other)
    sets = set(ones), set(others)
    both = len(sets[0] & sets[1])
    counts = np.array([[len(sets[0]), len(sets[1]), both, *count_facts(one, other)]])
    verdict = classify(counts, config)
    kind = KINDS[verdict.kinds[0]]
    tokens, other_tokens = list(iter_tokens(one)), list(iter_tokens(other))
    if tokens and [token.text for token in tokens] == [token.text for token in other_tokens]:
        kind = Kind.EXACT
    return Similarity(
        kind=kind,
        jaccard=float(verdict.similarity[0]),
        containment=float(verdict.containment[0]),
        first_in_second=both / max(len(sets[0]), 1),
        second_in_first=both / max(len(sets[1]), 1),
        figures_of_first=tuple(sorted(figures(one) - figures(other))),
        figures_of_second=tuple(sorted(figures(other) - figures(one))),
        passages=tuple(_find_passages(one, tokens, ones, other_tokens, others)),
    )


def _find_passages(
    text: str, tokens: Sequence[Token], ones: Sequence[str], other_tokens: Sequence[Token], others: Sequence[str]
) -> Iterator[Passage]:
    """The longest run of shared shingles from each place of the first text on; passages do not overlap there."""
    places: dict[str, list[int]] = {}
    for at, shingle in enumerate(others):
        places.setdefault(shingle, []).append(at)
    at = 0
    while at < len(ones):
        best = start = 0
        for place in places.get(ones[at], ())[:MOST_PLACES]:
            length = 1
            while (
                at + length < len(ones) and place + length < len(others) and ones[at + length] == others[place + length]
            ):
                length += 1
            if length > best:
                best, start = length, place
        if best:
            last = min(at + best + SHINGLE_TOKENS - 2, len(tokens) - 1)
            other_last = min(start + best + SHINGLE_TOKENS - 2, len(other_tokens) - 1)
            begin, end = tokens[at].start, tokens[last].end
            yield Passage(text[begin:end], begin, end, other_tokens[start].start, other_tokens[other_last].end)
            at = last + 1
        else:
            at += 1
