"""Which rules can fit a line at all, found for all lines of a page at once.

A pattern can only fit where the characters stand that it cannot do without (needs.py). `Prefilter` looks for all of them in one pass over
the page as an array: a table tells of a character which groups of strings it may begin and continue, as bits, and where a character
and its neighbour have a bit in common, the line is looked at. Most lines call for no rule, the others for two or three out of a
hundred.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cleaner.page.needs import dearness, first_characters, required

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Prefilter"]

WORD = 64  # bits

_LENGTHS = (20, 60, 120)
"""Characters: lines up to each, and longer ones, are told apart. Most patterns look at short lines only, and most text stands in long ones."""

_FEWER_BEGIN = 4
"""A character stands at the beginning of a line at least so much more seldom than in it."""

_FEW_PLACES = 150
"""For more places, arrays are quicker than a loop over them."""

_MOST_PAIRS = 20_000
"""Pairs of characters of which it is kept what they call for."""

_GROUPS = WORD // (len(_LENGTHS) + 1)
"""Bits for the lines of each length: one for strings of a single character, the others for pairs, by their first one."""

_ONE_LENGTH = (1 << _GROUPS) - 1


_MIX, _OTHER_MIX, _HALF = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(16)


def _slot(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The row of two characters in the table of pairs; some share one, and then a rule is asked for nothing."""
    return (first * _MIX ^ second * _OTHER_MIX) >> _HALF


class Prefilter:
    """Finds, for each line of a page, the rules worth asking. A rule has a bit in a whole number, the mask of a string, a character or a line."""

    def __init__(self, patterns: Sequence[str], max_chars: Sequence[int | None], anchored: Sequence[bool]) -> None:
        """Reads off the patterns what they need.

        `max_chars` bounds the lines that a pattern looks at (None: no bound); `anchored` ones are matched from the beginning of a line.
        """
        self._longest = max((limit for limit in max_chars if limit), default=0) + 1
        self._fits = [0] * (self._longest + 1)  # by length of the line
        self._strings: dict[str, int] = {}  # by one character, or two neighbouring ones
        self._firsts: dict[str, int] = {}  # by the first character of the line, where some rule asks for it
        self._begun = 0  # whatever the first character is
        self._always = 0  # whatever stands in the line
        self._memory: dict[int, tuple[int, ...]] = {}
        # By two neighbouring characters that were met, what they call for, and what the first one alone does.
        self._pairs: dict[str, int] = {}
        needed: dict[str, list[int]] = {}
        for number, (pattern, limit, at_start) in enumerate(zip(patterns, max_chars, anchored, strict=True)):
            bit = 1 << number
            for length in range(self._longest + 1 if limit is None else limit + 1):
                self._fits[length] |= bit
            firsts, strings = first_characters(pattern) if at_start else None, required(pattern)
            if firsts is None:
                self._begun |= bit
            for first in firsts or ():
                self._firsts[first] = self._firsts.get(first, 0) | bit
            if strings is None:
                self._always |= bit
            elif firsts and dearness(firsts)[0] <= _FEWER_BEGIN * dearness(strings)[0]:
                strings = frozenset(f"\n{first}" for first in firsts)
            for string in strings or ():
                needed.setdefault(string, []).append(number)
                self._strings[string] = self._strings.get(string, 0) | bit
        self._firsts = {first: bits | self._begun for first, bits in self._firsts.items()}
        self._begins, self._continues = _groups(needed, max_chars)
        # The groups, whatever the length of the line, in one small table: what is begun in the lower half, what is continued in the upper.
        self._neighbours = _any_length(self._begins) | _any_length(self._continues) << np.uint32(_GROUPS)
        # By length of the line its kind, and by kind the bits that count in it.
        self._kinds = np.searchsorted(_LENGTHS, np.arange(self._longest + 1)).astype(np.uint8)
        self._counting = np.array([_ONE_LENGTH << kind * _GROUPS for kind in range(len(_LENGTHS) + 1)], dtype=np.uint64)
        self._count = len(patterns)

    @cached_property
    def _arrays(self) -> _Arrays:
        return _Arrays(self._strings, self._firsts, self._begun, self._fits, self._count)

    def candidates(
        self, text: str, points: NDArray[np.uint32], starts: Sequence[int], lengths: Sequence[int]
    ) -> Iterator[tuple[int, int]]:
        """The lines that call for rules, each with the mask of these rules; it may be 0.

        `text` has the lines with a line feed before and after each, `points` are its code points; `starts` and `lengths` have an entry a
        line.
        """
        bits = self._neighbours.take(points, mode="clip")
        calls = bits[1:] >> _GROUPS
        calls &= bits[:-1]
        places = (calls != 0).nonzero()[0]  # of what is true or false, which is faster than of numbers
        if len(places) <= _FEW_PLACES and not self._always:
            return self._masks(text, places.tolist(), starts, lengths)
        sizes = np.array(lengths)
        shared = self._begins.take(points.take(places), mode="clip")
        shared &= self._continues.take(points.take(places + 1), mode="clip")
        kinds = self._kinds.take(sizes, mode="clip").repeat(sizes + 1)
        shared &= self._counting.take(kinds.take(places))
        places = places[shared != 0]
        if self._always:
            places = np.union1d(places, starts)
        if not len(places):
            return iter(())
        return self._arrays.masks(points, places, np.array(starts), sizes, self._always)

    def _masks(
        self, text: str, places: Sequence[int], starts: Sequence[int], lengths: Sequence[int]
    ) -> Iterator[tuple[int, int]]:
        """The rules that lines call for, read from the text: for few places quicker than a call of NumPy for each step."""
        pairs, found, line, after = self._pairs, 0, 0, 0  # `after`: where the next line begins
        for place in places:
            pair = text[place : place + 2]
            if (mask := pairs.get(pair)) is None:
                mask = pairs[pair] = self._strings.get(pair, 0) | self._strings.get(pair[0], 0)
            if not mask:
                continue
            if place + 1 >= after:  # a line feed belongs to the line that it is before
                if found:
                    yield line, self._fitting(found, text[starts[line]], lengths[line])
                line, found = bisect_right(starts, place + 1) - 1, 0
                after = starts[line] + lengths[line] + 1
            found |= mask
        if found:
            yield line, self._fitting(found, text[starts[line]], lengths[line])
        if len(pairs) > _MOST_PAIRS:
            pairs.clear()

    def _fitting(self, mask: int, first: str, length: int) -> int:
        """The rules of a mask that a line is not too long for, and begins as they need it."""
        return mask & self._firsts.get(first, self._begun) & self._fits[min(length, self._longest)]

    def numbers(self, mask: int) -> tuple[int, ...]:
        """The rules of a mask, in ascending order."""
        known = self._memory.get(mask)
        if known is None:
            known = tuple(number for number in range(mask.bit_length()) if mask >> number & 1)
            if len(self._memory) >= 20_000:
                self._memory.clear()
            self._memory[mask] = known
        return known


