"""`cleaner dedup` as a user meets it: what is kept and how it comes out, what is said, what is refused."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import cleaner
from cleaner.cli.dedup import dedup
from cleaner.cli.main import main
from cleaner.corpus.jsonlines import article_fields, to_json

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_ROOT = str(Path(cleaner.__file__).resolve().parent.parent)

BRIDGE = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。市民周女士说，过去绕行要四十分钟，如今十分钟就能到对岸上班。"
MARKET = "老街的早市搬进了新棚子，摊位比原来多出一半，卖豆腐的老沈说，下雨天再也不用提前收摊，熟客也找得到他。"
NEAR = BRIDGE.replace("市民", "居民")
LONG = f"{BRIDGE}\n设计者说，桥面比原计划高出两米，大船从桥下过也不必放下桅杆，两岸的码头因此都能留下来。"
NOTICE = "本报声明：凡注明来源为本报的稿件，均为本报版权所有，未经书面授权不得转载、摘编或以其他方式使用，违者必究。"
ADVICE = "温馨提示：出门前请查看道路公告，雨天路滑，老人和孩子尽量结伴而行，遇到积水绕道走，不要试探水的深浅。"
STORIES = (
    "山里的茶园今年提前半个月开采，采茶的人天不亮就上了山，头一批新茶当天炒好，第二天就摆上了镇里的柜台。",
    "图书馆把闭馆时间推迟到夜里十点，自习室的位子还是不够用，管理员在走廊添了两排桌子，门口又多放了一台热水器。",
    "老戏台修好以后请来三个剧团，连演九天，附近村子的人搬着板凳来看，散场时月亮已经挂在祠堂的屋角上。",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ("dedup", *arguments), input=stdin)


def process(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cleaner", "dedup", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT, **environment},
    )


def lines(source: str | Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in (source.read_text("utf-8") if isinstance(source, Path) else source).splitlines()
    ]


def write_jsonl(name: str, *records: dict[str, Any] | str) -> bytes:
    content = "".join(
        (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False, separators=(",", ":"))) + "\n" for r in records
    ).encode()
    Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return content


# What comes out


@pytest.mark.usefixtures("folder")
def test_what_is_kept_comes_out_as_it_was() -> None:
    records: list[dict[str, Any]] = [
        {"title": None, "id": 7, "text": f"  {LONG}\r\n", "site": {"name": ["甲", None]}, "n": 1.5, "ok": True, "": ""},
        {"text": MARKET, "published": "昨天", "half": "\ud800", "input_id": "x", "id": None},
        {"id": "7", "url": 5, "text": STORIES[0]},
        {"text": ""},
        {"id": 10**30, "html": "<p>", "text": "短"},
        {"id": 1.5, "text": STORIES[1]},
        {"id": True, "text": STORIES[2]},
    ]
    write_jsonl("in.jsonl", *(json.dumps(record) for record in records))
    result = run("in.jsonl")
    assert (result.exit_code, [list(record.items()) for record in lines(result.stdout)]) == (
        0,
        [list(record.items()) for record in records],
    )
    assert json.dumps(records[0], ensure_ascii=False, separators=(",", ":")) == result.stdout.splitlines()[0]
    assert re.fullmatch(r"7 articles, 7 kept, 0 duplicates in 0 clusters, [\d.]+ s\n", result.stderr)


def test_what_goes_is_said_and_why(folder: Path) -> None:
    write_jsonl(
        "in.jsonl",
        {"text": NEAR},
        {"id": 1, "text": LONG},
        {"id": "m", "text": MARKET},
        {"id": 3, "text": MARKET + " "},
    )
    result = run(
        "in.jsonl",
        "-o",
        "out.jsonl",
        "--duplicates",
        "gone.jsonl",
        "--clusters",
        "clusters.jsonl",
        "--threshold",
        "0.9",
    )
    assert (result.exit_code, result.stdout) == (0, "")
    assert [record["id"] for record in lines(folder / "out.jsonl")] == [1, 3]
    contained, exact = lines(folder / "gone.jsonl")
    found = cleaner.compare(NEAR, LONG)
    assert contained == {
        "id": "in.jsonl:1",
        "kept_id": 1,
        "kind": "contained",
        "similarity": found.jaccard,
        "containment": found.containment,
    }
    assert exact == {"id": "m", "kept_id": 3, "kind": "exact", "similarity": 1.0, "containment": 1.0}
    assert lines(folder / "clusters.jsonl") == [
        {"id": 0, "kept_id": 1, "member_ids": [1, "in.jsonl:1"]},
        {"id": 1, "kept_id": 3, "member_ids": [3, "m"]},
    ]
    assert re.fullmatch(
        r"4 articles, 2 kept, 2 duplicates \(1 exact, 1 contained\) in 2 clusters, [\d.]+ s\n", result.stderr
    )


@pytest.mark.usefixtures("folder")
def test_pairs_that_facts_tell_apart_are_counted() -> None:
    bulletin = (
        "{}月份全市工业用电量{}亿千瓦时，同比增长{}%。供电公司表示，各县区的线路检修已经全部完成，"
        "入夏以后设备运行平稳，没有发生大范围停电，居民和企业的用电都有保障，抢修人员随时待命。"
    )
    write_jsonl("in.jsonl", {"text": bulletin.format(3, 12.5, 4.1)}, {"text": bulletin.format(4, 17.8, 6.6)})
    apart, alike = run("in.jsonl").stderr, run("in.jsonl", "--no-compare-facts").stderr
    assert ", 2 kept, 0 duplicates in 0 clusters, 1 pair told apart by their facts, " in apart
    assert ", 1 kept, 1 duplicate (1 contained) in 1 cluster, " in alike


@pytest.mark.usefixtures("folder")
def test_the_order_of_the_files_has_no_part_in_what_is_kept() -> None:
    texts = [BRIDGE, NEAR, LONG, MARKET, MARKET, *STORIES, *STORIES]
    records = [{"id": f"a{number}", "text": text} for number, text in enumerate(texts)]
    random.Random(1).shuffle(records)
    write_jsonl("1.jsonl", *records[:6])
    write_jsonl("2.jsonl.gz", *records[6:])

    def ids(*files: str) -> list[str]:
        return [record["id"] for record in lines(run(*files).stdout)]

    one, other = ids("1.jsonl", "2.jsonl.gz"), ids("2.jsonl.gz", "1.jsonl")
    assert len(one) == 5
    assert one != other
    assert sorted(one) == sorted(other)
    assert one == [record["id"] for record in records if record["id"] in one]


def test_text_files_folders_and_gz_are_read_and_written(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in/a.txt").write_bytes(BRIDGE.encode("gb18030"))
    write_jsonl("in/b.jsonl", {"text": BRIDGE}, {"text": MARKET})
    (folder / "in/c.md").write_text("x")
    result = run("in", "-o", "out.jsonl.gz")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 file of another kind was passed over" in result.stderr
    kept = lines(gzip.decompress((folder / "out.jsonl.gz").read_bytes()).decode())
    assert kept == [{"id": str(Path("in/a.txt")), "text": BRIDGE}, {"text": MARKET}]


@pytest.mark.usefixtures("folder")
def test_nothing_to_compare_is_no_error() -> None:
    write_jsonl("none.jsonl")
    write_jsonl("bad.jsonl", "{")
    assert run("none.jsonl").stderr.startswith("0 articles, 0 kept, 0 duplicates in 0 clusters, ")
    assert run("none.jsonl").exit_code == 0
    assert run("bad.jsonl").exit_code == 3


def test_most_planted_copies_of_the_samples_are_found(folder: Path, sample_pages: dict[str, Any]) -> None:
    documents = [
        cleaner.Document(id=id, text=text, url=label["url"], site=label["site"])
        for id, (text, label) in sample_pages.items()
    ]
    (folder / "in.jsonl").write_bytes(b"".join(to_json(article_fields(a)) for a in cleaner.Cleaner().pipe(documents)))
    result = run("in.jsonl", "-o", "out.jsonl", "--duplicates", "gone.jsonl", "--jobs", "1")
    assert result.exit_code == 0
    article_of = {
        member["id"]: group["article"]
        for group in json.loads((ROOT / "docs/samples/copies.json").read_text("utf-8"))["groups"]
        for member in group["members"]
        if member["variant"] not in ("spun", "merged")
    }
    copies = len(article_of) - len(set(article_of.values()))
    gone = [item for item in lines(folder / "gone.jsonl") if item["id"] in article_of and item["kept_id"] in article_of]
    assert len(gone) >= 0.8 * copies
    assert all(article_of[item["id"]] == article_of[item["kept_id"]] for item in gone)


# Paragraphs


def test_repeated_paragraphs_are_marked_or_dropped(folder: Path) -> None:
    both = {"id": 9, "text": f"{NOTICE}\n{ADVICE}", "n": 1}
    records = [
        *({"id": number, "text": f"{story}\n{NOTICE}"} for number, story in enumerate(STORIES[:2])),
        *({"id": number, "text": f"{story}\n{ADVICE}"} for number, story in enumerate((STORIES[2], MARKET), 2)),
        both,
    ]
    write_jsonl("in.jsonl", *records)
    result = run("in.jsonl", "--paragraphs", "mark", "--repeated", "found.jsonl")
    assert lines(result.stdout) == records
    assert ", 2 repeated paragraphs, " in result.stderr
    found = {item["text"]: item for item in lines(folder / "found.jsonl")}
    assert list(found[NOTICE]) == ["text", "count", "exact", "places"]
    assert (found[NOTICE]["count"], found[NOTICE]["exact"]) == (3, True)
    assert sorted(found[NOTICE]["places"]) == [[0, 1], [1, 1], [9, 0]]
    assert sorted(found[ADVICE]["places"]) == [[2, 1], [3, 1], [9, 1]]
    result = run("in.jsonl", "--paragraphs", "drop", "--prefer", "id")
    changed = [{"id": 1, "text": STORIES[1]}, {"id": 3, "text": MARKET}]
    assert lines(result.stdout) == [records[0], changed[0], records[2], changed[1], both]
    assert ", 2 repeated paragraphs, 1 article left whole, " in result.stderr
    assert ", 0 repeated paragraphs, " in run("in.jsonl", "--paragraphs", "drop", "--min-articles", "4").stderr


# Names


@pytest.mark.usefixtures("folder")
def test_ids_that_stand_twice_end_the_run_with_what_to_do(folder: Path) -> None:
    write_jsonl("a.jsonl", {"id": 1, "text": BRIDGE}, {"id": 2, "text": MARKET})
    write_jsonl("b.jsonl", "no", {"id": "1", "text": STORIES[0]}, {"id": 1, "text": BRIDGE})
    result = run("a.jsonl", "b.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == (
        "Error: b.jsonl:3: the id 1 stands at a.jsonl:1 already; ids must differ, so give --ids place to go by file and line"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["a.jsonl", "b.jsonl"]
    result = run("a.jsonl", "b.jsonl", "--ids", "place", "--duplicates", "gone.jsonl")
    assert result.exit_code == 3
    assert [record["id"] for record in lines(result.stdout)] == [1, 2, "1"]
    assert [(item["id"], item["kept_id"]) for item in lines(folder / "gone.jsonl")] == [("b.jsonl:3", "a.jsonl:1")]
    for ids in ("given", "place"):
        result = run("a.jsonl", "a.jsonl", "--ids", ids)
        assert (result.exit_code, result.stderr) == (1, "Error: a.jsonl:1: read twice; name its file once\n")


# What cannot be read


def test_a_bad_record_gives_one_line_and_the_rest_goes_on(folder: Path) -> None:
    write_jsonl("in.jsonl", {"id": 1, "text": BRIDGE}, "no", {"id": 2}, {"id": 3, "text": BRIDGE}, *["{"] * 30)
    (folder / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = run("in.jsonl", "image.txt", "absent.txt")
    assert result.exit_code == 2
    result = run("in.jsonl", "image.txt")
    assert result.exit_code == 3
    assert [record["id"] for record in lines(result.stdout)] == [1]
    said = result.stderr.splitlines()
    assert said[0].startswith("in.jsonl:2: not JSON")
    assert said[1].startswith("in.jsonl:3: no field 'text'")
    assert said[-3] == "in.jsonl: … and 10 more"
    assert said[-2].startswith("image.txt: ")
    assert ", 33 rejected, " in said[-1]
    result = run("in.jsonl", "--on-error", "stop", "-o", "out.jsonl")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: in.jsonl:2: not JSON")
    assert sorted(path.name for path in folder.iterdir()) == ["image.txt", "in.jsonl"]


# What is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "FILE..."),
        (("absent.jsonl",), "absent.jsonl does not exist"),
        (("-", "-"), "given twice"),
        (("in.jsonl", "-o", "in.jsonl", "--overwrite"), "-o in.jsonl is an input too"),
        (("in.jsonl", "--duplicates", "in.jsonl", "--overwrite"), "--duplicates in.jsonl is an input too"),
        (("in.jsonl", "--clusters", "old.jsonl"), "--clusters old.jsonl exists"),
        (("in.jsonl", "-o", "old.jsonl"), "--overwrite"),
        (("in.jsonl", "-o", ""), "-o is empty"),
        (("in.jsonl", "--duplicates", "a", "--clusters", "./a"), "--duplicates and --clusters are the same file"),
        (("in.jsonl", "--duplicates", "-"), "-o and --duplicates are the same file"),
        (("in.jsonl", "--repeated", "a"), "--paragraphs"),
        (("in.jsonl", "--threshold", "0"), "threshold is 0.0; it must be over 0 and up to 1"),
        (("in.jsonl", "--threshold", "1.5"), "threshold is 1.5; it must be over 0 and up to 1"),
        (("in.jsonl", "--threshold", "abc"), "'abc' is not a valid float"),
        (("in.jsonl", "--containment", "abc"), "containment is 'abc'; it must be"),
        (("in.jsonl", "--prefer", "longest,sites", "--prefer", "newest"), "prefer names 'newest'; it may name longest"),
        (("in.jsonl", "--paragraphs", "no"), "'no' is not one of"),
        (("in.jsonl", "--jobs", "-1"), "jobs is -1"),
        (("in.jsonl", "--ids", "x"), "'x' is not one of"),
        (("in.jsonl", "--config", "wrong.toml"), "wrong.toml: unknown setting 'treshold'; did you mean 'threshold'?"),
        (("in.jsonl", "--config", "absent.toml"), "absent.toml: cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_exits_2_before_any_work(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    content = write_jsonl("in.jsonl", {"id": 1, "text": BRIDGE})
    (folder / "old.jsonl").write_text("old")
    (folder / "wrong.toml").write_text("[dedup]\ntreshold = 0.9\n")
    before = sorted(folder.iterdir())
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(folder.iterdir()) == before
    assert (folder / "old.jsonl").read_text() == "old"
    assert (folder / "in.jsonl").read_bytes() == content


def test_an_existing_output_is_replaced_on_request(folder: Path) -> None:
    write_jsonl("in.jsonl", {"id": 1, "text": BRIDGE})
    (folder / "out.jsonl").write_text("old")
    assert run("in.jsonl", "-o", "out.jsonl", "--overwrite").exit_code == 0
    assert lines(folder / "out.jsonl") == [{"id": 1, "text": BRIDGE}]


# Settings


def test_options_go_before_the_config_file(folder: Path) -> None:
    write_jsonl(
        "in.jsonl",
        {"id": "a", "text": LONG, "site": "甲"},
        {"id": "b", "text": LONG.replace("市民", "居民"), "url": "https://n.b.example/"},
    )
    (folder / "cleaner.toml").write_text('[clean]\n\n[dedup]\nthreshold = 0.99\ncontainment = "off"\n')

    def kept(*options: str) -> list[str]:
        return [record["id"] for record in lines(run("in.jsonl", *options).stdout)]

    assert kept("--config", "cleaner.toml") == ["a", "b"]
    assert kept("--config", "cleaner.toml", "--threshold", "0.7") == ["a"]
    assert kept("--config", "cleaner.toml", "--containment", "0.7") == ["a"]
    assert kept("--prefer", "sites,id", "--prefer-sites", "b.example") == ["b"]
    assert kept("--prefer", "sites", "--prefer", "id", "--prefer-sites", "甲", "--prefer-sites", "b.example") == ["a"]
    (folder / "cleaner.toml").write_text("[dedup]\nthreshold = 2\n")
    result = run("in.jsonl", "--config", "cleaner.toml")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: cleaner.toml: threshold is 2; it must be over 0 and up to 1\n",
    )


def test_every_setting_is_an_option_and_its_default_is_shown() -> None:
    shown = {option.name: option for option in dedup.params if isinstance(option, click.Option)}
    for field in fields(cleaner.DedupConfig):
        option = shown[field.name]
        assert f"--{field.name.replace('_', '-')}" in option.opts
        default = ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        default = {"True": "compare-facts"}.get(default, default)
        assert f"[default: {default}" in (option.help or "") or not default


# How a run ends


def test_a_process_reads_stdin_and_writes_stdout(folder: Path) -> None:
    content = write_jsonl("in.jsonl", {"id": 1, "text": BRIDGE}, {"id": 2, "text": BRIDGE})
    with process("-", "--duplicates", "gone.jsonl") as running:
        out, said = running.communicate(content, timeout=60)
    assert (running.returncode, out) == (0, content.splitlines(keepends=True)[0])
    assert said.decode().startswith("2 articles, 1 kept, 1 duplicate (1 exact) in 1 cluster, ")
    assert [item["id"] for item in lines(folder / "gone.jsonl")] == [2]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line_and_leaves_nothing(folder: Path) -> None:
    write_jsonl("in.jsonl", {"id": 1, "text": BRIDGE})
    result = run("in.jsonl", "-o", "out.jsonl", "--clusters", "/dev/full", "--duplicates", "gone.jsonl")
    assert result.exit_code == 0  # nothing to write there
    result = run("in.jsonl", "-o", "/dev/full", "--duplicates", "other.jsonl")
    assert (result.exit_code, result.stderr) == (1, "Error: /dev/full: cannot be written: No space left on device\n")
    assert sorted(path.name for path in folder.iterdir()) == ["gone.jsonl", "in.jsonl", "out.jsonl"]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_interrupted_exits_130_and_leaves_nothing(folder: Path) -> None:
    with process("-", "--input-format", "jsonl", "-o", "out.jsonl", "--duplicates", "gone.jsonl") as running:
        assert running.stdin is not None
        assert running.stderr is not None
        running.stdin.write(json.dumps({"text": BRIDGE}).encode() + b"\n")
        running.stdin.flush()
        for _ in range(300):
            if list(folder.glob("gone.jsonl.*.part")):
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        assert running.stderr.read() == b"Interrupted.\n"
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_compiling_is_said_and_can_be_interrupted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    write_jsonl("in.jsonl", {"text": BRIDGE})
    with process("in.jsonl", "-o", "out.jsonl", NUMBA_CACHE_DIR=str(tmp_path_factory.mktemp("cache"))) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith(b"compiling the loops")
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        assert running.stderr.read() == b"Interrupted.\n"
    assert [path.name for path in folder.iterdir()] == ["in.jsonl"]


def test_a_file_that_has_the_name_of_a_part_is_not_touched(folder: Path) -> None:
    (folder / "out.jsonl.part").write_text('{"id":1,"text":"大桥今日通车"}\n', "utf-8")
    result = run("--input-format", "jsonl", "out.jsonl.part", "-o", "out.jsonl")
    assert result.exit_code == 0
    assert (folder / "out.jsonl").read_text("utf-8") == (folder / "out.jsonl.part").read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_outputs_get_their_names_together_or_not_at_all(folder: Path) -> None:
    (folder / "in.jsonl").write_text('{"id": 1, "text": "大桥今日通车"}\n{"id": 2, "text": "大桥今日通车"}\n', "utf-8")
    (folder / "old.jsonl").write_text("old", "utf-8")
    result = run("in.jsonl", "-o", "old.jsonl", "--duplicates", "/dev/full", "--overwrite")
    assert result.exit_code == 1
    assert (folder / "old.jsonl").read_text("utf-8") == "old"
    assert not list(folder.glob("*.part"))
