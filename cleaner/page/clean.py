"""Cleaner: one page in, one Article out; the steps of this room in order.

The kept lines are judged again until nothing more goes, so that cleaning a cleaned text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from cleaner.config import CleanConfig
from cleaner.errors import NotTextError
from cleaner.page import lines as page_lines
from cleaner.page import repeats
from cleaner.page.label import Look, Verdict, judge, look
from cleaner.page.metadata import Metadata, find_title, read_metadata
from cleaner.page.probe import probe
from cleaner.page.rules import RuleBook, Strength, rule_book
from cleaner.page.unwrap import find_joints
from cleaner.text.decode import decode
from cleaner.text.script import detect_script
from cleaner.types import Article, Document, Label, Line

__all__ = ["FLAGS", "Cleaner", "as_document", "clean"]

FLAGS = {
    "empty_input": "The input holds nothing that shows.",
    "no_body": "No line of the page is part of an article: menus, links and the like only.",
    "hard_wrapped": "Lines broken at a fixed width were joined into paragraphs.",
    "body_twice": "The body stood twice; one copy was removed.",
    "missing_digits": "Figures were lost before the text came here (`增长%`, `年4月底`); they are not filled in.",
}
"""What the flags of an Article mean."""

MOST_ROUNDS = 8
"""Real pages are settled after two; the bound keeps cost linear for pages made to shrink line by line."""

_LOST_DIGITS = re.compile(r"(?:增长|增長|下降|提高|上升|增加|减少|減少|占|达到?|達到?|为|為)%|(?:^|[。；，、”\n])年\d{1,2}月")


@dataclass(slots=True)
class _Piece(page_lines.Segment):
    """A segment with its verdict, and what stands between it and the kept piece before it."""

    verdict: Verdict
    joint: str = "\n"


@dataclass(slots=True)
class _Unit:
    """A paragraph: one piece, or several that were joined."""

    text: str
    pieces: list[_Piece]


class Cleaner:
    """Cleans pages by one configuration; holds no memory of the pages it saw.

    >>> article = Cleaner().clean("河湾大桥今日通车 - 河湾网\\n首页 > 新闻 > 正文\\n河湾大桥今日通车\\n2024-05-01 08:00 来源：河湾日报\\n"
    ...     "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。\\n责任编辑：周小平\\n版权所有 © 2024 河湾网")
    >>> article.text, article.title, article.source, article.editors
    ('今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。', '河湾大桥今日通车', '河湾日报', ('周小平',))
    """

    def __init__(self, config: CleanConfig | None = None) -> None:
        self.config = config or CleanConfig()
        self._book = rule_book(self.config.rules)
        self._strength = Strength[self.config.strength.upper()]

    def clean(
        self,
        text: str | bytes,
        *,
        url: str | None = None,
        title: str | None = None,
        id: str | None = None,
        site: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Article:
        """Cleans one page. What is known of it (`url`, `title`, `site`) goes before what it says itself.

        Raises NotTextError for what is neither text nor bytes that hold text.
        """
        if isinstance(text, bytes | bytearray | memoryview):
            text = decode(bytes(text))[0]
        elif not isinstance(text, str):
            raise NotTextError(f"expected text (str or bytes), found {type(text).__name__}: {text!r:.60}")
        segments, edits = page_lines.split(text, script=self.config.script, punctuation=self.config.punctuation)
        units = [_Unit(s.text, [_Piece(s.start, s.end, s.text, _UNJUDGED)]) for s in segments]
        units = _split_glued(units, self._book, text)
        first = look([unit.text for unit in units], self._book)
        found_title, found_site = (title, None)
        if any(first.rules) or title:
            found_title, found_site = find_title([unit.text for unit in units], first.keys, first.rules, title)
        kept = self._settle(units, first, found_title)
        rounds = 1
        changed = len(kept) < len(units)
        while changed and kept and rounds < MOST_ROUNDS:
            again = _split_glued(kept, self._book, text)
            page = look([unit.text for unit in again], self._book)
            again_title = None
            if any(page.rules):
                again_title, _ = find_title([unit.text for unit in again], page.keys, page.rules)
            settled = self._settle(again, page, again_title)
            changed = len(settled) < len(kept) or len(again) > len(kept)
            kept, rounds = settled, rounds + 1
        return self._article(units, first, kept, found_title, found_site, edits, Document(id, None, None, url, title, site, extra or {}))

    def _settle(self, units: Sequence[_Unit], page: Look, title: str | None) -> list[_Unit]:
        """Judges units and joins those that a fixed width broke; the units that stay."""
        verdicts = judge(page, self._strength, probe(title)[0].strip() if title else None)
        kept = []
        for unit, verdict in zip(units, verdicts, strict=True):
            for piece in unit.pieces:
                piece.verdict = verdict
            if verdict.kept:
                kept.append(unit)
        joints = find_joints([unit.text for unit in kept])
        if not joints:
            return kept
        joined: list[_Unit] = []
        for at, unit in enumerate(kept):
            if at in joints:
                unit.pieces[0].joint = joints[at]
                joined[-1] = _Unit(joined[-1].text + joints[at] + unit.text, joined[-1].pieces + unit.pieces)
            else:
                joined.append(unit)
        return joined

    def _article(
        self,
        units: Sequence[_Unit],
        page: Look,
        kept: Sequence[_Unit],
        title: str | None,
        site: str | None,
        edits: tuple[str, ...],
        given: Document,
    ) -> Article:
        pieces = [piece for unit in units for piece in unit.pieces]
        text = "\n".join(unit.text for unit in kept)
        if len(kept) == len(units) and not any(page.rules):
            said = Metadata()
        else:
            first_pieces = [unit.pieces[0] for unit in units]
            if title:
                _mark_title(first_pieces, page, title)
            stays = [piece.verdict.kept for piece in first_pieces]
            labels = [piece.verdict.label for piece in first_pieces]
            said = read_metadata([unit.text for unit in units], page.keys, page.rules, stays, labels)
        lines = tuple(
            Line(p.start, p.end, p.text, p.verdict.label, p.verdict.rule, p.verdict.kept, p.joint) for p in pieces
        )
        return Article(
            text=text,
            id=given.id,
            url=given.url or said.url,
            site=given.site or site or said.site,
            title=given.title or title,
            published=said.published,
            source=said.source,
            publisher=said.publisher,
            authors=said.authors,
            editors=said.editors,
            keywords=said.keywords,
            script=detect_script(text) if text else None,
            lines=lines,
            edits=edits,
            flags=_flags(pieces, text),
            extra=given.extra,
        )

    def pipe(self, documents: Iterable[Document | Mapping[str, Any] | str | bytes]) -> Iterator[Article]:
        """Cleans documents one after the other, lazily; a mapping is read as a Document, its other fields go to `extra`."""
        for item in documents:
            document = as_document(item)
            if document.text is None:
                raise NotTextError(f"document {document.id!r} has no text; give `text`")
            yield self.clean(
                document.text,
                url=document.url,
                title=document.title,
                id=document.id,
                site=document.site,
                extra=document.extra,
            )


_UNJUDGED = Verdict(Label.BODY, "body", True)


def as_document(item: Document | Mapping[str, Any] | str | bytes) -> Document:
    """A Document of what a user has: a text, a mapping with `text` and what is known beside, or a Document."""
    if isinstance(item, Document):
        return item
    if isinstance(item, str | bytes):
        return Document(text=item)
    if not isinstance(item, Mapping):
        raise NotTextError(f"expected a text, a mapping or a Document, found {type(item).__name__}: {item!r:.60}")
    known = {name: item[name] for name in ("text", "html", "url", "title", "site") if item.get(name) is not None}
    if item.get("id") is not None:
        known["id"] = str(item["id"])
    extra = {name: value for name, value in item.items() if name not in Document.__dataclass_fields__}
    return Document(**known, extra=extra)


def _split_glued(units: list[_Unit], book: RuleBook, source: str) -> list[_Unit]:
    """Splits off what a rule finds glued to the end of a paragraph (`……完成。责任编辑：周小平`)."""
    if not book.glued:
        return units
    out: list[_Unit] = []
    for unit in units:
        at = book.find_glued(unit.text)
        if at is None:
            out.append(unit)
            continue
        head, tail = _cut_unit(unit, at, source)
        out.append(head)
        out.append(tail)
    return out


def _cut_unit(unit: _Unit, at: int, source: str) -> tuple[_Unit, _Unit]:
    """A unit as two, cut before character `at` of its text; a piece that the cut runs through becomes two."""
    left: list[_Piece] = []
    right: list[_Piece] = []
    place = 0
    for number, piece in enumerate(list(unit.pieces)):
        place += len(piece.joint) if number else 0
        end = place + len(piece.text)
        if end <= at:
            left.append(piece)
        elif place >= at:
            right.append(piece)
        else:
            one, two = page_lines.cut(piece, at - place, source)
            left.append(_Piece(one.start, one.end, one.text, piece.verdict, piece.joint))
            right.append(_Piece(two.start, two.end, two.text, piece.verdict))
        place = end
    if right:
        right[0].joint = "\n"
    return _Unit(unit.text[:at].rstrip(), left), _Unit(unit.text[at:].lstrip(), right)


def _mark_title(pieces: Sequence[_Piece], page: Look, title: str) -> None:
    """Names the lines around the body that say the title; the repeated-title rule has those within it already."""
    key = probe(title)[0].strip()
    seen = False
    for piece, line, rule in zip(pieces, page.keys, page.rules, strict=True):
        verdict = piece.verdict
        if verdict.kept or (rule is not None and rule.label is not Label.TITLE):
            continue
        if verdict.label is Label.REPEATED_TITLE or repeats.same_title(line, key) or (not seen and line.startswith(key)):
            if not seen:
                piece.verdict = replace(verdict, label=Label.TITLE, rule="title")
            seen = True


def _flags(pieces: Sequence[_Piece], text: str) -> tuple[str, ...]:
    flags = []
    if not pieces:
        flags.append("empty_input")
    elif not text:
        flags.append("no_body")
    if any(piece.joint != "\n" and piece.verdict.kept for piece in pieces):
        flags.append("hard_wrapped")
    if any(piece.verdict.label is Label.REPEATED_BODY for piece in pieces):
        flags.append("body_twice")
    if _LOST_DIGITS.search(text):
        flags.append("missing_digits")
    return tuple(flags)


@cache
def _cleaner(config: CleanConfig) -> Cleaner:
    return Cleaner(config)


def clean(
    text: str | bytes,
    *,
    url: str | None = None,
    title: str | None = None,
    config: CleanConfig | None = None,
    **settings: Any,
) -> Article:
    """Cleans one page of text; `settings` are the fields of CleanConfig by name.

    >>> clean("扫码关注我们\\n版权所有 © 2024 河湾网").flags
    ('no_body',)
    """
    if settings:
        config = CleanConfig.from_mapping({**({} if config is None else asdict(config)), **settings}, "clean()")
    return _cleaner(config or CleanConfig()).clean(text, url=url, title=title)
