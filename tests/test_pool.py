"""Work spread over processes: the answers are those of one, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.errors import NotTextError, WorkerError
from cleaner.pool import Pool, Task

pytestmark = pytest.mark.skipif(os.name == "nt", reason="workers are given pipes as POSIX does")

SOURCE = str(Path(cleaner.__file__).parent.parent)
TEXTS = [f"河湾大桥今日通车\n今天上午{n}点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。" for n in range(300)]


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def results(tasks: list[list[Any]], jobs: int = 2) -> list[tuple[int, Any]]:
    with Pool("workers:make_doubler", 2, jobs) as pool:
        return [
            (task.number, answer) for task, answer in pool.run(Task(n, items, "x") for n, items in enumerate(tasks))
        ]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_answers_come_in_order(jobs: int) -> None:
    tasks: list[list[Any]] = [[n, n + 1] for n in range(20)]
    assert results(tasks, jobs) == [(n, [(2 * n, "x"), (2 * n + 2, "x")]) for n in range(20)]


def test_nothing_to_do() -> None:
    assert results([]) == []


def test_what_kills_a_worker_is_left_out_and_the_rest_is_done() -> None:
    tasks = [[1], [2, "die", 3, "die"], [4], ["die"], [5]]
    assert [answer for _, answer in results(tasks)] == [
        [(2, "x")],
        [(4, "x"), "left out", (6, "x"), "left out"],
        [(8, "x")],
        ["left out"],
        [(10, "x")],
    ]


def test_what_a_worker_raises_is_raised_here_with_its_traceback() -> None:
    with pytest.raises(ValueError, match="a bad item") as caught:
        results([[1], ["raise"], [2]])
    assert any("make_doubler" in note or "workers.py" in note for note in caught.value.__notes__)


def test_workers_that_cannot_begin_are_an_error() -> None:
    with pytest.raises(WorkerError, match="ended with code 3"), Pool("workers:make_nothing", None, 1) as pool:
        list(pool.run([Task(0, [1])]))


def test_a_worker_that_is_killed_from_outside_is_replaced() -> None:
    def tasks() -> Iterator[Task]:
        for number in range(12):
            if number == 6:
                os.kill(pool._workers[0].process.pid, signal.SIGKILL)
            yield Task(number, [number])

    with Pool("workers:make_doubler", 2, 2) as pool:
        assert [answer for _, answer in pool.run(tasks())] == [[(2 * n, None)] for n in range(12)]


def test_workers_end_with_the_pool() -> None:
    with Pool("workers:make_doubler", 2, 2) as pool:
        run = pool.run(Task(n, [n]) for n in range(10))
        next(run)
        workers = [worker.process for worker in pool._workers]
    assert workers
    assert all(process.poll() is not None for process in workers)


def test_articles_are_the_same_with_more_processes() -> None:
    one = list(cleaner.Cleaner().pipe(TEXTS))
    assert list(cleaner.Cleaner().pipe(TEXTS, jobs=2)) == one


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import cleaner\nprint(len(list(cleaner.Cleaner().pipe(['一。', '二。'] * 50, jobs=2))))\n", "utf-8"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
        check=True,
    )
    assert done.stdout == "100\n"


def test_what_was_read_before_a_fault_is_not_lost() -> None:
    def documents() -> Iterator[str]:
        yield from TEXTS[:70]
        raise OSError("the source broke off")

    articles: list[cleaner.Article] = []
    with pytest.raises(OSError, match="broke off"):
        articles.extend(cleaner.Cleaner().pipe(documents(), jobs=2))
    assert len(articles) == 70


def test_a_document_that_is_no_text_is_an_error_after_those_before_it() -> None:
    articles: list[cleaner.Article] = []
    with pytest.raises(NotTextError, match="int"):
        articles.extend(cleaner.Cleaner().pipe([*TEXTS[:70], {"text": 5}, *TEXTS], jobs=2))
    assert len(articles) == 70


def test_workers_end_when_the_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, time, cleaner\n"
        "def texts():\n"
        "    yield from ['一。'] * 300\n"
        "    time.sleep(60)\n"
        "for article in cleaner.Cleaner().pipe(texts(), jobs=2):\n"
        "    print('one', flush=True)\n",
        "utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": SOURCE}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "one\n"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("the system does not say which processes are whose")
    workers = children.read_text().split()
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(100):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            return
        time.sleep(0.1)
    pytest.fail("workers live on")


def test_a_number_of_processes_that_cannot_be_is_an_error() -> None:
    with pytest.raises(cleaner.errors.ConfigError, match="jobs is -1"):
        list(cleaner.Cleaner().pipe(TEXTS, jobs=-1))


def test_modules_of_the_current_folder_are_not_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('this is not ours')")
    monkeypatch.chdir(tmp_path)
    assert len(list(cleaner.Cleaner().pipe(TEXTS, jobs=2))) == 300


def test_articles_before_a_fault_of_any_kind_are_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resiliparse.py").write_text("raise ImportError('not here')")
    monkeypatch.syspath_prepend(str(tmp_path))
    articles: list[cleaner.Article] = []
    with pytest.raises(cleaner.errors.MissingExtraError):
        articles.extend(cleaner.Cleaner().pipe([*TEXTS[:70], {"html": "<p>一"}, *TEXTS], jobs=2))
    assert len(articles) == 70


def test_workers_can_be_started_before_there_is_work() -> None:
    with Pool("workers:make_doubler", 2, 2) as pool:
        pool.start(2)
        workers = [worker.process.pid for worker in pool._workers]
        assert len(workers) == 2
        assert [answer for _, answer in pool.run(Task(n, [n]) for n in range(6))] == [[(2 * n, None)] for n in range(6)]
        assert [worker.process.pid for worker in pool._workers] == workers
        pool.end()
        assert not pool._workers


def test_a_worker_is_given_its_next_task_before_it_asks() -> None:
    given: list[list[int]] = []

    def tasks() -> Iterator[Task]:
        for number in range(12):
            given.append([len(worker.tasks) for worker in pool._workers])
            yield Task(number, [number] * 100_000)  # more than a pipe holds

    with Pool("workers:make_doubler", 2, 2) as pool:
        assert [len(answer) for _, answer in pool.run(tasks())] == [100_000] * 12
    assert max(max(counts, default=0) for counts in given) == 2


def test_what_was_given_to_a_worker_behind_what_killed_it_is_done_by_another() -> None:
    tasks: list[list[Any]] = [["die"], [1], [2], ["die", 3], [4], [5], [6]]
    assert [answer for _, answer in results(tasks, jobs=1)] == [
        ["left out"], [(2, "x")], [(4, "x")], ["left out", (6, "x")], [(8, "x")], [(10, "x")], [(12, "x")],
    ]  # fmt: skip
