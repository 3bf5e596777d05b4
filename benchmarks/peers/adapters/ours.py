"""This library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cleaner


def normalize(texts: Iterable[str]) -> Iterator[str]:
    return map(cleaner.normalize, texts)


def clean_text(texts: Iterable[str], pipe: bool = False) -> Iterator[str]:
    if pipe:
        return (article.text for article in cleaner.Cleaner().pipe(texts))
    return (cleaner.clean(text).text for text in texts)


def clean_html(pages: Iterable[str]) -> Iterator[str]:
    return (cleaner.clean(html=page).text for page in pages)


def metadata(pages: Iterable[str]) -> Iterator[dict[str, Any]]:
    for page in pages:
        article = cleaner.clean(html=page)
        date = article.published.date().isoformat() if article.published else None
        yield {"title": article.title, "date": date, "authors": list(article.authors)}


def signatures(texts: Sequence[str]) -> int:
    return len(cleaner.signatures(texts, jobs=1))


def dedup(texts: Sequence[str], jobs: int = 1, **settings: Any) -> list[tuple[int, int]]:
    """Texts have no ids, so the ids of the result are their places."""
    result = cleaner.dedup(texts, jobs=jobs, **settings)
    return [(int(gone.id), int(gone.kept_id)) for gone in result.duplicates]
