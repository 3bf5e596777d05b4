"""How good what is kept of a page is: against its main text, on text that is clean already, and what is said of date, authors and title."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from benchmarks.bench import Bench, describe, written
from benchmarks.corpora.read import read_clean, read_labelled
from benchmarks.corpora.samples import LabelledPage
from benchmarks.peers.call import ContenderError
from benchmarks.quality.measures import letters, score_text
from benchmarks.report.table import Table

LOW = 0.5
_NUMBERS = re.compile(r"\d+")


def measure(bench: Bench) -> dict[str, Any] | None:
    """Every contender on the same pages, as text and as HTML; None where no page has a main text to be held against."""
    labelled = read_labelled(bench.source)
    if labelled is None:
        return None
    name, pages = labelled
    pages = pages[: bench.settings.most_pages]
    clean_name, clean = read_clean(bench.source)
    clean = clean[: bench.settings.most_clean]
    rows = []
    for task in ("clean_text", "clean_html"):
        wrapped = [as_html(text) if task == "clean_html" else text for text in clean]
        given = [page.html if task == "clean_html" else page.text for page in pages]
        if not all(given):
            continue  # the records of `--corpus` may have text only, or HTML only
        with written(given) as file, written(wrapped) as clean_file:
            for contender in bench.contenders(task):
                if contender.setting == "pipe":
                    continue  # it gives what `clean` gives
                bench.report(f"quality of {task}: {contender.title}")
                try:
                    came = bench.run(contender, file, keep=True)["came"]
                    again = bench.run(contender, clean_file, keep=True)["came"]
                except ContenderError:
                    continue
                row = describe(contender, bench.home(contender.peer))
                rows.append(row | score_pages(came, pages) | loss(again, clean))
    return {
        "pages": f"{len(pages)} {name}",
        "clean": clean_name,
        "clean_texts": len(clean),
        "rows": rows,
        "metadata": measure_metadata(bench, pages),
    }


def score_pages(came: Sequence[str], pages: Sequence[LabelledPage]) -> dict[str, Any]:
    """Means over the pages, in shingles of 5 letters and digits as multisets; and how many pages come out badly."""
    scores = [score_text(text, page.gold) for text, page in zip(came, pages, strict=True)]
    return {
        "pages": len(pages),
        "precision": fmean(each.precision for each in scores),
        "recall": fmean(each.recall for each in scores),
        "f1": fmean(each.f1 for each in scores),
        "low": sum(each.f1 < LOW for each in scores),
        "each": [round(each.f1, 4) for each in scores],
    }


def loss(came: Sequence[str], clean: Sequence[str]) -> dict[str, Any]:
    """Of the shingles of clean texts the share that does not come back; and of texts, how many lose over a hundredth."""
    lost = [1 - score_text(text, whole).recall for text, whole in zip(came, clean, strict=True) if letters(whole)]
    return {"clean_loss": fmean(lost), "clean_hurt": sum(share > 0.01 for share in lost) / len(lost)}


def as_html(text: str) -> str:
    """A page that is nothing but its article: a paragraph a line."""
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>'


def measure_metadata(bench: Bench, pages: Sequence[LabelledPage]) -> list[dict[str, Any]]:
    """Of the pages that have a date, and authors, for how many these are found."""
    rows = []
    pages = [page for page in pages if page.html]
    with written(page.html for page in pages) as file:
        for contender in bench.contenders("metadata") if any(page.date or page.authors for page in pages) else ():
            try:
                came = bench.run(contender, file, keep=True)["came"]
            except ContenderError:
                continue
            dates = [same_day(found["date"], page.date) for found, page in zip(came, pages, strict=True) if page.date]
            authors = [
                same_name(found["authors"], page.authors)
                for found, page in zip(came, pages, strict=True)
                if page.authors
            ]
            row = describe(contender, bench.home(contender.peer))
            row |= {"dates": sum(dates), "dates_of": len(dates), "authors": sum(authors), "authors_of": len(authors)}
            rows.append(row)
    return rows


def same_day(found: str | None, wanted: str) -> bool:
    """Whether a date in ISO form is the day that a label names first."""
    numbers = [int(number) for number in _NUMBERS.findall(wanted)[:3]]
    return found is not None and [*map(int, found[:10].split("-"))] == numbers


def same_name(found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether one of the names found is within a label; a wrong name beside it is not charged."""
    names = [name for each in found if (name := letters(each))]
    return any(name in letters(label) for name in names for label in wanted)


def show(result: dict[str, Any]) -> list[Table]:
    """Pages, and metadata."""
    table = Table(
        f"Quality of cleaning: {result['pages']}; what is lost of {result['clean_texts']:,} clean texts ({result['clean']})",
        [
            "contender",
            "from",
            "precision",
            "recall",
            "F1",
            f"pages under F1 {LOW}",
            "clean text lost",
            "texts that lose over 1 %",
        ],
        first_figure=2,
    )
    for row in result["rows"]:
        table.add(
            row["contender"],
            "HTML" if row["task"] == "clean_html" else "text",
            *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")),
            row["low"],
            f"{row['clean_loss']:.2%}",
            f"{row['clean_hurt']:.1%}",
        )
    metadata = Table("Metadata, from HTML", ["contender", "dates right", "authors right"])
    for row in result["metadata"]:
        metadata.add(row["contender"], *(f"{row[name]} of {row[f'{name}_of']}" for name in ("dates", "authors")))
    return [table, metadata] if metadata.rows else [table]
