"""What a run is to do: its files as they were found, and its settings. A run is taken up again only where both are as they were."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import cleaner
from cleaner.config import RunConfig
from cleaner.corpus.sources import Source, find_sources
from cleaner.errors import ConfigError, InputError, OutputError

__all__ = ["Input", "Plan", "make_plan"]

_EDGE = 1 << 16
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Input:
    """A file of a run, and by what a change of it is noticed."""

    path: str
    name: str
    size: int = 0
    changed: int = 0
    """When it was last written to, in nanoseconds."""
    digest: str = ""
    """A hash of its first and last 64 KB."""
    error: str = ""
    """Why it cannot be read, where that was known at once."""

    def source(self, format: str, stdin: Path) -> Source:
        """The file to read."""
        return Source(str(stdin) if self.path == "-" else self.path, self.name, format)

    def is_like(self, other: Input) -> bool:
        """Whether it holds the same as then."""
        then, now = asdict(self), asdict(other)
        if self.digest == other.digest:
            then.pop("changed"), now.pop("changed")
        return then == now


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    inputs: tuple[Input, ...]
    passed_over: int
    """Files of other kinds in the folders."""
    config: dict[str, Any]
    version: str = cleaner.__version__
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(item.size for item in self.inputs)

    def to_json(self) -> str:
        """The plan as it is kept in the run's folder."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Plan | None:
        """A plan that was kept; None for what was kept by another version."""
        try:
            stored = json.loads(text)
            inputs = tuple(Input(**fields) for fields in stored.pop("inputs"))
            return cls(inputs=inputs, **stored)
        except (ValueError, TypeError, KeyError):
            return None

    def difference(self, now: Plan) -> str | None:
        """What is not as it was when this plan was made, in words; None where all is."""
        if (self.version, self.format) != (now.version, now.format):
            return f"it was begun by version {self.version}"
        for name in ("", "clean", "dedup"):
            then, today = (config.config[name] if name else config.config for config in (self, now))
            for key in then:
                if key not in ("clean", "dedup") and then[key] != today.get(key):
                    setting = f"{name}.{key}" if name else key
                    return f"the setting {setting} was {then[key]!r} and is {today.get(key)!r}"
        then_paths, now_paths = ([item.path for item in plan.inputs] for plan in (self, now))
        if then_paths != now_paths:
            others = sorted(set(then_paths) ^ set(now_paths))
            return f"its input is not the same: {', '.join(others[:3]) or 'another order of files'}{' …' * (len(others) > 3)}"
        for before, after in zip(self.inputs, now.inputs, strict=True):
            if not before.is_like(after):
                return f"{before.path} has changed"
        return None


def make_plan(inputs: Sequence[str], output: Path, config: RunConfig, stdin: Path | None = None) -> Plan:
    """The plan for some files, folders and patterns; `stdin` is the file that `-` was copied to.

    Raises ConfigError for an input that is not there, and OutputError where output and input are in each other's way.
    """
    if isinstance(inputs, str | os.PathLike):
        inputs = [inputs]
    paths = [os.fspath(path) for path in inputs]
    if not paths:
        raise ConfigError("no input; give files, folders, patterns, or - for stdin")
    if paths.count("-") > 1:
        raise ConfigError("- (stdin) is given twice")
    for path in paths:
        if not path:
            raise ConfigError("an input is empty; give the name of a file or folder")
    found: list[Input] = []
    passed_over = 0
    for item in find_sources(paths, config.input_format):
        if item is None:
            passed_over += 1
        elif isinstance(item, InputError):
            found.append(Input(str(item).partition(":")[0], "", error=str(item)))
        else:
            found.append(_look_at(item, stdin))
    _check_apart(found, paths, output)
    seen: set[str] = set()
    for entry in found:
        real = os.path.realpath(entry.path)
        if entry.path != "-" and real in seen:
            raise ConfigError(f"{entry.path} is given twice; name it once, so that no record is counted twice")
        seen.add(real)
    settings = asdict(config)
    for place, name in ((settings, "jobs"), (settings, "batch_bytes"), (settings["dedup"], "jobs")):
        del place[name]  # the result does not depend on these
    return Plan(tuple(found), passed_over, json.loads(json.dumps(settings)))


def _check_apart(found: Sequence[Input], paths: Sequence[str], output: Path) -> None:
    target = os.path.realpath(output)
    for path in paths:
        if path != "-" and os.path.realpath(path) == target:
            raise OutputError(f"{path} is input and output; write to another folder")
    for entry in found:
        if os.path.realpath(entry.path).startswith(os.path.join(target, "")) and entry.path != "-":
            raise OutputError(
                f"{entry.path} is an input that lies in the output folder {output}; write to another folder"
            )


def _look_at(source: Source, stdin: Path | None) -> Input:
    path = stdin if source.path == "-" else source.path
    if path is None:
        return Input("-", "stdin")
    try:
        with open(path, "rb") as file:
            stat = os.fstat(file.fileno())
            digest = blake2b(digest_size=8)
            for data in _edges(file, stat.st_size):
                digest.update(data)
    except OSError as error:
        if not os.path.lexists(path):
            raise ConfigError(f"{source.path} does not exist") from None
        return Input(source.path, source.name, error=f"{source.path}: cannot be read: {error.strerror or error}")
    return Input(
        source.path,
        source.name or "stdin",
        stat.st_size,
        0 if source.path == "-" else stat.st_mtime_ns,
        digest.hexdigest(),
    )


def _edges(file: Any, size: int) -> Iterator[bytes]:
    yield file.read(_EDGE)
    if size > _EDGE:
        file.seek(max(_EDGE, size - _EDGE))
        yield file.read(_EDGE)
