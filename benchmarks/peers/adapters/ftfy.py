"""ftfy: mojibake, entities, widths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ftfy


def normalize(texts: Iterable[str], **settings: Any) -> Iterator[str]:
    config = ftfy.TextFixerConfig(**settings)
    return (ftfy.fix_text(text, config) for text in texts)
