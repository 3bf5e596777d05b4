"""Cleaner: one page in, one Article out; the steps of this room in order.

The kept lines are judged again until nothing more goes, so that cleaning a cleaned text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from typing import Any

from cleaner.config import CleanConfig
from cleaner.errors import NotTextError
from cleaner.page import repeats
from cleaner.page.label import Look, Verdict, judge, look
from cleaner.page.lines import Sheet, split
from cleaner.page.metadata import Metadata, find_title, read_metadata
from cleaner.page.probe import probe
from cleaner.page.rules import RuleBook, Strength, rule_book
from cleaner.page.unwrap import find_joints
from cleaner.text.decode import decode
from cleaner.text.normalize import replay, run_steps
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

_BARE_PERCENT = re.compile(r"[长長加少低高升降占达達到为為]%")
_MONTH_OF_YEAR = re.compile(r"年\d{1,2}月")

_make_line = partial(tuple.__new__, Line)


class _State:
    """A page on its way to an Article: its lines, the verdicts so far, and the paragraphs that the kept lines make."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.verdicts: list[Verdict] = []
        self.joints = ["\n"] * len(sheet.texts)
        self.units: list[list[int]] = [[at] for at in range(len(sheet.texts))]
        """The paragraphs: each the numbers of the lines that make it, nearly always one."""
        self.texts = list(sheet.texts)
        """The text of each paragraph."""

    def cut(self, cuts: Mapping[int, int], source: str) -> None:
        """Cuts paragraphs in two: `cuts` gives for each the character of its text before which. A line that a cut runs through becomes two."""
        old, joints, verdicts = self.sheet, self.joints, self.verdicts
        places: dict[int, int] = {}  # the line that a cut runs through -> the character of its text
        heads: set[int] = set()  # the line that begins the second part, where the cut falls between two
        for unit, at in cuts.items():
            place = 0
            for index, number in enumerate(self.units[unit]):
                place += len(joints[number]) if index else 0
                if place + len(old.texts[number]) > at:
                    break
                place += len(old.texts[number])
            if at > place:
                places[number] = at - place
            else:
                heads.add(number)
        self.sheet, self.joints, self.verdicts = Sheet(), [], []
        moved = []  # where each line has gone
        for number in range(len(old.texts)):
            moved.append(len(self.joints))
            parts = old.cut(number, places[number], source) if number in places else (old.line(number),)
            for part, line in enumerate(parts):
                self.sheet.add(*line)
                self.joints.append("\n" if part or number in heads else joints[number])
                if verdicts:
                    self.verdicts.append(verdicts[number])
        units, texts = self.units, self.texts
        self.units, self.texts = [], []
        for unit, (members, text) in enumerate(zip(units, texts, strict=True)):
            lines = [moved[number] + part for number in members for part in range(2 if number in places else 1)]
            if unit in cuts:
                at = cuts[unit]
                break_at = next(index for index, line in enumerate(lines) if index and self.joints[line] == "\n")
                self.units += [lines[:break_at], lines[break_at:]]
                self.texts += [text[:at].rstrip(), text[at:].lstrip()]
            else:
                self.units.append(lines)
                self.texts.append(text)

    def settle(self, verdicts: Sequence[Verdict]) -> bool:
        """Takes in the verdicts on the paragraphs and joins what a fixed width broke; whether any went or were joined."""
        if not self.verdicts:
            self.verdicts = list(verdicts)
        else:
            for members, verdict in zip(self.units, verdicts, strict=True):
                for number in members:
                    self.verdicts[number] = verdict
        before = len(self.units)
        kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
        if len(kept) < before:
            self.units = [self.units[at] for at in kept]
            self.texts = [self.texts[at] for at in kept]
        joints = find_joints(self.texts)
        if joints:
            units, parts = self.units, [[text] for text in self.texts]
            self.units, joined = [], []
            for at, (members, part) in enumerate(zip(units, parts, strict=True)):
                if at in joints:
                    self.joints[members[0]] = joints[at]
                    self.units[-1].extend(members)
                    joined[-1] += [joints[at], *part]
                else:
                    self.units.append(members)
                    joined.append(part)
            self.texts = ["".join(part) for part in joined]
        return len(self.units) < before

    def normalize(self, config: CleanConfig) -> bool:
        """Normalizes what is left on its own: without the page's chrome another step may be right. Whether one was."""
        _, steps = run_steps("\n".join(self.texts), script=config.script, punctuation=config.punctuation)
        for unit, members in enumerate(self.units if steps else ()):
            for number in members:
                self.sheet.texts[number] = replay(steps, self.sheet.texts[number]).replace("\n", " ").strip()
            parts = [self.joints[number] + self.sheet.texts[number] for number in members]
            self.texts[unit] = "".join(parts)[len(self.joints[members[0]]) :]
        return bool(steps)


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
        sheet, edits = split(text, script=self.config.script, punctuation=self.config.punctuation)
        state = _State(sheet)
        first, _ = self._look(state, text)
        found_title, found_site, sure = title, None, True
        if first.ruled:
            found_title, found_site, sure = find_title(state.texts, first.keys, first.rules, title)
            found_title = title or found_title
        page, verdicts = first, judge(first, self._strength, _title_key(found_title) if sure else None)
        if first.ruled and found_title:
            _mark_title(verdicts, first, found_title)
        texts, first_verdicts = state.texts, verdicts
        changed = state.settle(verdicts)
        for _ in range(MOST_ROUNDS):
            if not changed or not state.units:
                break
            kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
            page, was_cut = page.only(kept), False
            if state.normalize(self.config) or len(kept) > len(state.units):
                page, was_cut = self._look(state, text)
            again_title, _, sure = find_title(state.texts, page.keys, page.rules) if page.ruled else (None, None, False)
            verdicts = judge(page, self._strength, _title_key(again_title) if sure else None)
            changed = state.settle(verdicts) or was_cut
        said = Metadata()
        if first.ruled or any(len(line) <= 4 for line in texts[1:3]):
            # A later round that split off something glued has moved the lines.
            final = state.verdicts if len(state.verdicts) == len(texts) else first_verdicts
            said = read_metadata(texts, first.keys, first.rules, final, found_title)
        return _make_article(state, said, Document(id, None, None, url, found_title, site or found_site, extra or {}), edits)

    def _look(self, state: _State, source: str) -> tuple[Look, bool]:
        """Looks at the paragraphs, after splitting off what a rule finds glued to the end of one (`……完成。责任编辑：周小平`)."""
        page = look(state.texts, self._book)
        if not page.glued:
            return page, False
        state.cut(page.glued, source)
        return look(state.texts, self._book), True

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


