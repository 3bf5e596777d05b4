"""Trains the weights with which `cleaner.page.block` chooses the body of a page, and cross-validates them over sites.

usage: python -m benchmarks.quality.train_block PAGES.jsonl.gz … [--write] [--folds N] [--seeds N]

Each record of PAGES has `id`, `text` and `gold` (the main text), and `site` where it is known. The pages of docs/samples are always
learned from. A block's chance is proportional to exp(score); the weights make the expected log-chance largest under a target
that favours each block by its F1 (reward-augmented maximum likelihood, Norouzi et al. 2016): convex, indifferent to noise in
the gold text, and computed by one forward and one backward pass a page. Signs that must not be learned the wrong way round from
few pages are held by bounds. Needs SciPy (`pip install -e '.[train]'`); the library itself does not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
from collections import Counter
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path
from random import Random

import numpy as np
from scipy.optimize import minimize

from cleaner.page.block import Weights, find_block
from cleaner.page.ends import refine
from cleaner.page.features import BEGIN, END, LINE, Evidence
from cleaner.page.label import settle_repeats
from cleaner.page.lines import split
from cleaner.page.look import Look, look
from cleaner.page.rules import rule_book

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "cleaner/page/weights.json"
SAMPLES = ROOT / "docs/samples"

SHARPNESS = 0.03  # how much F1 a block may lose and still be nearly as good a target
PENALTY = 2.0  # L2; 1 to 6 give the same cross-validated F1 within 0.01
SAMPLE_WEIGHT = 0.3  # invented pages count less than real ones
MISSED_F1, MISSED_WEIGHT = 0.5, 3.0
MOST_LINES = 900  # the target of a longer page takes too much memory; such pages are only evaluated

TABLES = (("line", LINE), ("begin", BEGIN), ("end", END))
SIZES = [len(table.columns) for _, table in TABLES]

HEAD_LABELS = {
    "date",
    "source",
    "byline",
    "breadcrumb",
    "title",
    "toolbar",
    "reading_time",
    "url",
    "repeated_title",
    "image",
}
TAIL_LABELS = {
    "related", "comments", "copyright", "icp", "byline", "keywords", "contact", "disclaimer", "subscribe", "pagination",
    "toolbar", "source", "date", "url", "advertisement", "site_chrome", "navigation", "title",
}  # fmt: skip
FREE, UP, DOWN = (None, None), (0, None), (None, 0)


def bound(table: str, column: str) -> tuple[int | None, int | None]:
    """The sign that a weight may have."""
    kind, _, name = column.partition(":")
    if table == "line":
        if kind == "rule":
            return FREE if name in {"body", "heading", "caption", "byline"} else DOWN
        if column.startswith(("prose±", "plain words")) or column in {"closed", "stops", "commas", "chars>90"}:
            return UP
        if column.startswith("chrome±") or "tails before" in column or "before the first prose" in column:
            return DOWN
        return DOWN if column in {"bars", "blanks", "ends before", "chars<=2"} else FREE
    if table == "begin":
        if name:
            closing = {"related", "comments", "copyright", "icp", "disclaimer"}
            return UP if name in HEAD_LABELS else DOWN if name in closing else FREE
        if column.startswith("head") or column in {
            "prose here",
            "prose within 3",
            "first line, page without chrome",
            "title before",
        }:
            return UP
        return DOWN if column.startswith(("tails", "first line, page with ", "short", "ruled")) else FREE
    if name:
        return UP if name in TAIL_LABELS else FREE
    if column.startswith("tail") or column in {
        "prose last",
        "closed last",
        "last line, page without chrome",
        "no ruled line after",
    }:
        return UP
    return (
        DOWN if column in {"last line, page with chrome", "short last", "ruled last", "prose after within 5"} else FREE
    )


BOUNDS = [bound(name, column) for name, table in TABLES for column in table.columns]


def fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def shingles(text: str) -> Counter[str]:
    folded = fold(text)
    return Counter(folded[i : i + 5] for i in range(max(1, len(folded) - 4))) if folded else Counter()


def precision_recall_f1(out: str, gold: str) -> tuple[float, float, float]:
    a, b = shingles(out), shingles(gold)
    both = sum((a & b).values())
    p = both / sum(a.values()) if a else 0.0
    r = both / sum(b.values()) if b else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@dataclass
class Page:
    """A page to learn from: its evidence tables, and how likely each line is to begin or end a good block."""

    id: str
    site: str
    gold: str
    lines: list[str]
    look: Look
    evidence: Evidence
    prose: np.ndarray
    tables: tuple[np.ndarray, np.ndarray, np.ndarray]
    target: tuple[np.ndarray, np.ndarray] | None
    weight: float = 1.0


def make_page(id: str, site: str, text: str, gold: str, weight: float = 1.0) -> Page:
    lines = split(text)[0].texts
    page = look(lines, rule_book())
    alive = [at for at, verdict in enumerate(settle_repeats(page, None)) if verdict.kept]
    page, lines = page.only(alive), [lines[at] for at in alive]
    seen, prose = page.evidence()
    tables = tuple(table.expand(seen) for _, table in TABLES)
    return Page(id, site, gold, lines, page, seen, prose, tables, make_target(lines, gold), weight)


def make_target(lines: list[str], gold: str) -> tuple[np.ndarray, np.ndarray] | None:
    """For each line, the chance that the target gives to a block beginning at it, and to one ending with it."""
    if len(lines) > MOST_LINES:
        return None
    text, known = fold(gold), set(shingles(gold))
    gold_lines = {fold(line) for line in gold.split("\n")}
    size, hits = np.zeros(len(lines)), np.zeros(len(lines))
    for at, line in enumerate(lines):
        folded = fold(line)
        size[at] = len(folded)
        if len(folded) < 5:
            hits[at] = len(folded) * (0.9 if folded in gold_lines else 0.5 if folded and folded in text else 0.0)
        else:
            hits[at] = len(folded) * statistics.mean(folded[i : i + 5] in known for i in range(len(folded) - 4))
    sizes, found = (np.concatenate(([0.0], np.cumsum(column))) for column in (size, hits))
    chars, both = sizes[None, :] - sizes[:, None], found[None, :] - found[:, None]
    recall, precision = np.minimum(both / max(1, len(text)), 1), both / np.maximum(chars, 1)
    f1 = np.where(both > 0, 2 * precision * recall / np.maximum(precision + recall, 1e-9), 0)
    f1[np.tril_indices(len(f1))] = -9
    chance = np.exp((f1 - f1.max()) / SHARPNESS)
    chance /= chance.sum()
    return chance.sum(axis=1)[:-1], chance.sum(axis=0)[1:]


def read_pages(files: list[Path]) -> list[Page]:
    pages = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                site = record.get("site") or record["id"]
                pages.append(make_page(record["id"], site, record["text"], record["gold"]))
                pages.append(make_page(record["id"] + "#gold", site, record["gold"], record["gold"]))
    for file in sorted(SAMPLES.glob("labels/*/*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        text = (SAMPLES / "pages" / file.parent.name / f"{file.stem}.txt").read_text(encoding="utf-8")
        shown = [line for line in text.split("\n") if line.strip()]
        gold = "\n".join(line for line, (_, kept) in zip(shown, record["lines"], strict=True) if kept)
        if gold:
            pages.append(make_page(f"sample/{record['id']}", record["site"], text, gold, SAMPLE_WEIGHT))
    return pages


def loss(weights: np.ndarray, pages: list[Page]) -> tuple[float, np.ndarray]:
    total, slope = 0.0, np.zeros_like(weights)
    for page in pages:
        line, begin, end = page.tables
        of_line, of_begin, of_end = np.split(weights, np.cumsum(SIZES)[:-1])
        sums = np.concatenate(([0.0], np.cumsum(line @ of_line)))
        begins, ends = begin @ of_begin - sums[:-1], end @ of_end + sums[1:]
        scores = ends + np.logaddexp.accumulate(begins)
        norm = np.logaddexp.reduce(scores)
        at_end = np.exp(scores - norm)
        later = np.logaddexp.accumulate(ends[::-1])[::-1]
        at_begin = np.exp(begins + later - norm)
        want_begin, want_end = page.target
        total += page.weight * (norm - want_begin @ begins - want_end @ ends)
        begin_gap, end_gap = at_begin - want_begin, at_end - want_end
        inside_gap = np.cumsum(begin_gap)
        inside_gap[1:] -= np.cumsum(end_gap)[:-1]
        slope += page.weight * np.concatenate((line.T @ inside_gap, begin.T @ begin_gap, end.T @ end_gap))
    return total + PENALTY / 2 * weights @ weights, slope + PENALTY * weights


def fit(pages: list[Page], factors: list[float]) -> list[np.ndarray]:
    learned = [replace(page, weight=page.weight * factor) for page, factor in zip(pages, factors, strict=True)]
    options = {"maxiter": 400}
    start = np.zeros(sum(SIZES))
    found = minimize(loss, start, args=(learned,), jac=True, method="L-BFGS-B", bounds=BOUNDS, options=options)
    return np.split(found.x, np.cumsum(SIZES)[:-1])


def train(pages: list[Page]) -> list[np.ndarray]:
    """Learns twice: the second time, pages on which the first missed the article count more."""
    learned = [page for page in pages if page.target is not None]
    weights = fit(learned, [1.0] * len(learned))
    missed = [precision_recall_f1(clean(page, weights), page.gold)[2] < MISSED_F1 for page in learned]
    return fit(learned, [MISSED_WEIGHT if miss else 1.0 for miss in missed]) if any(missed) else weights


def clean(page: Page, weights: list[np.ndarray]) -> str:
    """The page's text by the block that the weights choose."""
    block = find_block(page.evidence, Weights.of(*weights))
    first, last = refine(*block, page.look, page.prose)
    return "\n".join(
        line
        for line, rule in zip(page.lines[first:last], page.look.rules[first:last], strict=True)
        if rule is None or rule.where != "anywhere"
    )


