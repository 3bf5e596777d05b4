"""Pages cleaned by several processes, each of which does what worker.py says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from cleaner.config import CleanConfig
from cleaner.errors import WorkerError
from cleaner.page.site import SiteProfile
from cleaner.pool import Pool, Task, count_cores
from cleaner.types import Article, Document

__all__ = ["pipe"]

BATCH = 64
"""Documents that a process is given at once."""


def pipe(
    config: CleanConfig,
    sites: Mapping[str, SiteProfile],
    documents: Iterable[Document | Mapping[str, Any] | str | bytes],
    jobs: int,
) -> Iterator[Article]:
    """Cleans documents by `jobs` processes (0: one a core); the articles come in order.

    Raises what `Cleaner.pipe` raises, after the articles before the fault, and WorkerError for a document that ends every process
    that cleans it.
    """
    source = iter(documents)
    fault: list[Exception] = []

    def batches() -> Iterator[Task]:
        number = 0
        while True:
            batch: list[Any] = []
            try:
                batch.extend(islice(source, BATCH))
            except Exception as error:  # what was read before the fault is not lost by it
                fault.append(error)
            if batch:
                yield Task(number, batch)
            if fault or not batch:
                return
            number += 1

    with Pool("cleaner.page.worker:make_worker", (config, sites), jobs or count_cores()) as pool:
        for task, (articles, error) in pool.run(batches()):
            yield from articles
            if error is not None:
                raise error
            if task.poisonous:
                place = BATCH * task.number + task.poisonous[0]
                raise WorkerError(f"document {place} (counted from 0) ended the process that cleaned it; leave it out")
    if fault:
        raise fault[0]
