"""The machine a figure was measured on, the memory a process held, and the cores it may use."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import re
import resource
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MB = 1_000_000
LIBRARIES = ("numpy", "numba", "pyarrow", "regex", "orjson")
"""What our own figures depend on most."""


def describe_machine() -> dict[str, Any]:
    """What the figures depend on, peers aside."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", info.read_text() if info.is_file() else "", re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.processor(),
        "cores": len(all_cores()) or os.cpu_count(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: installed(name) or "absent" for name in LIBRARIES},
        "commit": git("rev-parse", "--short", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--untracked-files=no", "--", "cleaner")),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def installed(name: str) -> str | None:
    """The version of a package, None where it is absent."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def git(*arguments: str) -> str | None:
    """What git prints, or None outside a repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def all_cores() -> list[int]:
    """The processors that this process may use; none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def use_cores(count: int) -> None:
    """Keeps this process, and those it starts, on its last so many processors, where the system can do that."""
    if cores := all_cores():
        os.sched_setaffinity(0, cores[-count:])


def memory_now() -> int:
    """Bytes that this process holds, what it has freed given back to the system; the high-water mark begins anew where it can."""
    gc.collect()
    status = Path("/proc/self/status")
    if not status.is_file():
        return memory_peak()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return memory_peak()
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("utf-8"))
    return int(found[1]) * 1024 if found else memory_peak()


def memory_peak() -> int:
    """Most bytes that this process held at once.

    Linux carries `ru_maxrss` over from the process that started this one, so what is asked there is the high-water mark
    of the process's own memory.
    """
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8"))):
        return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
