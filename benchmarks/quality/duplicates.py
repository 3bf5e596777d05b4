"""How good the search for duplicates is, three ways: against all pairs by brute force, on labelled pairs, and on planted copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from benchmarks.bench import Bench, describe, written
from benchmarks.corpora.plant import NEAR_MISSES, Planted, cells, plant
from benchmarks.corpora.read import read_distinct, read_gzip, read_news
from benchmarks.peers.call import ContenderError
from benchmarks.peers.registry import Contender
from benchmarks.quality.measures import Clusters, b_cubed, by_band, iter_similar, pair_score, score
from benchmarks.report.table import Table

BANDS = (0.5, 0.6, 0.7, 0.8, 0.9)
UNLIKE = 0.3
"""Articles that copies are planted in are less alike than this: what is found among them is a copy that was planted."""
SAME_RESULT = {"two cores", "Chinese, CRC-32"}
"""Settings that change the speed only."""
BETTER_KNOWN = ("reprint", "truncation", "chrome")
"""Kinds of copies of which the article itself is the better text, so that it can be told whether the better one was kept."""


def measure(bench: Bench) -> dict[str, Any]:
    """All three; labelled pairs only where there are some."""
    return {"jaccard": measure_jaccard(bench), "pairs": measure_pairs(bench), "planted": measure_planted(bench)}


def search(bench: Bench, texts: Sequence[str]) -> list[tuple[Contender, dict[str, Any], list[tuple[int, int]]]]:
    """What each contender finds in a corpus: (place of what goes, place of what is kept for it)."""
    found = []
    with written(texts) as file:
        for contender in bench.contenders("dedup"):
            if contender.setting in SAME_RESULT:
                continue
            bench.report(f"search of {len(texts):,} texts: {contender.title}")
            try:
                answer = bench.run(contender, file, keep=True)
            except ContenderError:
                continue
            row = describe(contender, bench.home(contender.peer))
            found.append((contender, row, [(gone, kept) for gone, kept in answer["came"]]))
    return found


# -- against brute force


def measure_jaccard(bench: Bench) -> dict[str, Any]:
    """Of all pairs by their true similarity, how many each contender joins; and how like what goes is to what is kept for it."""
    name, texts = natural(bench)
    pairs = list(iter_similar(texts, BANDS[0]))
    similarity = {(one, other): jaccard for one, other, jaccard in pairs}
    bands = by_band(pairs, BANDS)
    rows = []
    for _, row, found in search(bench, texts):
        clusters = Clusters.of(len(texts), found)
        like = [similarity.get((min(pair), max(pair)), 0.0) for pair in found]
        row["recall"] = {str(edge): sum(clusters.joins(*pair[:2]) for pair in bands[edge]) for edge in BANDS}
        row["removed"] = len(found)
        row["removed_like"] = {str(edge): sum(jaccard >= edge for jaccard in like) for edge in (0.8, 0.7, 0.5)}
        rows.append(row)
    return {"corpus": name, "texts": len(texts), "pairs": {str(edge): len(bands[edge]) for edge in BANDS}, "rows": rows}


def natural(bench: Bench) -> tuple[str, list[str]]:
    """Texts among which copies stand as they came; neighbours of a feed, for it is there that one article stands in several versions.

    Made-up texts have the copies that are planted in them, of all similarities.
    """
    most = bench.settings.articles
    if bench.source.data and not bench.source.corpus:
        feed = [row["main"] for row in read_gzip(bench.source.data / "news_hant.jsonl.gz")][: most * 3 // 4]
        return "news_hant (in order) and news_hans", feed + read_news(bench.source).texts[: most - len(feed)]
    if bench.source.corpus:
        news = read_news(bench.source)
        return news.name, news.texts[:most]
    articles = unlike(read_distinct(bench.source)[:most])
    planted = plant(articles, fitting(len(articles), bench.settings.per_cell))
    return "made-up news with planted copies", [each.text for each in planted]


def show_jaccard(result: dict[str, Any]) -> Table:
    edges = [*BANDS, 1.0]
    names = [f"{low}–{high:g}" for low, high in pairwise(edges)]
    counts = [result["pairs"][str(edge)] for edge in BANDS]
    table = Table(
        f"Pairs joined, by true Jaccard similarity: {result['texts']:,} texts of {result['corpus']}",
        ["contender", *(f"{name} ({count:,})" for name, count in zip(names, counts, strict=True)), "removed", "of these ≥ 0.8", "≥ 0.5"],
    )  # fmt: skip
    for row in result["rows"]:
        shares = [share(row["recall"][str(edge)], count) for edge, count in zip(BANDS, counts, strict=True)]
        like = [share(row["removed_like"][edge], row["removed"]) for edge in ("0.8", "0.5")]
        table.add(row["contender"], *shares, f"{row['removed']:,}", *like)
    return table


# -- labelled pairs


def measure_pairs(bench: Bench) -> dict[str, Any] | None:
    """Precision and recall on labelled pairs, all texts in one corpus; None where there are none."""
    if bench.source.corpus or not bench.source.data:
        return None
    labelled = list(read_gzip(bench.source.data / "neardup_pairs.jsonl.gz"))[: bench.settings.most_texts]
    texts = [pair[side] for pair in labelled for side in ("a_text", "b_text")]
    rows = []
    for _, row, found in search(bench, texts):
        clusters = Clusters.of(len(texts), found)
        joined = [clusters.joins(2 * number, 2 * number + 1) for number in range(len(labelled))]
        right = sum(both and pair["label"] == 1 for both, pair in zip(joined, labelled, strict=True))
        rows.append(row | score(right, sum(joined), sum(pair["label"] == 1 for pair in labelled))._asdict())
    return {"pairs": len(labelled), "rows": rows}


def show_pairs(result: dict[str, Any]) -> Table:
    table = Table(f"{result['pairs']:,} labelled pairs of news", ["contender", "precision", "recall", "F1"])
    for row in result["rows"]:
        table.add(row["contender"], *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")))
    return table


# -- planted copies


def measure_planted(bench: Bench) -> dict[str, Any] | None:
    """Recall by kind and strength, near misses that go, wrongly removed characters, what survives, and the clusters as a whole.

    None where `--corpus` has too few articles that are unlike each other.
    """
    articles = unlike(read_distinct(bench.source)[: bench.settings.articles])
    try:
        planted = plant(articles, fitting(len(articles), bench.settings.per_cell))
    except ValueError as error:
        bench.report(f"no copies are planted: {error}")
        return None
    rows = [row | score_planted(planted, found) for _, row, found in search(bench, [each.text for each in planted])]
    return {
        "corpus": bench.source.name,
        "texts": len(planted),
        "copies": sum(each.is_copy for each in planted),
        "near_misses": sum(each.kind in NEAR_MISSES for each in planted),
        "rows": rows,
    }


def fitting(articles: int, per_cell: int) -> int:
    """Copies a cell that so many articles are enough for, with half as many again to spare: some changes leave an article as it was."""
    return max(1, min(per_cell, articles // (len(list(cells())) + 6) * 2 // 3))


def unlike(articles: list[str]) -> list[str]:
    """Without those that are like an earlier one."""
    gone = {other for _, other, _ in iter_similar(articles, UNLIKE)}
    return [text for place, text in enumerate(articles) if place not in gone]


def score_planted(planted: Sequence[Planted], found: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What one contender makes of the planted corpus.

    A removal is right where both texts are of one article, or one is the merged text that the other is in. For B-cubed and pairs,
    merged texts and what they were made of are left out: they belong to two articles.
    """
    clusters = Clusters.of(len(planted), found)
    counts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for place, each in enumerate(planted):
        if each.of:
            counts[each.kind, each.strength].append(any(clusters.joins(place, other) for other in each.of))
    wrong = [gone for gone, kept in found if not is_right(planted, gone, kept)]
    total = sum(len(each.text) for each in planted)
    merged = {place for number, each in enumerate(planted) if each.kind == "merge" for place in (number, *each.of)}
    rest = [place for place in range(len(planted)) if place not in merged]
    labels = [clusters.roots[place] for place in rest], [planted[place].group for place in rest]
    return {
        "cells": [[kind, strength, sum(hits), len(hits)] for (kind, strength), hits in ordered(counts)],
        "removed": len(found),
        "wrong": len(wrong),
        "wrong_characters": sum(len(planted[place].text) for place in wrong) / total,
        "survivor": survivor(planted, found),
        "b_cubed": b_cubed(*labels)._asdict(),
        "pair": pair_score(*labels)._asdict(),
    }


