"""The tokens that datasketch and rensa are given: both leave them to the caller."""

from __future__ import annotations


def tokens(text: str, ngram: int) -> list[str]:
    """The character n-grams of a text, or, for 0, what stands between blanks. A signature is the same however often a token stands there."""
    if not ngram:
        return text.split()
    return [text[at : at + ngram] for at in range(max(1, len(text) - ngram + 1))]
