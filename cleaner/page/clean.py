"""Cleaner: one page in, one Article out; the steps of this room in order.

The kept lines are judged again until nothing more goes, so that cleaning a cleaned text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from itertools import repeat
from typing import Any, NamedTuple

from cleaner.config import CleanConfig
from cleaner.errors import ConfigError, NotTextError
from cleaner.page import repeats
from cleaner.page.headline import find_headline
from cleaner.page.judged import JudgedPage
from cleaner.page.label import BODY, Verdict, judge
from cleaner.page.look import Look, look, look_together
from cleaner.page.metadata import Metadata, add_markup, read_metadata
from cleaner.page.paragraphs import Paragraphs, Source, read_source
from cleaner.page.probe import probe_line
from cleaner.page.rules import Strength, rule_book
from cleaner.page.site import SiteProfile, group_of
from cleaner.page.title import find_title
from cleaner.text.screen import Screened, screen
from cleaner.types import Article, Document, Label, Line

__all__ = ["FLAGS", "Cleaner", "as_document", "clean"]

FLAGS = {
    "empty_input": "The input holds nothing that shows.",
    "no_body": "No line of the page is part of an article: menus, links and the like only.",
    "hard_wrapped": "Lines broken at a fixed width were joined into paragraphs.",
    "body_twice": "The body stood twice; one copy was removed.",
    "markup": "HTML tags stand in the page, which was given as text: give it as `html`.",
    "missing_digits": "Figures were lost before the text came here (`增长%`, `年4月底`); they are not filled in.",
}
"""What the flags of an Article mean."""

MOST_ROUNDS = 8
"""Real pages are settled after two; the bound keeps cost linear for pages made to shrink line by line."""

BATCH_DOCUMENTS, BATCH_CHARS = 64, 100_000
"""What `pipe` reads ahead."""

# Both look for one character, and at what stands before it only where it is: five times as fast.
_BARE_PERCENT = re.compile(r"%(?<=[长長加少低高升降占达達到为為]%)")
_BARE_MONTH = re.compile(r"年(?<![^。；，、”\n]年)\d{1,2}月")
_END_TAG = re.compile(r"</[A-Za-z]\w{0,20}\s?>", re.ASCII)
_END_TAGS = 3  # one or two may be an article that speaks of HTML

_make_line = partial(tuple.__new__, Line)


class Cleaner:
    r"""Cleans pages by one configuration; holds no memory of the pages it saw.

    >>> article = Cleaner().clean("河湾大桥今日通车 - 河湾网\n首页 > 新闻 > 正文\n河湾大桥今日通车\n2024-05-01 08:00 来源：河湾日报\n"
    ...     "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。\n责任编辑：周小平\n版权所有 © 2024 河湾网")
    >>> article.text, article.title, article.source, article.editors
    ('今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。', '河湾大桥今日通车', '河湾日报', ('周小平',))
    """

    def __init__(self, config: CleanConfig | None = None, *, sites: Mapping[str, SiteProfile] | None = None) -> None:
        """`sites` is what was learned of whole sites (see `cleaner.learn_sites`): a page's own is found by its address, site or folder."""
        if not (config is None or isinstance(config, CleanConfig)):
            raise ConfigError(f"config is {config!r:.60}; give a CleanConfig, such as CleanConfig(strength='safe')")
        self.config = config or CleanConfig()
        self._book = rule_book(self.config.rules)
        self.sites = sites or {}
        self._strength = Strength[self.config.strength.upper()]

    def clean(
        self,
        text: str | bytes | None = None,
        *,
        html: str | bytes | None = None,
        url: str | None = None,
        title: str | None = None,
        id: str | None = None,
        site: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Article:
        """Cleans one page, given as text or as HTML. What is known of it (`url`, `title`, `site`) goes before what it says itself.

        The lines of a page that was given as HTML are those of the text that it was turned into: its title, then a block a line.

        Raises NotTextError for what is neither text nor bytes that hold text, and MissingExtraError for HTML where resiliparse is
        not installed.
        """
        return self._clean_source(read_source(Document(id, text, html, url, title, site, extra or {})))

    def pipe(
        self, documents: Iterable[Document | Mapping[str, Any] | str | bytes], *, jobs: int = 1
    ) -> Iterator[Article]:
        """Cleans documents one after the other; a mapping is read as a Document, its other fields go to `extra`.

        The articles are those that `clean` makes. A batch of documents is read ahead and looked at together, which is faster for short
        texts: up to 64 documents or 100,000 characters. With `jobs` over 1 so many processes share the work (0: one a core).
        """
        if isinstance(documents, str | bytes | Mapping):
            raise NotTextError("pipe takes an iterable of documents; for one text, call clean, or give [text]")
        if jobs == 1:
            return self._pipe(documents)
        from cleaner.page.spread import pipe

        return pipe(self.config, self.sites, documents, jobs)

    def _pipe(self, documents: Iterable[Document | Mapping[str, Any] | str | bytes]) -> Iterator[Article]:
        batch: list[Source] = []
        chars = 0
        given = iter(documents)
        while True:
            try:
                source = read_source(as_document(next(given)))
            except StopIteration:
                break
            except Exception:
                yield from self._clean_all(batch)  # what was read before the fault is not lost by it
                raise
            batch.append(source)
            chars += len(source.text)
            if len(batch) >= BATCH_DOCUMENTS or chars >= BATCH_CHARS:
                yield from self._clean_all(batch, screen([source.text for source in batch]))
                batch, chars = [], 0
        # To make the tables of `screen` takes longer than to look at a few texts one by one.
        yield from self._clean_all(batch)

    def _clean_all(self, sources: Sequence[Source], screened: Sequence[Screened] = ()) -> Iterator[Article]:
        """The articles of a batch; `screened` is what was seen of its texts."""
        try:  # a step for all pages, then the next: a fifth faster than page by page, as each finds its code in the processor's cache
            pages = list(map(self._split, sources, screened or repeat(None)))
            looks = look_together([page.texts for page in pages], self._book)
            judged = [self._judge(page, _with_evidence(page, seen)) for page, seen in zip(pages, looks, strict=True)]
            said = [_read_removed(page, each) for page, each in zip(pages, judged, strict=True)]
            articles: Iterable[Article] = [_make_article(*each) for each in zip(pages, judged, said, strict=True)]
        except Exception:  # it comes again when its page does: those before it are not lost by it
            articles = map(self._clean_source, sources)
        yield from articles

    def _clean_source(self, source: Source) -> Article:
        page = self._split(source)
        return self._finish(page, self._look(page))

    def _split(self, source: Source, seen: Screened | None = None) -> Paragraphs:
        page = Paragraphs(source, self.config, seen)
        if self.sites and (profile := self.sites.get(group_of(source.document) or "")):
            page.site = profile
        return page

    def _look(self, page: Paragraphs) -> Look:
        return _with_evidence(page, look(page.texts, self._book))

    def _split_glued(self, page: Paragraphs, seen: Look) -> tuple[Look, bool]:
        """Splits off what a rule found glued to the end of paragraphs (`……完成。责任编辑：周小平`), and looks again."""
        if not seen.glued:
            return seen, False
        page.cut(seen.glued)
        return self._look(page), True

    def _finish(self, page: Paragraphs, seen: Look) -> Article:
        """The article of a page that was looked at."""
        judged = self._judge(page, seen)
        return _make_article(page, judged, _read_removed(page, judged))

    def _judge(self, page: Paragraphs, seen: Look) -> _Judged:
        """Judges a page that was looked at, again and again until nothing more goes."""
        known = page.document
        first, _ = self._split_glued(page, seen)
        title, site, sure = known.title, None, True
        if first.ruled:
            title, site, sure = find_title(page.texts, first.keys, first.rules, known.title)
            title = known.title or title or (page.markup.title if page.markup else None)
        key = _title_key(title)
        verdicts = judge(first, self._strength, key if sure else None)
        doubted = not (title and (sure or known.title or page.markup))
        if doubted and (found := find_headline(first.keys, first.rules, verdicts, key)) is not None:
            at, goes = found
            title = page.texts[at]
            key = _title_key(title)
            if goes:
                verdicts[at] = Verdict(Label.TITLE, "headline", False)
        if first.ruled and key:
            _mark_title(verdicts, first, key)
        texts, first_verdicts = page.texts, verdicts
        changed = page.settle(verdicts)
        seen = first
        for _ in range(MOST_ROUNDS):
            if not changed or not page.units:
                break
            kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
            if page.is_whole and not seen.copies and not any(seen.rules[at] for at in kept):
                page.settle_all(BODY)  # as `judge` would say of lines of which none is named and none repeats
                break
            seen, was_cut = seen.only(kept), False
            if page.normalize() or len(kept) > len(page.units):
                seen, was_cut = self._split_glued(page, self._look(page))
            again, _, sure = find_title(page.texts, seen.keys, seen.rules) if seen.ruled else (None, None, False)
            verdicts = judge(seen, self._strength, _title_key(again) if sure else None)
            changed = page.settle(verdicts) or was_cut
        return _Judged(first, texts, first_verdicts, title, site)


class _Judged(NamedTuple):
    """What is known of a page when it was judged, besides the verdicts."""

    first: Look
    texts: Sequence[str]
    verdicts: Sequence[Verdict]
    """Of the first round, as the look and the texts."""
    title: str | None
    site: str | None


def _read_removed(page: Paragraphs, judged: _Judged) -> Metadata:
    """What the removed lines of a page say."""
    first, texts, verdicts, title, _ = judged
    said = Metadata()
    if first.ruled or any(len(line) <= 4 for line in texts[1:3]):
        # A later round that split off something glued has moved the lines.
        final = page.verdicts if len(page.verdicts) == len(texts) else verdicts
        said = read_metadata(JudgedPage(texts, first.keys, first.rules, final, title))
    if page.markup:
        add_markup(said, page.markup)
    return said


def _with_evidence(page: Paragraphs, seen: Look) -> Look:
    """A page as it looks with what is known of it besides its text: what its site's pages have in common, and its markup."""
    if seen.ruled:
        seen.mark_replies()
    if page.site:
        seen.mark(page.site)
    if page.markup:
        seen.hint(page.hints())
    return seen


def as_document(item: Document | Mapping[str, Any] | str | bytes) -> Document:
    """A Document of what a user has: a text, a mapping with `text` and what is known beside, or a Document."""
    if isinstance(item, Document):
        return item
    if isinstance(item, str | bytes):
        return Document(text=item)
    if not isinstance(item, Mapping):
        raise NotTextError(f"expected a text, a mapping or a Document, found {type(item).__name__}: {item!r:.60}")
    kinds: dict[str, Any] = {"text": (str, bytes), "html": (str, bytes), "url": str, "title": str, "site": str}
    known: dict[str, Any] = {name: item[name] for name, kind in kinds.items() if isinstance(item.get(name), kind)}
    if "text" not in known and item.get("text") is not None:
        known["text"] = item["text"]  # of a wrong type: the error names it
    if item.get("id") is not None:
        known["id"] = str(item["id"])
    extra = {name: value for name, value in item.items() if name not in known and name != "id"}
    return Document(**known, extra=extra)


def _title_key(title: str | None) -> str | None:
    return probe_line(title).strip() if title else None


def _mark_title(verdicts: list[Verdict], page: Look, key: str) -> None:
    """Names the first line around the body that says the title, in probe form; the repeated-title rule has those within it already."""
    for at, (verdict, line, rule) in enumerate(zip(verdicts, page.keys, page.rules, strict=True)):
        if verdict.kept or (rule is not None and rule.label is not Label.TITLE):
            continue
        if verdict.label is Label.REPEATED_TITLE or line.startswith(key) or repeats.same_title(line, key):
            verdicts[at] = Verdict(Label.TITLE, "title", False)
            return


def _make_article(page: Paragraphs, judged: _Judged, said: Metadata) -> Article:
    text = "\n".join(page.texts)
    sheet, known = page.sheet, page.document
    columns = tuple(zip(*page.verdicts, strict=True)) or ((), (), ())
    lines = tuple(map(_make_line, zip(sheet.starts, sheet.ends, sheet.texts, *columns, page.joints, strict=True)))
    return Article(
        text=text,
        id=known.id,
        url=known.url or said.url,
        site=known.site or judged.site or said.site,
        title=judged.title,
        published=said.published,
        source=said.source,
        publisher=said.publisher,
        authors=said.authors,
        editors=said.editors,
        keywords=said.keywords,
        script=page.script(text),
        lines=lines,
        edits=page.edits,
        flags=_flags(page, text, columns[0]),
        extra=known.extra,
    )


def _flags(page: Paragraphs, text: str, labels: Sequence[Label]) -> tuple[str, ...]:
    flags = []
    if not page.sheet.texts:
        flags.append("empty_input")
    elif not text:
        flags.append("no_body")
    if not page.is_whole and any(len(members) > 1 for members in page.units):
        flags.append("hard_wrapped")
    if Label.REPEATED_BODY in labels:
        flags.append("body_twice")
    if _has_markup(page.source) or _has_markup(text):  # the text too, since entities may have hidden the tags
        flags.append("markup")
    if _lost_digits(text):
        flags.append("missing_digits")
    return tuple(flags)


def _has_markup(text: str) -> bool:
    return "</" in text and text.count("</") >= _END_TAGS and len(_END_TAG.findall(text)) >= _END_TAGS


def _lost_digits(text: str) -> bool:
    return _BARE_PERCENT.search(text) is not None or _BARE_MONTH.search(text) is not None


@cache
def _default_cleaner() -> Cleaner:
    return Cleaner()


def clean(
    text: str | bytes | None = None,
    *,
    html: str | bytes | None = None,
    url: str | None = None,
    title: str | None = None,
    config: CleanConfig | None = None,
    **settings: Any,
) -> Article:
    r"""Cleans one page, given as text or as HTML; `settings` are the fields of CleanConfig by name.

    >>> clean("扫码关注我们\n版权所有 © 2024 河湾网\n首页 > 新闻 > 正文").flags
    ('no_body',)
    """
    if settings:
        config = CleanConfig.from_mapping({**({} if config is None else asdict(config)), **settings}, "clean()")
    if config is None:
        return _default_cleaner().clean(text, html=html, url=url, title=title)
    return Cleaner(config).clean(text, html=html, url=url, title=title)
