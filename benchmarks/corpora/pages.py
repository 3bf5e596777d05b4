"""A corpus of made-up pages of any size, as JSON lines: the sample pages with other articles in them.

usage: python -m benchmarks.corpora.pages BYTES OUT.jsonl [--seed N]

Each page is a sample page of docs/samples: its menus, notices and dates stand where they stood, with other figures, under another address;
its paragraphs are articles without sense (see `corpora.articles`), of some 2,000 characters. One page in ten is a copy of an
earlier one: as it was, shortened, or with a character changed, on another site. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import orjson

from benchmarks.corpora.news import COPIES, articles
from benchmarks.corpora.samples import SEED, labelled_lines, read_samples

SHORTEST, LONGEST = 1200, 2600
"""Characters of an article."""
COPIED = 0.1
REMEMBERED = 2000
"""Articles that copies are made of: the latest."""
BATCH = 2000

_FIGURES = re.compile(r"\d+")
_KEPT = {"body", "heading"}


@cache
def templates() -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """Site and lines of each sample page that holds an article; None stands for the article."""
    found = []
    for text, labels in read_samples():
        lines: list[str | None] = []
        for line, label, _ in labelled_lines(text, labels):
            if label not in _KEPT and label not in ("repeated_body", "repeated_paragraph"):
                lines.append(line)
            elif None not in lines:
                lines.append(None)
        if None in lines:
            found.append((labels["site"], tuple(lines)))
    return tuple(found)


def paragraphs(text: str, chance: random.Random) -> str:
    """A text cut into paragraphs of 60 to 300 characters, each ended."""
    lines, at = [], 0
    while at < len(text):
        size = chance.randint(60, 300)
        lines.append(text[at : at + size].strip("，。、：“”") + "。")
        at += size
    return "\n".join(line for line in lines if len(line) > 1)


def pages(size: int, seed: int = SEED) -> Iterator[bytes]:
    """Pages as JSON lines, of `size` bytes in all, as nearly as whole pages allow."""
    chance = random.Random(seed)
    numbers = np.random.default_rng(seed)
    written = number = 0
    latest: list[str] = []
    while written < size:
        for body in articles(BATCH, numbers, SHORTEST, LONGEST):
            text = body
            if latest and chance.random() < COPIED:
                text = chance.choice(COPIES)(chance.choice(latest), chance)
            else:
                latest.append(body)
            line = _page(number, text, chance)
            yield line
            written += len(line)
            number += 1
            if written >= size:
                return
        del latest[:-REMEMBERED]


def _page(number: int, body: str, chance: random.Random) -> bytes:
    site, lines = chance.choice(templates())
    figure = str(chance.randrange(10, 99))
    text = "\n".join(
        paragraphs(body, random.Random(len(body)))
        if line is None
        else _FIGURES.sub(lambda m: figure[: len(m[0])], line, count=1)
        for line in lines
    )
    page = {
        "id": f"page-{number}",
        "url": f"https://www.{site}.example/news/{number}.html",
        "number": number,
        "text": text,
    }
    return orjson.dumps(page, option=orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    """Reads the options, and writes the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bytes", type=float)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    with open(options.out, "wb") as file:
        file.writelines(pages(int(options.bytes), options.seed))


if __name__ == "__main__":
    main()
