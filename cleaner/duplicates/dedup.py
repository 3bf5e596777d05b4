"""What users call: the search for duplicates, and signatures."""

from __future__ import annotations

from typing import Any

from cleaner.config import DedupConfig
from cleaner.duplicates.minhash import Signature, Signatures
from cleaner.duplicates.paragraphs import find_repeated
from cleaner.duplicates.records import read_records
from cleaner.duplicates.result import DedupResult
from cleaner.duplicates.search import Progress, search
from cleaner.duplicates.sketch import sketch
from cleaner.pool import count_cores

__all__ = ["dedup", "signature", "signatures"]


def dedup(
    items: Any,
    threshold: float | None = None,
    *,
    config: DedupConfig | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> DedupResult:
    """Finds which articles are the same, and keeps the best of each group; `settings` are the fields of DedupConfig by name.

    `items` are texts, mappings with `text`, Documents, Articles, or an Arrow table with a column `text`. The id of what has
    none is its position.

    >>> text = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆，市民从四面八方赶来。"
    >>> result = dedup([text, text.replace("市民", "居民"), "河湾大桥的设计者说，桥面比原计划高出两米。"], threshold=0.7)
    >>> result.kept, [(item.id, item.kept_id, item.kind.value, round(item.similarity, 2)) for item in result.duplicates]
    ((0, 2), [(1, 0, 'near', 0.75)])

    Raises ConfigError for wrong settings and ids that stand twice, NotTextError for a record without text.
    """
    if threshold is not None:
        settings["threshold"] = threshold
    config = DedupConfig.merge(config, settings, "dedup()")
    records = read_records(items)
    found = search(records, config, progress)
    return DedupResult(records, found, config, find_repeated)


def signature(text: Any, *, num_perm: int = 128, seed: int = 1) -> Signature:
    """The MinHash signature of one text: for many, `signatures` is faster.

    >>> signature("大桥今日通车").jaccard(signature("大橋今日，通車！"))
    1.0
    """
    return Signature(signatures([text], num_perm=num_perm, seed=seed, jobs=1).array[0], seed)


def signatures(items: Any, *, num_perm: int = 128, seed: int = 1, jobs: int = 0) -> Signatures:
    """The MinHash signatures of many texts, by their ids; `jobs` are threads, 0 is one a core."""
    config = DedupConfig(num_perm=num_perm, seed=seed, jobs=jobs)
    records = read_records(items)
    sketches = sketch(records.texts, config.num_perm, config.seed, sampled=False, jobs=jobs or count_cores())
    return Signatures(records.ids, sketches.signatures, config.seed)
