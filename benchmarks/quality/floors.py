"""Measures how good `cleaner.clean` and `cleaner.dedup` are and compares each figure with a pinned floor that may only rise.

Figures that begin with `samples.` are measured on docs/samples, `planted.` and `jaccard.` on made-up articles, always; the others on
real texts (../shared/data where that is there), whose scorers stand in ../tools beside it. Every figure is a share: 1 is perfect.
`python -m benchmarks floors` exits 1 and names each figure that is below its floor; `--raise` raises the floors in floors.json to what was
measured, rounded down, and writes nothing while any figure is below its floor.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import io
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any
from unittest import mock

import cleaner
from benchmarks.corpora.plant import NEAR_MISSES, Planted, plant
from benchmarks.corpora.read import make_articles
from benchmarks.quality import duplicates
from benchmarks.quality.measures import Clusters, iter_similar
from cleaner.page.lines import split
from cleaner.page.probe import probe_line
from cleaner.page.site import mask

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "samples"
FLOORS = Path(__file__).with_name("floors.json")

STEP, FINE_STEP, FINE_FROM = 0.002, 0.0002, 0.99
"""Floors are multiples of a step, the fine one from FINE_FROM on: what is nearly perfect may lose little."""

HANT_TEXTS, HANT_SEED = 3000, 20240501
PLANTED_ARTICLES, PLANTED_COPIES = 1_600, 30
ALIKE, NEARLY = 0.85, 0.75
"""Jaccard similarities at which the search must join, and below which it must not: the threshold is 0.8, on shingles folded a little otherwise."""

METADATA = ("title", "published", "source", "authors", "editors", "keywords")

NAMES = (
    "samples.kept",
    "samples.removed",
    *(f"samples.{name}" for name in METADATA),
    "samples.copies",
    "samples.apart",
    "planted.copies",
    "planted.apart",
    "planted.b_cubed",
    "planted.right",
    "jaccard.found",
    "jaccard.like",
    "seeds.right",
    "pages.f1",
    "pages.precision",
    "pages.recall",
    "pages.clean_again",
    "pages.clean_again_worst",
    "pages.dates",
    "pages.authors",
    "html.f1",
    "html.precision",
    "html.recall",
    "site.removed",
    "site.kept",
    "news_hans.back",
    "news_hant.f1",
    "pairs.precision",
    "pairs.recall",
)
"""All figures there are."""
HERE = ("samples.", "planted.", "jaccard.")
"""How the names of those begin that need no real texts."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share that was measured; `note` says of how many."""

    name: str
    value: float
    note: str = ""


def measure_samples() -> Iterator[Figure]:
    """How the sample pages come out, against their labels."""
    kept: list[bool] = []
    removed: list[bool] = []
    fields: dict[str, list[bool]] = {name: [] for name in METADATA}
    for path in sorted(SAMPLES.glob("pages/*/*.txt")):
        text = path.read_text("utf-8")
        labels = json.loads((SAMPLES / "labels" / path.parent.name / f"{path.stem}.json").read_text("utf-8"))
        article = cleaner.clean(text)
        for is_kept, (_, wanted) in zip(kept_lines(text, article), labels["lines"], strict=True):
            (kept if wanted else removed).append(is_kept == wanted)
        for name, right in metadata_right(article, labels):
            fields[name].append(right)
    yield share("samples.kept", kept, "lines")
    yield share("samples.removed", removed, "lines")
    for name, values in fields.items():
        yield share(f"samples.{name}", values, "fields that are there or were said to be")


def measure_copies() -> Iterator[Figure]:
    """Which planted copies are found among the cleaned sample pages, and which of those joined belong together."""
    articles, holds, spun = [], {}, set()
    for path in sorted(SAMPLES.glob("pages/*/*.txt")):
        labels = json.loads((SAMPLES / "labels" / path.parent.name / f"{path.stem}.json").read_text("utf-8"))
        if labels.get("chrome_only"):
            continue
        articles.append(cleaner.Cleaner().clean(path.read_text("utf-8"), id=labels["id"], url=labels["url"]))
        holds[labels["id"]] = set(labels["article"].split("+"))
        if labels["variant"] == "spun":
            spun.add(labels["id"])
    result = cleaner.dedup(articles)
    matches = {frozenset((pair.first_id, pair.second_id)) for pair in result.pairs if pair.kind.is_match}
    matches |= {frozenset((gone.id, gone.kept_id)) for gone in result.duplicates}
    planted = [
        any(other != id and not held.isdisjoint(holds[other]) and frozenset((id, other)) in matches for other in holds)
        for id, held in holds.items()
        if id not in spun and any(other not in {id, *spun} and not held.isdisjoint(holds[other]) for other in holds)
    ]
    joined = [not holds[gone.id].isdisjoint(holds[gone.kept_id]) for gone in result.duplicates]
    yield share("samples.copies", planted, "pages that share an article with another")
    yield share("samples.apart", joined, "duplicates that are copies")