def _groups(
    needed: Mapping[str, Sequence[int]], max_chars: Sequence[int | None]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """For each character the groups of the strings that it may begin, and of those that it may stand second in, by length of the line."""
    begins: dict[int, int] = {}
    continues: dict[int, int] = {}
    anywhere = 0
    spread = [sum(1 << kind * _GROUPS for kind in range(kinds)) for kinds in range(len(_LENGTHS) + 2)]
    for string, numbers in needed.items():
        limits = [max_chars[number] for number in numbers]
        longest = _LENGTHS[-1] + 1 if None in limits else max(filter(None, limits))
        kinds = 1 + sum(longest > below for below in _LENGTHS)  # of lines by their length that a pattern looks at
        begin = _code(string[0])
        group = 0 if len(string) == 1 else 1 + begin * 0x9E37 // 256 % (_GROUPS - 1)
        bits = spread[kinds] << group
        begins[begin] = begins.get(begin, 0) | bits
        if len(string) == 1:
            anywhere |= bits  # whatever comes after it
        else:
            second = _code(string[1])
            continues[second] = continues.get(second, 0) | bits
    return _table(begins, 0), _table(continues, anywhere)


def _any_length(bits: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The groups that are in question in a line of any length."""
    by_length = bits.view(np.uint16).reshape(len(bits), -1)  # _GROUPS bits each
    return np.asarray(np.bitwise_or.reduce(by_length, axis=1), dtype=np.uint32)


def _table(bits: Mapping[int, int], always: int) -> NDArray[np.uint64]:
    """A table of bits by character; `always` are those of every character."""
    table = np.full(65536, always, dtype=np.uint64)
    table[list(bits)] |= np.array(list(bits.values()), dtype=np.uint64)
    return table


def _code(char: str) -> int:
    """The place of a character in a table; all beyond the basic plane share one."""
    return min(ord(char), 0xFFFF)


class _Arrays:
    """The masks of a prefilter as arrays of 64-bit words, for pages on which many places call."""

    def __init__(
        self, strings: Mapping[str, int], firsts: Mapping[str, int], begun: int, fits: Sequence[int], count: int
    ) -> None:
        self._words = -(-max(1, count) // WORD)
        self._pairs = np.zeros((65536, self._words), dtype=np.uint64)  # by the slot of two neighbouring characters
        self._chars = np.zeros((65536, self._words), dtype=np.uint64)  # by character
        self._firsts = np.zeros((65536, self._words), dtype=np.uint64)  # by the first character of the line
        for string, mask in strings.items():
            if len(string) == 1:
                self._chars[_code(string)] |= self._row(mask)
            else:
                points = np.array([ord(char) for char in string], dtype=np.uint32)
                self._pairs[int(_slot(points[:1], points[1:])[0])] |= self._row(mask)
        self._firsts[:] = self._row(begun)
        for first, mask in firsts.items():
            self._firsts[_code(first)] |= self._row(mask)
        self._fits = np.array([self._row(mask) for mask in fits])  # by length of the line

    def _row(self, mask: int) -> NDArray[np.uint64]:
        return np.frombuffer(mask.to_bytes(self._words * 8, "little"), dtype=np.uint64)

    def masks(
        self,
        points: NDArray[np.uint32],
        places: NDArray[np.int64],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        always: int,
    ) -> Iterator[tuple[int, int]]:
        """The rules that lines call for at some places; `always` are those that each of these lines calls for."""
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
        if always:
            rows |= self._row(always)
        rows &= self._fits.take(lengths.take(called), axis=0, mode="clip")
        rows &= self._firsts.take(points.take(starts.take(called)), axis=0, mode="clip")
        masks = rows[:, 0].tolist()
        for word in range(1, self._words):
            masks = [low | high << word * WORD for low, high in zip(masks, rows[:, word].tolist(), strict=True)]
        return zip(called.tolist(), masks, strict=True)
