"""Corpora for the duplicate search, of any size, made from the sample pages; and the cost of searching one.

usage: python -m benchmarks.speed.corpora NAME TEXTS [--arrow]

Prints one JSON object. `benchmarks.speed.dedup` runs this in a process a corpus, so that the peak memory of the process is that
corpus's own. NAME is `news`, in which copies are planted, or one of the hard ones in `HARD`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

import cleaner
from benchmarks.speed import shapes
from benchmarks.speed.clean import MB, figures, spread
from cleaner.duplicates.shingles import iter_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Corpus = tuple[list[str], NDArray[np.int64]]
    """Texts, and for each the number of the article that it is a copy of, or is."""

SEED = shapes.SEED
FOOTER = "（编辑：沈禾）版权所有河湾网，未经书面授权不得转载、摘编或以其他方式使用。"
CHUNK = 20_000
"""Articles that are made at once: few, so that making them leaves no memory behind that the search would then use."""
SHORTEST, LONGEST = 180, 380
GO_ON = 0.55
"""How often the next character is the one that follows at that place of the samples: articles so share about as many phrases as
real ones do, see `articles`."""
MOST_NEAR = 100_000


@cache
def letters() -> NDArray[np.uint16]:
    """The sample pages' sentences, one after the other, without Latin letters and digits."""
    text = re.sub("[^\u4e00-\u9fff，。、：“”]", "", "".join(shapes.sentences()))
    return np.frombuffer(text.encode("utf-16-le"), np.uint16)


def articles(
    count: int, chance: np.random.Generator, shortest: int = SHORTEST, longest: int = LONGEST
) -> Iterator[str]:
    """Articles without sense in which neighbouring characters are neighbours in the samples too; no two alike.

    Each is a walk through the samples that goes on there or leaps to another place where the same character stands.
    Of 19,000 such articles 43 % of the 5-grams stand in one only and 8 % in more than 64; of as many real ones (news_hans, their first
    280 characters) 45 % and 13 %.
    """
    text = letters()
    places = np.argsort(text[:-1], kind="stable")
    starts = np.searchsorted(text[:-1][places], np.arange(1 << 16))
    numbers = np.diff(np.append(starts, len(places))).astype(np.float32)
    for done in range(0, count, CHUNK):
        size = min(CHUNK, count - done)
        rows = np.empty((size, longest), np.uint16)
        at = chance.integers(len(places), size=size)
        for column in range(longest):
            last = text[at]
            rows[:, column] = last
            other = places[starts[last] + (chance.random(size, np.float32) * numbers[last] * 0.9999).astype(np.int64)]
            at = np.where(chance.random(size, np.float32) < GO_ON, at, other) + 1
            at[at == len(places)] = 0
        lengths = chance.integers(shortest, longest, size=size, endpoint=True).tolist()
        for row, length in zip(rows, lengths, strict=True):
            yield row[:length].tobytes().decode("utf-16-le")


def edit(text: str, chance: random.Random) -> str:
    """One to three of its characters replaced."""
    chars = list(text)
    for _ in range(chance.randint(1, 3)):
        chars[chance.randrange(len(chars))] = chr(chance.randint(0x4E8D, 0x8FFF))
    return "".join(chars)


def shorten(text: str, chance: random.Random) -> str:
    """Its first 60 to 85 percent."""
    return text[: int(len(text) * chance.uniform(0.6, 0.85))]


def duplicate(text: str, _: random.Random) -> str:
    """The same text, in memory of its own."""
    return text[:1] + text[1:]


COPIES: tuple[Callable[[str, random.Random], str], ...] = (duplicate, edit, shorten)


