"""A table of figures, shown on a terminal or written as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import rich.table
from rich.text import Text


@dataclass(slots=True)
class Table:
    """Rows of text under their columns; the columns before `first_figure` are words, and stand at the left."""

    title: str
    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    first_figure: int = 1
    note: str = ""

    def add(self, *cells: object) -> None:
        self.rows.append([str(cell) for cell in cells])

    def to_rich(self) -> rich.table.Table:
        shown = rich.table.Table(
            title=Text(self.title), caption=Text(self.note) if self.note else None, caption_justify="left"
        )
        for number, name in enumerate(self.columns):
            shown.add_column(Text(name), justify="left" if number < self.first_figure else "right")
        for row in self.rows:
            shown.add_row(*map(Text, row))
        return shown

    def to_markdown(self) -> str:
        sides = ["---" if number < self.first_figure else "---:" for number in range(len(self.columns))]
        lines = [_row(self.columns), _row(sides).replace(" ", ""), *map(_row, self.rows)]
        return "\n".join(lines) + (f"\n\n{self.note}" if self.note else "")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
