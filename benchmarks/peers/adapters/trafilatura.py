"""trafilatura: main text and metadata of a page of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import trafilatura
from trafilatura.metadata import extract_metadata


def clean_html(pages: Iterable[str], **settings: Any) -> Iterator[str]:
    return (trafilatura.extract(page, **settings) or "" for page in pages)


def metadata(pages: Iterable[str]) -> Iterator[dict[str, Any]]:
    for page in pages:
        found = extract_metadata(page)
        authors = [name.strip() for name in ((found and found.author) or "").split(";") if name.strip()]
        yield {"title": found and found.title, "date": found and found.date, "authors": authors}
