"""Loads, checks and compiles the rules of `rules/*.toml`, and asks them about a line.

A rule says what a line is (its label), where such a line may be removed, and from which strength on. The files are
described in `rules/README.md`. Built-in patterns are plain `re` (they hold no nested repetition, and lines are short); patterns of a user's own
file run under `regex` with a time limit, so that no pattern can hang a run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.errors import RuleError
from cleaner.page.needs import first_characters
from cleaner.page.prefilter import Prefilter
from cleaner.page.probe import probe
from cleaner.types import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Rule", "RuleBook", "Strength", "load_rules", "rule_book"]

LINE_LIMIT = 600
"""Characters; a longer line is prose or a text without line breaks, and no rule looks at it."""

GLUED_CHARS, GLUED_TAIL = 6, 100
"""Characters: a paragraph has at least so many before what is glued to it, and that is no longer than this."""

MEMORY_LINES, MEMORY_CHARS = 50_000, 40
"""What was said of short lines is kept, since chrome repeats from page to page: at most 10 MB. It is a pure function of the line, so
this changes the speed and nothing else."""

FILES = ("threads.toml", "platforms.toml", "metadata.toml", "chrome.toml", "footer.toml", "abroad.toml", "glued.toml")
"""Those of the built-in rules, in the order in which they are asked."""

USER_PATTERN_SECONDS = 0.25
"""A user's pattern that takes longer than this on one line is an error that names the rule."""

_FIELDS = {
    "id", "label", "match", "where", "closes", "strength", "max_chars", "pattern", "examples", "counter_examples", "comment",
}  # fmt: skip
_MATCHES = ("line", "start", "inside", "glued")
_PLACES = ("anywhere", "edge", "hint")


class Strength(IntEnum):
    """How much evidence a removal needs: `safe` asks for the most."""

    SAFE = 0
    STANDARD = 1
    STRICT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule, as written in its file."""

    id: str
    label: Label
    pattern: str
    match: str = "line"
    where: str = "edge"
    closes: bool = False
    strength: Strength = Strength.STANDARD
    max_chars: int = 60
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    origin: str = ""
    own: bool = False
    """Written by a user: it acts on pages that are nearly clean, too."""

    @property
    def expression(self) -> str:
        """The pattern as it is matched from the beginning of a line; no capturing groups are added."""
        return f"(?:{self.pattern})$" if self.match == "line" else f"(?:{self.pattern})"


def _rule(table: Mapping[str, Any], origin: str, number: int, own: bool) -> Rule:
    name = table.get("id") or f"number {number}"

    def wrong(what: str) -> RuleError:
        return RuleError(f"{origin}: rule {name!r}: {what}")

    if unknown := sorted(set(table) - _FIELDS):
        raise wrong(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    for required in ("id", "label", "pattern"):
        if not isinstance(table.get(required), str) or not table[required]:
            raise wrong(f"field {required!r} is missing or is not a text")
    if table["label"] not in set(Label):
        raise wrong(f"unknown label {table['label']!r}; known are {', '.join(Label)}")
    for key, allowed in (
        ("match", _MATCHES),
        ("where", _PLACES),
        ("strength", tuple(s.name.lower() for s in Strength)),
    ):
        if table.get(key, allowed[0]) not in allowed:
            raise wrong(f"{key} is {table[key]!r}; it may be {', '.join(allowed)}")
    if not isinstance(table.get("closes", False), bool):
        raise wrong(f"closes is {table['closes']!r}; it may be true or false")
    max_chars = table.get("max_chars", 60)
    if not isinstance(max_chars, int) or isinstance(max_chars, bool) or not 1 <= max_chars <= LINE_LIMIT:
        raise wrong(f"max_chars is {max_chars!r}; it may be 1 to {LINE_LIMIT}")
    for key in ("examples", "counter_examples"):
        texts = table.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise wrong(f"{key} is {texts!r}; it must be a list of texts")
    if own:  # the built-in ones are compiled by the tests
        try:
            re.compile(table["pattern"])
        except (re.error, OverflowError, RecursionError) as error:
            raise wrong(f"pattern: {error}") from None
    return Rule(
        id=table["id"],
        label=Label(table["label"]),
        pattern=table["pattern"],
        match=table.get("match", "line"),
        where=table.get("where", "edge"),
        closes=table.get("closes", False),
        strength=Strength[table.get("strength", "standard").upper()],
        max_chars=max_chars,
        examples=tuple(table.get("examples", ())),
        counter_examples=tuple(table.get("counter_examples", ())),
        origin=origin,
        own=own,
    )


def load_rules(source: Path | str, text: str | None = None, *, own: bool = True) -> tuple[Rule, ...]:
    """The rules of one TOML file, or of its `text` where that was read already.

    Raises RuleError, naming file, rule and field, for anything that is not as `rules/README.md` says.
    """
    origin = str(source)
    try:
        tables = tomllib.loads(_read(source) if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{origin}: not a TOML file: {error}") from None
    entries = tables.get("rule")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{origin}: no [[rule]] table found; a rule needs id, label and pattern")
    if unknown := sorted(set(tables) - {"rule"}):
        raise RuleError(f"{origin}: unknown table {unknown[0]!r}; a rules file holds [[rule]] tables only")
    rules = tuple(_rule(entry, origin, number, own) for number, entry in enumerate(entries, 1))
    for rule in rules if own else ():  # those of the built-in rules are tests
        _check_examples(rule)
    return rules


def _check_examples(rule: Rule) -> None:
    fits = _compile_own(rule)
    for texts, wanted in ((rule.examples, True), (rule.counter_examples, False)):
        for text in texts:
            form = probe(text)[0].strip()
            if (len(form) <= rule.max_chars and fits(form) is not None) != wanted:
                fault = "does not fit its example" if wanted else "fits its counter-example"
                raise RuleError(
                    f"{rule.origin}: rule {rule.id!r}: the pattern {fault} {text!r}; patterns are matched on the probe form "
                    f"of a line (simplified, half-width, lower case), which is {form!r}"
                )


def _read(source: Path | str) -> str:
    try:
        return Path(source).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RuleError(f"{source}: not UTF-8 text: {error}") from None
    except (OSError, ValueError) as error:
        raise RuleError(
            f"{source}: the rules file cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules that come with the library, in the order in which they are asked."""
    folder = resources.files("cleaner.page") / "rules"
    rules: list[Rule] = []
    for name in FILES:
        rules += load_rules(f"cleaner/page/rules/{name}", (folder / name).read_text(encoding="utf-8"), own=False)
    return tuple(rules)


