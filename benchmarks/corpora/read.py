"""The texts that are measured on: `--corpus`, else the real ones in ../shared/data, else made-up ones."""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpora.news import articles, make_news
from benchmarks.corpora.pages import pages, paragraphs
from benchmarks.corpora.samples import SEED, LabelledPage, sample_pages
from benchmarks.machine import ROOT

SHARED = ROOT.parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Source:
    """Where texts come from: a path that was given, a folder of real texts, or neither; and how many made-up ones there are."""

    corpus: Path | None = None
    data: Path | None = None
    made: int = 20_000
    most: int = 1_000_000

    @property
    def name(self) -> str:
        if self.corpus:
            return str(self.corpus.name)
        return "real texts" if self.data else "made-up texts"


@dataclass(frozen=True, slots=True)
class Texts:
    """A corpus of texts of one kind, in a shuffled order that is the same every time: any first part is a sample."""

    name: str
    texts: list[str] = field(repr=False)


def find_data() -> Path | None:
    """The folder of real texts, where it is."""
    return SHARED if SHARED.is_dir() else None


def read_gzip(path: Path) -> Iterator[dict[str, Any]]:
    """The records of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_texts(source: Source) -> list[Texts]:
    """The corpora for what takes text: news without chrome, news with a footer, pages with all of their chrome."""
    if source.corpus:
        return [_given(source)]
    if source.data:
        return [_real(source, name) for name in ("news_hans", "news_hant", "pages")]
    return [
        _shuffled("made-up news", list(make_articles(source.made))),
        _shuffled("made-up pages", [json.loads(line)["text"] for line in pages(source.made * 400)]),
    ]


def read_news(source: Source) -> Texts:
    """The corpus for the search for duplicates."""
    if source.corpus:
        return _given(source)
    if source.data:
        return _real(source, "news_hans")
    return _shuffled("made-up news with copies", make_news(source.made)[0])


def read_html(source: Source) -> Texts | None:
    """The corpus for what takes HTML; None where `--corpus` holds none."""
    if source.corpus:
        found = [page for _, page in read_corpus(source) if page]
        return _shuffled(source.corpus.name, found) if found else None
    if source.data:
        return _shuffled("pages, HTML", [row["html"] for row in read_gzip(source.data / "pages.jsonl.gz")])
    return _shuffled("sample pages, HTML", [page.html for page in sample_pages()])


def read_labelled(source: Source) -> tuple[str, list[LabelledPage]] | None:
    """Pages with their main text: real ones, the samples, or the records of `--corpus` if they have a field `gold`."""
    if source.corpus:
        found = [page for page in _read_gold(source) if page.gold]
        return (source.corpus.name, found) if found else None
    if source.data:
        return "real pages", [_labelled(row) for row in read_gzip(source.data / "pages.jsonl.gz")]
    return "sample pages", list(sample_pages())


def read_clean(source: Source) -> tuple[str, list[str]]:
    """Texts without chrome, which must come back whole."""
    if source.data and not source.corpus:
        texts = _shuffled("news_hans", [row["text"] for row in read_gzip(source.data / "news_hans.jsonl.gz")]).texts
        return "clean news", texts[: source.most]
    labelled = read_labelled(source)
    return "their main texts", [page.gold for page in labelled[1]] if labelled else []


def read_distinct(source: Source) -> list[str]:
    """Articles to plant copies of, long enough to be cut and with figures to be changed; some may be copies of each other."""
    if source.corpus:
        texts = _given(source).texts
    elif source.data:
        texts = [row["text"] for row in read_gzip(source.data / "news_hans.jsonl.gz")]
        texts += [row["main"] for row in read_gzip(source.data / "news_hant.jsonl.gz")]
    else:
        return list(make_articles(min(source.made, 6_000)))
    return _shuffled("", [text for text in texts if 150 <= len(text) <= 4_000]).texts


def make_articles(count: int) -> Iterator[str]:
    """Made-up articles in paragraphs, dated, with figures in them."""
    chance = random.Random(SEED)
    for text in articles(count, np.random.default_rng(SEED), 500, 1_500):
        first, *rest = paragraphs(text, chance).split("\n")
        when = f"{chance.randint(2015, 2025)}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日，"
        figures = (
            f"全年共计{chance.randint(100, 99_999)}万元，同比增长{chance.randint(1, 40)}.{chance.randint(1, 9)}%。"
        )
        yield "\n".join([when + first, *rest[: len(rest) // 2], figures, *rest[len(rest) // 2 :]])


def read_corpus(source: Source) -> Iterator[tuple[str, str]]:
    """Text and HTML of all that `cleaner` reads, one of them empty where a record has only the other."""
    for text, page, _ in _read_records(source):
        yield text, page


def _read_records(source: Source) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Text, HTML and other fields; what cannot be read is counted and said, and the rest goes on, as in a run."""
    from cleaner.corpus.reader import Reader
    from cleaner.errors import InputError

    rejected = 0
    for record in islice(Reader([str(source.corpus)]), source.most):
        if isinstance(record, InputError):
            rejected += 1
            continue
        text, page = (
            given.decode("utf-8", "replace") if isinstance(given, bytes) else given or ""
            for given in (record.document.text, record.document.html)
        )
        if text or page:
            yield text, page, dict(record.document.extra)
    if rejected:
        print(f"--corpus: {rejected:,} records could not be read", file=sys.stderr)


def _read_gold(source: Source) -> Iterator[LabelledPage]:
    for number, (text, page, extra) in enumerate(_read_records(source)):
        gold = extra.get("gold")
        if isinstance(gold, str) and any(map(str.isalnum, gold)):
            yield _labelled({**extra, "id": str(number), "text": text, "html": page})


def _given(source: Source) -> Texts:
    path = source.corpus or Path()
    return _shuffled(path.name, [text for text, _ in read_corpus(source) if text])


def _real(source: Source, name: str) -> Texts:
    rows = read_gzip((source.data or Path()) / f"{name}.jsonl.gz")
    return _shuffled(name, [row["text"] for row in islice(rows, source.most)])


def _labelled(row: dict[str, Any]) -> LabelledPage:
    known = {name: str(row[name]) for name in ("date", "author") if row.get(name) not in (None, "", "UNKNOWN")}
    authors = (known["author"],) if "author" in known else ()
    return LabelledPage(row["id"], row["text"], row["html"], row["gold"], known.get("date"), authors)


def _shuffled(name: str, texts: list[str]) -> Texts:
    random.Random(SEED).shuffle(texts)
    return Texts(name, texts)
