"""jusText: paragraphs that are no boilerplate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import justext


def clean_html(pages: Iterable[str], stoplist: str = "", **settings: Any) -> Iterator[str]:
    words = justext.get_stoplist(stoplist) if stoplist else frozenset()
    for page in pages:
        # An encoding declared within a str would be an error: lxml is given bytes, as a file would be read.
        paragraphs = justext.justext(page.encode("utf-8"), words, encoding="utf-8", **settings)
        yield "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
