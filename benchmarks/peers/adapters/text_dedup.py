"""text-dedup: `text_dedup.minhash`, called as its own tests call it, over a data set on the disk."""

from __future__ import annotations

import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # it is given a folder, and is to ask for nothing

import click
import datasets
from text_dedup import minhash
from text_dedup.utils import IOArgs, MetaArgs, MinHashArgs

minhash.logger.setLevel(logging.ERROR)
datasets.disable_progress_bars()

_LETTER = re.compile(r"\w")


def dedup(texts: Sequence[str], spaced: bool = False, **settings: Any) -> list[tuple[int, int]]:
    """What `main` itself drops: each record whose cluster is not its own number.

    Its generator of permutations is one for the whole module, so it is set anew; its clusters are, too.
    """
    given = list(space(texts)) if spaced else list(texts)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="text_dedup")
        source, out, cache = (str(Path(name) / part) for part in ("in", "out", "cache"))
        datasets.Dataset.from_dict({"text": given}).save_to_disk(source)
        minhash.RNG.seed(minhash.SEED)
        click.Context(minhash.main).invoke(
            minhash.main,
            io_args=IOArgs(path=source, output=out, cache_dir=cache, local=True, num_proc=None),
            meta_args=MetaArgs(column="text"),
            minhash_args=MinHashArgs(**settings),
        )
        roots = {place: minhash.uf.find(place) for place in sorted(minhash.uf.parent)}
        minhash.uf.reset()
    return [(place, root) for place, root in roots.items() if place != root]


def space(texts: Iterable[str]) -> Iterable[str]:
    """A blank after each letter: nothing sets its tokenizer, so this is how a token becomes a character."""
    return (" ".join(_LETTER.findall(text)) for text in texts)
