"""Work spread over processes: tasks in, answers out, in order; a worker that dies is replaced, and its task done again.

Workers are fresh interpreters that speak with this one over pipes, so that a script needs no `if __name__ == "__main__"`, and a
notebook can use them. `multiprocessing` would run the caller's main module once more, and the executors of `concurrent.futures` are broken
as a whole once a worker dies.
"""

from __future__ import annotations

import gc
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
from queue import SimpleQueue
from threading import Thread
from typing import Any

from cleaner.errors import CleanerError, ConfigError, WorkerError

__all__ = ["Pool", "Task", "count_cores"]

MOST_DEATHS = 5
"""So many workers may die of a task before they begin with its first item."""

AHEAD = 3
"""Tasks a worker that are read ahead, done or not: with the packed ones that wait to be sent, this bounds the memory."""

GIVEN = 2
"""Tasks that a worker is given at once: it goes on with the second while its answer to the first is looked at."""

_MAIN = "from cleaner.pool import serve; serve()"

COLLECTING = 20_000, 50, 100
"""How often a worker looks for garbage in circles: it makes millions of small objects and next to no circles, and looking at them as often as
Python does by itself takes a twentieth of its time."""

_SURROUNDINGS = {
    # Its arrays are small: threads of NumPy's own, one a core in each worker, would only be in the way.
    "OPENBLAS_NUM_THREADS": "1",
    # Arrays of some 100 KB come and go: by its defaults, glibc asks the system for the memory of each anew.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(8 << 20),
}
"""What a worker finds in its environment, unless it is set otherwise."""


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
    early_deaths: int = 0
    """How many workers died of it in a row before they began with its first item."""
    suspect: int | None = None
    """The place of the item that the last worker died of, which may have been killed from outside."""
    poisonous: list[int] = field(default_factory=list)
    """The places of the items that killed two workers; they are left out."""


class _Worker:
    """A process, the two pipes to it, and its tasks: the one that it is at, and the next."""

    def __init__(self, function: str, settings: Any) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        paths = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _MAIN, str(theirs_in), str(theirs_out)],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            env={**_SURROUNDINGS, **os.environ, "PYTHONPATH": paths},
            start_new_session=True,  # an interrupt is for this process, which ends the workers in good order
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.answers = Connection(ours_in, writable=False)
        self.tasks: deque[Task] = deque()
        self.at: int | None = None
        """The item that it began last, where it goes item by item."""
        self._pipe = Connection(ours_out, readable=False)
        self._messages: SimpleQueue[bytes | None] = SimpleQueue()
        self._sender = Thread(target=self._send_all, name="tasks of a worker", daemon=True)
        self._sender.start()
        self._send((function, settings))

    def _send(self, message: Any) -> None:
        self._messages.put(pickle.dumps(message, protocol=5))

    def _send_all(self) -> None:
        """Sends what there is to be sent, in a thread: a pipe holds little, and the worker reads on when it is done with what it has."""
        while (message := self._messages.get()) is not None:
            with suppress(OSError):  # it has died: its answers end, too, and that is seen to there
                self._pipe.send_bytes(message)
            del message  # it is large, and the next one may be long in coming

    def give(self, task: Task) -> None:
        self.tasks.append(task)
        self._send((task.items, task.about, task.poisonous, task.deaths > 0))

    def finish(self) -> Task:
        """The task that it is done with."""
        self.at = None
        return self.tasks.popleft()

    def end(self, *, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        self.process.wait()
        self._messages.put(None)
        self._sender.join()  # what it has still to send cannot be sent any more
        self._pipe.close()
        self.answers.close()


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

    def start(self, tasks: int) -> None:
        """Starts workers for so many tasks now, so that they are ready when the tasks are; else each is started when it is needed."""
        self._start(min(tasks, self._jobs))

    def _start(self, count: int) -> None:
        while len(self._workers) < count:
            self._workers.append(_Worker(self._function, self._settings))

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Ends the workers, whatever they are at."""
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
            self._give(again, ended)
            if not given:
                return
            while given[0].number not in answers:
                for worker in self._wait():
                    again.extendleft(reversed(self._take(worker, answers)))
                self._give(again, ended)
            task = given.popleft()
            yield task, answers.pop(task.number)

    def _give(self, waiting: deque[Task], ended: bool) -> None:
        """Gives tasks to workers, first to those that have none. Of the last ones each waits for a worker that has nothing else to do."""
        self._start(min(sum(bool(worker.tasks) for worker in self._workers) + len(waiting), self._jobs))
        for count in range(GIVEN):
            kept = self._jobs if ended and count else 0
            for worker in self._workers:
                if len(worker.tasks) == count and len(waiting) > kept:
                    worker.give(waiting.popleft())

    def _wait(self) -> list[_Worker]:
        busy = {worker.answers: worker for worker in self._workers if worker.tasks}
        return [busy[ready] for ready in wait(list(busy)) if isinstance(ready, Connection)]

    def _take(self, worker: _Worker, answers: dict[int, Any]) -> list[Task]:
        """Takes one message of a worker; the tasks that are to be done by others where it died."""
        try:
            kind, value = pickle.loads(worker.answers.recv_bytes())
        except (EOFError, OSError):
            return self._bury(worker)
        if kind == "begun":
            worker.at = value
        elif kind == "done":
            answers[worker.finish().number] = value
        else:
            raise value
        return []

    def _bury(self, worker: _Worker) -> list[Task]:
        self._workers.remove(worker)
        worker.end()
        task = worker.tasks[0]  # the others it did not begin
        code = worker.process.returncode
        if worker.at is None:
            task.early_deaths += 1
            if task.early_deaths > MOST_DEATHS:
                raise WorkerError(
                    f"a worker ended with code {code} before it began to work, {task.early_deaths} times in a row;"
                    " is there too little memory? Try fewer jobs"
                )
        else:
            task.early_deaths = 0
            if worker.at in task.poisonous:
                raise WorkerError(f"a worker ended with code {code} at an item that was left out; please report it")
            if task.suspect == worker.at:
                task.poisonous.append(worker.at)
            task.suspect = worker.at
        task.deaths += 1
        return [*worker.tasks]


def serve() -> None:
    """What a worker does: takes tasks from one pipe and answers into another, until the first is closed."""
    tasks = Connection(int(sys.argv[1]), writable=False)
    answers = Connection(int(sys.argv[2]), readable=False)

    def say(kind: str, value: Any) -> None:
        answers.send_bytes(pickle.dumps((kind, value), protocol=5))

    def begin(place: int) -> None:
        say("begun", place)

    work: Callable[..., Any] | None = None
    done = 0
    gc.set_threshold(*COLLECTING)
    try:
        name, settings = pickle.loads(tasks.recv_bytes())
        module, _, function = name.partition(":")
        work = getattr(import_module(module), function)(settings)
        while True:
            try:
                task = tasks.recv_bytes()
            except OSError:  # the asker was killed in the middle of it
                return
            items, about, poisonous, careful = pickle.loads(task)
            say("done", work(items, about, frozenset(poisonous), begin if careful else None))
            done += 1
            if not done & (
                done - 1
            ):  # the first, second, fourth, eighth … time: less and less is loaded from task to task
                gc.freeze()  # what is there now stays, and the garbage collector need not look at it again and again
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:
        import traceback

        if not isinstance(error, CleanerError):
            error.add_note("".join(traceback.format_exception(error)).rstrip())
        try:
            say("raised", error)
        except BrokenPipeError:
            return
        except Exception:
            say("raised", WorkerError(f"a worker failed: {type(error).__name__}: {error}"))
