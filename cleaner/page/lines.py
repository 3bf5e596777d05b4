"""A text as lines, each with its place in the input.

A line is what stands between two line ends, without white space around it; lines that show nothing are left out.
`split` normalizes while it keeps places: the steps of `cleaner.text.normalize` work within lines, so line number k of the
normalized text is line number k of the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from cleaner.text.normalize import LINE_END, replay, run_steps

__all__ = ["Segment", "cut", "split"]

ALIGN_LIMIT = 2000
"""Characters; in a longer line that normalization changed, a cut falls where its share of the length falls."""


@dataclass(slots=True)
class Segment:
    """A piece of a line: its place in the input, and its normalized text."""

    start: int
    end: int
    text: str


def split(text: str, *, script: str = "keep", punctuation: str = "keep") -> tuple[list[Segment], tuple[str, ...]]:
    """The lines of a text that show something, and the names of the normalization steps that changed it.

    >>> split("Ａ股\\r\\n\\r\\n 上涨 ")
    ([Segment(start=0, end=2, text='A股'), Segment(start=7, end=9, text='上涨')], ('line_ends', 'width', 'loose_spaces'))
    """
    normal, steps = run_steps(text, script=script, punctuation=punctuation)
    segments: list[Segment] = []
    add = segments.append
    if not steps:
        at = 0
        for line in text.split("\n"):
            shown = line.strip()
            if shown:
                start = at + line.find(shown[0])
                add(Segment(start, start + len(shown), shown))
            at += len(line) + 1
        return segments, ()
    shown_lines = normal.split("\n")
    pieces = list(_iter_pieces(text))
    if len(shown_lines) != len(pieces):  # a reference such as &#10; made a line end within a line
        shown_lines = [replay(steps, piece).replace("\n", " ") for _, piece in pieces]
    for (at, piece), line in zip(pieces, shown_lines, strict=True):
        shown = line.strip()
        if shown:
            bare = piece.strip()
            start = at + (piece.find(bare[0]) if bare else 0)
            add(Segment(start, start + len(bare), shown))
    return segments, tuple(dict.fromkeys(step.name for step in steps))


def _iter_pieces(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for end in LINE_END.finditer(text):
        yield at, text[at : end.start()]
        at = end.end()
    yield at, text[at:]


def cut(segment: Segment, at: int, source: str) -> tuple[Segment, Segment]:
    """Cuts a segment of `source` before character `at` of its text; white space at the cut belongs to neither part."""
    raw = source[segment.start : segment.end]
    place = at if raw == segment.text else _align(segment.text, raw, at)
    left, right = raw[:place], raw[place:]
    left_end = segment.start + len(left.rstrip())
    right_start = segment.end - len(right.lstrip())
    return (
        Segment(segment.start, left_end, segment.text[:at].rstrip()),
        Segment(right_start, segment.end, segment.text[at:].lstrip()),
    )


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
