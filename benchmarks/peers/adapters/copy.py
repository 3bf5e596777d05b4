"""What reads the texts and does next to nothing: the floor that nothing beats, and the simplest rules there are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

END_MARKS = tuple("。！？；：…”」』）.!?")
_TAG = re.compile(r"<[^>]*>")


def normalize(texts: Iterable[str]) -> Iterator[str]:
    return map(pass_through, texts)


def clean_text(texts: Iterable[str], end_marks: bool = False) -> Iterator[str]:
    return map(keep_ended if end_marks else pass_through, texts)


def clean_html(pages: Iterable[str]) -> Iterator[str]:
    return (pass_through(_TAG.sub("\n", page)) for page in pages)


def pass_through(text: str) -> str:
    return "\n".join(text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass").split("\n"))


def keep_ended(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.rstrip().endswith(END_MARKS))


def dedup(texts: Sequence[str]) -> list[tuple[int, int]]:
    first: dict[bytes, int] = {}
    found = []
    for place, text in enumerate(texts):
        kept = first.setdefault(hashlib.blake2b(text.encode("utf-8", "surrogatepass")).digest(), place)
        if kept != place:
            found.append((place, kept))
    return found
