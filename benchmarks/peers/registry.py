"""The peers and what is measured of each, as `peers.toml` says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("peers.toml")
TASKS = ("normalize", "clean_text", "clean_html", "metadata", "signatures", "dedup")
OURS = "cleaner"


@dataclass(frozen=True, slots=True)
class Peer:
    """A package that is measured: what pip installs for it, and whether that needs an environment of its own.

    `parts` are installed instead of the dependencies that it names, where these are many and not needed for what is measured.
    """

    name: str
    title: str
    requires: tuple[str, ...]
    adapter: str
    own: bool = False
    parts: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The name of its distribution, whose version is printed; empty for what is only our own code."""
        return package_of(self.requires[0]) if self.requires else ""


@dataclass(frozen=True, slots=True)
class Contender:
    """A peer on a task with settings."""

    peer: Peer
    task: str
    setting: str = "default"
    options: dict[str, Any] = field(default_factory=dict)
    about: str = ""
    source: str = ""
    cores: int = 1

    @property
    def title(self) -> str:
        """How tables call it."""
        return self.peer.title if self.setting == "default" else f"{self.peer.title}, {self.setting}"

    @property
    def is_ours(self) -> bool:
        return self.peer.name == OURS


def package_of(requirement: str) -> str:
    """The name in a requirement.

    >>> package_of("datatrove[processing]==0.10.0")
    'datatrove'
    """
    return re.split(r"[<>=\[!~;, ]", requirement, maxsplit=1)[0]


@cache
def read_contenders() -> tuple[Contender, ...]:
    """All of `peers.toml`, in its order. Raises ValueError for a task that nothing measures, and TypeError for an unknown key."""
    found = []
    for name, entry in tomllib.loads(FILE.read_text("utf-8")).items():
        contenders = entry.pop("contenders")
        peer = Peer(
            name=name, **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
        )
        for each in contenders:
            if each["task"] not in TASKS:
                raise ValueError(f"{FILE.name}: {name} has the task {each['task']!r}; there are {', '.join(TASKS)}")
            found.append(Contender(peer=peer, **each))
    return tuple(found)


def read_peers() -> tuple[Peer, ...]:
    """The peers, each once."""
    return tuple({contender.peer.name: contender.peer for contender in read_contenders()}.values())


def choose(task: str, peers: Sequence[Peer], settings: Iterable[str] | None = None) -> list[Contender]:
    """The contenders of a task among some peers; with `settings` only those of that name."""
    names, wanted = {peer.name for peer in peers}, None if settings is None else set(settings)
    return [
        contender
        for contender in read_contenders()
        if contender.task == task and contender.peer.name in names and (wanted is None or contender.setting in wanted)
    ]
