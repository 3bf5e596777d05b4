"""The pages of docs/samples with their labels, as the text they are and as HTML that flattens to it."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from benchmarks.machine import ROOT

SAMPLES = ROOT / "docs" / "samples"
SEED = 20240501

_BARS = re.compile(r"\s*[|>»/]\s*|\s{2,}")
_HEADS = {"title": "h1", "heading": "h2"}


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page as text and as HTML, and what is to be made of it: its main text, and where known its date and authors."""

    id: str
    text: str
    html: str
    gold: str
    date: str | None = None
    authors: tuple[str, ...] = ()


@cache
def sample_pages() -> tuple[LabelledPage, ...]:
    """All sample pages that hold an article."""
    return tuple(page for text, labels in read_samples() if (page := _labelled(text, labels)).gold)


def read_samples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Text and labels of each sample page, in the order of their names."""
    for path in sorted(SAMPLES.glob("pages/*/*.txt")):
        labels = json.loads((SAMPLES / "labels" / path.parent.name / f"{path.stem}.json").read_text("utf-8"))
        yield path.read_text("utf-8"), labels


def labelled_lines(text: str, labels: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Each line that is not blank, its label, and whether it is to be kept."""
    lines = [line for line in text.split("\n") if line.strip()]
    for line, (label, kept) in zip(lines, labels["lines"], strict=True):
        yield line, label, kept


def _labelled(text: str, labels: dict[str, Any]) -> LabelledPage:
    lines = list(labelled_lines(text, labels))
    gold = "\n".join(line for line, _, kept in lines if kept)
    return LabelledPage(labels["id"], text, as_html(lines, labels), gold, labels["published"], tuple(labels["authors"]))


def as_html(lines: list[tuple[str, str, bool]], labels: dict[str, Any]) -> str:
    """A page of which these are the lines: each site has names of its own for its boxes, which say nothing of what is in them.

    Lines of menus and of related reading are links; paragraphs stand in `p`, other lines of chrome in `div` or `span`.
    """
    chance = random.Random(f"{SEED}{labels['site']}")
    names = [f"{chance.choice('abcdwx')}{chance.randrange(100)}" for _ in range(9)]
    parts = []
    for number, (kept, box) in enumerate(groupby(lines, key=lambda line: line[2])):
        parts.append(f'<div class="{names[number % len(names)]}">')
        for line, label, _ in box:
            parts.append(_element(line, label, kept, chance))
        parts.append("</div>")
    title = html.escape(labels["title"] or "")
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n" + "\n".join(parts) + "\n</body></html>\n"


def _element(line: str, label: str, kept: bool, chance: random.Random) -> str:
    if kept or label in _HEADS or label in {"date", "source", "byline"}:
        tag = _HEADS.get(label, "p" if kept else "div")
        return f"<{tag}>{html.escape(line)}</{tag}>"
    if label in {"navigation", "breadcrumb", "related", "contact", "pagination"}:
        entries = [entry for entry in _BARS.split(line) if entry]
        return " | ".join(f'<a href="/{chance.randrange(10_000)}.html">{html.escape(entry)}</a>' for entry in entries)
    return f"<div><span>{html.escape(line)}</span></div>"
