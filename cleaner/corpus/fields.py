"""Which fields of a record are its text, its id and so on: those that are named, else those with usual names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cleaner.errors import InputError
from cleaner.types import Document

__all__ = ["USUAL", "Fields"]

USUAL: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "content", "body", "article", "main_text", "maintext", "raw_content", "article_text", "正文", "内容", "內容"),
    "html": ("html", "raw_html", "html_content", "page_html", "source_html"),
    "id": ("id", "_id", "doc_id", "docid", "document_id", "article_id", "news_id", "uuid", "guid"),
    "url": ("url", "link", "uri", "source_url", "page_url", "article_url", "warc_target_uri", "href", "网址", "链接"),
    "title": ("title", "headline", "标题", "標題"),
    "site": ("site", "domain", "host", "hostname", "sitename", "website"),
}  # fmt: skip
"""The names that are tried for each, the first one first."""


_KNOWN = ("id", "url", "title", "site")
"""What comes out again under its own name, where it had it."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of fields that were given; None for those that are to be guessed from `USUAL`."""

    text: str | None = None
    html: str | None = None
    id: str | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None

    def names(self, record: Mapping[str, Any]) -> dict[str, str]:
        """For each role the field of this record that plays it, where there is one.

        >>> Fields(title="head").names({"content": "…", "head": "…", "link": "…"})
        {'text': 'content', 'url': 'link', 'title': 'head'}
        """
        return dict(_names(self, tuple(record)))

    def document(self, record: Mapping[str, Any], where: str, folder: str | None = None) -> Document:
        """A record as a Document; all fields but that of the text or page go to `extra`, unless they come out again under their own names.

        Raises InputError where there is neither text nor page.
        """
        names = _names(self, tuple(record))
        text, html = self._content(record, names, where)
        extra = dict(record)
        extra.pop(names["html"] if text is None else names["text"], None)
        known: dict[str, str | None] = {}
        for role in _KNOWN:
            if (name := names.get(role)) is None:
                known[role] = None
                continue
            value = record[name]
            if role == "id" and type(value) is int:
                value = str(value)
            is_text = isinstance(value, str)
            known[role] = (value or None) if is_text else None
            if name == role and (is_text or value is None):
                extra.pop(role, None)
        return Document(known["id"], text, html, known["url"], known["title"], known["site"], extra, folder)

    def _content(self, record: Mapping[str, Any], names: Mapping[str, str], where: str) -> tuple[Any, Any]:
        text = record.get(names["text"]) if "text" in names else None
        html = record.get(names["html"]) if "html" in names else None
        if isinstance(text, str | bytes) and (text or not html):
            return text, None
        if text is None and isinstance(html, str | bytes):
            return None, html
        if text is not None and not isinstance(text, str):
            raise InputError(f"{where}: field {names['text']!r} is {kind_of(text)}, not a string")
        if html is not None and not isinstance(html, str | bytes):
            raise InputError(f"{where}: field {names['html']!r} is {kind_of(html)}, not a string")
        if isinstance(html, str | bytes):
            return None, html
        if "text" in names:
            raise InputError(f"{where}: field {names['text']!r} is null, not a string")
        wanted = self.text or self.html or "text"
        found = ", ".join([str(name) for name in record][:8]) or "none"
        how = (
            "give its name with --text-field or --html-field"
            if wanted == "text"
            else "see --text-field and --html-field"
        )
        raise InputError(f"{where}: no field {wanted!r} (fields: {found}); {how}")


@lru_cache(256)  # the records of a file have the same fields, or nearly so
def _names(given: Fields, record: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for role, usual in USUAL.items():
        if (name := getattr(given, role)) is not None:
            if name in record:
                found[role] = name
        elif (name := next((name for name in usual if name in record), None)) is not None:
            found[role] = name
    if given.html is not None and given.text is None and "html" in found:
        found.pop("text", None)  # the page itself was asked for
    return found


def kind_of(value: object) -> str:
    """What a value is called in JSON."""
    names = {"dict": "an object", "list": "a list", "str": "a string", "bool": "true or false", "NoneType": "null"}
    return names.get(type(value).__name__, "a number")
