"""The five hand-labelled articles beside the repository: every line and every field right."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import cleaner


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_line_and_field_of_the_seeds_is_right(shared: Path) -> None:
    total, fields, right, wrong = load(shared / "tools" / "score_seeds.py").score(cleaner.clean)
    print(*wrong, sep="\n")
    assert total >= 190
    assert wrong == []
    assert right == fields


def test_cleaned_seeds_come_back_whole(shared: Path) -> None:
    for path in sorted((shared / "gold" / "seeds").glob("*.txt")):
        article = cleaner.clean(path.read_text(encoding="utf-8"))
        assert cleaner.clean(article.text).text == article.text, path.stem
