"""A text as lines, each with its place in the input.

A line is what stands between two line ends, without white space around it; lines that show nothing are left out.
`split` normalizes while it keeps places: the steps of `cleaner.text.normalize` work within lines, so line number k of the
normalized text is line number k of the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from cleaner.text.characters import OTHER_LINE_END
from cleaner.text.normalize import LINE_END, replay, run_steps, settle_steps

__all__ = ["Sheet", "split"]

ALIGN_LIMIT = 2000
"""Characters; in a longer line that normalization changed, a cut falls where its share of the length falls."""


@dataclass(slots=True)
class Sheet:
    """The lines of a text as columns: where each stands in the input, and its normalized text."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    settled: bool = field(default=False, repr=False, compare=False)
    """Whether it is certain that normalization would change none of these lines, whichever of them stand together."""

    def add(self, start: int, end: int, text: str) -> None:
        """Adds a line at the end."""
        self.starts.append(start)
        self.ends.append(end)
        self.texts.append(text)

    def line(self, number: int) -> tuple[int, int, str]:
        """One line: where it begins and ends in the input, and its text."""
        return self.starts[number], self.ends[number], self.texts[number]

    def cut(self, number: int, at: int, source: str) -> tuple[tuple[int, int, str], tuple[int, int, str]]:
        """What line `number` is when it is cut before character `at` of its text; white space at the cut belongs to neither part."""
        start, end, text = self.line(number)
        raw = source[start:end]
        place = at if raw == text else _align(text, raw, at)
        return (
            (start, start + len(raw[:place].rstrip()), text[:at].rstrip()),
            (end - len(raw[place:].lstrip()), end, text[at:].lstrip()),
        )


def split(
    text: str, *, script: str = "keep", punctuation: str = "keep", is_plain: bool = False
) -> tuple[Sheet, tuple[str, ...]]:
    r"""The lines of a text that show something, and the names of the normalization steps that changed it.

    `is_plain` says that no step that always runs would change it.

    >>> split("Ａ股\r\n\r\n 上涨 ")
    (Sheet(starts=[0, 7], ends=[2, 9], texts=['A股', '上涨']), ('line_ends', 'width', 'loose_spaces'))
    """
    normal, steps, settled = settle_steps(text, script=script, punctuation=punctuation, is_plain=is_plain)
    sheet = Sheet(settled=settled)
    if not steps:
        _fill(sheet, text)
        return sheet, ()
    shown_lines = normal.split("\n")
    pieces = list(_iter_pieces(text))
    if len(shown_lines) != len(pieces):  # a reference such as &#10; made a line end within a line
        sheet.settled = False
        shown_lines = [replay(steps, piece) for _, piece in pieces]
        for at, line in enumerate(shown_lines):
            if "\n" in line:
                shown_lines[at] = run_steps(line.replace("\n", " "), script=script, punctuation=punctuation)[0]
    starts, ends, texts = sheet.starts, sheet.ends, sheet.texts
    for (at, piece), line in zip(pieces, shown_lines, strict=True):
        if shown := line.strip():
            bare = piece.strip()
            start = at if not bare or len(bare) == len(piece) else at + piece.find(bare[0])
            starts.append(start)
            ends.append(start + len(bare))
            texts.append(shown)
    return sheet, tuple(dict.fromkeys(step.name for step in steps))


def _fill(sheet: Sheet, text: str) -> None:
    """The lines of a text that is normal already: without white space at either end, except for what `str.strip` takes and we keep."""
    at = 0
    starts, ends, texts = sheet.starts, sheet.ends, sheet.texts
    for line in text.split("\n"):
        end = at + len(line)
        if shown := line.strip():
            if shown is line:  # as nearly always
                starts.append(at)
                ends.append(end)
            else:
                start = at + line.find(shown[0])
                starts.append(start)
                ends.append(start + len(shown))
            texts.append(shown)
        at = end + 1


def _iter_pieces(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    if not OTHER_LINE_END.search(text):
        for piece in text.split("\n"):
            yield at, piece
            at += len(piece) + 1
        return
    for end in LINE_END.finditer(text):
        yield at, text[at : end.start()]
        at = end.end()
    yield at, text[at:]


def _align(shown: str, raw: str, at: int) -> int:
    """The place in `raw` that corresponds to place `at` in `shown`, its normalized form."""
    if len(raw) == len(shown):
        return at
    if len(raw) > ALIGN_LIMIT:
        return max(1, min(len(raw) - 1, len(raw) * at // len(shown)))
    place = 0
    for ours, theirs, size in SequenceMatcher(None, shown, raw, autojunk=False).get_matching_blocks():
        if ours > at:
            break
        place = theirs + min(size, at - ours)
    return max(1, min(len(raw) - 1, place))
