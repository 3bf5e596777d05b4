"""Loads, checks and compiles the rules of `rules/*.toml`, and asks them about a line.

A rule says what a line is (its label), where such a line may be removed, and from which strength on. The files are
described in `rules/README.md`. Built-in patterns are plain `re` (they hold no nested repetition, and lines are short); patterns of a user's own
file run under `regex` with a time limit, so that no pattern can hang a run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from cleaner.errors import RuleError
from cleaner.page.probe import probe
from cleaner.types import Label

__all__ = ["Rule", "RuleBook", "Strength", "load_rules", "rule_book"]

LINE_LIMIT = 600
"""Characters; a longer line is prose or a text without line breaks, and no rule looks at it."""

GLUED_CHARS, GLUED_TAIL = 20, 100
"""Characters: a paragraph has at least so many before what is glued to it, and that is no longer than this."""

_GLUE_SIGN = re.compile(r"[:：©/／|｜]|版权|版權|转载|轉載|[)）】\]]$")

USER_PATTERN_SECONDS = 0.05
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


@dataclass(frozen=True, slots=True)
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

    @property
    def expression(self) -> str:
        """The pattern with its `match` written out; no capturing groups are added."""
        if self.match == "line":
            return f"(?:{self.pattern})$"
        if self.match == "inside":
            return f"[^\n]{{0,{LINE_LIMIT}}}?(?:{self.pattern})"
        return f"(?:{self.pattern})"


def _rule(table: Mapping[str, Any], origin: str, number: int) -> Rule:
    name = table.get("id", f"number {number}")

    def wrong(what: str) -> RuleError:
        return RuleError(f"{origin}: rule {name!r}: {what}")

    if unknown := sorted(set(table) - _FIELDS):
        raise wrong(f"unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    for required in ("id", "label", "pattern"):
        if not isinstance(table.get(required), str) or not table[required]:
            raise wrong(f"field {required!r} is missing or is not a text")
    if table["label"] not in set(Label):
        raise wrong(f"unknown label {table['label']!r}; known are {', '.join(Label)}")
    for key, allowed in (("match", _MATCHES), ("where", _PLACES), ("strength", tuple(s.name.lower() for s in Strength))):
        if table.get(key, allowed[0]) not in allowed:
            raise wrong(f"{key} is {table[key]!r}; it may be {', '.join(allowed)}")
    if not isinstance(table.get("closes", False), bool):
        raise wrong(f"closes is {table['closes']!r}; it may be true or false")
    max_chars = table.get("max_chars", 60)
    if not isinstance(max_chars, int) or not 1 <= max_chars <= LINE_LIMIT:
        raise wrong(f"max_chars is {max_chars!r}; it may be 1 to {LINE_LIMIT}")
    try:
        re.compile(table["pattern"])
    except re.error as error:
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
    )


def load_rules(source: Path | str, text: str | None = None) -> tuple[Rule, ...]:
    """The rules of one TOML file.

    Raises RuleError, naming file, rule and field, for anything that is not as `rules/README.md` says.
    """
    origin = str(source)
    try:
        tables = tomllib.loads(Path(source).read_text(encoding="utf-8") if text is None else text)
    except OSError as error:
        raise RuleError(f"{origin}: the rules file cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{origin}: not a TOML file: {error}") from None
    entries = tables.get("rule")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{origin}: no [[rule]] table found; see the rules reference for an example")
    if unknown := sorted(set(tables) - {"rule"}):
        raise RuleError(f"{origin}: unknown table {unknown[0]!r}; a rules file holds [[rule]] tables only")
    return tuple(_rule(entry, origin, number) for number, entry in enumerate(entries, 1))


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules that come with the library, in the order in which they are asked."""
    folder = resources.files("cleaner.page") / "rules"
    rules: list[Rule] = []
    for name in ("metadata.toml", "chrome.toml", "footer.toml"):
        rules += load_rules(f"cleaner/page/rules/{name}", (folder / name).read_text(encoding="utf-8"))
    return tuple(rules)


class RuleBook:
    """Rules, compiled, with what they said of lines before.

    The first rule that fits a line wins: a user's own rules are asked first, then the built-in ones in file order. `find` is a pure function
    of the line, so the memory of earlier answers changes its speed and nothing else.
    """

    def __init__(self, rules: Iterable[Rule], own: Iterable[Rule] = ()) -> None:
        self.own = tuple(own)
        self.rules = (*self.own, *rules)
        seen: dict[str, str] = {}
        for rule in self.rules:
            if rule.id in seen:
                raise RuleError(f"{rule.origin}: rule {rule.id!r} stands in {seen[rule.id]} already; give it a name of its own")
            seen[rule.id] = rule.origin
        self._own = [(rule, _compile_own(rule)) for rule in self.own]
        self.glued = tuple(rule for rule in self.rules if rule.match == "glued")
        self._glued = re.compile("|".join(f"(?:{rule.pattern})$" for rule in self.glued) or r"(?!)")
        built_in = [rule for rule in self.rules[len(self.own) :] if rule.match != "glued"]
        self._all = [(rule, re.compile(rule.expression).match) for rule in built_in]
        self._any = re.compile("|".join(rule.expression for rule in built_in) or r"(?!)").match
        self._memory: dict[str, Rule | None] = {}

    def find(self, line: str) -> Rule | None:
        """The first rule that fits a line in probe form, or None."""
        try:
            return self._memory[line]
        except KeyError:
            pass
        rule = self._search(line)
        if len(self._memory) >= 50_000:  # bounded: some 10 MB of short lines
            self._memory.clear()
        self._memory[line] = rule
        return rule

    def find_glued(self, text: str) -> int | None:
        """Where, in a paragraph, something begins that a rule finds glued to its end; None where nothing is."""
        if len(text) < GLUED_CHARS or not self.glued:
            return None
        at = max(GLUED_CHARS, len(text) - GLUED_TAIL)
        tail = text[at:]
        if not _GLUE_SIGN.search(tail):
            return None
        match = self._glued.search(probe(tail)[0])
        return at + match.start() if match else None

    def _search(self, line: str) -> Rule | None:
        for rule, match in self._own:
            if len(line) <= rule.max_chars and match(line):
                return rule
        if not self._any(line):
            return None
        for rule, matches in self._all:
            if len(line) <= rule.max_chars and matches(line):
                return rule
        return None


def _compile_own(rule: Rule) -> Any:
    import regex

    try:
        compiled = regex.compile(rule.expression, regex.VERSION0)
    except regex.error as error:
        raise RuleError(f"{rule.origin}: rule {rule.id!r}: pattern: {error}") from None

    def match(line: str) -> bool:
        try:
            return compiled.match(line, timeout=USER_PATTERN_SECONDS) is not None
        except TimeoutError:
            raise RuleError(
                f"{rule.origin}: rule {rule.id!r}: the pattern took over {USER_PATTERN_SECONDS} s on one line of "
                f"{len(line)} characters; take out nested repetition such as (a+)+"
            ) from None

    return match


@cache
def rule_book(own_files: tuple[str, ...] = ()) -> RuleBook:
    """The built-in rules with a user's own files before them, compiled once a process."""
    return RuleBook(built_in_rules(), [rule for file in own_files for rule in load_rules(file)])
