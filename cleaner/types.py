"""What flows through the house: Document -> Line -> Article -> Duplicate, Cluster.

Everything here is frozen and slotted: a value is made once and never changed, so it can be shared, cached and sent to
another process. Lists are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

__all__ = [
    "Article",
    "Cluster",
    "Document",
    "Duplicate",
    "Kind",
    "Label",
    "Line",
    "Pair",
    "Passage",
    "RepeatedParagraph",
    "Similarity",
]


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

    `folder` names the folder that it lay in: pages without address and site are grouped by it where sites are learned.
    Fields of the input that this library does not know ride along in `extra` and come out again.
    """

    id: str | None = None
    text: str | bytes | None = None
    html: str | bytes | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    folder: str | None = None


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


class Kind(StrEnum):
    """What two texts are to each other."""

    EXACT = "exact"  # The same tokens in the same order: they differ at most in script, width, case, punctuation and white space.
    NEAR = "near"  # Their Jaccard similarity reaches the threshold.
    CONTAINED = "contained"  # Most of the shorter one stands in the longer one.
    FACTS = "facts"  # Alike enough, but each holds figures, ordinals, days or names that the other lacks: two articles of one template.
    DIFFERENT = "different"  # Not alike enough.

    @property
    def is_match(self) -> bool:
        """Whether they are one article."""
        return self not in (Kind.FACTS, Kind.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An article that goes, and the one that stays for it, which it matches itself.

    `similarity` is the Jaccard similarity of their shingle sets, `containment` the share of the shingles of the one with
    fewer that the other has too; both are exact.
    """

    id: str | int
    kept_id: str | int
    kind: Kind
    similarity: float
    containment: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """An article that is kept and its duplicates; `member_ids` has them all, the kept one first."""

    id: int
    kept_id: str | int
    member_ids: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that were compared shingle by shingle; the one that would be kept comes first.

    `margin` says how far the pair is from another verdict: what similarity, containment or share of figures would have to change.
    """

    first_id: str | int
    second_id: str | int
    kind: Kind
    similarity: float
    containment: float
    margin: float


class Passage(NamedTuple):
    """A passage that stands in two texts, as it is in the first one, and where it begins and ends in each."""

    text: str
    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two texts are, exactly.

    `first_in_second` is the share of the first one's shingles that the second one has too, and the other way round;
    `containment` is the greater of the two. `passages` are what they share, in the order of the first text.
    """

    kind: Kind
    jaccard: float
    containment: float
    first_in_second: float
    second_in_first: float
    figures_of_first: tuple[str, ...]
    figures_of_second: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class RepeatedParagraph:
    """A paragraph that stands in several articles.

    `places` are (id of the article, number of the paragraph from 0), the one that is kept first; `count` is the number
    of different articles. `exact` says whether all copies are equal once folded.
    """

    text: str
    count: int
    exact: bool
    places: tuple[tuple[str | int, int], ...]
