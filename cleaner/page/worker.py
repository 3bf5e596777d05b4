"""What a process of `Cleaner.pipe` does: see spread.py, which names it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from cleaner.page.clean import Cleaner
from cleaner.types import Article

__all__ = ["make_worker"]


def make_worker(settings: tuple[Any, Any]) -> Callable[..., tuple[list[Article], Exception | None]]:
    """What a process of `pipe` does: cleans a batch, up to the first fault."""
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
        except Exception as error:  # it is raised where the articles are asked for, after those before it
            return articles, error
        return articles, None

    return work