def ordered(counts: dict[tuple[str, str], list[bool]]) -> list[tuple[tuple[str, str], list[bool]]]:
    return [(cell, counts[cell]) for cell in cells() if cell in counts]


def is_right(planted: Sequence[Planted], gone: int, kept: int) -> bool:
    """Whether a text may go for another one."""
    one, other = planted[gone], planted[kept]
    return (
        one.group == other.group or kept in one.of * (one.kind == "merge") or gone in other.of * (other.kind == "merge")
    )


def survivor(planted: Sequence[Planted], found: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    """For a reprint, a cut and another site's chrome: of how many that were found the article itself was kept, and of how many there are.

    Each contender finds other copies, hard ones or only easy ones; which of the two is kept does not depend on that.
    """
    counts: dict[str, list[int]] = {}
    for gone, kept in found:
        copy = next((place for place in (gone, kept) if planted[place].kind in BETTER_KNOWN), None)
        if copy is not None and planted[gone].group == planted[kept].group:
            right = counts.setdefault(planted[copy].kind, [0, 0])
            right[0] += kept != copy
            right[1] += 1
    return {kind: counts[kind] for kind in BETTER_KNOWN if kind in counts}


def show_planted(result: dict[str, Any]) -> list[Table]:
    """The whole, then kind by kind."""
    names = [
        "contender",
        "copies found",
        "near misses removed",
        "B-cubed P",
        "R",
        "F1",
        "pair F1",
        "wrongly removed characters",
    ]
    whole = Table(
        f"Planted copies: {result['copies']:,} copies and {result['near_misses']:,} near misses among {result['texts']:,} texts, {result['corpus']}",
        [*names, *(f"article kept, {kind}" for kind in BETTER_KNOWN)],
    )
    for row in result["rows"]:
        hits, copies = tally(row, near_misses=False)
        removed, misses = tally(row, near_misses=True)
        whole.add(
            row["contender"],
            share(hits, copies),
            share(removed, misses),
            *(f"{row['b_cubed'][name]:.3f}" for name in ("precision", "recall", "f1")),
            f"{row['pair']['f1']:.3f}",
            f"{row['wrong_characters']:.2%}",
            *(share(*row["survivor"].get(kind, (0, 0))) for kind in BETTER_KNOWN),
        )
    names = [row["contender"] for row in result["rows"]]
    kinds = Table(
        "Copies found by kind and strength (near misses: removed)", ["kind", "strength", "of", *names], first_figure=2
    )
    for number, (kind, strength, _, count) in enumerate(result["rows"][0]["cells"] if result["rows"] else ()):
        kinds.add(kind, strength, count, *(share(row["cells"][number][2], count) for row in result["rows"]))
    return [whole, kinds]


def tally(row: dict[str, Any], near_misses: bool) -> tuple[int, int]:
    """How many were joined, and how many there are."""
    chosen = [cell for cell in row["cells"] if (cell[0] in NEAR_MISSES) == near_misses]
    return sum(cell[2] for cell in chosen), sum(cell[3] for cell in chosen)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def show(result: dict[str, Any]) -> list[Table]:
    """The tables, in order."""
    pairs = [show_pairs(result["pairs"])] if result["pairs"] else []
    planted = show_planted(result["planted"]) if result["planted"] else []
    return [show_jaccard(result["jaccard"]), *pairs, *planted]
