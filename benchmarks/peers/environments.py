"""Where a peer is installed: beside us, or in an environment that the suite makes for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import ROOT, installed
from benchmarks.peers.registry import Peer, package_of
from benchmarks.processes import last_line

FOLDER = ROOT / "benchmarks" / ".environments"
MOST_SECONDS = 1_200
MADE = "made.txt"
"""Holds what was installed, and stands there only when that went well."""


@dataclass(frozen=True, slots=True)
class Home:
    """The interpreter that has a peer, and the peer's version; or why there is none."""

    peer: Peer
    python: str | None
    version: str = ""
    why: str = ""


def find_home(peer: Peer, own: bool = True, report: Callable[[str], object] = print) -> Home:
    """Where a peer lives. Its environment is made where it has none, which needs a package index; without `own` it is left out."""
    if not peer.package:
        return Home(peer, sys.executable)
    if not peer.own:
        for wanted in peer.requires:
            if installed(package_of(wanted)) is None:
                return Home(peer, None, why=f"not installed: pip install -e '.[bench]' brings {wanted}")
        return Home(peer, sys.executable, installed(peer.package) or "")
    folder = FOLDER / peer.name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    made, wanted = folder / MADE, [*peer.requires, *peer.parts]
    if not own:
        return Home(peer, None, why="it lives in an environment of its own, which --quick leaves out")
    if not made.is_file() or made.read_text("utf-8").split("\n") != wanted:
        report(f"making an environment for {peer.title}: {', '.join(wanted)}")
        if why := make_environment(folder, python, peer):
            return Home(peer, None, why=why)
        made.write_text("\n".join(wanted), "utf-8")
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    done = subprocess.run([python, "-c", code, peer.package], capture_output=True, text=True, check=False)
    if done.returncode:
        return Home(peer, None, why=f"{folder} is broken: {last_line(done.stderr)}; delete it and try again")
    return Home(peer, str(python), done.stdout.strip())


def make_environment(folder: Path, python: Path, peer: Peer) -> str:
    """Makes it anew; returns what went wrong, or nothing. The pip of some Python versions fails on extras, so a newer one comes first."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no environment can be made here: {error}"
    bare = ["--no-deps"] if peer.parts else []
    for wanted in (["--upgrade", "pip"], [*bare, *peer.requires], list(peer.parts)):
        if not wanted:
            continue
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            shutil.rmtree(folder, ignore_errors=True)
            return f"pip was not done after {MOST_SECONDS} s: {' '.join(wanted)}"
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            return f"pip could not install {' '.join(wanted)}: {last_line(done.stderr)}"
    return ""
