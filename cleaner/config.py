"""Settings: one frozen dataclass a job, from keywords or from a TOML file, with the same names in both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from cleaner.errors import ConfigError

__all__ = ["CRITERIA", "CleanConfig", "DedupConfig", "RunConfig", "describe", "load_config", "load_run_config"]

_CHOICES = {
    "strength": ("safe", "standard", "strict"),
    "script": ("keep", "hans", "hant"),
    "punctuation": ("keep", "chinese"),
    "paragraphs": ("keep", "mark", "drop"),
    "format": ("jsonl", "parquet"),
    "on_error": ("skip", "stop"),
    "input_format": ("auto", "text", "jsonl", "html", "csv", "parquet", "arrow", "warc"),
}

CRITERIA = ("longest", "complete", "earliest", "sites", "id")
"""By what the article that is kept can be chosen."""


def _check_choices(config: Any) -> None:
    for setting in fields(config):
        value, allowed = getattr(config, setting.name), _CHOICES.get(setting.name)
        if allowed and value not in allowed:
            raise ConfigError(f"{setting.name} is {value!r}; it may be {', '.join(allowed)}")


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
        _check_names([setting.name for setting in fields(cls)], values, origin)
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
    """Whether texts that are alike but differ in their facts (figures, ordinals, days, names said again and again) are two articles."""
    prefer: tuple[str, ...] = CRITERIA
    """Which article is kept, criteria in order: `longest`, `complete` (has date and source), `earliest`, `sites`, `id`."""
    prefer_sites: tuple[str, ...] = ()
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
            _check_whole(name, getattr(self, name), least, most)
        if not isinstance(self.compare_facts, bool):
            raise ConfigError(f"compare_facts is {self.compare_facts!r}; it must be true or false")
        for name in ("prefer", "prefer_sites"):
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
        _check_names([setting.name for setting in fields(cls)], values, origin)
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


def _check_whole(name: str, value: Any, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"{name} is {value!r}; it must be a whole number from {least} to {most}")


@dataclass(frozen=True, slots=True)
class RunConfig:
    """How a corpus is read, cleaned, deduplicated and written.

    >>> RunConfig(clean=CleanConfig(script="hans")).format
    'jsonl'
    """

    input_format: str = "auto"
    """What the input is; `auto` goes by the names of the files, or by their first bytes."""
    text_field: str = ""
    """Field that holds the text of a page; empty: the first of the usual names (`text`, `content`, `body` …)."""
    html_field: str = ""
    """Field that holds the HTML of a page; empty: `html` and the like, where there is no text."""
    id_field: str = ""
    """Field that holds the id; empty: `id` and the like. A record without one gets a hash of its address or else its content."""
    url_field: str = ""
    """Field that holds the address; empty: `url`, `link` and the like."""
    title_field: str = ""
    """Field that holds the title; empty: `title`, `headline` and the like."""
    site_field: str = ""
    """Field that names the site, for pages without address; empty: `site`, `domain` and the like."""
    learn: bool = True
    """Whether the chrome of each site is learned from its pages before they are cleaned."""
    sites: str = ""
    """File of learned sites (see `cleaner sites learn`) to use beside what is learned here."""
    format: str = "jsonl"
    """Format of articles that are written: `jsonl` or `parquet`."""
    shard_bytes: int = 1_000_000_000
    """Articles are cut into files of about so many bytes; one file gets no number."""
    max_record: int = 16_000_000
    """Bytes; a longer record is rejected."""
    on_error: str = "skip"
    """What is done at a record that cannot be read: `skip` rejects it and goes on, `stop` ends the run."""
    limit: int = 0
    """So many records are read, the first ones; 0: all."""
    jobs: int = 0
    """Processes; 0 is one a core. The result does not depend on it."""
    batch_bytes: int = 2_000_000
    """Bytes of the input that a process is given at once. The result does not depend on it."""
    clean: CleanConfig = field(default_factory=CleanConfig)
    dedup: DedupConfig = field(default_factory=DedupConfig)

    def __post_init__(self) -> None:
        _check_choices(self)
        for setting in fields(self):
            value = getattr(self, setting.name)
            if isinstance(setting.default, str) and not isinstance(value, str):
                raise ConfigError(f"{setting.name} is {value!r}; it must be text")
            if isinstance(setting.default, bool) and not isinstance(value, bool):
                raise ConfigError(f"{setting.name} is {value!r}; it must be true or false")
        most = 1 << 62
        for name, least, limit in (
            ("shard_bytes", 1, most),
            ("max_record", 1024, 2_000_000_000),
            ("limit", 0, most),
            ("jobs", 0, 1024),
            ("batch_bytes", 1, 1_000_000_000),
        ):
            _check_whole(name, getattr(self, name), least, limit)
        for name, kind in (("clean", CleanConfig), ("dedup", DedupConfig)):
            if not isinstance(getattr(self, name), kind):
                raise ConfigError(f"{name} is {getattr(self, name)!r:.60}; give a {kind.__name__}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], origin: str = "configuration") -> RunConfig:
        """Settings by name; an unknown name is an error that names the nearest known one. `clean` and `dedup` may be mappings, too."""
        _check_names([setting.name for setting in fields(cls)], values, origin)
        parts: dict[str, Any] = {}
        for name, kind in (("clean", CleanConfig), ("dedup", DedupConfig)):
            if isinstance(part := values.get(name), Mapping):
                parts[name] = kind.from_mapping(part, f"{origin}, {name}")
        return cls(**{**values, **parts})


_TABLES = {"run": RunConfig, "clean": CleanConfig, "dedup": DedupConfig}

_Config = TypeVar("_Config", CleanConfig, DedupConfig)


def load_config(file: str | Path, kind: type[_Config]) -> _Config:
    """The settings of one kind in a TOML file: `[clean]` or `[dedup]`. Paths of rules files in it are relative to it.

    Raises ConfigError, naming the file and the setting.
    """
    name = "clean" if kind is CleanConfig else "dedup"
    return kind.from_mapping(_read_tables(file)[name], str(file))


def load_run_config(file: str | Path) -> RunConfig:
    """The settings of a run in a TOML file: `[run]`, `[clean]` and `[dedup]`. Paths in it are relative to it.

    Raises ConfigError, naming the file and the setting.
    """
    tables = _read_tables(file)
    _check_names(
        [setting.name for setting in fields(RunConfig) if setting.name not in _TABLES], tables["run"], str(file)
    )
    parts = {"clean": tables["clean"], "dedup": tables["dedup"]}
    return RunConfig.from_mapping({**tables["run"], **parts}, str(file))


def _read_tables(file: str | Path) -> dict[str, dict[str, Any]]:
    """All tables of a TOML file, those that are absent empty; the paths in them as seen from here."""
    path = Path(file)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    for name, table in tables.items():
        if name not in _TABLES:
            near = get_close_matches(name, _TABLES, n=1) or list(_TABLES)
            raise ConfigError(f"{path}: unknown table [{name}]; did you mean [{near[0]}]?")
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: {name} is {table!r}; it must be a table, [{name}]")
    found = {name: dict(tables.get(name, {})) for name in _TABLES}
    rules = found["clean"].get("rules", [])
    rules = [rules] if isinstance(rules, str) else rules
    if isinstance(rules, list) and all(isinstance(file, str) for file in rules):
        found["clean"]["rules"] = tuple(str(path.parent / file) for file in rules)
    if isinstance(sites := found["run"].get("sites"), str) and sites:
        found["run"]["sites"] = str(path.parent / sites)
    return found


def describe(kind: type) -> dict[str, str]:
    """What each setting of a kind does, in the words that stand under it here.

    >>> describe(CleanConfig)["script"]
    '`hans` or `hant` converts the text; `keep` leaves it as it is.'
    """
    import ast
    import inspect

    [body] = [node.body for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef)]
    found = {}
    for setting, words in pairwise(body):
        if isinstance(setting, ast.AnnAssign) and isinstance(setting.target, ast.Name):
            said = words.value.value if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant) else ""
            found[setting.target.id] = " ".join(str(said).split())
    return found
