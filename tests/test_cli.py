"""The commands, as a user meets them: what comes out where, what is refused, and how a run ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

import cleaner.config
from cleaner.cli.main import main
from cleaner.cli.terminal import visible
from cleaner.corpus.batch import BATCH_BYTES
from cleaner.corpus.jsonlines import to_json
from cleaner.corpus.reader import Reader
from cleaner.errors import InputError
from cleaner.types import Label

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_ROOT = str(Path(cleaner.__file__).resolve().parent.parent)

BODY = "今天上午八点，连接河湾两岸的大桥正式通车，首日通行车辆超过三千辆。"
PAGE = f"""河湾大桥今日通车 - 河湾网
首页 > 新闻 > 正文
河湾大桥今日通车
2024-05-01 08:00 来源：河湾日报
{BODY}
　　市民周女士说，过去绕行要四十分钟，如今十分钟就能到对岸上班。
责任编辑：周小平
版权所有 © 2024 河湾网
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    return tmp_path


def run(*arguments: str, stdin: bytes | str = b"", **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments, input=stdin)


def run_process(*arguments: str, stdin: bytes = b"", **environment: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT, **environment},
    )


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def write_jsonl(file: Path, *fields: dict[str, Any] | str) -> None:
    file.write_text("".join((f if isinstance(f, str) else json.dumps(f)) + "\n" for f in fields), "utf-8")


# What comes out


@pytest.mark.usefixtures("folder")
def test_one_page_is_one_json_line() -> None:
    result = run("clean", "page.txt")
    assert result.exit_code == 0
    (article,) = records(result.stdout)
    assert list(article) == [
        "id", "url", "site", "title", "text", "published", "source", "publisher", "authors", "editors", "keywords",
        "script", "flags",
    ]  # fmt: skip
    assert article["id"] == "page.txt"
    assert article["text"].startswith(BODY)
    assert (article["title"], article["source"], article["published"]) == (
        "河湾大桥今日通车",
        "河湾日报",
        "2024-05-01T08:00:00",
    )
    assert article["editors"] == ["周小平"]
    assert re.fullmatch(r"1 article, 6 of 8 lines removed, [\d.]+ s\n", result.stderr)


def test_fields_of_the_input_are_used_or_come_out_again(folder: Path) -> None:
    write_jsonl(
        folder / "in.jsonl",
        {
            "id": 7,
            "text": BODY,
            "url": "https://a.example/1",
            "title": "通车",
            "site": "甲",
            "lang": "zh",
            "extra": [1],
        },
        "",
        {"text": BODY, "published": "昨天", "site": {"name": "甲"}, "title": None, "input_published": 3},
    )
    result = run("clean", "in.jsonl")
    first, second = records(result.stdout)
    assert (first["id"], first["url"], first["title"], first["site"]) == ("7", "https://a.example/1", "通车", "甲")
    assert (first["lang"], first["extra"]) == ("zh", [1])
    assert second["id"] == "in.jsonl:3"
    assert (second["published"], second["input_published"], second["input_input_published"]) == (None, 3, "昨天")
    assert (second["site"], second["input_site"], second["title"]) == (None, {"name": "甲"}, None)


def test_removed_lines_are_slices_of_the_input(folder: Path) -> None:
    result = run("clean", "page.txt", "-o", "out.jsonl", "--removed", "removed.jsonl")
    assert result.exit_code == 0
    assert result.stdout == ""
    removed = records((folder / "removed.jsonl").read_text("utf-8"))
    assert len(removed) == 6
    for line in removed:
        assert list(line) == ["id", "start", "end", "text", "label", "rule"]
        assert PAGE[line["start"] : line["end"]] == line["text"]
        assert line["label"] in set(Label)


