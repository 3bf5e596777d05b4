"""Which rules can fit a line at all, found for all lines of a page at once.

A pattern can only fit where the characters stand that it cannot do without: `(?:责任)?编辑:` needs `编辑`. `required` reads
them off a pattern, and `Prefilter` looks for all of them in one pass over the page as an array: two tables tell of a character which
kinds of strings it may begin and continue, as bits, and where a character and its neighbour have a bit in common, the line is
looked at. Most lines call for no rule, the others for two or three out of a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
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
"""Characters: lines up to each, and longer ones, are told apart in the first pass. Most patterns look at short lines only, and most text
stands in long ones."""

_FEWER_BEGIN = 4
"""A character stands at the beginning of a line at least so much more seldom than in it."""

_GROUPS = WORD // (len(_LENGTHS) + 1)
"""Bits for the lines of each length: one for strings of a single character, the others for pairs, by their first one."""


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


def _dearness(strings: Set[str]) -> tuple[int, int]:
    """How often some of these strings are met for nothing, roughly: blanks, digits and single ideographs are met all the time."""
    cost = 0
    for string in strings:
        if len(string) > 1:
            cost += 6 if " " in string else 12 if string.isdecimal() else 1
        elif string == " ":
            cost += 60
        elif string.isalnum():
            cost += 20
        else:
            cost += 12 if string in ":-/.,()" else 2
    return cost, len(strings)


_MIX, _OTHER_MIX, _HALF = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(16)


def _slot(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The row of two characters in the table of pairs; some share one, and then a rule is asked for nothing."""
    return (first * _MIX ^ second * _OTHER_MIX) >> _HALF


class Prefilter:
    """Finds, for each line of a page, the rules worth asking. A rule has a bit in a row of 64-bit words."""

    def __init__(self, patterns: Sequence[str], max_chars: Sequence[int | None], anchored: Sequence[bool]) -> None:
        """Reads off the patterns what they need.

        `max_chars` bounds the lines that a pattern looks at (None: no bound); `anchored` ones are matched from the beginning of a line.
        """
        words = -(-max(1, len(patterns)) // WORD)
        longest = max((limit for limit in max_chars if limit), default=0)
        self._pairs = np.zeros((65536, words), dtype=np.uint64)  # by the slot of two neighbouring characters
        self._chars = np.zeros((65536, words), dtype=np.uint64)  # by character
        self._firsts = np.zeros((65536, words), dtype=np.uint64)  # by the first character of the line
        self._fits = np.zeros((longest + 2, words), dtype=np.uint64)  # by length of the line
        self._always = np.zeros(words, dtype=np.uint64)
        self._memory: dict[tuple[int, ...], tuple[int, ...]] = {}
        needed: dict[str, list[int]] = {}
        for number, (pattern, limit, at_start) in enumerate(zip(patterns, max_chars, anchored, strict=True)):
            word, bit = number // WORD, np.uint64(1 << number % WORD)
            self._fits[: longest + 2 if limit is None else limit + 1, word] |= bit
            firsts, strings = first_characters(pattern) if at_start else None, required(pattern)
            self._firsts[slice(None) if firsts is None else [min(ord(char), 0xFFFF) for char in firsts], word] |= bit
            if strings is None:
                self._always[word] |= bit
            elif firsts and _dearness(firsts)[0] <= _FEWER_BEGIN * _dearness(strings)[0]:
                strings = frozenset(f"\n{first}" for first in firsts)
            for string in strings or ():
                needed.setdefault(string, []).append(number)
                points = np.array([ord(char) for char in string], dtype=np.uint32)
                if len(points) == 1:
                    self._chars[min(int(points[0]), 0xFFFF), word] |= bit
                else:
                    self._pairs[int(_slot(points[:1], points[1:])[0]), word] |= bit
        self._has_always = bool(self._always.any())
        self._begins, self._continues = self._tables(needed, max_chars)
        lines = np.searchsorted(_LENGTHS, np.arange(longest + 2)).astype(np.uint64)
        self._lines = np.uint64((1 << _GROUPS) - 1) << lines * np.uint64(
            _GROUPS
        )  # the bits that count in a line of a length

    @staticmethod
    def _tables(
        needed: Mapping[str, Sequence[int]], max_chars: Sequence[int | None]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """For each character the bits of the strings that it may begin, and of those that it may stand second in."""
        begins, continues = np.zeros(65536, dtype=np.uint64), np.zeros(65536, dtype=np.uint64)
        for string, numbers in needed.items():
            limits = [max_chars[number] for number in numbers]
            for kind, below in enumerate((0, *_LENGTHS)):
                if not any(limit is None or limit > below for limit in limits):
                    break  # none of them looks at lines so long
                begin = min(ord(string[0]), 0xFFFF)
                group = 0 if len(string) == 1 else 1 + begin * 0x9E37 // 256 % (_GROUPS - 1)
                bit = np.uint64(1 << kind * _GROUPS + group)
                begins[begin] |= bit
                continues[slice(None) if len(string) == 1 else min(ord(string[1]), 0xFFFF)] |= bit
        return begins, continues

    def candidates(
        self, points: NDArray[np.uint32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> list[tuple[int, tuple[int, ...]]]:
        """The lines that call for rules, with the numbers of these rules in ascending order.

        `points` are the code points of the lines with a line feed before and after each; `starts` and `lengths` are of shape (lines,).
        """
        calls = self._begins.take(points[:-1], mode="clip")
        calls &= self._continues.take(points[1:], mode="clip")
        calls &= self._lines.take(lengths, mode="clip").repeat(lengths + 1)
        if self._has_always:
            calls[starts] = 1
        places = calls.nonzero()[0]
        if not len(places):
            return []
        after = places + 1
        begin = points.take(places)
        bits = self._pairs.take(_slot(begin, points.take(after)), axis=0)
        bits |= self._chars.take(begin, axis=0, mode="clip")
        lines = starts.searchsorted(after, side="right")  # from 1; a line feed belongs to the line that it is before
        change = np.empty(len(lines), dtype=np.bool_)
        change[0] = True
        np.not_equal(lines[1:], lines[:-1], out=change[1:])
        first = change.nonzero()[0]
        called = lines.take(first) - 1
        rows = np.bitwise_or.reduceat(bits, first, axis=0)
        rows |= self._always
        rows &= self._fits.take(lengths.take(called), axis=0, mode="clip")
        rows &= self._firsts.take(points.take(starts.take(called)), axis=0, mode="clip")
        masks = map(tuple, rows.tolist())
        return [(at, self._numbers(mask)) for at, mask in zip(called.tolist(), masks, strict=True) if any(mask)]

    def _numbers(self, mask: tuple[int, ...]) -> tuple[int, ...]:
        known = self._memory.get(mask)
        if known is None:
            known = tuple(word * WORD + bit for word, bits in enumerate(mask) for bit in range(WORD) if bits >> bit & 1)
            if len(self._memory) >= 20_000:
                self._memory.clear()
            self._memory[mask] = known
        return known
