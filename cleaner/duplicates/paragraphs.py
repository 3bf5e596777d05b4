"""Paragraphs that stand in several articles: declarations, boilerplate, what an agency was quoted with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import rank
from cleaner.duplicates.result import DedupResult
from cleaner.duplicates.search import search
from cleaner.duplicates.texts import ListTexts, Records, read_records
from cleaner.text.fold import fold
from cleaner.text.paragraph import PARAGRAPH_CHARS, is_paragraph
from cleaner.types import Kind, RepeatedParagraph

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


def find_repeated(records: Records, config: DedupConfig) -> tuple[RepeatedParagraph, ...]:
    """The paragraphs that stand in at least `config.min_articles` records. The copy that counts as the first is the earliest one."""
    places: list[tuple[int, int]] = []
    paragraphs: list[str] = []
    for place in _in_order(records, config):
        for number, line in enumerate(records.text(place).split("\n")):
            if len(line) >= PARAGRAPH_CHARS:
                places.append((place, number))
                paragraphs.append(line.strip())
    settings = replace(config, containment="off", prefer=("id",), paragraphs="keep")
    lines = Records(paragraphs, range(len(paragraphs)), ListTexts(paragraphs))
    result = DedupResult(lines, search(lines, settings), settings, find_repeated)
    copies: dict[Any, list[Any]] = {}
    near = set()
    for duplicate in result.duplicates:
        copies.setdefault(duplicate.kept_id, [duplicate.kept_id]).append(duplicate.id)
        if duplicate.kind is not Kind.EXACT:
            near.add(duplicate.kept_id)
    found = []
    for first, numbers in copies.items():
        count = len({places[number][0] for number in numbers})
        if count >= config.min_articles and is_paragraph(fold(paragraphs[first])):
            where = tuple((records.ids[places[number][0]], places[number][1]) for number in numbers)
            found.append(RepeatedParagraph(paragraphs[first], count, first not in near, where))
    return tuple(sorted(found, key=lambda item: (-item.count, item.text)))


def _in_order(records: Records, config: DedupConfig) -> list[int]:
    prefer = ("earliest", *(name for name in config.prefer if name != "earliest"))
    sizes = np.array([len(records.text(place)) for place in range(len(records.ids))], np.int64)
    order: list[int] = rank(records, sizes, prefer, config.prefer_sites).tolist()
    return order
