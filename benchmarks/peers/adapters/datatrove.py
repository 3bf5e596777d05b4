"""datatrove: MinHash signatures, bands and clusters in three steps over files; what shares a band is one cluster, and one of it stays."""

from __future__ import annotations

import logging
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.utils.logging import logger

logger.disable("datatrove")


def _sign(texts: Sequence[str], folder: Path, language: str, settings: dict[str, Any]) -> MinhashConfig:
    if language == "cmn_Hani":
        import jieba

        jieba.setLogLevel(logging.ERROR)
    config = MinhashConfig(**settings)
    documents = (Document(text=text, id=str(place)) for place, text in enumerate(texts))
    MinhashDedupSignature(str(folder), config=config, language=language).run(documents, rank=0, world_size=1)
    return config


def signatures(texts: Sequence[str], language: str, **settings: Any) -> int:
    with tempfile.TemporaryDirectory() as folder:
        config = _sign(texts, Path(folder), language, settings)
        size = (Path(folder) / "bucket_000" / "00000.minhash.sig").stat().st_size
        return int(size // struct.calcsize(f"<{config.hashes_per_bucket}QI"))


def dedup(texts: Sequence[str], language: str, **settings: Any) -> list[tuple[int, int]]:
    """The steps one after the other, as its executor calls them; the files say what goes, and in which cluster each is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = _sign(texts, folder / "signatures", language, settings)
        buckets = MinhashDedupBuckets(str(folder / "signatures"), str(folder / "buckets"), config=config)
        for rank in range(config.num_buckets):
            buckets.run(None, rank=rank, world_size=config.num_buckets)
        out = folder / "out"
        step = MinhashDedupCluster(str(folder / "buckets"), str(out), config=config, save_cluster_id=True)
        step.run(None, 0, world_size=1)
        if not (out / "000000.remove").is_file():
            return []  # nothing goes, so nothing is written
        gone = {place for (place,) in struct.iter_unpack("<I", (out / "000000.remove").read_bytes())}
        cluster = dict(struct.iter_unpack("<2I", (out / "000000.clusters").read_bytes()))
    kept = {number: place for place, number in cluster.items() if place not in gone}
    return [(place, kept[cluster[place]]) for place in sorted(gone)]
