"""The loops that the search runs on: compiled where numba is installed, plain ones otherwise."""

from __future__ import annotations

import logging

try:
    from cleaner.duplicates.kernels import count_facts, count_shared, sketch_texts
    from cleaner.duplicates.pair_kernels import (
        band_keys,
        bucket_pairs,
        collect_samples,
        contained_pairs,
        fill_texts,
        group_samples,
        sort_entries,
    )
except ModuleNotFoundError as error:
    if error.name != "numba":
        raise
    from cleaner.duplicates.plain import (
        band_keys,
        bucket_pairs,
        collect_samples,
        contained_pairs,
        count_facts,
        count_shared,
        fill_texts,
        group_samples,
        sketch_texts,
        sort_entries,
    )

    logging.getLogger("cleaner").warning(
        "numba is not installed: duplicates are searched some thirty times slower; install it with: pip install numba"
    )

__all__ = [
    "band_keys",
    "bucket_pairs",
    "collect_samples",
    "contained_pairs",
    "count_facts",
    "count_shared",
    "fill_texts",
    "group_samples",
    "sketch_texts",
    "sort_entries",
]