def measure_planted() -> Iterator[Figure]:
    """Planted copies among made-up articles, and all pairs of these that are alike, by brute force."""
    articles = duplicates.unlike(list(make_articles(PLANTED_ARTICLES)))
    planted = plant(articles, PLANTED_COPIES)
    texts = [each.text for each in planted]
    found = [(int(gone.id), int(gone.kept_id)) for gone in cleaner.dedup(texts).duplicates]
    row = duplicates.score_planted(planted, found)
    (hits, copies), (joined, misses) = duplicates.tally(row, near_misses=False), duplicates.tally(row, near_misses=True)
    yield Figure("planted.copies", hits / copies, f"{hits:,} of {copies:,} planted copies found")
    yield Figure("planted.apart", 1 - joined / misses, f"{joined:,} of {misses:,} near misses removed")
    yield Figure("planted.b_cubed", row["b_cubed"]["f1"], f"B-cubed F1 over {len(texts):,} texts")
    yield Figure("planted.right", 1 - row["wrong_characters"], "characters that are not wrongly removed")
    kin = [pair for pair in iter_similar(texts, ALIKE) if not is_near_miss(planted, *pair[:2])]
    clusters = Clusters.of(len(texts), found)
    joins = [clusters.joins(one, other) for one, other, _ in kin]
    yield share("jaccard.found", joins, f"pairs of a Jaccard similarity of {ALIKE} or more")
    without = cleaner.dedup(texts, containment="off").duplicates
    like = {frozenset(pair[:2]) for pair in iter_similar(texts, NEARLY)}
    same_script = [
        pair for pair in without if "script" not in (planted[int(pair.id)].kind, planted[int(pair.kept_id)].kind)
    ]
    verified = [frozenset((int(gone.id), int(gone.kept_id))) in like for gone in same_script]
    yield share("jaccard.like", verified, f"duplicates, containment off, that are alike to {NEARLY} or more")


def is_near_miss(planted: Sequence[Planted], one: int, other: int) -> bool:
    return any(one in (place, *planted[place].of) and planted[place].kind in NEAR_MISSES for place in (one, other))


def kept_lines(text: str, article: cleaner.Article) -> Iterator[bool]:
    """For each physical line that is not blank, whether any part of it was kept."""
    spans = [(line.start, line.end) for line in article.lines if line.kept]
    start = at = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            yield at < len(spans) and spans[at][0] < end
        start = end + 1