def test_what_a_text_may_hold_is_written_as_valid_json(folder: Path) -> None:
    (folder / "in.jsonl").write_text('{"text": "河湾\\ud800大桥", "half": "\\ud800", "no": NaN, "deep": [1e999]}\n')
    result = run("clean", "in.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 0
    line = (folder / "out.jsonl").read_bytes().decode("utf-8")
    assert "河湾" in line
    (article,) = records(line)
    assert (article["half"], article["no"], article["deep"]) == ("\ud800", None, [None])


def test_a_page_without_an_article_says_so(folder: Path) -> None:
    (folder / "none.txt").write_text("扫码关注我们\n版权所有 © 2024 河湾网\n首页 > 新闻 > 正文", "utf-8")
    (folder / "blank.txt").write_text("\n \n", "utf-8")
    result = run("clean", "none.txt", "blank.txt")
    assert [(article["text"], article["flags"]) for article in records(result.stdout)] == [
        ("", ["no_body"]),
        ("", ["empty_input"]),
    ]
    assert "2 without text" in result.stderr


# What is read


@pytest.mark.usefixtures("folder")
def test_stdin_is_text_or_jsonl_by_its_first_character() -> None:
    assert records(run("clean", "-", stdin=PAGE.encode("gb18030")).stdout)[0]["editors"] == ["周小平"]
    jsonl = b"\n  \n" + json.dumps({"id": "a", "text": PAGE}).encode() + b'\n{"text": "x"}\n'
    assert [article["id"] for article in records(run("clean", "-", stdin=b"\xef\xbb\xbf" + jsonl).stdout)] == [
        "a",
        "-:4",
    ]
    assert records(run("clean", "-", "--input-format", "text", stdin='{"a": 1}').stdout)[0]["text"] == '{"a": 1}'
    assert run("clean", "-", "--input-format", "jsonl", stdin=PAGE).exit_code == 3


def test_folders_are_walked_in_order_and_gz_is_read(folder: Path) -> None:
    (folder / "in/b").mkdir(parents=True)
    (folder / "in/.hidden").mkdir()
    for name in ("in/b/2.txt", "in/.hidden/0.txt", "in/notes.md", "in/a.txt.part"):
        (folder / name).write_text(PAGE, "utf-8")
    (folder / "in/c.txt.gz").write_bytes(gzip.compress(PAGE.encode()))
    (folder / "in/a.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": PAGE}).encode() * 1))
    result = run("clean", "in")
    assert [article["id"] for article in records(result.stdout)] == [
        str(Path("in/a.jsonl.gz:1")),
        str(Path("in/b/2.txt")),
        str(Path("in/c.txt.gz")),
    ]
    assert len({article["text"] for article in records(result.stdout)}) == 1