class RuleBook:
    """Rules, compiled. The first rule that fits a line wins: a user's own are asked first, then the built-in ones in file order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        seen: dict[str, str] = {}
        for rule in self.rules:
            if rule.id in seen:
                raise RuleError(
                    f"{seen[rule.id]}: rule {rule.id!r} has the name of a rule in {rule.origin}; give it a name of its own"
                )
            seen[rule.id] = rule.origin
        own = [rule for rule in self.rules if rule.own]
        built_in = [rule for rule in self.rules if not rule.own]
        self._own = [(rule, _compile_own(rule)) for rule in own if rule.match != "glued"]
        self._own_glued = [_compile_own(rule) for rule in own if rule.match == "glued"]
        self._glued = [re.compile(f"(?:{rule.pattern})$").search for rule in built_in if rule.match == "glued"]
        self._built_in = [rule for rule in built_in if rule.match != "glued"]
        self._asked: list[Callable[[str], Any] | None] = [None] * len(self._built_in)  # compiled when first asked
        asked = self._built_in + [rule for rule in built_in if rule.match == "glued"]
        self._prefilter = Prefilter(
            [rule.pattern for rule in asked],
            [None if rule.match == "glued" else rule.max_chars for rule in asked],
            [rule.match in ("line", "start") for rule in asked],
        )

        self._memory: dict[str, Rule | None] = {}

    def find(self, line: str) -> Rule | None:
        """The first rule that fits a line in probe form, or None.

        >>> rule_book().find("责任编辑:周小平").id
        'editor-line'
        """
        numbers = (number for number, rule in enumerate(self._built_in) if len(line) <= rule.max_chars)
        return self._find_own(line) or self._find_among(line, numbers)

    def find_all(
        self,
        lines: Sequence[str],
        text: str,
        points: NDArray[np.uint32],
        starts: Sequence[int],
        lengths: Sequence[int],
    ) -> tuple[list[Rule | None], dict[int, int]]:
        """For each line of a page in probe form what `find` says of it, and where lines have something glued to them.

        The last four arguments are those of `Prefilter.candidates`. The second result gives, by line, the character at which what a rule finds
        glued to its end begins.
        """
        found: list[Rule | None] = [None] * len(lines)
        glued: dict[int, int] = {}
        memory, numbers, last = self._memory, self._prefilter.numbers, len(self._built_in)
        whole = (1 << last) - 1  # the bits of the rules that look at a line as a whole
        if len(memory) > MEMORY_LINES:
            memory.clear()
        for at, mask in self._prefilter.candidates(text, points, starts, lengths):
            line = lines[at]
            if mask > whole and (place := self._find_glued(line, numbers(mask >> last))) is not None:
                glued[at] = place
            if not (called := mask & whole):
                continue
            if len(line) > MEMORY_CHARS:
                found[at] = self._find_among(line, numbers(called))
            elif line in memory:
                found[at] = memory[line]
            else:
                found[at] = memory[line] = self._find_among(line, numbers(called))
        if self._own:
            found = [self._find_own(line) or rule for line, rule in zip(lines, found, strict=True)]
        for search in self._own_glued:
            for at, line in enumerate(lines):
                begin = max(GLUED_CHARS, len(line) - GLUED_TAIL)
                if len(line) > begin and (match := search(line[begin:])):
                    glued.setdefault(at, begin + int(match.start()))
        return found, glued

    def _find_glued(self, line: str, numbers: Sequence[int]) -> int | None:
        if len(line) < GLUED_CHARS:
            return None
        at = max(GLUED_CHARS, len(line) - GLUED_TAIL)
        for number in numbers:
            if match := self._glued[number](line, at):
                return int(match.start())
        return None

    def _find_own(self, line: str) -> Rule | None:
        for rule, fits in self._own:
            if len(line) <= rule.max_chars and fits(line):
                return rule
        return None

    def _find_among(self, line: str, numbers: Iterable[int]) -> Rule | None:
        """The first of some built-in rules that fits a line, none of which looks at shorter lines only."""
        asked = self._asked
        for number in numbers:
            fits = asked[number]
            if fits is None:
                fits = asked[number] = _compile(self._built_in[number])
            if fits(line):
                return self._built_in[number]
        return None


_SMALL_PRINT = re.compile(r"©|copyright|reserved|icp|@|https?:|公网安备")


def _is_running_text(line: str) -> bool:
    """Whether a line is a sentence of an article, in which the words of the small print may stand, too."""
    return line[-1] in "。!?" and "," in line and not _SMALL_PRINT.search(line)


def _compile(rule: Rule) -> Callable[[str], Any]:
    if rule.match != "inside":
        return re.compile(rule.expression).match
    pattern, firsts = rule.pattern, first_characters(rule.pattern)
    if firsts:  # one look at each character instead of one a branch of the pattern: up to four times as fast
        pattern = f"(?=[{''.join(map(re.escape, sorted(firsts)))}])(?:{pattern})"
    search = re.compile(pattern).search
    return lambda line: search(line) and not _is_running_text(line)


def _compile_own(rule: Rule) -> Callable[[str], Any]:
    """Asks a user's pattern of a line under a time limit."""
    import regex

    glued = rule.match == "glued"
    try:
        compiled = regex.compile(f"(?:{rule.pattern})$" if glued else rule.expression, regex.VERSION0)
    except regex.error as error:
        raise RuleError(f"{rule.origin}: rule {rule.id!r}: pattern: {error}") from None
    ask = compiled.search if rule.match in ("glued", "inside") else compiled.match

    def match(line: str) -> Any:
        try:
            return ask(line, timeout=USER_PATTERN_SECONDS)
        except TimeoutError:
            raise RuleError(
                f"{rule.origin}: rule {rule.id!r}: the pattern took over {USER_PATTERN_SECONDS} s on one line of "
                f"{len(line)} characters; take out nested repetition such as (a|aa)+"
            ) from None

    return match


def rule_book(own_files: Iterable[str] = ()) -> RuleBook:
    """The built-in rules, after those of a user's own files; compiled once for the same contents."""
    return _rule_book(tuple((file, _read(file)) for file in own_files))


@cache
def _rule_book(own: tuple[tuple[str, str], ...]) -> RuleBook:
    mine = [rule for file, text in own for rule in load_rules(file, text)]
    return RuleBook((*mine, *built_in_rules()))
