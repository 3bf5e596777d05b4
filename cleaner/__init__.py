"""Scraped articles in, a clean corpus out: text normalized, site chrome and repeated titles removed, duplicates found, each removal explained.

>>> import cleaner
>>> cleaner.normalize("　　ＧＤＰ增长&nbsp;5%")
'GDP增长 5%'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.config import CleanConfig, DedupConfig, RunConfig
    from cleaner.corpus.run import run
    from cleaner.corpus.workspace import RunResult
    from cleaner.duplicates.compare import compare
    from cleaner.duplicates.dedup import dedup, signature, signatures
    from cleaner.duplicates.minhash import Signature, Signatures
    from cleaner.duplicates.paragraphs import repeated_paragraphs
    from cleaner.duplicates.result import DedupResult
    from cleaner.page.clean import Cleaner, clean
    from cleaner.page.learn import learn_sites
    from cleaner.page.site import SiteProfile, Sites
    from cleaner.text.normalize import normalize, normalize_and_explain
    from cleaner.types import (
        Article,
        Cluster,
        Document,
        Duplicate,
        Kind,
        Label,
        Line,
        Pair,
        Passage,
        RepeatedParagraph,
        Similarity,
    )

__version__ = "0.1.0"

__all__ = [
    "Article",
    "CleanConfig",
    "Cleaner",
    "Cluster",
    "DedupConfig",
    "DedupResult",
    "Document",
    "Duplicate",
    "Kind",
    "Label",
    "Line",
    "Pair",
    "Passage",
    "RepeatedParagraph",
    "RunConfig",
    "RunResult",
    "Signature",
    "Signatures",
    "Similarity",
    "SiteProfile",
    "Sites",
    "clean",
    "compare",
    "dedup",
    "learn_sites",
    "normalize",
    "normalize_and_explain",
    "repeated_paragraphs",
    "run",
    "signature",
    "signatures",
]

_HOMES = {
    "Article": "cleaner.types",
    "CleanConfig": "cleaner.config",
    "Cleaner": "cleaner.page.clean",
    "Cluster": "cleaner.types",
    "DedupConfig": "cleaner.config",
    "DedupResult": "cleaner.duplicates.result",
    "Document": "cleaner.types",
    "Duplicate": "cleaner.types",
    "Kind": "cleaner.types",
    "Label": "cleaner.types",
    "Line": "cleaner.types",
    "Pair": "cleaner.types",
    "Passage": "cleaner.types",
    "RepeatedParagraph": "cleaner.types",
    "RunConfig": "cleaner.config",
    "RunResult": "cleaner.corpus.workspace",
    "Signature": "cleaner.duplicates.minhash",
    "Signatures": "cleaner.duplicates.minhash",
    "Similarity": "cleaner.types",
    "SiteProfile": "cleaner.page.site",
    "Sites": "cleaner.page.site",
    "clean": "cleaner.page.clean",
    "compare": "cleaner.duplicates.compare",
    "dedup": "cleaner.duplicates.dedup",
    "learn_sites": "cleaner.page.learn",
    "normalize": "cleaner.text.normalize",
    "normalize_and_explain": "cleaner.text.normalize",
    "repeated_paragraphs": "cleaner.duplicates.paragraphs",
    "run": "cleaner.corpus.run",
    "signature": "cleaner.duplicates.dedup",
    "signatures": "cleaner.duplicates.dedup",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `import cleaner` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
