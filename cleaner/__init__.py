"""Scraped articles in, a clean corpus out: text normalized, site chrome and repeated titles removed, each removal explained.

>>> import cleaner
>>> cleaner.normalize("　　ＧＤＰ增长&nbsp;5%")
'GDP增长 5%'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.config import CleanConfig
    from cleaner.page.clean import Cleaner, clean
    from cleaner.text.normalize import normalize, normalize_and_explain
    from cleaner.types import Article, Document, Label, Line

__version__ = "0.1.0"

__all__ = [
    "Article",
    "CleanConfig",
    "Cleaner",
    "Document",
    "Label",
    "Line",
    "clean",
    "normalize",
    "normalize_and_explain",
]

_HOMES = {
    "Article": "cleaner.types",
    "CleanConfig": "cleaner.config",
    "Cleaner": "cleaner.page.clean",
    "Document": "cleaner.types",
    "Label": "cleaner.types",
    "Line": "cleaner.types",
    "clean": "cleaner.page.clean",
    "normalize": "cleaner.text.normalize",
    "normalize_and_explain": "cleaner.text.normalize",
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
