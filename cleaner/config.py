"""Settings: one frozen dataclass a job, from keywords or from a TOML file, with the same names in both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError

__all__ = ["CleanConfig", "load_config"]

_CHOICES = {
    "strength": ("safe", "standard", "strict"),
    "script": ("keep", "hans", "hant"),
    "punctuation": ("keep", "chinese"),
}


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
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"{name} is {getattr(self, name)!r}; it may be {', '.join(allowed)}")
        files = (self.rules,) if isinstance(self.rules, str | Path) else self.rules
        if not isinstance(files, list | tuple) or not all(isinstance(file, str | Path) for file in files):
            raise ConfigError(f"rules is {self.rules!r}; it must be the path of a TOML file, or a list of such paths")
        object.__setattr__(self, "rules", tuple(str(file) for file in files))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], origin: str = "configuration") -> CleanConfig:
        """Settings by name; an unknown name is an error that names the nearest known one."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
                raise ConfigError(f"{origin}: unknown setting {name!r}; {hint}")
        return cls(**values)


def load_config(file: str | Path) -> CleanConfig:
    """The `[clean]` table of a TOML file; paths of rules files in it are relative to it.

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
        if name != "clean":
            raise ConfigError(f"{path}: unknown table [{name}]; did you mean [clean]?")
    table = tables.get("clean", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: clean is {table!r}; it must be a table, [clean]")
    values = dict(table)
    rules = values.get("rules", [])
    rules = [rules] if isinstance(rules, str) else rules
    if isinstance(rules, list) and all(isinstance(file, str) for file in rules):
        values["rules"] = tuple(str(path.parent / file) for file in rules)
    return CleanConfig.from_mapping(values, str(path))