def test_the_samples_are_cleaned(tmp_path: Path) -> None:
    out = tmp_path / "cleaned.jsonl.gz"
    pages = ROOT / "docs/samples/pages"
    result = run("clean", str(pages), "-o", str(out))
    assert result.exit_code == 0
    with gzip.open(out, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    assert len(articles) == len(list(pages.glob("*/*.txt")))
    assert all(article["text"] or article["flags"] for article in articles)


def test_a_large_file_is_read_in_flat_memory(folder: Path) -> None:
    line = json.dumps({"text": BODY * 50}, ensure_ascii=False).encode() + b"\n"
    (folder / "in.jsonl").write_bytes(line * 4000)
    import tracemalloc

    tracemalloc.start()
    count = sum(1 for _ in Reader(["in.jsonl"]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4000
    assert peak < 3 * BATCH_BYTES < len(line) * 4000


# What cannot be read

BAD = {
    b"not json": "not JSON",
    b"[1]": "a list",
    b'{"title": "x"}': "no field 'text' (fields: title)",
    b'{"text": 5}': "a number",
    b'{"html": ["<p>"]}': "field 'html' is a list",
    b"\xb0\xa1": "not UTF-8",
    b'{"a":' * 100_000: "nested too deeply to be",
    b'{"text": "", "no": NaN, "a": ' + b"[" * 5000 + b"]" * 5000 + b"}": "nested too deeply",
    b'{"text": ' + b"9" * 5000 + b"}": "cannot be read",
}


@pytest.mark.parametrize("bad", BAD, ids=BAD.values())
def test_a_bad_record_gives_one_line_and_the_rest_goes_on(folder: Path, bad: bytes) -> None:
    good = json.dumps({"text": BODY}).encode()
    (folder / "in.jsonl").write_bytes(good + b"\n" + bad + b"\n" + good + b"\n")
    result = run("clean", "in.jsonl")
    assert result.exit_code == 3
    assert len(records(result.stdout)) == 2
    error, summary = result.stderr.splitlines()
    assert error.startswith("in.jsonl:2: ")
    assert BAD[bad] in error
    assert len(error) < 250
    assert "1 rejected" in summary


def test_fields_nested_too_deeply_are_refused_by_the_writer() -> None:
    value: list[Any] = [float("nan")]
    for _ in range(5000):
        value = [value]
    with pytest.raises(InputError, match="in:3: fields nested too deeply"):
        to_json({"id": "in:3", "a": value})


BAD_FILES = {
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
    "image.jsonl": (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary data"),
    "wide.jsonl": ('{"text": "x"}'.encode("utf-16"), "UTF-16"),
    "list.json": (b'[{"text": "x"}]', "one JSON list"),
    "image.html": (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
    "cut.jsonl.gz": (gzip.compress(b'{"text": "x"}\n')[:-9], "damaged or cut off"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gives_one_line_and_the_rest_goes_on(folder: Path, name: str) -> None:
    content, said = BAD_FILES[name]
    (folder / name).write_bytes(content)
    result = run("clean", name, "page.txt")
    assert result.exit_code == 3
    assert records(result.stdout)[-1]["id"] == "page.txt"
    error, _ = result.stderr.splitlines()
    assert error.startswith(name)
    assert said in error


def test_packed_files_are_known_by_what_they_hold(folder: Path) -> None:
    (folder / "packed.jsonl").write_bytes(gzip.compress(json.dumps({"text": BODY}).encode()))
    (folder / "false.txt.gz").write_text(BODY, "utf-8")
    assert [article["text"] for article in records(run("clean", "packed.jsonl", "false.txt.gz").stdout)] == [BODY, BODY]


def test_sites_are_learned_beside_a_file_that_is_no_text(folder: Path) -> None:
    (folder / "a").mkdir()
    for number in "甲乙丙丁戊己":
        (folder / f"a/{number}.txt").write_text(
            f"河湾网首页\n新闻 体育 财经\n{number}号桥昨天通车，市民都来看热闹。", "utf-8"
        )
    (folder / "a/z.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = run("sites", "learn", "a")
    assert result.exit_code == 3
    assert result.stderr.startswith("a/z.txt: ")
    assert "河湾网首页" in result.stdout


def test_a_folder_with_nothing_to_read_is_reported(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = run("clean", "empty")
    assert result.exit_code == 3
    assert result.stderr.startswith("empty: no file")


def test_files_of_other_kinds_are_counted(folder: Path) -> None:
    for name in ("a.pdf", "b.json", ".hidden"):
        (folder / name).write_text("x")
    assert "2 files of other kinds were passed over" in run("clean", ".").stderr
    assert "passed over" not in run("clean", "page.txt").stderr


def test_a_long_row_of_bad_records_is_cut_short_and_counted(folder: Path) -> None:
    (folder / "long.txt").write_text("no\n" * 50 + '{"text": "x"}\n' + "no\n" * 3)
    result = run("clean", "long.txt", "page.txt", "--input-format", "jsonl")
    lines = result.stderr.splitlines()
    assert result.exit_code == 3
    assert lines[19].startswith("long.txt:20: ")
    assert lines[20] == "long.txt: … and 30 more"
    assert lines[21].startswith("long.txt:52: ")
    assert "61 rejected" in lines[-1]
    assert len(lines) == 20 + 1 + 3 + 8 + 1


def test_stop_at_the_first_error_leaves_no_output(folder: Path) -> None:
    write_jsonl(folder / "in.jsonl", {"text": BODY}, "no", {"text": BODY})
    result = run("clean", "in.jsonl", "--on-error", "stop", "-o", "out.jsonl", "--removed", "removed.jsonl")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: in.jsonl:2: not JSON")
    assert sorted(path.name for path in folder.iterdir()) == ["in.jsonl", "page.txt"]


# What is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("clean",), "FILE..."),
        (("clean", "absent.txt"), "absent.txt does not exist"),
        (("clean", "-", "-"), "given twice"),
        (("clean", "page.txt", "-o", "page.txt", "--overwrite"), "is an input too"),
        (("clean", ".", "-o", "link.txt", "--overwrite"), "is an input too"),
        (("clean", "page.txt", "--removed", "page.txt", "--overwrite"), "is an input too"),
        (("clean", "page.txt", "-o", "old.jsonl"), "--overwrite"),
        (("clean", "page.txt", "-o", "a", "--removed", "./a"), "the same file"),
        (("clean", "page.txt", "-o", "."), "is a folder"),
        (("clean", "page.txt", "-o", "no/out"), "does not exist"),
        (("clean", "page.txt", "--strength", "hard"), "safe"),
        (("clean", "page.txt", "--rules", "absent.toml"), "absent.toml"),
        (("clean", "page.txt", "--rules", "page.txt"), "not a TOML file"),
        (("clean", "page.txt", "--config", "wrong.toml"), "did you mean 'strength'"),
        (("explain", "page.txt", "--id", "a", "--number", "2"), "give one of them"),
        (("explain", "."), "is a folder"),
        (("explain", "absent.txt"), "does not exist"),
        (("clen", "page.txt"), "Did you mean 'clean'?"),
        (("page.txt",), "cleaner clean page.txt"),
        (("xyz",), "clean, config, dedup, explain, run, sites"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_exits_2_before_any_work(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    (folder / "old.jsonl").write_text("old")
    (folder / "wrong.toml").write_text("[clean]\nstrenght = 'safe'\n")
    (folder / "link.txt").symlink_to("page.txt")
    before = sorted(folder.iterdir())
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(folder.iterdir()) == before
    assert (folder / "old.jsonl").read_text() == "old"
    assert (folder / "page.txt").read_text("utf-8") == PAGE


def test_an_existing_output_is_replaced_only_on_request_and_only_when_done(folder: Path) -> None:
    (folder / "out.jsonl").write_text("old")
    write_jsonl(folder / "in.jsonl", {"text": BODY}, "no")
    assert run("clean", "in.jsonl", "-o", "out.jsonl", "--overwrite", "--on-error", "stop").exit_code == 1
    assert (folder / "out.jsonl").read_text() == "old"
    assert run("clean", "in.jsonl", "-o", "out.jsonl", "--overwrite").exit_code == 3
    assert len(records((folder / "out.jsonl").read_text("utf-8"))) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line() -> None:
    result = run_process("clean", "-", "-o", "/dev/full", stdin=PAGE.encode())
    assert result.returncode == 1
    assert result.stderr.decode().splitlines() == ["Error: /dev/full: cannot be written: No space left on device"]


# Settings


def test_options_go_before_the_config_file(folder: Path) -> None:
    (folder / "own.toml").write_text(
        '[[rule]]\nid = "mine"\nlabel = "advertisement"\nwhere = "anywhere"\npattern = "市民周.*"\n'
    )
    (folder / "cleaner.toml").write_text('[clean]\nscript = "hant"\nrules = ["own.toml"]\n')
    (article,) = records(run("clean", "page.txt", "--config", "cleaner.toml").stdout)
    assert article["script"] == "hant"
    assert "周女士" not in article["text"]
    (article,) = records(run("clean", "page.txt", "--config", "cleaner.toml", "--script", "keep").stdout)
    assert article["script"] == "hans"
    assert "周女士" not in article["text"]
    (article,) = records(run("clean", "page.txt", "--rules", "own.toml").stdout)
    assert "周女士" not in article["text"]


def test_wrong_values_of_a_config_file_name_it(folder: Path) -> None:
    (folder / "own.toml").write_text("[clean]\nstrength = 'hard'\n")
    result = run("clean", "page.txt", "--config", "own.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: own.toml: strength is 'hard'")


def test_a_slow_pattern_ends_the_run_and_names_the_page(folder: Path) -> None:
    (folder / "own.toml").write_text("[[rule]]\nid = 'slow'\nlabel = 'byline'\npattern = '(a|aa)+b'\n")
    write_jsonl(folder / "in.jsonl", {"text": BODY}, {"text": f"{BODY}\n{'a' * 50}!"})
    result = run("clean", "in.jsonl", "--rules", "own.toml", "-o", "out.jsonl")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: while cleaning in.jsonl:2: own.toml: rule 'slow'")
    assert not (folder / "out.jsonl").exists()


def test_the_choices_are_those_of_the_library() -> None:
    found = set()
    for command in main.commands.values():
        for option in command.params:
            if allowed := cleaner.config._CHOICES.get(option.name or ""):
                found.add(option.name)
                assert isinstance(option.type, click.Choice)
                assert tuple(option.type.choices) == tuple(allowed)
    assert found == set(cleaner.config._CHOICES)


# explain


@pytest.mark.usefixtures("folder")
def test_explain_tells_kept_from_removed_without_colour() -> None:
    result = run("explain", "page.txt", NO_COLOR="1")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    lines = result.stdout.splitlines()
    kept = [line for line in lines if line.startswith("+ ")]
    removed = [line for line in lines if line.startswith("- ")]
    assert len(kept) == 2
    assert len(removed) == 6
    assert any("editor-line" in line and "责任编辑：周小平" in line and "byline" in line for line in removed)
    assert "title      河湾大桥今日通车" in lines
    assert "source     河湾日报" in lines
    assert "editors    周小平" in lines
    assert lines[-2].startswith("kept       2 lines")
    assert lines[-1].startswith("removed    6 lines")
    assert "copyright 1" in lines[-1]


@pytest.mark.usefixtures("folder")
def test_explain_shows_colour_in_a_terminal() -> None:
    environment: dict[str, Any] = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80", "NO_COLOR": ""}
    shown = run_process("explain", "page.txt", **environment).stdout.decode()
    assert "\x1b[32m+" in shown
    assert "\x1b[31m-" in shown
    plain = run_process("explain", "page.txt", **{**environment, "NO_COLOR": "1"}).stdout.decode()
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == plain


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("columns", [40, 61, 80, 200])
def test_columns_stand_under_each_other_and_lines_fit_the_terminal(columns: int) -> None:
    result = run("explain", "page.txt", NO_COLOR="1", COLUMNS=str(columns))
    rows = [line for line in result.stdout.splitlines() if line[:2] in {"+ ", "- "}]
    assert max(map(cell_len, rows)) <= columns
    begins = {cell_len(row[: row.index(text)]) for row in rows for text in ("今天", "市民", "版权") if text in row}
    assert len(begins) == 1
    assert all(row.endswith("…") for row in rows if "今天" in row) == (columns < 100)


@pytest.mark.usefixtures("folder")
def test_explain_shows_only_what_is_asked_for() -> None:
    kept = run("explain", "page.txt", "--only", "kept").stdout
    removed = run("explain", "page.txt", "--only", "removed").stdout
    assert ("\n+ " in kept, "\n- " in kept) == (True, False)
    assert ("\n+ " in removed, "\n- " in removed) == (False, True)
    assert kept.splitlines()[-2:] == removed.splitlines()[-2:]


@pytest.mark.usefixtures("folder")
def test_explain_as_json_covers_the_input() -> None:
    (article,) = records(run("explain", "page.txt", "--json").stdout)
    assert [line["kept"] for line in article["lines"]].count(False) == 6
    assert "loose_spaces" in article["edits"]
    position = 0
    for line in article["lines"]:
        assert not PAGE[position : line["start"]].strip()
        position = line["end"]
    kept = [line for line in article["lines"] if line["kept"]]
    assert article["text"] == "".join(
        (line["joint"] if number else "") + line["text"] for number, line in enumerate(kept)
    )


def test_explain_picks_a_record(folder: Path) -> None:
    write_jsonl(folder / "in.jsonl", {"id": "a", "text": "一"}, "", "no", {"id": "b", "text": "二"})

    def explained(*options: str) -> str:
        result = run("explain", "in.jsonl", "--json", *options)
        return json.loads(result.stdout)["id"] if result.exit_code == 0 else f"{result.exit_code} {result.stderr}"

    assert explained() == "a"
    assert explained("--number", "4") == "b"
    assert explained("--id", "b") == "b"
    assert explained("--number", "2").startswith("1 Error: in.jsonl: line 2 is blank")
    assert explained("--number", "3").startswith("1 Error: in.jsonl:3: not JSON")
    assert explained("--number", "9").startswith(
        "1 Error: in.jsonl: no line 9; the file has 4 lines, 2 of them records"
    )
    assert explained("--id", "c").startswith("1 Error: in.jsonl: no record with the id 'c'")
    assert (
        json.loads(run("explain", "-", "--json", "--id", "b", stdin=(folder / "in.jsonl").read_bytes()).stdout)["id"]
        == "b"
    )
    for option, value in (("--number", "2"), ("--id", "b")):
        result = run("explain", "page.txt", option, value)
        assert (result.exit_code, result.stderr) == (
            1,
            f"Error: page.txt: such a file holds one record; leave out {option}\n",
        )
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n')[:-9])
    assert "cannot be read: the packed data is damaged" in run("explain", "cut.jsonl.gz", "--number", "5").stderr
    (folder / "none.jsonl").write_text("\n")
    assert run("explain", "none.jsonl").exit_code == 1


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066"


def test_nothing_steers_the_terminal(folder: Path) -> None:
    write_jsonl(folder / "in.jsonl", {"id": EVIL, "title": EVIL, "site": EVIL, "text": f"{EVIL}{PAGE}{EVIL}"}, EVIL)
    (folder / "own.toml").write_text('[[rule]]\nid = "\\u001b[2J"\nlabel = "byline"\npattern = "责任编辑.*"\n', "utf-8")
    results = [
        run("explain", "in.jsonl", "--rules", "own.toml", COLUMNS="300"),
        run("explain", "in.jsonl", "--id", EVIL + "x"),
        run("clean", "in.jsonl"),
        run("clean", EVIL),
        run(EVIL),
    ]
    shown = results[0].stdout + "".join(result.stderr for result in results)
    assert not set(shown) & set(EVIL) - set("0;owned31m[]2J")
    assert r"\x1b[2J" in results[0].stdout
    assert visible("河湾\t\ud800\x7f") == r"河湾\t\ud800\x7f"


# How a run ends


def test_a_pipe_closed_early_is_quiet(folder: Path) -> None:
    write_jsonl(folder / "in.jsonl", *[{"text": BODY * 20}] * 3000)
    for arguments in (["clean", "in.jsonl"], ["explain", "long.txt"]):
        (folder / "long.txt").write_text(f"{BODY}\n" * 20_000, "utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "cleaner", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(30) == 0


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes them")
@pytest.mark.parametrize(("closed", "code"), [("2>&-", 0), (">&-", 0), (">&- 2>&-", 0), ("<&-", 1)])
def test_closed_streams(folder: Path, closed: str, code: int) -> None:
    """A daemon may have none of them: what is to be said goes nowhere, and what is to be read is an error."""
    source = "-" if code else "page.txt"
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m cleaner run {source} -o out {closed}', sys.executable],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
        check=False,
    )
    assert done.returncode == code
    assert (folder / "out").exists() == (not code)
    if code:
        assert done.stderr == "Error: -: stdin is closed; pipe something to it, or give a file\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk to offer")
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_shown_is_one_line() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m cleaner run page.txt -o out --dry-run > /dev/full', sys.executable],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Error: [Errno 28] No space left on device\n"


def test_a_pipe_closed_early_does_not_lose_a_file_silently(folder: Path) -> None:
    write_jsonl(folder / "in.jsonl", *[{"text": PAGE}] * 3000)
    for arguments in (["-o", "out.jsonl", "--removed", "-"], ["--removed", "out.jsonl"]):
        with subprocess.Popen(
            [sys.executable, "-m", "cleaner", "clean", "in.jsonl", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read().startswith(b"Error: out.jsonl: not written")
            assert process.wait(30) == 1
        assert sorted(path.name for path in folder.iterdir()) == ["in.jsonl", "page.txt"]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_interrupted_exits_130_and_leaves_nothing(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", "-", "--input-format", "jsonl", "-o", "out.jsonl"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps({"text": PAGE}).encode() + b"\n")
        process.stdin.flush()
        for _ in range(300):
            if list(folder.glob("out.jsonl.*.part")):
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b"Interrupted.\n"
    assert sorted(path.name for path in folder.iterdir()) == ["page.txt"]


def test_the_module_and_stdin_work_in_a_process() -> None:
    result = run_process("clean", "-", stdin=PAGE.encode(), PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert BODY in json.loads(result.stdout)["text"]
    result = run_process("explain", "-", stdin=PAGE.encode(), PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert run_process("--version").stdout.decode() == f"cleaner, version {cleaner.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cleaner.cli.main; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
    ).stdout
    for name in ("numpy", "rich", "opencc", "ftfy", "regex"):
        assert f"'{name}'" not in loaded


# The reference


def iter_commands(command: click.Command = main, path: str = "cleaner") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from iter_commands(child, f"{path} {name}")


@pytest.mark.parametrize(
    ("path", "command"), list(iter_commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_reference_names_every_command_and_option(path: str, command: click.Command) -> None:
    text = (ROOT / "docs/reference/cli.md").read_text("utf-8")
    begin = text.index(f"\n## `{path}")
    end = text.find("\n## ", begin + 1)
    section = text[begin : end if end > 0 else len(text)]
    if path != "cleaner":
        section += text[text.index("\n## Options of both commands") :]
    for option in command.params:
        for name in (
            (*option.opts, *option.secondary_opts)
            if isinstance(option, click.Option)
            else (option.make_metavar(click.Context(command)),)
        ):
            assert f"`{name}" in section or f" {name}" in section, f"{path}: {name} is missing in docs/reference/cli.md"
        if isinstance(option.type, click.Choice):
            for choice in option.type.choices:
                assert f"`{choice}`" in section, f"{path}: {choice} is missing in docs/reference/cli.md"
