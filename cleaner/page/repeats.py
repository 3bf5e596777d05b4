"""What stands in a page more than once: its title, its whole body, single paragraphs.

Headings, refrains, dialogue and verse repeat on purpose and stay: what goes is long, and equal to the character once both copies are
in probe form.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from cleaner.text.paragraph import PARAGRAPH_CHARS, is_paragraph

__all__ = [
    "Copies",
    "copies_among",
    "echoes",
    "find_copies",
    "find_repeated_body",
    "find_repeated_paragraphs",
    "find_repeated_titles",
    "find_title_in",
    "same_title",
]

BODY_CHARS = 200
BODY_PARAGRAPHS = 2
"""A body stands twice when an ordered run of at least so many paragraphs and characters does."""

LONGEST_GAP = 200
"""Lines that may stand between two long paragraphs of a body that stands twice."""

TITLE_CHARS = 10
TITLE_COPIES = 3
"""A line not known as the title counts as one from this length and so many copies on (the design's measured rule)."""

KNOWN_TITLE_CHARS = 6

_ENDS = "。!?;…"
_ITEM = re.compile(r"[^:]{1,6}:|[(\[]?[0-9一二三四五六七八九十a-z]{1,3}[).、.]")
_PICTURE = re.compile(r"\((?:组图|图 ?\d{0,2}|\d{1,2})\)$")
_PASSED = " [【"  # blanks, and what stands in brackets, are passed over where a title is looked for
_OPENERS = 24  # characters by which a page's description is known for the beginning of a paragraph


Copies = Mapping[str, Sequence[int]]
"""Where each line stands that stands more than once in a page and is at least `TITLE_CHARS` long."""


def find_copies(keys: Sequence[str]) -> Copies:
    """The lines of a page that stand more than once, with their places."""
    long = [key for key in keys if len(key) >= TITLE_CHARS]
    if len(set(long)) == len(long):
        return {}
    places: dict[str, list[int]] = {key: [] for key, count in Counter(long).items() if count > 1}
    for at, key in enumerate(keys):
        if key in places:
            places[key].append(at)
    return places


def copies_among(copies: Copies, lines: Sequence[int]) -> Copies:
    """The copies in the page that some lines of another are, in ascending order, of whose copies these are."""
    if not copies:
        return copies
    among = {}
    for key, places in copies.items():
        moved = [bisect_left(lines, place) for place in places]
        left = [at for at, place in zip(moved, places, strict=True) if at < len(lines) and lines[at] == place]
        if len(left) > 1:
            among[key] = left
    return among


def echoes(keys: Sequence[str]) -> list[int]:
    """The lines that a later, at least as long line begins with: a page's description before its text.

    Both have at least 24 characters; one may be cut off.
    """
    long = [at for at, key in enumerate(keys) if len(key) >= _OPENERS]
    openers = [keys[at][:_OPENERS] for at in long]
    last = dict(zip(openers, long, strict=True))
    if len(last) == len(long):
        return []
    return [
        at
        for at, opener in zip(long, openers, strict=True)
        if (later := last[opener]) > at and keys[later].startswith(keys[at].rstrip(" .…"))
    ]


def find_repeated_body(keys: Sequence[str], copies: Copies, is_head: Callable[[int], bool]) -> list[int]:
    """The lines of the copy of a body that goes, where an ordered run of paragraphs stands twice.

    `is_head` tells whether a line names date, source or author; the copy that such a line stands before (within 8 lines) is kept,
    the first one where that does not tell.
    """
    gone: set[int] = set()
    pairs = sorted((at[0], at[1]) for key, at in copies.items() if len(key) >= PARAGRAPH_CHARS)
    index = 0
    while index < len(pairs):
        run = [pairs[index]]
        while index + 1 < len(pairs) and _follows(run[-1], pairs[index + 1], keys):
            index += 1
            run.append(pairs[index])
        index += 1
        chars = sum(len(keys[first]) for first, _ in run)
        if len(run) < BODY_PARAGRAPHS or chars < BODY_CHARS or run[-1][0] >= run[0][1]:
            continue
        first, second = run[0][0], run[0][1]
        has_head = [any(map(is_head, range(max(0, begin - 8), begin))) for begin in (first, second)]
        side = 0 if has_head == [False, True] else 1
        gone.update(pair[side] for pair in run)
        for pair, after in pairwise(run):  # and the short lines that both copies have between
            if keys[pair[0] + 1 : after[0]] == keys[pair[1] + 1 : after[1]]:
                gone.update(range(pair[side] + 1, after[side]))
    return sorted(gone)


def _follows(pair: tuple[int, int], after: tuple[int, int], keys: Sequence[str]) -> bool:
    """Whether two paragraphs stand in the same order in both copies, with nothing of weight between them."""
    one, two = after[0] - pair[0], after[1] - pair[1]
    if one == two and 0 < one <= LONGEST_GAP and keys[pair[0] + 1 : after[0]] == keys[pair[1] + 1 : after[1]]:
        return True  # verse or dialogue, the same in both
    for left, right in zip(pair, after, strict=True):
        if not 0 < right - left <= PARAGRAPH_CHARS or sum(map(len, keys[left + 1 : right])) > PARAGRAPH_CHARS:
            return False
    return True


def find_repeated_paragraphs(copies: Copies, kept: Callable[[int], bool]) -> list[int]:
    """The lines that say a paragraph again which already stands, among those that are kept."""
    found = []
    for key, places in copies.items():
        if is_paragraph(key):
            found += [at for at in places if kept(at)][1:]
    return sorted(found)


def same_title(line: str, title: str) -> bool:
    """Whether a line is a title, whole or cut off (`…`), with or without a short bracket before it.

    >>> same_title("[本地]河湾大桥今日通车", "河湾大桥今日通车"), same_title("河湾大桥今日…", "河湾大桥今日通车")
    (True, True)
    """
    first, wanted = line[:1], title[:1]
    if first != wanted and first not in _PASSED and wanted not in _PASSED:
        return False  # as nearly always
    line, title = _plain(line), _plain(title)
    if len(title) < KNOWN_TITLE_CHARS:
        return False
    if line == title:
        return True
    short = line.rstrip(".…")
    if short != line or len(short) >= max(TITLE_CHARS, len(title) * 2 // 3):
        return len(short) >= KNOWN_TITLE_CHARS and title.startswith(short)
    return False


def find_title_in(lines: Sequence[str], title: str) -> Iterator[int]:
    """The lines that are a title (see `same_title`)."""
    if plain := _plain(title):
        begins = (plain[0], *_PASSED)
        for at, line in enumerate(lines):
            if line.startswith(begins) and same_title(line, title):
                yield at


def _plain(title: str) -> str:
    if title[:1] in "[【" and (end := max(title.find("]"), title.find("】"))) in range(2, 8):
        title = title[end + 1 :]
    elif title[:1] == "【" and title[-1] == "】" and "--" in title:  # `【www.example.com--title】`
        title = title[title.index("--") + 2 : -1]
    if title[-1:] == ")":
        title = _PICTURE.sub("", title)
    return title.replace(" ", "")


def _is_sentence(line: str) -> bool:
    """Whether a mark ends a line, within quotation marks or brackets, too."""
    bare = line.rstrip("\"'」』)")
    return not bare or bare[-1] in _ENDS


def find_repeated_titles(
    keys: Sequence[str], copies: Copies, title: str | None, ruled: Callable[[int], bool]
) -> Mapping[int, str]:
    """The lines that say the title, and the reason: `repeated-title` for one known, `repeated-line` for one that shows only by repeating.

    A line is taken for a title by repetition alone when it is long, open (no mark ends it), stands three times or more,
    and differing paragraphs stand between the copies. Lines in unbroken succession are a refrain.
    """
    found: dict[int, str] = {}
    if title and len(plain := _plain(title)) >= KNOWN_TITLE_CHARS:
        begins = f"{plain[0]}[【<("
        for at in [at for at, key in enumerate(keys) if key[0] in begins]:
            if len(keys[at]) <= 2 * len(title) + 12 and same_title(keys[at], title):
                found[at] = "repeated-title"
    for key, places in copies.items():
        if len(places) < TITLE_COPIES or ruled(places[0]) or len(key) > 80 or _is_sentence(key) or _ITEM.match(key):
            continue
        # The lines around it must be paragraphs, each another: tables, forms and lists repeat their cells.
        around = {keys[near] for at in places for near in (at - 1, at + 1) if 0 <= near < len(keys)} - {key}
        paragraphs = sum(len(line) >= PARAGRAPH_CHARS for line in around)
        if paragraphs >= len(places) and all(b - a > 1 for a, b in pairwise(places)):
            found.update(dict.fromkeys(places, "repeated-line"))
    return found
