"""Pages cleaned by several processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleaner.errors import NotTextError, WorkerError
from cleaner.pool import Pool, Task, count_cores
from cleaner.types import Article, Document

if TYPE_CHECKING:
    from cleaner.page.clean import Cleaner

__all__ = ["pipe"]

BATCH = 64
"""Documents that a process is given at once."""


def pipe(
    cleaner: Cleaner, documents: Iterable[Document | Mapping[str, Any] | str | bytes], jobs: int
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

    with Pool("cleaner.page.spread:make_worker", (cleaner.config, cleaner.sites), jobs or count_cores()) as pool:
        for task, (articles, error) in pool.run(batches()):
            yield from articles
            if error is not None:
                raise error
            if task.poisonous:
                place = BATCH * task.number + task.poisonous[0]
                raise WorkerError(f"document {place} (counted from 0) ended the process that cleaned it; leave it out")
    if fault:
        raise fault[0]


def make_worker(settings: tuple[Any, Any]) -> Callable[..., tuple[list[Article], Exception | None]]:
    """What a process of `pipe` does: cleans a batch, up to the first fault."""
    from cleaner.page.clean import Cleaner

    config, sites = settings
    cleaner = Cleaner(config, sites=sites)

    def work(
        items: Sequence[Any], _about: None, poisonous: Collection[int], begin: Callable[[int], None] | None
    ) -> tuple[list[Article], Exception | None]:
        articles: list[Article] = []
        try:
            if begin is None:
                articles.extend(cleaner.pipe(items))
            else:
                for place in range(min(poisonous, default=len(items))):
                    begin(place)
                    articles.extend(cleaner.pipe([items[place]]))
        except NotTextError as error:
            return articles, error
        return articles, None

    return work
