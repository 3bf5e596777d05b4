"""Two texts side by side, in plain Python: exact, and without the compiled loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.facts import count_facts, figures
from cleaner.duplicates.records import read_records
from cleaner.duplicates.shingles import SHINGLE_TOKENS, Token, iter_tokens, shingles
from cleaner.duplicates.verdict import KINDS, MUCH_LONGER, WINDOW, classify
from cleaner.types import Kind, Passage, Similarity

__all__ = ["compare", "count_pair"]

MOST_PLACES = 16
"""So many places of a shingle in the second text are tried for the longest passage: cost stays linear for texts that repeat themselves."""


def compare(first: Any, second: Any, *, config: DedupConfig | None = None, **settings: Any) -> Similarity:
    """How alike two texts (or mappings with `text`, Documents, Articles) are, what `dedup` makes of them, and what they share.

    >>> same = compare("河湾大桥今天上午正式通车，市民前来观看。", "【快讯】河灣大橋今天上午正式通車。")
    >>> round(same.jaccard, 2), round(same.containment, 2), [passage.text for passage in same.passages]
    (0.5, 0.8, ['河湾大桥今天上午正式通车'])

    `settings` are the fields of DedupConfig by name. Raises NotTextError for what has no text.
    """
    config = DedupConfig.merge(config, settings, "compare()")
    one, other = (read_records([item]).texts.text(0) for item in (first, second))
    row = count_pair(one, other)
    counts = np.array([row], np.int32)
    verdict = classify(counts, config)
    kind = KINDS[verdict.kinds[0]]
    tokens, other_tokens = list(iter_tokens(one)), list(iter_tokens(other))
    if tokens and [token.text for token in tokens] == [token.text for token in other_tokens]:
        kind = Kind.EXACT
    return Similarity(
        kind=kind,
        jaccard=float(verdict.similarity[0]),
        containment=float(verdict.containment[0]),
        first_in_second=row[2] / max(row[0], 1),
        second_in_first=row[2] / max(row[1], 1),
        figures_of_first=tuple(sorted(figures(one) - figures(other))),
        figures_of_second=tuple(sorted(figures(other) - figures(one))),
        passages=tuple(_find_passages(one, tokens, shingles(one), other_tokens, shingles(other))),
    )


def count_pair(first: str, second: str) -> tuple[int, ...]:
    """What `verify` counts of a pair, in plain Python: the columns of `verify.COLUMNS`.

    Different shingles of the one, the other and both, and those of both that stand together (see `verdict.WINDOW`); then `facts.count_facts`.
    """
    ones, others = shingles(first), shingles(second)
    one, other = len(set(ones)), len(set(others))
    both = together = len(set(ones) & set(others))
    if one >= MUCH_LONGER * other:
        together = _count_in_window(others, ones)
    elif other >= MUCH_LONGER * one:
        together = _count_in_window(ones, others)
    return one, other, both, together, *count_facts(first, second)


def _count_in_window(short: Sequence[str], long: Sequence[str]) -> int:
    """The most different shingles of a short text that stand in one window of a long one."""
    held, window = set(short), WINDOW * len(short)
    steps = range(0, len(long), max(1, window // 2))
    return max(len(held.intersection(long[start : start + window])) for start in steps) if held else 0


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