def run_fold(job: tuple[list[Page], list[Page]]) -> list[tuple[str, float, float, float]]:
    learned, tested = job
    weights = train(learned)
    return [(page.id, *precision_recall_f1(clean(page, weights), page.gold)) for page in tested]


def cross_validate(pages: list[Page], folds: int, seeds: int) -> list[tuple[str, float, float, float]]:
    jobs = []
    for seed in range(seeds):
        sites = sorted({page.site for page in pages})
        Random(seed).shuffle(sites)
        fold_of = {site: at % folds for at, site in enumerate(sites)}
        for number in range(folds):
            jobs.append(
                ([p for p in pages if fold_of[p.site] != number], [p for p in pages if fold_of[p.site] == number])
            )
    with Pool() as pool:
        return [result for results in pool.imap(run_fold, jobs) for result in results]


def report(name: str, results: list[tuple[str, float, float, float]], worst: int) -> None:
    groups = {"pages": [], "clean texts": [], "samples": []}
    for result in results:
        groups[
            "clean texts" if result[0].endswith("#gold") else "samples" if result[0].startswith("sample/") else "pages"
        ].append(result)
    for group, members in groups.items():
        if members:
            p, r, f = (statistics.mean(m[k] for m in members) for k in (1, 2, 3))
            print(
                f"{name} {group:12s} {len(members):4d}  P {p:.3f}  R {r:.3f}  F1 {f:.3f}  F1<.9: {sum(m[3] < 0.9 for m in members)}"
            )
            for id, p, r, f in sorted(members, key=lambda m: m[3])[:worst]:
                print(f"    F1 {f:.2f} P {p:.2f} R {r:.2f} {id}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--worst", type=int, default=0)
    arguments = parser.parse_args()
    pages = read_pages(arguments.pages)
    if arguments.seeds:
        report(
            "unseen sites", cross_validate(pages, arguments.folds, arguments.seeds), arguments.worst * arguments.seeds
        )
    weights = train(pages)
    report("trained on  ", [(p.id, *precision_recall_f1(clean(p, weights), p.gold)) for p in pages], arguments.worst)
    if arguments.write:
        stored = {
            name: {column: round(float(weight), 6) for column, weight in zip(table.columns, learned, strict=True)}
            for (name, table), learned in zip(TABLES, weights, strict=True)
        }
        WEIGHTS.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
