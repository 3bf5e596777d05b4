"""What a pattern cannot do without: read off its parsed form.

`(?:责任)?编辑:` needs `编辑`, and begins with `责` or `编`. This is what the prefilter (prefilter.py) looks for in a page.

To read it off takes longer than to clean some pages. So it is kept for the built-in patterns, in needs.json under the patterns themselves: one
that is not there, a changed one or a user's, is read when it is asked for. `python -m cleaner.page.needs` writes the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any, NamedTuple

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # another Python: nothing can be told of a pattern that is not kept, and such ones are always asked; the answers are the same
    parser = None

__all__ = ["dearness", "first_characters", "read_needs", "required", "to_json"]

FILE = "needs.json"

MOST_STRINGS = 400
"""A pattern that needs one of more strings than this is cut into parts; the best part is taken."""

_LITERAL = parser and parser.LITERAL
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Needs(NamedTuple):
    """What a match of a pattern cannot do without; None where there is no telling."""

    first: frozenset[str] | None
    """The characters that it can begin with."""
    needed: frozenset[str] | None
    """Strings of which it holds at least one."""


def required(pattern: str) -> frozenset[str] | None:
    """Strings of which every match of a pattern holds at least one; None where there is no telling.

    >>> sorted(required("编[辑审] ?:.{1,9}"))
    ['编审', '编辑']
    """
    return (_known().get(pattern) or read_needs(pattern)).needed


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match of a pattern can begin with; None where there is no telling.

    >>> sorted(first_characters("(?:责任)?编[辑审]"))
    ['编', '责']
    """
    return (_known().get(pattern) or read_needs(pattern)).first


@cache
def _known() -> Mapping[str, Needs]:
    """What patterns of the built-in rules need; nothing where the file is not there, which is slower and nothing else."""
    file = resources.files("cleaner.page") / FILE
    stored = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {
        pattern: Needs(*(None if strings is None else frozenset(strings) for strings in both))
        for pattern, both in stored.items()
    }


def to_json(patterns: Iterable[str]) -> str:
    """What patterns need, as needs.json holds it: a pattern a line."""
    lines = []
    for pattern in dict.fromkeys(patterns):
        both = [None if strings is None else sorted(strings) for strings in read_needs(pattern)]
        lines.append(f"{json.dumps(pattern, ensure_ascii=False)}: {json.dumps(both, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@lru_cache(maxsize=4)
def read_needs(pattern: str) -> Needs:
    """Reads off a pattern what it needs."""
    operations = list(parser.parse(pattern)) if parser else []
    chars, may_be_empty = _first(operations)
    needed = _read_sequence(operations).needed
    return Needs(None if chars is None or may_be_empty else frozenset(chars), frozenset(needed) if needed else None)


def _first(operations: Sequence[Any]) -> tuple[set[str] | None, bool]:
    """The first characters of a sequence (None: any), and whether it can match nothing."""
    chars: set[str] = set()
    for operation in operations:
        name, argument = str(operation[0]), operation[1]
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        more: Set[str] | None
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
            more, empty = _read(operation).exact, False
        if more is None:
            return None, False
        chars |= more
        if not empty:
            return chars, False
    return chars, True


class _Reading(NamedTuple):
    """What was read off a part of a pattern; None where there is no telling."""

    exact: Set[str] | None
    """All strings that it can match, if they are few."""
    needed: Set[str] | None
    """Strings of which every match holds one, by what stands within the part."""


_ANYTHING, _NOTHING = _Reading(None, None), _Reading({""}, None)


def _read_sequence(operations: Any) -> _Reading:
    operations = getattr(operations, "data", operations)  # a plain list: the parser's own is read far slower
    if operations and all(operation[0] is _LITERAL for operation in operations):  # a word, as most are
        word = "".join([chr(argument) for _, argument in operations])
        return _Reading({word}, min({word[:2]}, {word[-2:]}, key=dearness))
    exact: Set[str] | None = {""}
    candidates: list[Set[str]] = []
    run: Set[str] = {""}
    for operation in operations:
        more, inner = _read(operation)
        exact = None if exact is None else _product(exact, more)
        if (longer := _product(run, more)) is not None:
            run = longer
        else:
            candidates.append(run)
            run = more if more is not None and len(more) <= MOST_STRINGS else {""}
        if inner:
            candidates.append(inner)
    candidates.append(run)
    pairs = []
    for strings in candidates:
        if "" not in strings:  # a string is told by its first two characters, or by its last two
            pairs += [{string[:2] for string in strings}, {string[-2:] for string in strings}]
    return _Reading(exact, min(pairs, key=dearness, default=None))


def _product(strings: Set[str], more: Set[str] | None) -> Set[str] | None:
    if more is None or len(strings) * len(more) > MOST_STRINGS:
        return None
    if len(more) == 1:
        (only,) = more
        return {string + only for string in strings} if only else strings
    return {"".join(parts) for parts in product(strings, more)}


def _read(operation: Any) -> _Reading:
    name, argument = str(operation[0]), operation[1]
    if name == "LITERAL":
        return _Reading({chr(argument)}, None)
    if name == "IN":
        return _Reading(_characters(argument), None)
    if name in ("AT", "ASSERT_NOT"):
        return _NOTHING
    if name == "ASSERT":
        return _Reading({""}, _read_sequence(argument[1]).needed) if argument[0] > 0 else _NOTHING
    if name in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _read_sequence(argument[-1] if name == "SUBPATTERN" else argument)
    if name == "BRANCH":
        readings = [_read_sequence(branch) for branch in argument[1]]
        return _Reading(
            _union([reading.exact for reading in readings]), _union([reading.needed for reading in readings])
        )
    if name in _REPEATS:
        least, most, inner = argument
        reading = _read_sequence(inner)
        exact = None if most != 1 or reading.exact is None else reading.exact | ({""} if least == 0 else set())
        return _Reading(exact, reading.needed if least else None)
    return _ANYTHING


def _characters(choices: Sequence[Any]) -> set[str] | None:
    """The characters of a class, if they are few."""
    chars: set[str] = set()
    for kind, value in choices:
        if str(kind) == "LITERAL":
            chars.add(chr(value))
        elif str(kind) == "RANGE" and value[1] - value[0] < 40:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        elif str(kind) == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
            chars.update("0123456789")
        else:
            return None
    return chars


def _union(branches: Sequence[Set[str] | None]) -> Set[str] | None:
    """What the branches of a choice have together, if each tells and it is little."""
    if not all(branches):
        return None
    union = set().union(*(branch or () for branch in branches))
    return union if len(union) <= MOST_STRINGS else None


def dearness(strings: Set[str]) -> tuple[int, int]:
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


if __name__ == "__main__":
    from pathlib import Path

    from cleaner.page.rules import built_in_rules

    Path(__file__).with_name(FILE).write_text(to_json(rule.pattern for rule in built_in_rules()), encoding="utf-8")
