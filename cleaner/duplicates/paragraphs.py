"""Paragraphs that stand in several articles: declarations, boilerplate, what an agency was quoted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cleaner.config import DedupConfig
from cleaner.duplicates.cluster import rank
from cleaner.duplicates.result import DedupResult
from cleaner.duplicates.search import search
from cleaner.duplicates.texts import ListTexts, Records, read_records
from cleaner.text.fold import fold
from cleaner.text.paragraph import PARAGRAPH_CHARS, is_paragraph
from cleaner.types import Article, Document, Kind, Label, Line, RepeatedParagraph

__all__ = ["RULE", "edit", "find_repeated", "later_copies", "repeated_paragraphs"]

RULE = "repeated-elsewhere"
"""The rule that is named for a line of an Article whose paragraph stands in another article."""


def repeated_paragraphs(
    articles: Any, *, min_articles: int = 3, threshold: float = 0.8, config: DedupConfig | None = None
) -> tuple[RepeatedParagraph, ...]:
    r"""The paragraphs that stand in at least `min_articles` articles, those that stand in most first.

    A paragraph is a line of 30 letters or digits, or more. Its copies are equal once folded, or their shingle sets have a Jaccard
    similarity of `threshold` and the same facts; each matches the first one itself.

    >>> notice = "本报声明：凡注明来源为本报的稿件，均为本报版权所有，未经书面授权不得转载、摘编或以其他方式使用，违者必究。"
    >>> [(item.count, item.places) for item in repeated_paragraphs([f"第一篇\n{notice}", f"第二篇\n{notice}", f"{notice}\n第三篇"])]
    [(3, ((0, 1), (1, 1), (2, 0)))]

    Raises what `dedup` raises.
    """
    config = replace(config or DedupConfig(), min_articles=min_articles, threshold=threshold)
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
    result = DedupResult(lines, search(lines, settings), settings)
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
    order: list[int] = rank(records, records.texts.sizes(), prefer, config.sites).tolist()
    return order


def later_copies(paragraphs: Iterable[RepeatedParagraph]) -> dict[Any, set[int]]:
    """For each article the numbers of its paragraphs that stand in an earlier one."""
    later: dict[Any, set[int]] = {}
    for paragraph in paragraphs:
        first = paragraph.places[0][0]
        for id, number in paragraph.places[1:]:
            if id != first:
                later.setdefault(id, set()).add(number)
    return later


def edit(item: Any, numbers: set[int], *, drop: bool) -> Any | None:
    """A record without some of its paragraphs, or (unless `drop`) with their lines labelled, if it is an Article.

    None where nothing that shows would be left.
    """
    if isinstance(item, Article) and not drop:
        return replace(item, lines=_label(item.lines, numbers, kept=True))
    if not drop:
        return item
    text: Any = item.get("text") if isinstance(item, Mapping) else item if isinstance(item, str | bytes) else item.text
    lines = (text.decode() if isinstance(text, bytes) else text).split("\n")
    left = "\n".join(line for number, line in enumerate(lines) if number not in numbers)
    if not left.strip():
        return None
    if isinstance(item, Article):
        return replace(item, text=left, lines=_label(item.lines, numbers, kept=False))
    if isinstance(item, Document):
        return replace(item, text=left)
    return {**item, "text": left} if isinstance(item, Mapping) else left


def _label(lines: Sequence[Line], numbers: set[int], *, kept: bool) -> tuple[Line, ...]:
    """Lines with those of some paragraphs labelled: a kept line begins a paragraph unless a joint without a line feed stands before it."""
    labelled = []
    number = -1
    for line in lines:
        if line.kept:
            number += number < 0 or "\n" in line.joint
            if number in numbers:
                line = line._replace(label=Label.REPEATED_PARAGRAPH, rule=RULE, kept=kept)  # noqa: PLW2901
        labelled.append(line)
    return tuple(labelled)
