"""A run: learn the sites, clean, search duplicates, write; each step once, however often the run is stopped."""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cleaner.config import RunConfig
from cleaner.corpus.batch import Batch, Fault, Limits, is_blank
from cleaner.corpus.columns import LEARN
from cleaner.corpus.outputs import write_whole
from cleaner.corpus.plan import Plan, make_plan
from cleaner.corpus.read import read_batches
from cleaner.corpus.sources import open_stdin
from cleaner.corpus.workspace import RunResult, Workspace
from cleaner.duplicates.ahead import loading_ahead
from cleaner.errors import CleanerError, ConfigError, InputError, OutputError
from cleaner.pool import Pool, Task, count_cores

__all__ = ["Progress", "run"]

Progress = Callable[[str, int, int | None], object]
"""Called with a stage (`learn`, `clean`, `sketch`, `search`, `verify`, `write`), how much of it is done, and how much there is."""


def run(
    inputs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    output: str | os.PathLike[str],
    config: RunConfig | None = None,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> RunResult:
    """Cleans a corpus and takes its duplicates out; `settings` are the fields of RunConfig by name.

    `inputs` are files, folders and patterns; the results are written to the folder `output` once all are whole. A run that was stopped,
    however, goes on where it was when it is started again with the same input and settings, and ends with the same files, byte for byte.

    Raises ConfigError for wrong settings, OutputError for a folder that cannot be written to or holds other results (unless
    `overwrite`), InputError at the first record that cannot be read where `on_error` is `stop`, and WorkerError where processes
    cannot work.
    """
    if config is not None and not isinstance(config, RunConfig):
        raise ConfigError(f"config is {config!r:.60}; give a RunConfig")
    if settings:
        base = {name: getattr(config or RunConfig(), name) for name in RunConfig.__slots__}
        config = RunConfig.from_mapping({**base, **settings}, "run()")
    given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    return _Run([os.fspath(path) for path in given], Path(output), config or RunConfig(), overwrite, progress).go()


PACKED = 4
"""Bytes of text that one byte of an input may hold."""


class _Run:
    def __init__(
        self, inputs: list[str], folder: Path, config: RunConfig, overwrite: bool, progress: Progress | None
    ) -> None:
        self._inputs, self._overwrite = inputs, overwrite
        self._jobs = config.jobs or count_cores()
        self._config = replace(config, dedup=replace(config.dedup, jobs=self._jobs))
        self._report = progress or (lambda _stage, _done, _total: None)
        self._times: dict[str, float] = {}
        self._space = Workspace(folder)

    def go(self) -> RunResult:
        space = self._space
        try:
            space.check()
            if "-" in self._inputs:
                open_stdin()
            make_plan(self._inputs, space.folder, self._config)  # what is wrong is said before anything is made
            with space.locked():
                if "-" in self._inputs:
                    space.keep_stdin()
                self._plan = self._make_plan()
                if (done := space.begin(self._plan, overwrite=self._overwrite)) is not None:
                    return done
                if not space.is_ready:
                    self._do()
                return space.publish()
        except OSError as error:
            raise OutputError(f"{space.folder}: {error.strerror or error}; run the same command to go on") from None

    def _make_plan(self) -> Plan:
        return make_plan(self._inputs, self._space.folder, self._config, self._space.stdin)

    # The steps

    def _do(self) -> None:
        found = self._space.work / "outcome.npz"
        sites = self._space.work / "sites.json"
        with Pool("cleaner.corpus.work:make_worker", self._config, self._jobs) as pool:
            if not found.exists():
                pool.start(self._guess_batches())  # they import what they work with while this process does
            from cleaner.corpus.search import Outcome, find_duplicates, read_ids
            from cleaner.corpus.store import Store

            with closing(Store(self._space.work)) as store:
                if not found.exists():
                    self._learn_and_clean(pool, store, sites)
                    pool.end()
                if (difference := self._plan.difference(self._make_plan())) is not None:
                    raise InputError(
                        f"the input changed while it was read: {difference}; give --overwrite to begin anew"
                    )
                with self._timed("search"):
                    ids = read_ids(store)
                    if not found.exists():
                        find_duplicates(store, ids, self._config.dedup, self._report).save(found)
                    outcome = Outcome.load(found)
                self._write(store, ids, outcome, sites)

    def _learn_and_clean(self, pool: Pool, store: Any, sites: Path) -> None:
        from cleaner.page.learn import SiteLearner

        # All is imported that both steps ask for in this process: see `loading_ahead`.
        with loading_ahead():
            with self._timed("learn"):
                self._learn(pool, SiteLearner(), sites)  # its pages are let go before others are cleaned
            with self._timed("clean"):
                self._clean(pool, store, str(sites))

    def _guess_batches(self) -> int:
        """About how many batches there are, rather too many: a packed file holds several times what it takes on the disk."""
        return sum(1 + item.size * PACKED // self._config.batch_bytes for item in self._plan.inputs)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._times[stage] = round(time.monotonic() - began, 3)

    def _batches(
        self, start: int = 0, skip: int = 0, byte: int | None = None, left: int | None = None
    ) -> Iterator[tuple[int, Batch]]:
        """The batches of all files from one on, with the number of the file; `left` is how many records are still to be read."""
        limits = Limits(self._config.batch_bytes, self._config.max_record)
        for number, item in enumerate(self._plan.inputs[start:], start):
            source = item.source(self._config.input_format, self._space.stdin)
            if item.error:
                if not skip:
                    yield (
                        number,
                        Batch(source, "broken", 1, [Fault(item.error.removeprefix(f"{source.path}: "), ends=True)]),
                    )
            else:
                for batch in read_batches(source, limits, skip=skip, byte=byte):
                    if left is not None:
                        left -= _cut(batch, left)
                    if batch.items:
                        yield number, batch
                    if left == 0:
                        return
            skip, byte = 0, None

    def _tasks(self, batches: Iterator[tuple[int, Batch]], what: str) -> Iterator[Task]:
        for number, (source, batch) in enumerate(batches):
            yield Task(number, batch.items, (replace(batch, items=[]), what), note=(source, batch))

    def _learn(self, pool: Pool, learner: Any, file: Path) -> None:
        """Writes what was learned of sites, or given, to a file, if it is not there."""
        if not file.exists():
            from cleaner.page.site import Sites

            if self._config.learn:
                limit = self._config.limit or None
                starts = self._starts()
                for task, (_count, pages) in pool.run(self._tasks(self._batches(left=limit), LEARN)):
                    source, batch = task.note
                    for page in pages:
                        learner.add_packed(*page)
                    self._report("learn", starts[source] + batch.position, self._plan.size or None)
            given = [Sites.load(self._config.sites)] if self._config.sites else []
            write_whole(file, Sites.merge([*given, learner.learn()]).to_json())

    def _starts(self) -> list[int]:
        starts = [0]
        for item in self._plan.inputs:
            starts.append(starts[-1] + item.size)
        return starts

    def _clean(self, pool: Pool, store: Any, sites: str) -> None:
        last = store.entries[-1] if store.entries else None
        left = None
        if self._config.limit:
            left = self._config.limit - sum(entry.records for entry in store.entries)
            if left <= 0:
                return
        batches = self._batches(left=left)
        if last:
            batches = (
                self._batches(last.source + 1, left=left)
                if last.ended
                else self._batches(last.source, last.skip, last.byte, left)
            )
        starts = self._starts()
        for task, columns in pool.run(self._tasks(batches, sites)):
            source, batch = task.note
            if self._config.on_error == "stop" and (said := next(filter(None, columns.error), None)):
                raise InputError(said)
            store.append(source, batch, columns)
            self._report("clean", starts[source] + batch.position, self._plan.size or None)
        store.sync()

    def _write(self, store: Any, ids: Any, outcome: Any, sites: Path) -> None:
        from cleaner.corpus.publish import write_results

        out = self._space.new_out()
        total = sum(entry.records for entry in store.entries)
        done = 0

        def report(more: int) -> None:
            nonlocal done
            done += more
            self._report("write", done, total)

        names = [item.path for item in self._plan.inputs]
        with self._timed("write"):
            published = write_results(store, ids, outcome, names, self._config, out, report)
        counts = published.counts
        found = counts.get("kept", 0) + counts.get("duplicates", 0) + counts.get("rejected", 0)
        if not counts.get("in", 0) == total == found:
            raise CleanerError(f"records are missing: {total} were read, {found} are accounted for; please report this")
        files = dict(published.files)
        learned = json.loads(sites.read_text("utf-8"))["sites"]
        if learned:
            shutil.copy(sites, out / "sites.json")
            files["sites.json"] = len(learned)
        self._space.make_ready(files, self._summary(store, counts, files))

    def _summary(self, store: Any, counts: dict[str, int], files: dict[str, int]) -> dict[str, Any]:
        tally = store.counts()
        kinds = {
            name.removeprefix("duplicates "): count for name, count in counts.items() if name.startswith("duplicates ")
        }
        return {
            "format": 1,
            "counts": {
                "in": counts.get("in", 0),
                "kept": counts.get("kept", 0),
                "duplicates": counts.get("duplicates", 0),
                "rejected": counts.get("rejected", 0),
                "passed_over": self._plan.passed_over,
                "without_text": tally.get("records", {}).get("without text", 0),
                "lines": tally.get("records", {}).get("lines", 0),
                "duplicates_by_kind": dict(sorted(kinds.items())),
                "removed_by_label": dict(
                    sorted(tally.get("removed", {}).items(), key=lambda item: (-item[1], item[0]))
                ),
                "flags": dict(sorted(tally.get("flags", {}).items())),
                "fields": dict(sorted(tally.get("fields", {}).items())),
            },
            "files": files,
            "plan": asdict(self._plan),
            "versions": {"python": platform.python_version(), "article-cleaner": self._plan.version},
            "times": self._times,
        }


def _cut(batch: Batch, left: int) -> int:
    """Cuts a batch to so many records at most; how many it has then."""
    count = 0
    for at, item in enumerate(batch.items):
        count += batch.format != "jsonl" or not is_blank(item)
        if count == left:
            del batch.items[at + 1 :]
            batch.next_byte = None
            break
    return count
