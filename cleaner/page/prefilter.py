"""Which rules can fit a line at all, found for all lines of a page at once.

A pattern can only fit where the characters stand that it cannot do without: `(?:责任)?编辑:` needs `编辑`. `required` reads
them off a pattern, and `Prefilter` looks for all of them in one pass over the page as an array: a table of bytes tells of each pair of
neighbouring characters whether it calls for any rule in a line of this length, as few do. Of those another table gives the set of rules,
as bits, and a reduction ORs them together by line. Most lines call for no rule, the others for two or three out of a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Prefilter", "first_characters", "required"]

MOST_STRINGS = 400
"""A pattern that needs one of more strings than this is cut into parts; the best part is taken."""

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

WORD = 64  # bits

_LENGTHS = (20, 60, 120)
"""Characters: lines up to each, and longer ones, are kinds that are told apart at once. Most patterns look at short lines only, and most
text stands in long ones."""


@lru_cache(maxsize=4)
def _parse(pattern: str) -> list[Any]:
    try:
        from re import _parser as parser  # type: ignore[attr-defined]
    except ImportError:  # another Python: nothing can be told of a pattern, and all are asked; the answers are the same
        return []
    return list(parser.parse(pattern))


def required(pattern: str) -> frozenset[str] | None:
    """Strings of which every match of a pattern holds at least one; None where there is no telling.

    >>> sorted(required("编[辑审] ?:.{1,9}"))
    ['编审', '编辑']
    """
    found = _needed(_parse(pattern))
    return frozenset(found) if found else None


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match of a pattern can begin with; None where there is no telling.

    >>> sorted(first_characters("(?:责任)?编[辑审]"))
    ['编', '责']
    """
    chars, may_be_empty = _first(_parse(pattern))
    return None if chars is None or may_be_empty else frozenset(chars)


def _first(operations: Sequence[Any]) -> tuple[set[str] | None, bool]:
    """The first characters of a sequence (None: any), and whether it can match nothing."""
    chars: set[str] = set()
    for operation in operations:
        name, argument = str(operation[0]), operation[1]
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        more: set[str] | None
        if name == "BRANCH":
            branches = [_first(list(branch)) for branch in argument[1]]
            more = (
                None
                if any(found is None for found, _ in branches)
                else set().union(*(found or () for found, _ in branches))
            )
            empty = any(branch_empty for _, branch_empty in branches)
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            more, empty = _first(list(argument[-1] if name == "SUBPATTERN" else argument))
        elif name in _REPEATS:
            more, empty = _first(list(argument[2]))
            empty = empty or argument[0] == 0
        else:
            more, empty = _exact(operation), False
        if more is None:
            return None, False
        chars |= more
        if not empty:
            return chars, False
    return chars, True


def _exact(operation: Any) -> set[str] | None:
    """All strings that one operation of a parsed pattern can match, if they are few."""
    name, argument = str(operation[0]), operation[1]
    if name == "LITERAL":
        return {chr(argument)}
    if name == "IN":
        chars: set[str] = set()
        for kind, value in argument:
            if str(kind) == "LITERAL":
                chars.add(chr(value))
            elif str(kind) == "RANGE" and value[1] - value[0] < 40:
                chars.update(map(chr, range(value[0], value[1] + 1)))
            elif str(kind) == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
                chars.update("0123456789")
            else:
                return None
        return chars
    if name == "BRANCH":
        branches = [_exact_sequence(list(branch)) for branch in argument[1]]
        if any(branch is None for branch in branches):
            return None
        union = set().union(*(branch or () for branch in branches))
        return union if len(union) <= MOST_STRINGS else None
    if name in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _exact_sequence(list(argument[-1] if name == "SUBPATTERN" else argument))
    if name in _REPEATS and argument[1] == 1:
        inner = _exact_sequence(list(argument[2]))
        return None if inner is None else inner | ({""} if argument[0] == 0 else set())
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}
    return None


def _exact_sequence(operations: Sequence[Any]) -> set[str] | None:
    strings = {""}
    for operation in operations:
        more = _exact(operation)
        if more is None or len(strings) * len(more) > MOST_STRINGS:
            return None
        strings = {"".join(parts) for parts in product(strings, more)}
    return strings


def _needed(operations: Sequence[Any]) -> set[str] | None:
    """Strings of which every match of a sequence holds one: the best of its parts."""
    candidates: list[set[str]] = []
    run = {""}
    for operation in operations:
        more = _exact(operation)
        if more is not None and len(run) * len(more) <= MOST_STRINGS:
            run = {"".join(parts) for parts in product(run, more)}
        else:
            candidates.append(run)
            run = more if more is not None and len(more) <= MOST_STRINGS else {""}
        ahead = str(operation[0]) == "ASSERT" and operation[1][0] > 0
        if inner := _needed(list(operation[1][1])) if ahead else _needed_inside(operation):
            candidates.append(inner)
    candidates.append(run)
    pairs = []
    for strings in candidates:
        if strings and "" not in strings:  # a string is told by its first two characters, or by its last two
            pairs += [{string[:2] for string in strings}, {string[-2:] for string in strings}]
    return min(pairs, key=_dearness, default=None)


def _needed_inside(operation: Any) -> set[str] | None:
    name, argument = str(operation[0]), operation[1]
    if name in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _needed(list(argument[-1] if name == "SUBPATTERN" else argument))
    if name in _REPEATS and argument[0] >= 1:
        return _needed(list(argument[2]))
    if name == "BRANCH":
        branches = [_needed(list(branch)) for branch in argument[1]]
        if all(branches):
            union: set[str] = set().union(*(branch or () for branch in branches))
            return union if len(union) <= MOST_STRINGS else None
    return None


