"""Settings: one frozen dataclass a job, from keywords or from a TOML file, with the same names in both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from cleaner.errors import ConfigError

__all__ = ["CRITERIA", "CleanConfig", "DedupConfig", "load_config"]

_CHOICES = {
    "strength": ("safe", "standard", "strict"),
    "script": ("keep", "hans", "hant"),
    "punctuation": ("keep", "chinese"),
    "paragraphs": ("keep", "mark", "drop"),
}

CRITERIA = ("longest", "complete", "earliest", "sites", "id")
"""By what the article that is kept can be chosen."""


def _check_choices(config: Any) -> None:
    for field in fields(config):
        value, allowed = getattr(config, field.name), _CHOICES.get(field.name)
        if allowed and value not in allowed:
            raise ConfigError(f"{field.name} is {value!r}; it may be {', '.join(allowed)}")


def _check_names(known: list[str], values: Mapping[str, Any], origin: str) -> None:
    for name in values:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise ConfigError(f"{origin}: unknown setting {name!r}; {hint}")


@dataclass(frozen=True, slots=True)
class CleanConfig:
    """How articles are cleaned.

    >>> CleanConfig(script="hans").strength
    'standard'
    """

    strength: str = "standard"
    """`safe` removes only what rules name and never running text, `standard` what is outside the body too, `strict` captions and hints as well."""
    script: str = "keep"
    """`hans` or `hant` converts the text; `keep` leaves it as it is."""
    punctuation: str = "keep"
    """`chinese` makes half-width marks between Chinese characters full-width again."""
    rules: tuple[str, ...] = ()
    """TOML files with rules of your own, asked before the built-in ones."""

    def __post_init__(self) -> None:
        _check_choices(self)
        files = (self.rules,) if isinstance(self.rules, str | Path) else self.rules
        if not isinstance(files, list | tuple) or not all(isinstance(file, str | Path) for file in files):
            raise ConfigError(f"rules is {self.rules!r}; it must be the path of a TOML file, or a list of such paths")
        object.__setattr__(self, "rules", tuple(str(file) for file in files))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], origin: str = "configuration") -> CleanConfig:
        """Settings by name; an unknown name is an error that names the nearest known one."""
        _check_names([field.name for field in fields(cls)], values, origin)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class DedupConfig:
    """How duplicates are searched, and which article of several is kept.

    >>> DedupConfig().least_containment, DedupConfig(threshold=0.9).least_containment
    (0.6, 0.8)
    """

    threshold: float = 0.8
    """Jaccard similarity of their shingle sets from which two texts are one article, over 0 and up to 1."""
    containment: float | str = "auto"
    """Share of the shorter text that stands in the longer one, from which they are one article; `off` asks for Jaccard alone.

    `auto` is 2 * threshold - 1, and 0.6 at least."""
    compare_facts: bool = True
    """Whether texts that are alike but differ in their facts (figures, ordinals, names said again and again) are two articles."""
    prefer: tuple[str, ...] = CRITERIA
    """Which article is kept, criteria in order: `longest`, `complete` (has date and source), `earliest`, `sites`, `id`."""
    sites: tuple[str, ...] = ()
    """Preferred sites, best first: names of sites, or domains."""
    paragraphs: str = "keep"
    """Paragraphs that already stand in other articles: `drop` takes them out of what is kept, `mark` lists and labels them."""
    min_articles: int = 3
    """In so many articles a paragraph must stand for that."""
    num_perm: int = 128
    """Permutations of a signature."""
    seed: int = 1
    """Seed of the permutations."""
    jobs: int = 0
    """Threads; 0 is one a core. The result does not depend on it."""

    def __post_init__(self) -> None:
        _check_choices(self)
        _check_number("threshold", self.threshold, 0, 1)
        if self.containment not in ("auto", "off"):
            _check_number("containment", self.containment, 0, 1, " (or 'auto', or 'off')")
        for name, least, most in (
            ("min_articles", 2, 1 << 31),
            ("num_perm", 16, 4096),
            ("seed", 0, (1 << 32) - 1),
            ("jobs", 0, 1024),
        ):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ConfigError(f"{name} is {value!r}; it must be a whole number from {least} to {most}")
        if not isinstance(self.compare_facts, bool):
            raise ConfigError(f"compare_facts is {self.compare_facts!r}; it must be true or false")
        for name in ("prefer", "sites"):
            values = getattr(self, name)
            if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
                raise ConfigError(f"{name} is {values!r}; it must be a list of names")
            object.__setattr__(self, name, tuple(values))
        for value in self.prefer:
            if value not in CRITERIA:
                raise ConfigError(f"prefer names {value!r}; it may name {', '.join(CRITERIA)}")

    @property
    def least_containment(self) -> float:
        """The containment threshold as a number; 0 where containment is not asked for."""
        if self.containment == "off":
            return 0.0
        return round(max(0.6, 2 * self.threshold - 1), 6) if self.containment == "auto" else float(self.containment)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], origin: str = "configuration") -> DedupConfig:
        """Settings by name; an unknown name is an error that names the nearest known one."""
        _check_names([field.name for field in fields(cls)], values, origin)
        return cls(**values)

    @classmethod
    def merge(cls, config: DedupConfig | None, settings: Mapping[str, Any], origin: str) -> DedupConfig:
        """A configuration with some settings in the place of its own."""
        if not isinstance(config, cls | None):
            raise ConfigError(f"config is {config!r:.60}; give a DedupConfig")
        return cls.from_mapping({**(asdict(config) if config else {}), **settings}, origin)


def _check_number(name: str, value: Any, above: float, most: float, other: str = "") -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not above < value <= most:
        raise ConfigError(f"{name} is {value!r}; it must be over {above} and up to {most}{other}")


_TABLES = {"clean": CleanConfig, "dedup": DedupConfig}

_Config = TypeVar("_Config", CleanConfig, DedupConfig)


def load_config(file: str | Path, kind: type[_Config]) -> _Config:
    """The settings of one kind in a TOML file: `[clean]` or `[dedup]`. Paths of rules files in it are relative to it.

    Raises ConfigError, naming the file and the setting.
    """
    path = Path(file)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    for name in tables:
        if name not in _TABLES:
            near = get_close_matches(name, _TABLES, n=1) or list(_TABLES)
            raise ConfigError(f"{path}: unknown table [{name}]; did you mean [{near[0]}]?")
    name = next(name for name, its_kind in _TABLES.items() if its_kind is kind)
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {name} is {table!r}; it must be a table, [{name}]")
    values = dict(table)
    rules = values.get("rules", [])
    rules = [rules] if isinstance(rules, str) else rules
    if kind is CleanConfig and isinstance(rules, list) and all(isinstance(file, str) for file in rules):
        values["rules"] = tuple(str(path.parent / file) for file in rules)
    return kind.from_mapping(values, str(path))
