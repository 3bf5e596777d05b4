"""A corpus, cleaned and deduplicated: what comes out, what is refused, and that a run can be stopped anywhere."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import cleaner
from benchmarks.corpora.pages import pages
from cleaner import RunConfig, RunResult
from cleaner.corpus.jsonlines import to_json
from cleaner.corpus.run import run
from cleaner.duplicates import scratch
from cleaner.errors import CleanerError, ConfigError, InputError, OutputError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="workers are given pipes as POSIX does")

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "docs/samples/pages"
SOURCE = str(Path(cleaner.__file__).parent.parent)

BRIDGE = (
    "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆，市民从四面八方赶来看热闹。\n"
    "市民周女士说，过去绕行要四十分钟，如今十分钟就能到对岸上班。"
)
FESTIVAL = (
    "云泽县的莲藕节昨天开幕，首日接待游客超过两千人，藕农们把刚出水的莲藕摆满了码头。\n"
    "县里的干部说，今年的藕比往年早了十天。"
)
FERRY = "一座老桥拆了，桥下的船家搬到了下游的码头，生意比从前还好。\n船家说，这里水深，大船也能停。"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, *rows: dict[str, Any] | str) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows), "utf-8"
    )
    return path


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder; of run.json all but the times."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if "run.json" in found:
        said = json.loads(found["run.json"])
        del said["times"]
        found["run.json"] = json.dumps(said).encode()
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred made-up pages, and a record of each thing that can be wrong."""
    path = tmp_path_factory.mktemp("corpus") / "pages.jsonl"
    good = list(pages(1_500_000))
    bad = [
        b"no JSON\n",
        b"\n",
        b'{"id": 5}\n',
        b"[1]\n",
        b'{"text": "\\ud800 \xff"}\n',
        b'{"text": null, "html": null}\n',
    ]
    for place, line in zip((3, 30, 90, 120, 150, 180), bad, strict=True):
        good.insert(place, line)
    path.write_bytes(b"".join(good))
    return path


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run([corpus], folder, jobs=2)
    return files(folder)


# What comes out


def test_the_samples(tmp_path: Path) -> None:
    result = run(SAMPLES, tmp_path / "out")
    counts = result.counts
    assert (counts["in"], counts["kept"] + counts["duplicates"], counts["rejected"]) == (133, 133, 0)
    articles = lines(tmp_path / "out/articles.jsonl")
    assert len(articles) == counts["kept"] == result.files["articles.jsonl"]
    assert list(articles[0])[:6] == ["id", "url", "site", "title", "text", "published"]
    assert {article["id"] for article in articles} <= {
        path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.txt")
    }
    duplicates = lines(tmp_path / "out/duplicates.jsonl")
    assert len(duplicates) == counts["duplicates"] == sum(counts["duplicates_by_kind"].values())
    ids = {article["id"] for article in articles}
    assert all(found["kept_id"] in ids and found["id"] not in ids for found in duplicates)
    for cluster in lines(tmp_path / "out/clusters.jsonl"):
        assert cluster["member_ids"][0] == cluster["kept_id"]
    assert (
        sum(len(cluster["member_ids"]) - 1 for cluster in lines(tmp_path / "out/clusters.jsonl"))
        == counts["duplicates"]
    )
    removed = lines(tmp_path / "out/removed.jsonl")
    assert {line["id"] for line in removed} <= ids
    assert {"start", "end", "text", "label", "rule"} < removed[0].keys()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*result.files, "run.json"])


def test_articles_are_those_that_clean_makes(tmp_path: Path) -> None:
    run(SAMPLES, tmp_path / "out", learn=False)
    one = {article["id"]: article for article in lines(tmp_path / "out/articles.jsonl")}
    for path in sorted(SAMPLES.rglob("*.txt"))[::10]:
        if found := one.get(path.relative_to(SAMPLES).as_posix()):
            article = cleaner.clean(path.read_bytes())
            assert (found["text"], found["title"], found["source"]) == (article.text, article.title, article.source)


