"""What flows through the house: Document -> Line -> Article.

Everything here is frozen and slotted: a value is made once and never changed, so it can be shared, cached and sent to
another process. Lists are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

__all__ = ["Article", "Document", "Label", "Line"]


class Label(StrEnum):
    """What a line of a page is. One sentence each; `kept` on the Line says whether it stayed."""

    BODY = "body"  # A paragraph, list item, verse or table row of the article.
    HEADING = "heading"  # A section heading inside the article.
    TITLE = "title"  # The title of the page or of the article, with or without the site's name.
    REPEATED_TITLE = "repeated_title"  # The title once more, somewhere in the page.
    CAPTION = "caption"  # A mark or credit that belongs to a picture.
    BYLINE = "byline"  # Who wrote, edited, checked, photographed or sent the article.
    DATE = "date"  # When it was published, often with source and counters on the same line.
    SOURCE = "source"  # Where it was first published.
    BREADCRUMB = "breadcrumb"  # The way from the home page to this page.
    NAVIGATION = "navigation"  # Menus, channel lists, links to other parts of the site.
    TOOLBAR = "toolbar"  # Font size, print, share, like, click counters and other controls.
    RELATED = "related"  # Links to other articles, and the headings over them.
    KEYWORDS = "keywords"  # Tags and hot words.
    COPYRIGHT = "copyright"  # Who owns the page, and what may not be done with it.
    ICP = "icp"  # Registration, licence and permit numbers.
    CONTACT = "contact"  # Addresses, telephone numbers, mail, hotlines, where to send manuscripts.
    SUBSCRIBE = "subscribe"  # Follow us, scan the code, download the app.
    ADVERTISEMENT = "advertisement"  # Paid content and calls to buy.
    DISCLAIMER = "disclaimer"  # What the site does not answer for.
    PAGINATION = "pagination"  # Page numbers, next page, next article.
    COMMENTS = "comments"  # What readers wrote, and the form they write in.
    URL = "url"  # A bare address, of this page or another.
    IMAGE = "image"  # The name of an image file, or a stand-in for an image.
    READING_TIME = "reading_time"  # How long the article is or takes to read.
    REPEATED_PARAGRAPH = "repeated_paragraph"  # A paragraph that already stands in this article.
    REPEATED_BODY = "repeated_body"  # A paragraph of the second copy of a body that stands twice.
    SITE_CHROME = "site_chrome"  # A line of the site rather than of the article, of no kind named above.


@dataclass(frozen=True, slots=True)
class Document:
    """What was scraped: one page, as text or as HTML, and what is known of it.

    Fields of the input that this library does not know ride along in `extra` and come out again.
    """

    id: str | None = None
    text: str | bytes | None = None
    html: str | bytes | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


class Line(NamedTuple):
    """A slice of the input and the verdict on it.

    `start` and `end` count characters of the input as it was given (of the decoded text, where bytes were given); `text` is the slice after
    normalization. `joint` is what stands between a kept line and the kept one before it: a line feed, or, where a
    paragraph was broken at a fixed width, nothing or a blank. (A tuple with names rather than a dataclass: a page has
    hundreds, and it is made four times as fast.)
    """

    start: int
    end: int
    text: str
    label: Label
    rule: str
    kept: bool
    joint: str = "\n"


@dataclass(frozen=True, slots=True)
class Article:
    """A cleaned article: its text, what the removed lines said, and every line with its verdict.

    `text` is the kept lines, each after its `joint`, without the title. Between two successive lines of `lines`, the
    input holds only what does not show: white space and invisible characters. `edits` names the normalization steps that
    changed something, `flags` what a reader should know: `empty_input`, `no_body`, `missing_digits` and the like
    (`cleaner.page.clean.FLAGS` describes each).
    """

    text: str
    id: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    published: datetime | None = None
    source: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    script: str | None = None
    lines: tuple[Line, ...] = ()
    edits: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def removed(self) -> tuple[Line, ...]:
        """The lines that are not in `text`, in order."""
        return tuple(line for line in self.lines if not line.kept)
