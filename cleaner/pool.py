"""Work spread over processes: tasks in, answers out, in order; a worker that dies is replaced, and its task done again.

Workers are fresh interpreters that speak with this one over pipes, so that a script needs no `if __name__ == "__main__"`, and a
notebook can use them. `multiprocessing` would run the caller's main module once more, and the executors of `concurrent.futures` are broken
as a whole once a worker dies.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

from cleaner.errors import CleanerError, ConfigError, WorkerError

__all__ = ["Pool", "Task", "count_cores"]

MOST_DEATHS = 5
"""So many workers may die of a task before they begin with its first item."""

AHEAD = 2
"""Tasks a worker that are read ahead, done or not: this bounds the memory."""

_MAIN = "from cleaner.pool import serve; serve()"


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class Task:
    """One piece of work: `items` are what a worker is given, one after the other where it has killed workers before."""

    number: int
    items: list[Any]
    about: Any = None
    """What goes with all items."""
    note: Any = None
    """What the asker wants to know of it later; it is not sent."""
    deaths: int = 0
    suspect: int | None = None
    """The place of the item that the last worker died of, which may have been killed from outside."""
    poisonous: list[int] = field(default_factory=list)
    """The places of the items that killed two workers; they are left out."""


class _Worker:
    """A process, the two pipes to it, and the task that it is at."""

    def __init__(self, function: str, settings: Any) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        paths = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _MAIN, str(theirs_in), str(theirs_out)],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # an interrupt is for this process, which ends the workers in good order
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.answers = Connection(ours_in, writable=False)
        self._tasks = Connection(ours_out, readable=False)
        self.task: Task | None = None
        self.at: int | None = None
        """The item that it began last, where it goes item by item."""
        self._send((function, settings))

    def _send(self, message: Any) -> None:
        with suppress(
            BrokenPipeError, ConnectionResetError
        ):  # it has died: its answers end, too, and that is seen to there
            self._tasks.send_bytes(pickle.dumps(message, protocol=5))

    def give(self, task: Task) -> None:
        self.task, self.at = task, None
        self._send((task.items, task.about, task.poisonous, task.deaths > 0))

    def end(self, *, kill: bool = False) -> None:
        self._tasks.close()
        self.answers.close()
        if kill:
            self.process.kill()
        self.process.wait()


class Pool:
    """Workers that each hold one function, made by a factory from settings.

    `function` is `module:name` of a factory: called once in each worker with `settings`, it returns the function that is called with
    `(items, about, poisonous, begin)` for each task: the items, what goes with them, the places of items to leave out, and None or, where
    the task has killed a worker before, a function to be called with the place of each item before it is worked at, one by one.
    """

    def __init__(self, function: str, settings: Any, jobs: int) -> None:
        if jobs < 1:
            raise ConfigError(f"jobs is {jobs}; it must be 1 or more, or 0 for one a core")
        self._function, self._settings = function, settings
        self._workers: list[_Worker] = []
        self._jobs = jobs

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end(kill=True)
        self._workers = []

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Any]]:
        """Each task with its answer, in order. Raises what a worker raised, and WorkerError for workers that cannot work."""
        source = iter(tasks)
        given: deque[Task] = deque()
        answers: dict[int, Any] = {}
        again: deque[Task] = deque()
        ended = False
        while True:
            while not ended and len(given) < AHEAD * self._jobs:
                if (task := next(source, None)) is None:
                    ended = True
                    break
                given.append(task)
                again.append(task)
            self._give(again)
            if not given:
                return
            while given[0].number not in answers:
                for worker in self._wait():
                    task = self._take(worker, answers)
                    if task is not None:
                        again.appendleft(task)
                self._give(again)
            task = given.popleft()
            yield task, answers.pop(task.number)

    def _give(self, waiting: deque[Task]) -> None:
        while waiting:
            worker = next((worker for worker in self._workers if worker.task is None), None)
            if worker is None:
                if len(self._workers) >= self._jobs:
                    return
                worker = _Worker(self._function, self._settings)
                self._workers.append(worker)
            worker.give(waiting.popleft())

    def _wait(self) -> list[_Worker]:
        busy = {worker.answers: worker for worker in self._workers if worker.task is not None}
        return [busy[ready] for ready in wait(list(busy)) if isinstance(ready, Connection)]

    def _take(self, worker: _Worker, answers: dict[int, Any]) -> Task | None:
        """Takes one message of a worker; the task that is to be done again where it died."""
        task = worker.task
        if task is None:
            return None
        try:
            kind, value = pickle.loads(worker.answers.recv_bytes())
        except (EOFError, OSError):
            return self._bury(worker, task)
        if kind == "begun":
            worker.at = value
        elif kind == "done":
            answers[task.number] = value
            worker.task = None
        else:
            raise value
        return None

    def _bury(self, worker: _Worker, task: Task) -> Task:
        self._workers.remove(worker)
        worker.end()
        if worker.at is not None:
            if task.suspect == worker.at:
                task.poisonous.append(worker.at)
            task.suspect = worker.at
        elif task.deaths >= MOST_DEATHS:
            raise WorkerError(
                f"a worker ended with code {worker.process.returncode} before it began to work, {task.deaths + 1} times in a row;"
                " is there too little memory? Try fewer jobs"
            )
        task.deaths += 1
        return task


def serve() -> None:
    """What a worker does: takes tasks from one pipe and answers into another, until the first is closed."""
    tasks = Connection(int(sys.argv[1]), writable=False)
    answers = Connection(int(sys.argv[2]), readable=False)

    def say(kind: str, value: Any) -> None:
        answers.send_bytes(pickle.dumps((kind, value), protocol=5))

    def begin(place: int) -> None:
        say("begun", place)

    work: Callable[..., Any] | None = None
    try:
        name, settings = pickle.loads(tasks.recv_bytes())
        module, _, function = name.partition(":")
        work = getattr(import_module(module), function)(settings)
        while True:
            items, about, poisonous, careful = pickle.loads(tasks.recv_bytes())
            say("done", work(items, about, frozenset(poisonous), begin if careful else None))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:
        import traceback

        if not isinstance(error, CleanerError):
            error.add_note("".join(traceback.format_exception(error)).rstrip())
        try:
            say("raised", error)
        except Exception:
            say("raised", WorkerError(f"a worker failed: {type(error).__name__}: {error}"))
