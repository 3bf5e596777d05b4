"""readability-lxml: the part of a page that is read, as HTML, whose text is then taken."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from lxml import html
from lxml.etree import ParserError
from readability import Document

logging.getLogger("readability").setLevel(logging.CRITICAL)


def clean_html(pages: Iterable[str]) -> Iterator[str]:
    for page in pages:
        try:
            yield "\n".join(html.fromstring(Document(page).summary()).itertext())
        except ParserError:  # what it leaves of a page may be nothing at all
            yield ""