def make_news(count: int) -> Corpus:
    """Articles of about 300 characters, all with one footer; a fifth are copies, and a tenth near copies of one article."""
    chance = random.Random(SEED)
    near = min(count // 10, MOST_NEAR)
    texts = list(articles(count - count // 5 - near, np.random.default_rng(SEED)))
    originals = len(texts)
    groups = list(range(originals))
    for number in range(count // 5):
        original = chance.randrange(originals)
        texts.append(COPIES[number % len(COPIES)](texts[original], chance))
        groups.append(original)
    texts += [edit(texts[0], chance) for _ in range(near)]
    groups += [0] * near
    order = np.random.default_rng(SEED).permutation(len(texts))
    return [texts[place] + FOOTER for place in order.tolist()], np.array(groups)[order]


# -- hard ones


def make_identical(count: int) -> Corpus:
    """One article, again and again."""
    text = "".join(articles(1, np.random.default_rng(SEED)))
    return [duplicate(text, random.Random(SEED)) for _ in range(count)], np.zeros(count, np.int64)


def make_empty(count: int) -> Corpus:
    """Texts of nothing, which are copies of nothing."""
    return [""] * count, np.arange(count)


def make_long(count: int) -> Corpus:
    """A text of 0.5 MB for each short article beside it, and an excerpt of it.

    Its characters are random: a text so long made like the articles would hold nearly every 5-gram that they can have.
    """
    chance = np.random.default_rng(SEED)
    text = chance.integers(0x4E8D, 0x9000, size=count * 500_000 // 3, dtype=np.uint16).tobytes().decode("utf-16-le")
    texts = [text, text[100_000:101_000], *articles(count, chance)]
    return texts, np.array([0, *range(count + 1)])


def make_short(count: int) -> Corpus:
    """Texts of one to three characters; those that are the same when folded are copies."""
    chance = np.random.default_rng(SEED)
    text = letters()[(letters() >= 0x4E00) & (letters() < 0xA000)].tobytes().decode("utf-16-le")
    places, lengths = chance.integers(len(text) - 3, size=count).tolist(), chance.integers(1, 4, size=count).tolist()
    texts = [text[place : place + length] for place, length in zip(places, lengths, strict=True)]
    folded = ["".join(token.text for token in iter_tokens(text)) for text in texts]
    return texts, np.unique(folded, return_inverse=True)[1]


def make_template(count: int) -> Corpus:
    """Bulletins of one template, which differ in their figures only and are no copies."""
    chance = random.Random(SEED)
    figures = [sentence for sentence in shapes.sentences() if re.search(r"\d", sentence)][:8]
    return ["".join(shapes.vary(sentence, chance) for sentence in figures) for _ in range(count)], np.arange(count)


def make_half(count: int) -> Corpus:
    """Articles of which the first half is the same in all: more alike than any news, and no copies."""
    half = "".join(articles(1, np.random.default_rng(SEED), 300, 300))
    return [half + text for text in articles(count, np.random.default_rng(SEED + 1), 270, 330)], np.arange(count)


HARD: dict[str, tuple[Callable[[int], Corpus], int]] = {
    "identical": (make_identical, 100_000),
    "empty": (make_empty, 1_000_000),
    "one of 50 MB": (make_long, 100),
    "1 to 3 characters": (make_short, 20_000),
    "one template": (make_template, 2_000),
    "half the same": (make_half, 20_000),
}
"""What makes each, and with how many texts."""


def make(name: str, count: int) -> Corpus:
    """A corpus by its name; the same every time."""
    return make_news(count) if name == "news" else HARD[name][0](count)


# -- measuring

TIMED = ("seconds", "seconds_search", "seconds_cpu")
"""From texts to the list of duplicates, up to the list, and what the processor did of it: on a busy machine the fairest."""


def score(result: Any, groups: NDArray[np.int64]) -> dict[str, int]:
    """Of the articles that go, how many are planted copies of what stays for them; how many were planted; how many go wrongly."""
    found = sum(int(groups[gone.id] == groups[gone.kept_id]) for gone in result.duplicates)
    planted = len(groups) - len(np.unique(groups))
    return {"found": found, "planted": planted, "wrong": len(result.duplicates) - found}


def memory_now() -> int:
    """Bytes that this process holds, what it has freed given back to the system; the high-water mark begins anew where it can."""
    gc.collect()
    status = Path("/proc/self/status")
    if not status.is_file():
        return shapes.peak_memory()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return shapes.peak_memory()
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("utf-8"))
    return int(found[1]) * 1024 if found else shapes.peak_memory()


def measure(name: str, count: int, arrow: bool = False) -> dict[str, Any]:
    """Seconds and memory for one search, in a process that has searched only a few texts before."""
    cleaner.dedup(list(articles(50, np.random.default_rng(SEED))), jobs=1)
    items, groups = make(name, count)
    length = sum(len(text.encode()) for text in items)
    if arrow:
        import pyarrow as pa

        # In parts, as a file would come; the list goes before anything is measured.
        parts = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
        items = pa.table({"text": pa.chunked_array([pa.array(part, pa.large_string()) for part in parts])})
        del parts
    before = memory_now()
    began, cpu = time.perf_counter(), time.process_time()
    result = cleaner.dedup(items, jobs=1)
    searched = time.perf_counter()
    gone = len(result.duplicates)
    listed, cpu = time.perf_counter(), time.process_time() - cpu
    return {
        "name": name,
        "arrow": arrow,
        "texts": count,
        "bytes": length,
        "seconds": listed - began,
        "seconds_search": searched - began,
        "seconds_cpu": cpu,
        "memory_before": before,
        "memory_peak": shapes.peak_memory(),
        "gone": gone,
        "pairs": len(result._found.better),
        **score(result, groups),
    }


def run(name: str, count: int, arrow: bool, limit: float) -> dict[str, Any] | None:
    """`measure` in a process of its own; None where it took longer than `limit` seconds."""
    command = [sys.executable, "-m", "benchmarks.speed.corpora", name, str(count), *["--arrow"] * arrow]
    try:
        done = subprocess.run(command, check=True, cwd=shapes.ROOT, stdout=subprocess.PIPE, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure_all(
    asked: list[tuple[str, int]], arrow: bool, repetitions: int, limit: float, report: Callable[[str], object] = print
) -> list[dict[str, Any]]:
    """Every corpus, in turns; one that takes too long is reported and not tried again."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for _ in range(repetitions):
        for name, count in list(asked):
            result = run(name, count, arrow, limit)
            if result is None:
                report(f"{name}, {count:,} texts: not done after {limit:g} s")
                asked = [pair for pair in asked if pair != (name, count)]
                continue
            row = rows.setdefault((name, count), {**result, **{timed: [] for timed in TIMED}})
            for timed in TIMED:
                row[timed].append(result[timed])
            row["memory_peak"] = max(row["memory_peak"], result["memory_peak"])
            report(f"{name}, {count:,} texts: {result['seconds']:.2f} s")
    return list(rows.values())


def growth_cpu(rows: list[dict[str, Any]]) -> float | None:
    """The exponent with which processor time grows with size."""
    return shapes.growth([{**row, "seconds": row["seconds_cpu"]} for row in rows])


def make_table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title)
    columns = (
        "corpus",
        "texts",
        "MB",
        "seconds",
        "CPU s",
        "docs/s",
        "peak MB",
        "bytes a text",
        "pairs kept",
        "found",
        "planted",
        "wrong",
    )
    for name in columns:
        table.add_column(name, justify="left" if name == "corpus" else "right")
    for row in rows:
        held = row["memory_peak"] - row["memory_before"]
        table.add_row(
            f"{row['name']}{', Arrow' * row['arrow']}",
            f"{row['texts']:,}",
            figures(row["bytes"] / MB),
            spread(row["seconds"]) if len(row["seconds"]) > 1 else figures(row["seconds"][0]),
            figures(median(row["seconds_cpu"])),
            figures(row["texts"] / median(row["seconds"])),
            figures(held / MB),
            figures(held / row["texts"]),
            *(f"{row[name]:,}" for name in ("pairs", "found", "planted", "wrong")),
        )
    return table


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), "--arrow" in sys.argv[3:]), ensure_ascii=False))