def metadata_right(article: cleaner.Article, labels: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each field that the labels or the article hold, and whether they agree; what both lack does not count."""
    for name in METADATA:
        found, wanted = getattr(article, name), labels[name]
        if isinstance(found, tuple):
            found, wanted = sorted(found), sorted(wanted)
        elif name == "published" and found is not None:
            found = found.isoformat()[: len(wanted or "")]  # the labels are as exact as the page
        if found or wanted:
            yield name, found == wanted or (name == "title" and found in labels.get("title_ok", ()))


def share(name: str, values: list[bool], what: str) -> Figure:
    return Figure(name, sum(values) / len(values), f"{sum(values):,} of {len(values):,} {what}")


def load_scorer(folder: Path, name: str) -> ModuleType:
    """A scorer that lies beside the real texts."""
    path = folder.parent / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"{path} is not there; --data must name a folder with the scorers in tools/ beside it")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def measure_data(folder: Path) -> Iterator[Figure]:
    """How real texts come out, by the scorers that lie beside them."""
    pages = load_scorer(folder, "score_pages")
    yield from measure_seeds(load_scorer(folder, "score_seeds"))
    yield from measure_pages(pages, folder / "pages.jsonl.gz")
    yield from measure_html(pages, folder / "pages.jsonl.gz")
    yield from measure_site(folder / "site_163.jsonl.gz")
    yield measure_clean_texts(pages, folder / "news_hans.jsonl.gz")
    yield measure_footers(pages, folder / "news_hant.jsonl.gz")
    yield from measure_pairs(load_scorer(folder, "score_pairs"), folder / "neardup_pairs.jsonl.gz")


def measure_seeds(scorer: ModuleType) -> Iterator[Figure]:
    """Lines and metadata fields of the seed articles."""
    lines, fields, _, wrong = scorer.score(cleaner.clean)
    total = lines + fields
    yield Figure("seeds.right", 1 - len(wrong) / total, f"{len(wrong)} wrong of {total:,} lines and fields")


def measure_pages(scorer: ModuleType, file: Path) -> Iterator[Figure]:
    """What the scorer of whole pages prints: run as it is, so that there is one definition of each figure."""
    printed = run_scorer(scorer, "score_pages", str(file))
    count, precision, recall, f1 = find(r"^all +(\d+) pages +P (\S+) +R (\S+) +F1 (\S+)", printed)
    loss, worst = find(r"^clean text cleaned again: mean loss ([\d.]+), worst ([\d.]+)", printed)
    yield Figure("pages.f1", f1, f"{count:.0f} pages")
    yield Figure("pages.precision", precision)
    yield Figure("pages.recall", recall)
    yield Figure("pages.clean_again", 1 - loss, "mean of what comes back")
    yield Figure("pages.clean_again_worst", 1 - worst, "the page that loses most")
    dates, all_dates, authors, all_authors = find(r"^dates (\d+)/(\d+) +authors (\d+)/(\d+)", printed)
    yield Figure("pages.dates", dates / all_dates, f"{dates:.0f} of {all_dates:.0f} pages that have one")
    yield Figure("pages.authors", authors / all_authors, f"{authors:.0f} of {all_authors:.0f} pages that have one")


def measure_html(scorer: ModuleType, file: Path) -> Iterator[Figure]:
    """The same pages, given as HTML."""
    printed = run_scorer(scorer, "score_pages", str(file), "--html")
    count, precision, recall, f1 = find(r"^all +(\d+) pages +P (\S+) +R (\S+) +F1 (\S+)", printed)
    yield Figure("html.f1", f1, f"{count:.0f} pages")
    yield Figure("html.precision", precision)
    yield Figure("html.recall", recall)


def measure_site(file: Path) -> Iterator[Figure]:
    """By the lines learned from the pages of one site alone: the characters of the rest that go, and those of articles that stay.

    The reference is GBK that was read as UTF-8, so lines are compared in that form.
    """
    rows = list(read(file))
    known = cleaner.learn_sites(rows)["163.com"].lines
    rest = gone = article = lost = 0
    for row in rows:
        silver = {line.strip() for line in row["silver"].split("\n")}
        for line in split(row["text"])[0].texts:
            broken = line.encode("gbk", "replace").decode("utf-8", "replace").strip()
            removed = len(line) * (mask(probe_line(line).strip()) in known)
            if broken in silver or (len(line) >= 8 and broken in row["silver"]):
                article, lost = article + len(line), lost + removed
            else:
                rest, gone = rest + len(line), gone + removed
    yield Figure("site.removed", gone / rest, f"{gone:,} of {rest:,} characters outside articles, {len(rows)} pages")
    yield Figure("site.kept", 1 - lost / article, f"{lost:,} of {article:,} characters of articles lost")


def run_scorer(scorer: ModuleType, *arguments: str) -> str:
    """What a scorer prints."""
    out = io.StringIO()
    with mock.patch.object(sys, "argv", list(arguments)), contextlib.redirect_stdout(out):
        scorer.main()
    return out.getvalue()


def find(pattern: str, printed: str) -> tuple[float, ...]:
    match = re.search(pattern, printed, re.MULTILINE)
    if match is None:
        raise SystemExit(f"score_pages printed no line like {pattern!r}:\n{printed}")
    return tuple(map(float, match.groups()))


def measure_clean_texts(scorer: ModuleType, file: Path) -> Figure:
    """The share of all characters (letters and digits) of clean texts that come back."""
    total = lost = texts = 0
    for record in read(file):
        size = len(scorer.fold(record["text"]))
        lost += max(0, size - len(scorer.fold(cleaner.clean(record["text"]).text)))
        total += size
        texts += 1
    return Figure("news_hans.back", 1 - lost / total, f"{lost:,} of {total:,} characters of {texts:,} texts lost")


def measure_footers(scorer: ModuleType, file: Path) -> Figure:
    """Mean F1 on a sample of news with the footer of its feed."""
    records = list(read(file))
    sample = random.Random(HANT_SEED).sample(records, min(HANT_TEXTS, len(records)))
    f1 = fmean(scorer.prf(cleaner.clean(record["text"]).text, record["main"])[2] for record in sample)
    return Figure("news_hant.f1", f1, f"{len(sample):,} of {len(records):,} texts")


def measure_pairs(scorer: ModuleType, file: Path) -> Iterator[Figure]:
    """Precision and recall of `cleaner.dedup` on labelled pairs, through the whole search."""
    printed = run_scorer(scorer, "score_pairs", str(file))
    counts = re.findall(r"^ +(\S+): found (\d+) of (\d+)$", printed, re.MULTILINE)
    labels = {record["kind"]: record["label"] for record in read(file)}
    right = sum(int(found) for kind, found, _ in counts if labels[kind] == 1)
    wrong = sum(int(found) for kind, found, _ in counts if labels[kind] == 0)
    copies = sum(int(of) for kind, _, of in counts if labels[kind] == 1)
    yield Figure(
        "pairs.precision", right / (right + wrong), f"{wrong:,} of {right + wrong:,} joined pairs are no copies"
    )
    yield Figure("pairs.recall", right / copies, f"{right:,} of {copies:,} copies")


def round_down(value: float) -> float:
    """To a multiple of the step that is lower by half a step or more; what is perfect stays so.

    >>> round_down(0.8077), round_down(0.9687), round_down(0.99999), round_down(1.0)
    (0.806, 0.966, 0.9998, 1.0)
    """
    if value == 1:
        return 1.0
    step = FINE_STEP if value >= FINE_FROM else STEP
    return round(max(0, int(value / step - 0.5)) * step, 4)


def find_low(figures: list[Figure], floors: dict[str, float]) -> list[str]:
    """What is wrong: figures below their floor, or without one."""
    low = []
    for figure in figures:
        if figure.name not in floors:
            low.append(f"{figure.name} has no floor; set it with --raise")
        elif figure.value < floors[figure.name] - 1e-9:
            low.append(f"{figure.name} is {figure.value:.6g}, below its floor {floors[figure.name]}")
    return low


def raise_floors(figures: list[Figure], floors: dict[str, float]) -> dict[str, float]:
    """The floors after these figures, in the order of NAMES; none is lower than it was.

    Raises ValueError where a figure is below its floor.
    """
    low = [line for line in find_low(figures, floors) if "below" in line]
    if low:
        raise ValueError("floors may only rise: " + "; ".join(low))
    measured = {figure.name: round_down(figure.value) for figure in figures}
    risen = {name: max(floors.get(name, 0.0), measured.get(name, 0.0)) for name in NAMES}
    return {name: floor for name, floor in risen.items() if name in floors or name in measured}


def read_floors(path: Path | None = None) -> dict[str, float]:
    """The floors by name; a name that no figure has is an error."""
    path = path or FLOORS
    try:
        floors: dict[str, float] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except ValueError as error:
        raise SystemExit(f"{path.name} is damaged: {error}") from None
    if not isinstance(floors, dict) or not all(isinstance(floor, int | float) for floor in floors.values()):
        raise SystemExit(f"{path.name} is damaged: it must be an object with a number for each figure")
    if unknown := sorted(set(floors) - set(NAMES)):
        raise SystemExit(f"{path.name} holds {', '.join(unknown)}, which nothing measures")
    return floors


def measure(folder: Path | None, floors: dict[str, float]) -> list[Figure]:
    """All figures that can be measured here, each printed as it is known."""
    print(f"{'figure':<24}{'measured':>9}{'floor':>8}")
    figures = []
    for source in (
        measure_samples(),
        measure_copies(),
        measure_planted(),
        measure_data(folder) if folder else iter(()),
    ):
        for figure in source:
            floor = floors.get(figure.name)
            sign = "LOW" if floor is not None and find_low([figure], floors) else ""
            shown = "none" if floor is None else f"{floor:.4f}"
            print(f"{figure.name:<24}{figure.value:>9.4f}{shown:>8}  {sign:<3}  {figure.note}".rstrip(), flush=True)
            figures.append(figure)
    if folder is None:
        skipped = [name for name in NAMES if not name.startswith(HERE)]
        print(f"skipped, for the real texts are not here: {', '.join(skipped)}")
    return figures


def check(folder: Path | None, raising: bool) -> int:
    """Measures, compares, and with `raising` raises the floors; 1 where a figure is below its floor."""
    floors = read_floors()
    figures = measure(folder, floors)
    if not raising:
        low = find_low(figures, floors)
        print("\n".join(low) or "no figure is below its floor")
        return 1 if low else 0
    try:
        risen = raise_floors(figures, floors)
    except ValueError as error:
        print(f"nothing written: {error}")
        return 1
    for name in risen:
        if risen[name] != floors.get(name):
            print(f"{name}: floor {floors.get(name, 'none')} -> {risen[name]}")
    FLOORS.write_text(json.dumps(risen, indent=1) + "\n", "utf-8")
    return 0
