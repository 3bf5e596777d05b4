"""Processes that are measured: started in a group of their own, watched, and ended with all that they started, whatever happens here."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, what it said on stderr, the seconds it took; and the most memory of it and all below it, if watched."""

    code: int
    said: str
    seconds: float
    memory_peak: int = 0
    memory_anonymous: int = 0

    @property
    def last_line(self) -> str:
        return last_line(self.said)


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
    watch: bool = False,
) -> Ended:
    """Runs a command to its end; stdout is thrown away. Raises subprocess.TimeoutExpired after `limit` seconds."""
    began = time.perf_counter()
    peak = anonymous = 0
    text = given
    with subprocess.Popen(
        list(map(str, command)), cwd=cwd, env=environment, text=True, start_new_session=True,
        stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            while True:
                left = None if limit is None else max(0.0, limit - (time.perf_counter() - began))
                try:
                    _, said = process.communicate(text, timeout=min(INTERVAL, left or INTERVAL) if watch else left)
                    return Ended(process.returncode, said, time.perf_counter() - began, peak, anonymous)
                except subprocess.TimeoutExpired:
                    text = None  # it is sent already
                    if left is not None and time.perf_counter() - began >= (limit or 0):
                        raise
                    now = memory(process.pid)
                    peak, anonymous = max(peak, now[0]), max(anonymous, now[1])
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def below(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text("ascii").split()
    except OSError:
        return
    for child in children:
        yield from below(int(child))


def memory(root: int) -> tuple[int, int]:
    """Bytes that a process and all below it hold: in all (what they share counts for each), and without pages of files that the system can drop."""
    total = anonymous = 0
    for process in below(root):
        try:
            status = Path(f"/proc/{process}/status").read_text("utf-8")
        except OSError:
            continue
        found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("VmRSS", "RssAnon")))
        total += int(found.get("VmRSS", "0").split()[0]) * 1024
        anonymous += int(found.get("RssAnon", "0").split()[0]) * 1024
    return total, anonymous


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
