"""Calls a contender: starts `host` with the interpreter that has the peer, and reads its answer."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.machine import ROOT

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


class ContenderError(RuntimeError):
    """A contender did not come to an end; the message is the last it said."""


class TimeLimitError(ContenderError):
    """A contender was stopped at its time limit."""


def call(python: str, request: dict[str, Any], limit: float | None = None) -> dict[str, Any]:
    """The answer of a fresh process. Raises TimeLimitError after `limit` seconds, ContenderError for any other end without an answer."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        environment = {**os.environ, "TMPDIR": folder, "PYTHONHASHSEED": "0", "TQDM_DISABLE": "1"}
        environment |= dict.fromkeys(THREADS, str(request.get("cores", 1)))
        command = [python, "-m", "benchmarks.peers.host"]
        given = json.dumps({**request, "answer": str(answer)})
        try:
            ended = processes.run(command, cwd=ROOT, given=given, environment=environment, limit=limit)
        except subprocess.TimeoutExpired:
            raise TimeLimitError(f"not done after {limit:g} s") from None
        if ended.code or not answer.is_file():
            raise ContenderError(f"exit code {ended.code}: {ended.last_line}")
        result: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return result
