"""resiliparse: the text of a page, and which of it is the main content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from resiliparse.extract.html2text import extract_plain_text


def clean_html(pages: Iterable[str], **settings: Any) -> Iterator[str]:
    return (extract_plain_text(page, **settings) for page in pages)
