"""How much is measured: the whole of it, or the quick form that CI runs so that the suite never rots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes, repetitions and limits."""

    seconds: float = 1.5
    """About how long one repetition takes: a slow contender gets the first texts of a shuffled corpus, as many as it does in this time."""
    fixed_count: int | None = None
    """So many texts for everybody instead, and no trial of how many it does."""
    repetitions: int = 3
    run_repetitions: int = 3
    """Of whole runs over the news."""
    start_repetitions: int = 9
    made_texts: int = 20_000
    most_texts: int = 1_000_000

    most_pages: int = 1_000
    most_clean: int = 2_000
    """Pages, and clean texts, that quality of cleaning is measured on."""
    per_cell: int = 40
    """Planted copies of each kind and strength."""
    articles: int = 4_000
    """Articles that copies are planted in, and of which all pairs are compared by brute force."""

    article_counts: tuple[int, ...] = (10_000, 100_000, 1_000_000, 3_000_000)
    page_sizes: tuple[int, ...] = (100_000, 1_000_000, 5_000_000, 20_000_000, 50_000_000)
    shape_sizes: tuple[int, ...] = (100_000, 1_000_000, 5_000_000)
    run_sizes: tuple[int, ...] = (30_000_000, 100_000_000, 300_000_000)
    shrink_hard: int = 1
    scale_repetitions: int = 3
    """Of the search over up to 10,000 articles; larger corpora are searched once."""
    time_limit: float = 200.0
    """Seconds after which a contender is stopped, and is not tried on more."""

    own_environments: bool = True
    """Whether peers that need an environment of their own are measured."""


QUICK = Settings(
    fixed_count=20,
    repetitions=2,
    run_repetitions=1,
    start_repetitions=1,
    made_texts=400,
    most_texts=400,
    most_pages=12,
    most_clean=12,
    per_cell=3,
    articles=160,
    article_counts=(300, 1_000),
    scale_repetitions=1,
    page_sizes=(50_000, 100_000),
    shape_sizes=(),
    run_sizes=(500_000,),
    shrink_hard=200,
    time_limit=60.0,
    own_environments=False,
)
