"""Paragraphs that stand in several articles: declarations, boilerplate, what an agency was quoted with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import rank
from cleaner.duplicates.records import Records, read_records
from cleaner.duplicates.result import DedupResult
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.search import search
from cleaner.duplicates.verdict import EXACT
from cleaner.text.fold import fold
from cleaner.text.paragraph import PARAGRAPH_CHARS, is_paragraph
from cleaner.types import RepeatedParagraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["find_repeated", "repeated_paragraphs"]


def repeated_paragraphs(
    articles: Any, min_articles: int | None = None, *, config: DedupConfig | None = None, **settings: Any
) -> tuple[RepeatedParagraph, ...]:
    r"""The paragraphs that stand in at least `min_articles` articles (3), those that stand in most first.

    A paragraph is a line of 30 letters and digits or more, 12 of them different. Its copies are equal once folded, or their
    shingle sets have a Jaccard similarity of `threshold` and the same facts; each matches the first one itself. `settings` are the fields
    of DedupConfig by name.

    >>> notice = "本报声明：凡注明来源为本报的稿件，均为本报版权所有，未经书面授权不得转载、摘编或以其他方式使用，违者必究。"
    >>> [(item.count, item.places) for item in repeated_paragraphs([f"第一篇\n{notice}", f"第二篇\n{notice}", f"{notice}\n第三篇"])]
    [(3, ((0, 1), (1, 1), (2, 0)))]

    Raises what `dedup` raises.
    """
    if min_articles is not None:
        settings["min_articles"] = min_articles
    config = DedupConfig.merge(config, settings, "repeated_paragraphs()")
    return find_repeated(read_records(articles), config)


def find_repeated(
    records: Records, config: DedupConfig, scratch: Scratch | None = None
) -> tuple[RepeatedParagraph, ...]:
    """The paragraphs that stand in at least `config.min_articles` records. The copy that counts as the first is the earliest one.

    Large arrays lie in `scratch`.
    """
    lines = records.texts.lines(PARAGRAPH_CHARS)
    lines = lines.only(np.argsort(_find_order(records, config)[lines.places], kind="stable"))
    settings = replace(config, containment="off", prefer=("id",), paragraphs="keep")
    numbers = range(len(lines.texts))
    paragraphs = Records(numbers, numbers, lines.texts)
    gone = DedupResult(paragraphs, search(paragraphs, settings, scratch=scratch), settings, find_repeated).gone
    groups = np.argsort(gone.kept, kind="stable")
    cuts = np.flatnonzero(np.diff(gone.kept[groups])) + 1
    found = []
    for group in np.split(groups, cuts) if len(groups) else ():
        copies = np.append(gone.kept[group[:1]], gone.places[group])
        its = lines.places[copies].tolist()
        count = len(set(its))
        if count >= config.min_articles and is_paragraph(fold(text := lines.texts.text(copies[0]).strip())):
            exact = bool((gone.kinds[group] == EXACT).all())
            ids = map(records.ids.__getitem__, its)
            places = tuple(zip(ids, lines.numbers[copies].tolist(), strict=True))
            found.append(RepeatedParagraph(text, count, exact, places))
    return tuple(sorted(found, key=lambda item: (-item.count, item.text)))


def _find_order(records: Records, config: DedupConfig) -> NDArray[np.int64]:
    """For each record its place among all by which of several copies counts as the first."""
    prefer = ("earliest", *(name for name in config.prefer if name != "earliest"))
    best = rank(records, records.texts.characters(), prefer, config.prefer_sites)
    order = np.empty(len(best), np.int64)
    order[best] = np.arange(len(best))
    return order
