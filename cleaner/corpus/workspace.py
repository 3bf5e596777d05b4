"""The folder of a run: whose it is, what is in it already, and how its results get their names."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.corpus.outputs import publish, sync, write_whole
from cleaner.corpus.plan import Plan
from cleaner.corpus.sources import open_stdin
from cleaner.errors import OutputError

__all__ = ["RunResult", "Workspace"]

RECORD = "run.json"
RESULTS = (
    "removed.jsonl",
    "duplicates.jsonl",
    "clusters.jsonl",
    "paragraphs.jsonl",
    "rejected.jsonl",
    "sites.json",
    RECORD,
)
"""The names of results, beside those of the articles."""


_ARTICLES = re.compile(r"articles(?:-[0-9]{5,})?\.(?:jsonl|parquet)")


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run, as it stands in `run.json`."""

    folder: Path
    counts: dict[str, Any]
    """`in`, `kept`, `duplicates`, `rejected` and so on; `removed_by_label` and the like by name."""
    files: dict[str, int]
    """The files that were written, with the records in each."""
    times: dict[str, float]
    """Seconds by stage; of a run that was taken up again, those of the last part."""
    was_done: bool = False
    """Whether a run with the same input and settings had ended in this folder before, so that nothing was to be done."""


class Workspace:
    """The folder that the results go to, and in it the hidden one that holds what is done until all is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / ".work"
        self.stdin = self.work / "stdin"
        self._done = folder / ".work-done"
        self._out = self.work / "out"
        self._plan = self.work / "plan.json"
        self._ready = self.work / "publish.json"

    def check(self) -> None:
        """Raises OutputError for what cannot be a folder of results."""
        if self.folder.exists() and not self.folder.is_dir():
            raise OutputError(f"{self.folder} is a file; give the name of a folder")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folder, and keeps other runs out of it; the lock ends with the process, however that ends."""
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise OutputError(f"{self.folder}: another run is at work in this folder; wait for it, or end it") from None
        finally:
            os.close(lock)

    def keep_stdin(self) -> None:
        """Copies stdin to a file, since it is read twice, and again when the run is taken up."""
        self.work.mkdir(exist_ok=True)
        part = self.work / "stdin.new"
        with open(part, "wb") as file:
            shutil.copyfileobj(open_stdin(), file, 1 << 20)
        os.replace(part, self.stdin)

    def begin(self, plan: Plan, *, overwrite: bool) -> RunResult | None:
        """Begins, or takes up what was begun with the same plan; the result where all was done before. Raises OutputError."""
        try:
            return self._begin(plan, overwrite)
        except OutputError:
            if not self._plan.exists():  # all that is there is a new copy of stdin
                shutil.rmtree(self.work, ignore_errors=True)
            raise

    def _begin(self, plan: Plan, overwrite: bool) -> RunResult | None:
        shutil.rmtree(self._done, ignore_errors=True)
        if self._plan.exists():
            difference = _difference(Plan.from_json(self._plan.read_text("utf-8")), plan)
            if difference is None:
                return None
            if not overwrite:
                raise OutputError(
                    f"{self.folder} holds a run that was not ended, and {difference}; begin it as it was to go on, give --overwrite"
                    " to begin anew, or write to another folder"
                )
        elif (self.folder / RECORD).exists() and not overwrite:
            result, before = self._read_record()
            difference = _difference(before, plan)
            if difference is None:
                shutil.rmtree(self.work, ignore_errors=True)  # a new copy of stdin, if anything
                return replace(result, was_done=True)
            raise OutputError(
                f"{self.folder} holds the results of another run ({difference}); give --overwrite, or write to another folder"
            )
        if not overwrite and (there := self._results()):
            raise OutputError(f"{self.folder / there[0]} exists; write to another folder, or give --overwrite")
        self._clear()
        write_whole(self._plan, plan.to_json())
        return None

    def _clear(self) -> None:
        """Drops what was done of another run, but not the copy of stdin, which is new."""
        self._plan.unlink(missing_ok=True)  # first of all: what is left without it is nobody's
        self.work.mkdir(exist_ok=True)
        for path in self.work.iterdir():
            if path != self.stdin:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @property
    def is_ready(self) -> bool:
        """Whether all results are whole, and only want their names."""
        return self._ready.exists()

    def new_out(self) -> Path:
        """The folder in which results are made, empty."""
        shutil.rmtree(self._out, ignore_errors=True)
        self._out.mkdir()
        return self._out

    def make_ready(self, files: Mapping[str, int], record: Mapping[str, Any]) -> None:
        """Says that all results are whole."""
        write_whole(self._out / RECORD, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        for name in files:
            sync(self._out / name)
        sync(self._out)
        write_whole(self._ready, json.dumps([*files, RECORD]))
        sync(self.work)

    def publish(self) -> RunResult:
        """Gives the results their names, and drops all else; can be stopped anywhere, and called again."""
        names = json.loads(self._ready.read_text("utf-8"))
        for name in self._results():
            if name not in names:
                (self.folder / name).unlink()
        publish(self._out, self.folder, names)
        os.replace(self.work, self._done)
        shutil.rmtree(self._done, ignore_errors=True)
        return self._read_record()[0]

    def _results(self) -> list[str]:
        """The files in the folder that have names of results."""
        return sorted(
            path.name for path in self.folder.iterdir() if path.name in RESULTS or _ARTICLES.fullmatch(path.name)
        )

    def _read_record(self) -> tuple[RunResult, Plan | None]:
        record = self.folder / RECORD
        try:
            stored = json.loads(record.read_text("utf-8"))
            result = RunResult(self.folder, stored["counts"], stored["files"], stored["times"])
            return result, Plan.from_json(json.dumps(stored["plan"]))
        except (ValueError, KeyError, TypeError):
            raise OutputError(f"{record} is no record of a run; write to another folder, or give --overwrite") from None


def _difference(then: Plan | None, now: Plan) -> str | None:
    return "it was begun by another version" if then is None else then.difference(now)
