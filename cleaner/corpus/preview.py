"""What a run would read, and how the first pages come out, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from cleaner.config import RunConfig
from cleaner.corpus.batch import Limits
from cleaner.corpus.plan import Plan
from cleaner.corpus.read import read_batches
from cleaner.corpus.work import Worker

__all__ = ["preview"]

FILES, RECORDS = 20, 200
"""So many files are named, and so many records of the first files are cleaned."""


def preview(plan: Plan, config: RunConfig) -> Iterator[str]:
    """The lines that say it. Nothing is written; sites are not learned."""
    yield f"{len(plan.inputs):,} files, {plan.size / 1e6:,.1f} MB; {plan.passed_over:,} of other kinds passed over"
    for item in plan.inputs[:FILES]:
        yield item.error or f"  {item.path}  {item.size:,} bytes"
    if len(plan.inputs) > FILES:
        yield f"  … and {len(plan.inputs) - FILES:,} more"
    worker = Worker(config)
    tally: Counter[str] = Counter()
    errors: list[str] = []
    limits = Limits(batch_bytes=1, record_bytes=config.max_record)
    sources = (item.source(config.input_format, Path()) for item in plan.inputs if not item.error and item.path != "-")
    batches = chain.from_iterable(read_batches(source, limits) for source in sources)
    for batch in islice(batches, min(RECORDS, config.limit or RECORDS)):
        columns = worker.clean(batch, config.sites)
        for name, counts in columns.counts.items():
            tally.update({f"{name}: {key}": count for key, count in counts.items()})
        errors += filter(None, columns.error)
    yield "the first records, cleaned one by one:"
    for name, count in sorted(tally.items()):
        yield f"  {name} {count:,}"
    yield from (f"  {error}" for error in errors[:FILES])
