"""What every part of the suite works with: the peers that are here, the texts, the settings, and a way to say how far it is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.corpora.read import Source
from benchmarks.peers.call import ContenderError, TimeLimitError, call
from benchmarks.peers.environments import Home, find_home
from benchmarks.peers.registry import Contender, Peer, choose
from benchmarks.settings import Settings


@dataclass(slots=True, kw_only=True)
class Bench:
    """One run of the suite."""

    source: Source
    settings: Settings
    peers: Sequence[Peer]
    report: Callable[[str], object] = print
    failed: list[str] = field(default_factory=list)
    """What did not come to an end, and why: printed, and kept in the results."""
    wrong: bool = False
    """Whether more is wrong than that a peer is slow: then the suite exits 1."""
    _homes: dict[str, Home] = field(default_factory=dict)

    def home(self, peer: Peer) -> Home:
        """Where a peer lives; found, or made, once."""
        if peer.name not in self._homes:
            self._homes[peer.name] = find_home(peer, self.settings.own_environments, self.report)
        return self._homes[peer.name]

    def contenders(self, task: str, settings: Iterable[str] | None = None) -> list[Contender]:
        """Those of a task whose peer is here."""
        return [each for each in choose(task, self.peers, settings) if self.home(each.peer).python]

    def absent(self) -> dict[str, str]:
        """The peers that were asked for and are not here, and why."""
        return {home.peer.title: home.why for home in map(self.home, self.peers) if not home.python}

    def versions(self) -> dict[str, str]:
        return {home.peer.title: home.version for home in map(self.home, self.peers) if home.version}

    def run(self, contender: Contender, texts: Path, **more: Any) -> dict[str, Any]:
        """One run of a contender in a process of its own, over a file of texts. Raises ContenderError, which is noted, too."""
        limit = more.pop("limit", self.settings.time_limit)
        request = {
            "adapter": contender.peer.adapter, "task": contender.task, "options": contender.options,
            "cores": contender.cores, "texts": str(texts), **more,
        }  # fmt: skip
        try:
            return call(str(self.home(contender.peer).python), request, limit)
        except ContenderError as error:
            self.note(f"{contender.title} ({contender.task})", error)
            self.wrong = self.wrong or contender.is_ours or not isinstance(error, TimeLimitError)
            raise

    def note(self, what: str, error: Exception) -> None:
        """Keeps what did not come to an end, and says it."""
        self.failed.append(f"{what}: {error}")
        self.report(self.failed[-1])


@contextmanager
def written(texts: Iterable[str]) -> Iterator[Path]:
    """A file of texts, a JSON string a line, as the host reads them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(json.dumps(text, ensure_ascii=False) + "\n" for text in texts)
        yield path


def describe(contender: Contender, home: Home) -> dict[str, Any]:
    """A contender as it stands in the results, with its settings."""
    return {
        "contender": contender.title,
        "task": contender.task,
        "peer": contender.peer.title,
        "setting": contender.setting,
        "version": home.version,
        "options": contender.options,
        "cores": contender.cores,
        "about": contender.about,
        "source": contender.source,
        "ours": contender.is_ours,
    }
