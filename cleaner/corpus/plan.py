"""What a run is to do: its files as they were found, and its settings. A run is taken up again only where both are as they were."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

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
    """A hash of its first and last 64 KB; of the copy of stdin, of all of it."""
    error: str = ""
    """Why it cannot be read, where that was known at once."""

    def source(self, format: str, stdin: Path) -> Source:
        """The file to read."""
        return Source(str(stdin) if self.path == "-" else self.path, self.name, format)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    inputs: tuple[Input, ...]
    passed_over: int
    """Files of other kinds in the folders."""
    config: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    """The files that the settings name (rules, sites), with a hash of what each holds."""
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
        for path in sorted(self.files.keys() | now.files.keys()):
            if self.files.get(path) != now.files.get(path):
                return f"{path} has changed"
        then_paths, now_paths = ([item.path for item in plan.inputs] for plan in (self, now))
        if then_paths != now_paths:
            others = sorted(set(then_paths) ^ set(now_paths))
            return f"its input is not the same: {', '.join(others[:3]) or 'another order of files'}{' …' * (len(others) > 3)}"
        for before, after in zip(self.inputs, now.inputs, strict=True):
            if before != after:
                return f"{before.path} has changed"
        return None


def make_plan(inputs: Sequence[str], output: Path, config: RunConfig, stdin: Path | None = None) -> Plan:
    """The plan for some files, folders and patterns; `stdin` is the file that `-` was copied to.

    Raises ConfigError for an input that is not there or a wrong file of rules or sites, and OutputError where output and input are in
    each other's way.
    """
    if not inputs:
        raise ConfigError("no input; give files, folders, patterns, or - for stdin")
    if inputs.count("-") > 1:
        raise ConfigError("- (stdin) is given twice")
    for path in inputs:
        if not path:
            raise ConfigError("an input is empty; give the name of a file or folder")
    if twice := [path for path, count in Counter(map(os.path.realpath, inputs)).items() if count > 1]:
        raise ConfigError(f"{twice[0]} is given twice; name it once, so that no record is counted twice")
    files = _check_settings(config)
    _check_apart(inputs, output)
    found: list[Input] = []
    passed_over = 0
    target = os.path.realpath(output)
    seen: set[str] = set()
    for item in find_sources(inputs, config.input_format):
        if item is None:
            passed_over += 1
            continue
        path = item.file or "" if isinstance(item, InputError) else item.path
        real = os.path.realpath(path)
        if path != "-" and f"{real}{os.sep}".startswith(os.path.join(target, "")):
            continue  # a pattern fits results, too: they are no input
        if path != "-" and real in seen:
            passed_over += 1  # it is read already, under this name or another
            continue
        seen.add(real)
        found.append(Input(path, "", error=str(item)) if isinstance(item, InputError) else _look_at(item, stdin))
    settings = asdict(config)
    for place, name in ((settings, "jobs"), (settings, "batch_bytes"), (settings["dedup"], "jobs")):
        del place[name]  # the result does not depend on these
    return Plan(tuple(found), passed_over, json.loads(json.dumps(settings)), files)


def _check_settings(config: RunConfig) -> dict[str, str]:
    """Reads the files that the settings name; a hash of each."""
    if config.clean.rules:
        from cleaner.page.rules import rule_book

        rule_book(config.clean.rules)
    if config.sites:
        from cleaner.page.site import Sites

        Sites.load(config.sites)
    files = (*config.clean.rules, *([config.sites] if config.sites else []))
    return {path: blake2b(Path(path).read_bytes(), digest_size=8).hexdigest() for path in files}


def _check_apart(inputs: Sequence[str], output: Path) -> None:
    target = os.path.realpath(output)
    for path in inputs:
        source = os.path.realpath(path)
        if path == "-":
            continue
        if source == target:
            raise OutputError(f"{path} is input and output; write to another folder")
        if source.startswith(os.path.join(target, "")):
            raise OutputError(f"{path} is an input that lies in the output folder {output}; write to another folder")
        if target.startswith(os.path.join(source, "")):
            raise OutputError(f"the output folder {output} lies in the input {path}; write to another folder")


def _look_at(source: Source, stdin: Path | None) -> Input:
    path = stdin if source.path == "-" else source.path
    if path is None:
        return Input("-", "stdin")
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Input(source.path, source.name, error=f"{source.path}: no file but a pipe or device; pipe it to -")
        with open(path, "rb") as file:
            size, changed = os.fstat(file.fileno()).st_size, os.fstat(file.fileno()).st_mtime_ns
            digest = blake2b(digest_size=8)
            for data in _parts(file, size, whole=source.path == "-"):
                digest.update(data)
    except OSError as error:
        if not os.path.lexists(path):
            raise ConfigError(f"{source.path} does not exist") from None
        return Input(source.path, source.name, error=f"{source.path}: cannot be read: {error.strerror or error}")
    if source.path == "-":  # a copy, made when the run was begun or taken up
        return Input("-", "stdin", size, 0, digest.hexdigest())
    return Input(source.path, source.name, size, changed, digest.hexdigest())


def _parts(file: IO[bytes], size: int, *, whole: bool) -> Iterator[bytes]:
    """What of a file is hashed: all, or its first and last 64 KB."""
    if whole:
        while data := file.read(1 << 20):
            yield data
        return
    yield file.read(_EDGE)
    if size > _EDGE:
        file.seek(max(_EDGE, size - _EDGE))
        yield file.read(_EDGE)