def as_document(item: Document | Mapping[str, Any] | str | bytes) -> Document:
    """A Document of what a user has: a text, a mapping with `text` and what is known beside, or a Document."""
    if isinstance(item, Document):
        return item
    if isinstance(item, str | bytes):
        return Document(text=item)
    if not isinstance(item, Mapping):
        raise NotTextError(f"expected a text, a mapping or a Document, found {type(item).__name__}: {item!r:.60}")
    known = {name: item[name] for name in ("text", "html", "url", "title", "site") if isinstance(item.get(name), str | bytes)}
    if item.get("id") is not None:
        known["id"] = str(item["id"])
    extra = {name: value for name, value in item.items() if name not in known and name != "id"}
    return Document(**known, extra=extra)


def _title_key(title: str | None) -> str | None:
    return probe(title)[0].strip() if title else None


def _mark_title(verdicts: list[Verdict], page: Look, title: str) -> None:
    """Names the first line around the body that says the title; the repeated-title rule has those within it already."""
    key = probe(title)[0].strip()
    for at, (verdict, line, rule) in enumerate(zip(verdicts, page.keys, page.rules, strict=True)):
        if verdict.kept or (rule is not None and rule.label is not Label.TITLE):
            continue
        if verdict.label is Label.REPEATED_TITLE or line.startswith(key) or repeats.same_title(line, key):
            verdicts[at] = Verdict(Label.TITLE, "title", False)
            return


def _make_article(state: _State, said: Metadata, known: Document, edits: tuple[str, ...]) -> Article:
    text = "\n".join(state.texts)
    sheet, verdicts = state.sheet, state.verdicts
    columns = zip(*verdicts, strict=True) if verdicts else ((), (), ())
    lines = tuple(map(_make_line, zip(sheet.starts, sheet.ends, sheet.texts, *columns, state.joints, strict=True)))
    return Article(
        text=text,
        id=known.id,
        url=known.url or said.url,
        site=known.site or said.site,
        title=known.title,
        published=said.published,
        source=said.source,
        publisher=said.publisher,
        authors=said.authors,
        editors=said.editors,
        keywords=said.keywords,
        script=detect_script(text) if text else None,
        lines=lines,
        edits=edits,
        flags=_flags(state, text),
        extra=known.extra,
    )


def _flags(state: _State, text: str) -> tuple[str, ...]:
    flags = []
    if not state.sheet.texts:
        flags.append("empty_input")
    elif not text:
        flags.append("no_body")
    if any(len(members) > 1 for members in state.units):
        flags.append("hard_wrapped")
    if any(verdict.label is Label.REPEATED_BODY for verdict in state.verdicts):
        flags.append("body_twice")
    if _lost_digits(text):
        flags.append("missing_digits")
    return tuple(flags)


def _lost_digits(text: str) -> bool:
    if "%" in text and _BARE_PERCENT.search(text):
        return True
    return any(text[match.start() - 1 : match.start()] in "。；，、”\n" for match in _MONTH_OF_YEAR.finditer(text))


@cache
def _default_cleaner() -> Cleaner:
    return Cleaner()


def clean(
    text: str | bytes,
    *,
    url: str | None = None,
    title: str | None = None,
    config: CleanConfig | None = None,
    **settings: Any,
) -> Article:
    """Cleans one page of text; `settings` are the fields of CleanConfig by name.

    >>> clean("扫码关注我们\\n版权所有 © 2024 河湾网\\n首页 > 新闻 > 正文").flags
    ('no_body',)
    """
    if settings:
        config = CleanConfig.from_mapping({**({} if config is None else asdict(config)), **settings}, "clean()")
    if config is None:
        return _default_cleaner().clean(text, url=url, title=title)
    return Cleaner(config).clean(text, url=url, title=title)