def test_every_record_is_accounted_for(corpus: Path, undisturbed: dict[str, bytes]) -> None:
    said = json.loads(undisturbed["run.json"])["counts"]
    count = sum(bool(line.strip()) for line in corpus.read_bytes().split(b"\n"))
    assert said["in"] == count == said["kept"] + said["duplicates"] + said["rejected"]
    rejected = [json.loads(line) for line in undisturbed["rejected.jsonl"].splitlines()]
    assert [(row["line"], row["file"]) for row in rejected] == [
        (place, str(corpus)) for place in (4, 91, 121, 151, 181)
    ]
    assert [row["input"] for row in rejected][:3] == ["no JSON\n", '{"id": 5}\n', "[1]\n"]
    assert "not JSON" in rejected[0]["error"]


def test_every_input_field_comes_out_again(tmp_path: Path) -> None:
    record = {
        "doc_id": 7,
        "link": "https://a.example/1",
        "content": BRIDGE,
        "tags": ["甲", {"b": None}],
        "source": "x",
        "half": "\ud800",
        "big": 10**25,
    }
    source = write(tmp_path / "in.jsonl", json.dumps(record))
    result = run(source, tmp_path / "out")
    [article] = lines(tmp_path / "out/articles.jsonl")
    assert (article["id"], article["url"], article["text"]) == ("7", "https://a.example/1", BRIDGE)
    assert {name: article[name] for name in ("doc_id", "link", "tags", "input_source", "half", "big")} == {
        "doc_id": 7, "link": "https://a.example/1", "tags": ["甲", {"b": None}], "input_source": "x", "half": "\ud800", "big": 10**25,
    }  # fmt: skip
    assert result.counts["fields"] == {"id=doc_id": 1, "text=content": 1, "url=link": 1}


def test_ids_are_stable_and_differ(tmp_path: Path) -> None:
    rows = [
        {"text": BRIDGE},
        {"text": BRIDGE},
        {"text": FESTIVAL, "url": "https://a.example/1"},
        {"text": "短。", "url": "https://a.example/1"},
        *(
            {"id": id, "text": text}
            for id, text in (("x", "一。"), ("x", "二。"), ("x-2", "三。"), ("../../x/y", "四。"))
        ),
    ]
    run(write(tmp_path / "in.jsonl", *rows), tmp_path / "out")
    articles = lines(tmp_path / "out/articles.jsonl")
    ids = [article["id"] for article in articles]
    assert len(set(ids)) == len(ids) == 7
    assert ids[3:] == ["x", "x-3", "x-2", "../../x/y"]
    [duplicate] = lines(tmp_path / "out/duplicates.jsonl")
    assert {duplicate["id"], duplicate["kept_id"]} == {ids[0], f"{ids[0].removesuffix('-2')}-2"} or duplicate[
        "kept_id"
    ] == ids[0]
    run(write(tmp_path / "again.jsonl", *reversed(rows[:4])), tmp_path / "again")
    again = {article["text"]: article["id"].removesuffix("-2") for article in lines(tmp_path / "again/articles.jsonl")}
    assert all(again[article["text"]] == article["id"].removesuffix("-2") for article in articles[:3])


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_number_of_processes_changes_nothing(
    corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, jobs: int
) -> None:
    run([corpus], tmp_path / "out", jobs=jobs, batch_bytes=100_000)
    assert files(tmp_path / "out") == undisturbed


