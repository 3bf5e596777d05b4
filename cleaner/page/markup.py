"""HTML to lines: a block of the page a line, with what the markup knows of each, and what the page says of itself in its head.

resiliparse repairs the page and writes it out again, well-formed; one pass over the tags of that makes the lines. The pass is linear in
the number of tags and does not recurse, and it is twice as fast as any walk over the tree from Python, which makes an object a node.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from cleaner.errors import MissingExtraError
from cleaner.page.rules import Rule, Strength
from cleaner.text.decode import decode
from cleaner.types import Label

__all__ = ["MARKUP_RULES", "Lines", "MarkedPage", "read_html"]

NAV, HEADER, FOOTER, ASIDE, FORM, ARTICLE, MAIN, LIST, TABLE, DATA, HIDDEN = (1 << bit for bit in range(11))
"""What a line lies in, as bits of `Lines.within`; DATA is a table that has heading cells, HIDDEN what a browser does not show."""

MOST_GROWN = 20
"""Misnested formatting tags can make the repaired page the square of the page; beyond this many times its length it is read as it is."""

MOST_OPEN = 500
"""So many formatting tags that nobody closed are left out: the parser opens them all again in every block that follows."""

MOST_IN_TAG = 2000
"""A tag with more blanks is no tag of a page: the parser takes quadratic time for its attributes."""

_WITHIN = {
    "nav": NAV, "menu": NAV, "header": HEADER, "footer": FOOTER, "aside": ASIDE, "form": FORM, "article": ARTICLE, "main": MAIN,
    "ul": LIST, "ol": LIST, "dl": LIST,
}  # fmt: skip
_ROLES = {
    "navigation": NAV,
    "menu": NAV,
    "menubar": NAV,
    "banner": HEADER,
    "contentinfo": FOOTER,
    "complementary": ASIDE,
    "main": MAIN,
}
_BLOCKS = frozenset({
    "html", "head", "body", "title", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol",
    "dl", "dt", "dd", "table", "caption", "tbody", "thead", "tfoot", "tr", "td", "th", "section",
    "article", "header", "footer", "nav", "aside", "main", "form", "fieldset", "legend", "blockquote",
    "pre", "center", "address", "figure", "figcaption", "details", "summary", "menu", "dir", "option",
    "optgroup", "hgroup", "dialog", "search", "marquee", "text", "layer", "ilayer",
    "frameset", "noframes",
})  # fmt: skip
_DROPPED = frozenset({
    "script", "style", "noscript", "template", "select", "textarea", "iframe", "svg", "math", "object",
    "applet", "canvas", "audio", "video", "datalist",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip

_RAW = "script|style|iframe|noembed|noframes"  # their text is written out as it is
_TAG = re.compile(
    rf"<(?:({_RAW})\b[^>]*>(?:[^<]|<(?!/\1>))*+</\1>|(/?)([a-zA-Z][^\s/>]*)([^>]*)>|!--.*?-->|[!?][^>]*>)", re.DOTALL
)
_HUGE_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_FORMATTING = re.compile(
    r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s>/])[^<>]*>", re.IGNORECASE
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_HIDES = re.compile(
    r'\shidden="(?!until-found)|\sstyle="[^"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)', re.IGNORECASE
)
_MARKUP = re.compile(r"</?[a-zA-Z]|<!")
_PLAIN = re.compile(r"<(/?)(?:xmp|plaintext|listing)\b", re.IGNORECASE)
"""Elements of old pages whose text stands there as it is: read as `pre`."""

_MAY_HIDE = re.compile("hidden|none", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
_LINKED_DATA = re.compile(r"<script\b[^<>]*application/ld\+json[^<>]*>(.*?)</script>", re.DOTALL)

_DATES = (
    "article:published_time", "datepublished", "og:published_time", "og:time", "pubdate", "publishdate", "publish_date", "publication_date",
    "date.issued", "dc.date", "dc.date.issued", "dcterms.created", "weibo: article:create_at", "datecreated", "date",
)  # fmt: skip
_AUTHORS = ("article:author", "author", "dc.creator", "dable:author", "byl")
_SOURCES = ("contentsource", "source", "mediaid")
_SITES = ("og:site_name", "sitename", "application-name")
_ADDRESSES = ("og:url", "url")


@dataclass(slots=True)
class Lines:
    """The lines of a page as columns."""

    texts: list[str] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    """How many characters of each line are links."""
    tags: list[str] = field(default_factory=list)
    """The innermost block that each line stands in."""
    within: list[int] = field(default_factory=list)

    def add(self, text: str, linked: int, tag: str, within: int) -> None:
        """Adds a line; what shows nothing is none."""
        shown = _SPACE.sub(" ", text).strip()
        if shown:
            self.texts.append(shown)
            self.linked.append(min(linked, len(shown)))
            self.tags.append(tag)
            self.within.append(within)


@dataclass(slots=True)
class MarkedPage:
    """A page of HTML as lines, and what it says of itself, as written: dates unread, authors unchecked (on many pages, the site's name)."""

    lines: Lines
    title: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    site: str | None = None
    url: str | None = None

    @property
    def text(self) -> str:
        """The page as text: its title, then its lines."""
        return "\n".join([self.title, *self.lines.texts] if self.title else self.lines.texts)

    def rules(self) -> list[Rule | None]:
        """What the markup says of each line of `text`: a hint of what surrounds an article, or nothing."""
        hints = [*map(_hint, self.lines.texts, self.lines.linked, self.lines.tags, self.lines.within)]
        return [_TITLE_LINE, *hints] if self.title else hints


def _markup_rule(id: str, label: Label, where: str = "hint") -> Rule:
    return Rule(id, label, pattern="", where=where, strength=Strength.SAFE, origin="the markup of the page")


_TITLE_LINE = _markup_rule("html-title", Label.TITLE, "anywhere")
_HIDDEN_LINE = _markup_rule("html-hidden", Label.SITE_CHROME)
_NAV_LINE = _markup_rule("html-nav", Label.NAVIGATION)
_LINK_LINE = _markup_rule("link-line", Label.NAVIGATION)
MARKUP_RULES = (_TITLE_LINE, _HIDDEN_LINE, _NAV_LINE, _LINK_LINE)
"""The rules that are named for what the markup says: the title of the page, which goes; and hints, for a line that is not shown by a browser,
one within nav, header, footer or aside, and one that is a link."""

LINK_SHARE, LINK_CHARS = 0.9, 60
"""A line that is a link for so much of it, and is shorter than that. On 71 pages 0.5 to 1.0 and 20 to 1,000 score the same."""


def _hint(text: str, linked: int, tag: str, within: int) -> Rule | None:
    if within & HIDDEN:
        return _HIDDEN_LINE
    if within & (NAV | HEADER | FOOTER | ASIDE):
        return _NAV_LINE
    size = len(text)
    if linked >= LINK_SHARE * size and size < LINK_CHARS and text[-1] not in "。!?！？":
        return None if tag in ("h1", "h2") or within & DATA else _LINK_LINE
    return None


def read_html(html: str | bytes) -> MarkedPage:
    r"""Reads a page.

    >>> page = read_html('<title>河湾 - 河湾网</title><nav><a href=/>首页</a></nav><p>大桥<b>今日</b>通车。<br>首日')
    >>> page.title, page.lines.texts, page.lines.linked
    ('河湾 - 河湾网', ['首页', '大桥今日通车。', '首日'], [2, 0, 0])
    """
    if not isinstance(html, str):
        html = decode(bytes(html))[0]  # it reads the declared charset, and doubts it
    html = html.removeprefix("\ufeff")
    if not _MARKUP.search(html):  # text, whose line ends mean something
        html = f"<pre>{html}</pre>"
    html = _HUGE_TAG.sub(lambda match: "<" if sum(map(match[0].count, " \n\t")) > MOST_IN_TAG else match[0], html)
    if html.count("<") - 2 * html.count("</") > MOST_OPEN:
        slashes = _FORMATTING.findall(html)
        if slashes.count("") - slashes.count("/") > MOST_OPEN:
            html = _FORMATTING.sub("", html)
    markup = _repair(_PLAIN.sub(r"<\1pre", html) if _PLAIN.search(html) else html)
    if len(markup) > MOST_GROWN * len(html) + 100_000:
        markup = html.replace('"', " ")  # then no tag of it is longer than the next bracket
    lines, said = _flatten(markup)
    page = MarkedPage(lines, said.get("<title>"))
    if "ld+json" in markup:
        _read_linked_data(markup, said)
    page.published = _first(said, _DATES)
    page.authors = tuple(dict.fromkeys(said[name] for name in _AUTHORS if said.get(name) and "//" not in said[name]))
    page.source, page.site, page.url = _first(said, _SOURCES), _first(said, _SITES), _first(said, _ADDRESSES)
    page.title = page.title or said.get("og:title")
    return page


def _repair(html: str) -> str:
    """The page, well-formed."""
    try:
        from resiliparse.parse.html import HTMLTree
    except ImportError:
        raise MissingExtraError(
            "HTML needs resiliparse; install it with: pip install 'article-cleaner[html]'"
        ) from None
    try:
        return str(HTMLTree.parse(html))
    except UnicodeEncodeError:  # the parser takes UTF-8, which has no lone surrogates
        return str(HTMLTree.parse(_SURROGATE.sub("\ufffd", html)))


def _flatten(markup: str) -> tuple[Lines, dict[str, str]]:
    """The lines of well-formed HTML, and what its meta elements say, by their name in lower case; the first of a name holds."""
    lines, said = Lines(), dict[str, str]()
    add, pieces = lines.add, _TAG.split(markup)
    parts: list[str] = []
    blocks = ["body"]
    outer: list[tuple[int, int]] = []  # depth of an element, what the page around it lies in
    depth = linked = within = link = drop = pre = 0  # link, drop: depth of the outermost link, or element left out
    for at in range(0, len(pieces), 5):  # text, raw element, slash, name, attributes
        if (text := pieces[at]) and not drop:
            if pre and "\n" in text:
                *whole, text = text.split("\n")
                for line in whole:
                    linked += len(unescape(line)) if link else 0
                    add(unescape("".join(parts) + line), linked, blocks[-1], within)
                    parts, linked = [], 0
            parts.append(text)
            if link:
                linked += len(text) if "&" not in text else len(unescape(text))
        if at + 5 > len(pieces) or not (name := pieces[at + 3]):
            continue
        closes, attributes = pieces[at + 2], pieces[at + 4]
        is_block = name in _BLOCKS
        if parts and not drop and (is_block or name in {"br", "hr"}):
            text = "".join(parts)
            add(unescape(text) if "&" in text else text, linked, blocks[-1], within)
            parts, linked = [], 0
        if closes:
            if not drop and is_block and len(blocks) > 1:
                blocks.pop()
                pre -= name == "pre" and pre > 0
            if name == "title" and "<title>" not in said and lines.tags and lines.tags[-1] == "title":
                said["<title>"] = lines.texts.pop()
                for column in (lines.linked, lines.tags, lines.within):
                    column.pop()
            link, drop = 0 if link == depth else link, 0 if drop == depth else drop
            if outer and outer[-1][0] == depth:
                within = outer.pop()[1]
            depth -= 1
        elif name in _VOID:
            if name in {"meta", "link"}:
                _read_meta(name, attributes, said)
        else:
            depth += 1
            if drop:
                continue
            if name in _DROPPED:
                drop = depth
                continue
            if is_block:
                blocks.append(name)
                pre += name == "pre"
            elif name == "a":
                link = link or depth
            bits = _WITHIN.get(name, 0)
            if attributes:
                if _MAY_HIDE.search(attributes) and _HIDES.search(attributes):
                    bits |= HIDDEN
                if "role=" in attributes:
                    bits |= _ROLES.get(dict(_ATTRIBUTE.findall(attributes)).get("role", ""), 0)
                if (
                    name == "time"
                    and "datetime=" in attributes
                    and ("pubdate" in attributes or "datePublished" in attributes)
                ):
                    said.setdefault("datepublished", dict(_ATTRIBUTE.findall(attributes)).get("datetime", ""))
            if name == "th":
                within |= DATA
            elif name == "table":
                outer.append((depth, within))
                within = within & ~DATA | TABLE | bits
            elif bits & ~within:
                outer.append((depth, within))
                within |= bits
    add(unescape("".join(parts)), linked, blocks[-1], within)
    return lines, said


def _read_meta(element: str, attributes: str, said: dict[str, str]) -> None:
    values = {name.lower(): unescape(value).strip() for name, value in _ATTRIBUTE.findall(attributes)}
    if element == "link":
        name, value = ("url" if values.get("rel", "").lower() == "canonical" else ""), values.get("href", "")
    else:
        name = values.get("property") or values.get("name") or values.get("itemprop") or ""
        value = values.get("content", "")
    if name and value:
        said.setdefault(name.lower(), _SPACE.sub(" ", value))


def _read_linked_data(markup: str, said: dict[str, str]) -> None:
    for text in _LINKED_DATA.findall(markup):
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for entry in _entries(data):
            author = entry.get("author")
            author = author[0] if isinstance(author, list) and author else author
            author = author.get("name") if isinstance(author, dict) else author
            for name, value in (
                ("datepublished", entry.get("datePublished") or entry.get("pubDate")),
                ("author", author),
            ):
                if isinstance(value, str) and value.strip():
                    said.setdefault(name, value.strip())


def _entries(data: Any) -> Iterator[dict[str, Any]]:
    for entry in data if isinstance(data, list) else [data]:
        if isinstance(entry, dict):
            yield entry
            graph = entry.get("@graph")
            yield from (part for part in graph if isinstance(part, dict)) if isinstance(graph, list) else ()


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name)), None)