def _dearness(strings: set[str]) -> tuple[int, int]:
    """How often some of these strings are met for nothing, roughly: blanks, digits and single ideographs are met all the time."""
    cost = 0
    for string in strings:
        if len(string) > 1:
            cost += 1 if " " not in string else 6
        elif string == " ":
            cost += 60
        elif string.isalnum():
            cost += 20
        else:
            cost += 12 if string in ":-/.,()" else 2
    return cost, len(strings)


def _pair_hash(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return (first * np.uint32(0x9E3779B1) ^ second * np.uint32(0x85EBCA6B)) >> np.uint32(16)


class Prefilter:
    """Finds, for each line of a page, the rules worth asking. A rule has a bit in a row of 64-bit words."""

    def __init__(self, patterns: Sequence[str], max_chars: Sequence[int | None], anchored: Sequence[bool]) -> None:
        """Reads off the patterns what they need.

        `max_chars` bounds the lines that a pattern looks at (None: no bound); `anchored` ones are matched from the beginning of a line.
        """
        words = -(-max(1, len(patterns)) // WORD)
        longest = max((limit for limit in max_chars if limit), default=0)
        self._pairs = np.zeros((65536, words), dtype=np.uint64)  # by the hash of two neighbouring characters
        self._chars = np.zeros((65536, words), dtype=np.uint64)  # by character
        self._firsts = np.zeros((65536, words), dtype=np.uint64)  # by the first character of the line
        self._fits = np.zeros((longest + 2, words), dtype=np.uint64)  # by length of the line
        self._always = np.zeros(words, dtype=np.uint64)
        self._memory: dict[tuple[int, ...], tuple[int, ...]] = {}
        for number, (pattern, limit, at_start) in enumerate(zip(patterns, max_chars, anchored, strict=True)):
            word, bit = number // WORD, np.uint64(1 << number % WORD)
            self._fits[: longest + 2 if limit is None else limit + 1, word] |= bit
            firsts = first_characters(pattern) if at_start else None
            self._firsts[slice(None) if firsts is None else [min(ord(char), 0xFFFF) for char in firsts], word] |= bit
            strings = required(pattern)
            if strings is None:
                self._always[word] |= bit
            for string in strings or ():
                points = np.array([ord(char) for char in string], dtype=np.uint32)
                if len(points) == 1:
                    self._chars[min(int(points[0]), 0xFFFF), word] |= bit
                else:
                    self._pairs[int(_pair_hash(points[:1], points[1:])[0]), word] |= bit
        # Each kind of lines has a bit: which kinds a pair or a character calls for any rule in, and which kind a line of a length is.
        shortest = [0, *(length + 1 for length in _LENGTHS)]
        self._kinds = np.uint8(1) << np.searchsorted(_LENGTHS, np.arange(longest + 2)).astype(np.uint8)
        self._pair_kinds, self._char_kinds = np.zeros(65536, dtype=np.uint8), np.zeros(65536, dtype=np.uint8)
        for kind, length in enumerate(shortest):
            askable = self._fits[
                min(length, longest + 1)
            ]  # what a longer line may be asked, the shortest of its kind may, too
            self._pair_kinds |= ((self._pairs & askable).any(axis=1) << kind).astype(np.uint8)
            self._char_kinds |= ((self._chars & askable).any(axis=1) << kind).astype(np.uint8)

    def candidates(
        self, points: NDArray[np.uint32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> list[tuple[int, tuple[int, ...]]]:
        """The lines that call for rules, with the numbers of these rules in ascending order.

        `points` are the code points of the page; `starts` and `lengths` are of shape (lines,), and the lines follow each other
        with one line feed between them.
        """
        narrow = np.minimum(points, 0xFFFF)
        pairs = np.zeros(len(points), dtype=np.uint32)  # the last character is in none: that of hash 0 does no harm
        pairs[:-1] = _pair_hash(points[:-1], points[1:])
        calls = self._char_kinds.take(narrow)
        calls |= self._pair_kinds.take(pairs)
        calls &= self._kinds.take(lengths, mode="clip").repeat(lengths + 1)[:-1]
        if self._always.any():
            calls[starts] = 1
        hits = np.flatnonzero(calls)
        if not len(hits):
            return []
        bits = self._chars.take(narrow.take(hits), axis=0)
        bits |= self._pairs.take(pairs.take(hits), axis=0)
        lines = np.searchsorted(starts, hits, side="right") - 1
        first = np.flatnonzero(np.diff(lines, prepend=-1))
        lines = lines.take(first)
        rows = np.bitwise_or.reduceat(bits, first, axis=0)
        rows |= self._always
        rows &= self._fits.take(lengths.take(lines), axis=0, mode="clip")
        rows &= self._firsts.take(narrow.take(starts.take(lines)), axis=0)
        return [
            (at, self._numbers(mask))
            for at, mask in zip(lines.tolist(), map(tuple, rows.tolist()), strict=True)
            if any(mask)
        ]

    def _numbers(self, mask: tuple[int, ...]) -> tuple[int, ...]:
        known = self._memory.get(mask)
        if known is None:
            known = tuple(word * WORD + bit for word, bits in enumerate(mask) for bit in range(WORD) if bits >> bit & 1)
            if len(self._memory) >= 20_000:
                self._memory.clear()
            self._memory[mask] = known
        return known