def test_parquet(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    run([corpus], tmp_path / "out", format="parquet")
    rows = pq.read_table(tmp_path / "out/articles.parquet").to_pylist()
    assert rows == [json.loads(line) for line in undisturbed["articles.jsonl"].splitlines()]


def test_parquet_with_fields_of_all_kinds(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": BRIDGE, "a": 1, "b": 1, "c": True, "d": "x", "e": [1], "g": "\ud800", "big": 2**70},
        {"text": FESTIVAL, "a": 2.5, "b": "y", "c": None, "d": "z", "f": {"k": None}, "none": None},
    ]
    run(write(tmp_path / "in.jsonl", *map(json.dumps, rows)), tmp_path / "out", format="parquet")
    one, other = pq.read_table(tmp_path / "out/articles.parquet").to_pylist()
    assert (one["a"], one["b"], one["c"], one["d"], one["e"], one["f"], one["g"], one["big"]) == (
        1.0,
        "1",
        True,
        "x",
        "[1]",
        None,
        "?",
        str(2**70),
    )
    assert (other["a"], other["b"], other["f"], other["none"]) == (2.5, '"y"', '{"k": null}', None)


def test_articles_are_cut_into_files(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    result = run([corpus], tmp_path / "out", shard_bytes=300_000)
    names = [name for name in result.files if name.startswith("articles")]
    assert names == [f"articles-{number:05d}.jsonl" for number in range(len(names))]
    assert len(names) > 2
    assert b"".join((tmp_path / "out" / name).read_bytes() for name in names) == undisturbed["articles.jsonl"]


def test_limit(corpus: Path, tmp_path: Path) -> None:
    result = run([corpus], tmp_path / "out", limit=40, batch_bytes=50_000)
    assert result.counts["in"] == 40
    assert result.counts["rejected"] == 1


def test_repeated_paragraphs(tmp_path: Path) -> None:
    notice = (
        "本报声明：凡注明来源为本报的稿件，均为本报版权所有，未经书面授权不得转载、摘编或以其他方式使用，违者必究。"
    )
    rows = [
        {"id": sign, "text": f"{text}\n{notice}"} for sign, text in zip("abc", (BRIDGE, FESTIVAL, FERRY), strict=True)
    ]
    source = write(tmp_path / "in.jsonl", *rows)
    run(source, tmp_path / "out", dedup={"paragraphs": "drop"})
    articles = lines(tmp_path / "out/articles.jsonl")
    assert sum(notice in article["text"] for article in articles) == 1
    [found] = lines(tmp_path / "out/paragraphs.jsonl")
    assert (found["text"], found["count"], len(found["places"])) == (notice, 3, 3)
    gone = [line for line in lines(tmp_path / "out/removed.jsonl") if line["rule"] == "repeated-elsewhere"]
    assert [line["text"] for line in gone] == [notice, notice]


# What is refused


def test_results_are_not_overwritten(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": BRIDGE})
    assert not run(source, tmp_path / "out").was_done
    before = files(tmp_path / "out")
    assert run(source, tmp_path / "out").was_done
    with pytest.raises(OutputError, match=r"the setting clean\.strength was 'standard' and is 'safe'"):
        run(source, tmp_path / "out", clean={"strength": "safe"})
    write(source, {"text": FESTIVAL})
    with pytest.raises(OutputError, match=r"in\.jsonl has changed"):
        run(source, tmp_path / "out")
    assert files(tmp_path / "out") == before
    run(source, tmp_path / "out", overwrite=True)
    assert files(tmp_path / "out") != before


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": BRIDGE})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    run(source, tmp_path / "out")
    assert (tmp_path / "out/notes.txt").read_text() == "mine"
    (tmp_path / "new").mkdir()
    (tmp_path / "new/removed.jsonl").write_text("mine")
    with pytest.raises(OutputError, match=r"removed\.jsonl exists"):
        run(source, tmp_path / "new")


def test_fewer_files_than_before_leave_none_of_those_before(corpus: Path, tmp_path: Path) -> None:
    run([corpus], tmp_path / "out", shard_bytes=300_000)
    result = run([corpus], tmp_path / "out", overwrite=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*result.files, "run.json"])


def test_input_and_output_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    source = write(tmp_path / "in/a.jsonl", {"text": BRIDGE})
    for inputs, output in (
        ([tmp_path / "in"], tmp_path / "in"),
        ([source], tmp_path / "in"),
        ([tmp_path], tmp_path / "in"),
    ):
        with pytest.raises(OutputError, match="input"):
            run(inputs, output)
    with pytest.raises(OutputError, match="is a file"):
        run(source, source)
    assert files(tmp_path / "in") == {"a.jsonl": source.read_bytes()}


@pytest.mark.parametrize(
    ("inputs", "said"), [([], "no input"), (["nowhere.txt"], "does not exist"), ([""], "is empty"), (["-", "-"], "given twice")]
)  # fmt: skip
def test_wrong_inputs_are_said_before_anything_is_made(tmp_path: Path, inputs: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(inputs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_is_not_read_twice(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    source = write(tmp_path / "in/a.jsonl", {"text": BRIDGE})
    with pytest.raises(ConfigError, match="given twice"):
        run([source, source], tmp_path / "out")
    assert run([source, tmp_path / "in"], tmp_path / "out").counts["in"] == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lern": True}, "did you mean 'learn'"),
        ({"jobs": -1}, "jobs is -1"),
        ({"format": "csv"}, "it may be jsonl, parquet"),
        ({"dedup": {"treshold": 1}}, "did you mean 'threshold'"),
        ({"text_field": 5}, "it must be text"),
        ({"learn": "yes"}, "true or false"),
        ({"clean": 5}, "give a CleanConfig"),
    ],
)
def test_wrong_settings(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(SAMPLES, tmp_path / "out", **settings)
    with pytest.raises(ConfigError):
        run(SAMPLES, tmp_path / "out", {"jobs": 1})  # type: ignore[arg-type]


def test_stop_at_the_first_record_that_cannot_be_read(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pages\.jsonl:4: not JSON"):
        run([corpus], tmp_path / "out", on_error="stop")
    assert not [path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")]


def test_files_that_cannot_be_read_are_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in/a.jsonl", {"text": BRIDGE})
    (tmp_path / "in/b.jsonl").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in/c.txt.gz").write_bytes(b"\x1f\x8b\x08 nothing")
    (tmp_path / "in/d.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "in/e.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "in/f.pdf").write_bytes(b"%PDF")
    result = run(tmp_path / "in", tmp_path / "out")
    assert (result.counts["in"], result.counts["kept"], result.counts["rejected"], result.counts["passed_over"]) == (
        5,
        1,
        4,
        1,
    )
    assert [Path(row["file"]).name for row in lines(tmp_path / "out/rejected.jsonl")] == [
        "b.jsonl",
        "c.txt.gz",
        "d.parquet",
        "e.html",
    ]


# It can be stopped anywhere


def command(*arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cleaner", "run", *map(str, arguments)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )


def test_killed_at_random_moments_it_ends_as_if_undisturbed(
    corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    chance = random.Random(int(os.environ.get("KILL_SEED", "1")))
    folder, kills, journal = tmp_path / "out", 0, 0
    longest = 1.5
    while True:
        process = command(corpus, "-o", folder, "--batch-bytes", "60000")
        try:
            assert process.wait(chance.uniform(0.1, longest)) == 3, process.stderr and process.stderr.read()
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            longest = min(8.0, longest * 1.15)  # it is to end some day on a slow machine, too
        finally:
            assert process.stderr is not None
            process.stderr.close()
        shown = [path.name for path in folder.iterdir() if not path.name.startswith(".")] if folder.exists() else []
        if "run.json" not in shown and (folder / ".work/plan.json").exists():
            assert not shown or (folder / ".work/publish.json").exists(), f"{shown} have names before all is whole"
        now = (folder / ".work/journal").read_bytes().count(b"\n") if (folder / ".work/journal").exists() else journal
        assert now >= journal, "what was done is not done again"
        journal = now
    assert kills >= 3
    assert files(folder) == undisturbed


def test_killed_while_names_are_given_it_goes_on(
    corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every place between the moves, by a fault at each."""
    from cleaner.corpus import outputs

    moved = os.replace
    left = 0

    def move(source: Any, target: Any) -> None:
        nonlocal left
        if Path(target).parent == tmp_path / "out" and not Path(target).name.startswith("."):
            if left == 0:
                raise OSError(28, "No space left on device")
            left -= 1
        moved(source, target)

    monkeypatch.setattr(outputs.os, "replace", move)
    for number in range(20):
        left = 1 if number else 0
        try:
            run([corpus], tmp_path / "out")
            break
        except OutputError:
            continue
    assert number > 4
    assert files(tmp_path / "out") == undisturbed


def test_interrupted_it_says_how_to_go_on(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    process = command(corpus, "-o", tmp_path / "out", "--batch-bytes", "20000", "--jobs", "1")
    for _ in range(400):
        if (tmp_path / "out/.work/journal").exists() and (tmp_path / "out/.work/journal").stat().st_size:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"run the same command to go on" in said
    run([corpus], tmp_path / "out")
    assert files(tmp_path / "out") == undisturbed


def test_a_worker_that_is_killed_is_replaced(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    process = command(corpus, "-o", tmp_path / "out", "--batch-bytes", "20000")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("the system does not say which processes are whose")
    for _ in range(3):
        time.sleep(0.7)
        for child in children.read_text().split()[:1] if children.exists() else ():
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                continue
    _, said = process.communicate(timeout=120)
    assert process.returncode == 3, said
    assert files(tmp_path / "out") == undisturbed


def test_no_more_workers_are_started_ahead_than_there_is_work_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("cleaner.pool.Pool.start", lambda _, tasks: asked.append(tasks))
    run(write(tmp_path / "one.jsonl", {"text": BRIDGE}), tmp_path / "one", jobs=8)
    source = write(tmp_path / "many.jsonl", *[{"id": number, "text": BRIDGE * 20} for number in range(200)])
    run(source, tmp_path / "many", jobs=8, batch_bytes=100_000)
    assert asked[0] == 1
    assert asked[1] >= source.stat().st_size // 100_000 > 1


@pytest.mark.parametrize("learn", [False, True])
def test_a_poisonous_record_is_rejected_and_the_rest_goes_on(
    learn: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "import cleaner.page.paragraphs as paragraphs\n"
        "split = paragraphs.split\n"
        "def kill(text, **options):\n"
        "    if '毒' in text:\n"
        "        os._exit(9)\n"
        "    return split(text, **options)\n"
        "paragraphs.split = kill\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    source = write(
        tmp_path / "in.jsonl",
        {"id": 1, "text": BRIDGE, "site": "a"},
        {"id": 2, "text": "毒一", "site": "a"},
        {"id": 3, "text": FESTIVAL, "site": "a"},
        {"id": 4, "text": "毒二", "site": "a"},
    )
    result = run(source, tmp_path / "out", learn=learn)
    assert (result.counts["kept"], result.counts["rejected"]) == (2, 2)
    assert [row["line"] for row in lines(tmp_path / "out/rejected.jsonl")] == [2, 4]
    assert "the process that worked at this record ended" in lines(tmp_path / "out/rejected.jsonl")[0]["error"]


def test_a_run_that_was_begun_with_other_input_or_settings_is_not_taken_up(corpus: Path, tmp_path: Path) -> None:
    process = command(corpus, "-o", tmp_path / "out", "--batch-bytes", "20000")
    for _ in range(400):
        if (tmp_path / "out/.work/journal").exists() and (tmp_path / "out/.work/journal").stat().st_size:
            break
        time.sleep(0.05)
    process.kill()
    process.communicate()
    for settings in ({"limit": 5}, {"clean": {"script": "hant"}}, {"dedup": {"threshold": 0.9}}):
        with pytest.raises(OutputError, match="a run that was not ended, and the setting"):
            run([corpus], tmp_path / "out", **settings)
    with pytest.raises(OutputError, match="its input is not the same"):
        run([corpus, write(tmp_path / "more.jsonl", {"text": BRIDGE})], tmp_path / "out")
    assert run([corpus], tmp_path / "out", overwrite=True, limit=5).counts["in"] == 5


FAULTY = {
    "b.jsonl.gz": gzip.compress(b"".join(b'{"text": "%d"}\n' % n for n in range(50_000)))[:-2000],
    "b.jsonl": b"\0\1\2" + b'\n{"text": "x"}' * 5,
    "b.parquet": b"PAR1 nothing",
    "b.csv": b'text\n"one"\n"two',
    "b.json": b'[{"text": "x"}]',
    "b.warc": b"WARC/1.0\r\nnothing",
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_run_goes_on_behind_a_file_that_ended_in_a_fault(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is counted once, wherever the run was stopped: after the batch that holds it, and after the search."""
    from cleaner.corpus import publish, search

    (tmp_path / "in").mkdir()
    write(tmp_path / "in/a.jsonl", {"text": BRIDGE})
    (tmp_path / "in" / name).write_bytes(FAULTY[name])
    inputs = [tmp_path / "in/a.jsonl", tmp_path / "in" / name]
    run(inputs, tmp_path / "whole", learn=False)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search, "find_duplicates", stop)
        with pytest.raises(KeyboardInterrupt):
            run(inputs, tmp_path / "out", learn=False)
    with monkeypatch.context() as patch:
        patch.setattr(publish, "write_results", stop)
        with pytest.raises(KeyboardInterrupt):
            run(inputs, tmp_path / "out", learn=False)
    run(inputs, tmp_path / "out", learn=False)
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def test_changes_in_the_middle_of_a_file_and_in_files_of_rules_are_noticed(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    rules = tmp_path / "own.toml"
    rules.write_text('[[rule]]\nid = "own"\nlabel = "caption"\npattern = "甲"\n', "utf-8")
    text = b'{"text": "%s"}\n' % (b"x" * 1000) * 400
    source.write_bytes(text)
    clean = {"rules": (str(rules),)}
    run(source, tmp_path / "out", clean=clean, learn=False)
    assert run(source, tmp_path / "out", clean=clean, learn=False).was_done
    rules.write_text(rules.read_text("utf-8").replace("甲", "乙"), "utf-8")
    with pytest.raises(OutputError, match=r"own\.toml has changed"):
        run(source, tmp_path / "out", clean=clean, learn=False)
    rules.write_text(rules.read_text("utf-8").replace("乙", "甲"), "utf-8")
    source.write_bytes(text[:200_000] + b"y" + text[200_001:])
    with pytest.raises(OutputError, match=r"in\.jsonl has changed"):
        run(source, tmp_path / "out", clean=clean, learn=False)


def test_pipes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in/a.txt")
    result = run(tmp_path / "in", tmp_path / "out")
    assert result.counts["rejected"] == 1
    assert "pipe it to -" in lines(tmp_path / "out/rejected.jsonl")[0]["error"]


def test_half_characters_anywhere(tmp_path: Path) -> None:
    rows = [{"id": f"\ud800{n}", "text": BRIDGE, "site": "\ud801", "\ud802": n} for n in range(6)]
    rows.append({"\ud803": 1})
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text(FESTIVAL, "utf-8")
    source = write(tmp_path / "in.jsonl", *map(json.dumps, rows))
    for format in ("jsonl", "parquet"):
        result = run([source, tmp_path / os.fsdecode(b"\xff.txt")], tmp_path / format, format=format)
        assert (result.counts["in"], result.counts["rejected"]) == (8, 1)


def test_large_numbers_beside_fractions(tmp_path: Path) -> None:
    rows = [{"text": BRIDGE, "a": 2**60 + 1, "b": 2**60 + 1}, {"text": FESTIVAL, "a": 1.5, "b": 7}]
    run(write(tmp_path / "in.jsonl", *rows), tmp_path / "out", format="parquet")
    table = pq.read_table(tmp_path / "out/articles.parquet")
    assert table.column("a").to_pylist() == [str(2**60 + 1), "1.5"]
    assert table.column("b").to_pylist() == [2**60 + 1, 7]


def test_only_results_are_replaced(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": BRIDGE})
    run(source, tmp_path / "out")
    (tmp_path / "out/articles-mine.jsonl").write_text("mine")
    run(source, tmp_path / "out", overwrite=True)
    assert (tmp_path / "out/articles-mine.jsonl").read_text() == "mine"


def test_the_output_is_no_part_of_the_input(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", {"text": BRIDGE})
    with pytest.raises(OutputError, match="lies in the input"):
        run(tmp_path, tmp_path / "out")


def test_patterns_that_fit_results_too_read_the_input_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in.jsonl", {"text": BRIDGE})
    for pattern in ("**/*.jsonl", "*"):
        assert run(pattern, "out", overwrite=True).counts["in"] == 1
        assert run(pattern, "out").was_done
        assert run(pattern, "out", overwrite=True).counts["in"] == 1


def test_rejected_rows_of_tables_are_kept_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("story,n\n从前,1\n", "utf-8")
    run(tmp_path / "in.csv", tmp_path / "out")
    assert json.loads(lines(tmp_path / "out/rejected.jsonl")[0]["input"]) == {"story": "从前", "n": "1"}


def test_lines_that_are_no_records_do_not_count(tmp_path: Path) -> None:
    rows = b"".join(to_json({"text": BRIDGE, "id": n}) for n in range(6))
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf\n \r\n" + rows)
    assert run(tmp_path / "in.jsonl", tmp_path / "out", limit=3, batch_bytes=1).counts["in"] == 3


def test_links_to_a_file_that_is_read_already_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in/a.jsonl", {"text": BRIDGE})
    (tmp_path / "in/b.jsonl").symlink_to("a.jsonl")
    result = run(tmp_path / "in", tmp_path / "out")
    assert (result.counts["in"], result.counts["passed_over"]) == (1, 1)


def test_two_runs_do_not_share_a_folder(corpus: Path, tmp_path: Path) -> None:
    process = command(corpus, "-o", tmp_path / "out", "--batch-bytes", "20000")
    for _ in range(400):
        if (tmp_path / "out/.work/plan.json").exists():
            break
        time.sleep(0.02)
    with pytest.raises(OutputError, match="another run is at work"):
        run([corpus], tmp_path / "out")
    assert process.communicate(timeout=120) is not None
    assert process.returncode == 3


def test_stdin(corpus: Path, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    with open(corpus, "rb") as source:
        done = subprocess.run(
            [sys.executable, "-m", "cleaner", "run", "-", "-o", str(tmp_path / "out")],
            stdin=source,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": SOURCE},
        )
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "out/articles.jsonl").read_bytes() == undisturbed["articles.jsonl"]


def test_stdin_is_not_kept_where_the_run_is_refused(tmp_path: Path) -> None:
    run(write(tmp_path / "in.jsonl", {"text": BRIDGE}), tmp_path / "out")
    before = files(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "run", "-", "-o", str(tmp_path / "out")],
        input=b'{"text": "x"}',
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )
    assert done.returncode == 1
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_all_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    synced: set[int] = set()
    fsync = os.fsync

    def note(file: int) -> None:
        synced.add(os.fstat(file).st_ino)
        fsync(file)

    monkeypatch.setattr(os, "fsync", note)
    run(SAMPLES, tmp_path / "out", format=format)
    assert {path.stat().st_ino for path in (tmp_path / "out").iterdir()} <= synced


def test_arrays_in_files_change_nothing(
    corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "SMALL", 1)
    run([corpus], tmp_path / "out")
    assert files(tmp_path / "out") == undisturbed


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    corpus: Path, undisturbed: dict[str, bytes], small_disk: Path
) -> None:
    blocks = small_disk / "block"
    blocks.write_bytes(bytes(1_500_000))
    with pytest.raises(OutputError, match="No space left on device"):
        run([corpus], small_disk / "out", batch_bytes=100_000)
    assert not [path for path in (small_disk / "out").iterdir() if not path.name.startswith(".")]
    blocks.unlink()
    with pytest.raises(OutputError, match="No space left on device"):
        run([corpus], small_disk / "out")  # the store fits, the results do not
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    run([corpus], small_disk / "out")
    assert files(small_disk / "out") == undisturbed


def test_a_run_says_what_came_of_it(tmp_path: Path) -> None:
    result = run(write(tmp_path / "in.jsonl", {"text": BRIDGE}), tmp_path / "out")
    assert isinstance(result, RunResult)
    assert list(result.times) == ["learn", "clean", "search", "write"]
    said = json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    assert said["plan"]["config"]["clean"]["strength"] == "standard"
    assert said["plan"]["inputs"][0]["size"] == (tmp_path / "in.jsonl").stat().st_size
    assert issubclass(OutputError, CleanerError)
    assert RunConfig().jobs == 0


def test_progress_names_the_stages(tmp_path: Path) -> None:
    seen: dict[str, tuple[int, int | None]] = {}
    run(SAMPLES, tmp_path / "out", progress=lambda stage, done, total: seen.__setitem__(stage, (done, total)))
    assert list(seen) == ["learn", "clean", "sketch", "search", "verify"]
    assert all(done == total for done, total in seen.values())
    shutil.rmtree(tmp_path / "out")
