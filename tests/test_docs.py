"""What the README and the docs say is true: their examples run, their commands exist, and nothing public is missing."""

from __future__ import annotations

import doctest
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import click
import pytest

import cleaner
from cleaner import errors
from cleaner.cli.main import main
from cleaner.page.clean import FLAGS
from cleaner.text.normalize import STEPS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCE = str(Path(cleaner.__file__).resolve().parent.parent)


def name(value: object) -> str:
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


def blocks(page: Path, *languages: str) -> Iterator[str]:
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        if match[1] in languages:
            yield match[2]


def is_like(shown: str, found: str) -> bool:
    """Whether `found` is what is shown, where `…` stands for anything and a blank for one or more."""
    pattern = re.escape(shown).replace("…", ".*")
    return re.fullmatch(re.sub(r"(?:\\ )+", " +", pattern), found, re.DOTALL) is not None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_examples_are_true(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    source = "\n".join(block for block in blocks(page, "python") if ">>> " in block)
    test = doctest.DocTestParser().get_doctest(source, {}, name(page), str(page), 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_without_prompts_is_python(page: Path) -> None:
    for block in blocks(page, "python"):
        if ">>> " not in block:
            compile(block, name(page), "exec")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{name(page)} links to {target}, which is not there"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{name(page)} links to {target}: no such heading"


def commands(page: Path) -> Iterator[list[str]]:
    for block in blocks(page, "sh", "console", ""):
        for line in re.split(r"\n|&&|\|", block):
            words = shlex.split(line.removeprefix("$ "), comments=True) if "cleaner" in line and '"' not in line else []
            while words and re.fullmatch(r"\w+=\S*", words[0]):
                words = words[1:]
            if words and Path(words[0]).name == "cleaner":
                yield words[1 : words.index(">")] if ">" in words else words[1:]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_shown_exist(page: Path) -> None:
    for words in commands(page):
        if words == ["--version"]:
            continue
        command: click.Command = main
        left = list(words)
        while isinstance(command, click.Group):
            command = command.commands[left.pop(0)]
        context = command.make_context(command.name, left)  # a wrong option would raise
        given = [context.params.get(name) for name in ("files", "inputs", "file")]
        for value in (
            value for values in given if values for value in ((values,) if isinstance(values, str) else values)
        ):
            if value.startswith("docs/"):
                assert (ROOT / value).exists(), f"{name(page)}: {value} is not there"


def test_commands_are_found_in_the_docs() -> None:
    shown = [words[0] for page in PAGES for words in commands(page)]
    assert shown.count("clean") > 5
    assert shown.count("explain") > 5
    assert shown.count("run") > 5


def consoles() -> Iterator[tuple[str, str, Path]]:
    for page in PAGES:
        for block in blocks(page, "console"):
            command, _, output = block.partition("\n")
            yield command.removeprefix("$ "), output, page


@pytest.mark.parametrize(("command", "output", "page"), list(consoles()), ids=lambda value: name(value)[:60])
def test_output_shown_comes_out(command: str, output: str, page: Path, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs", target_is_directory=True)
    for file, content in re.findall(
        r"^`(\w+\.toml)`:\n\n```toml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.DOTALL
    ):
        (tmp_path / file).write_text(content, "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "cleaner", *shlex.split(command)[1:]],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONPATH": SOURCE, "NO_COLOR": "1"},
    )
    found = iter((result.stdout + result.stderr).decode("utf-8").splitlines())
    for line in filter(None, output.splitlines()):
        assert line == "…" or any(is_like(line, other) for other in found), (
            f"not in the output, or not in this order: {line}"
        )


def test_the_page_of_the_readme_comes_out_as_shown() -> None:
    page = (ROOT / "docs/samples/pages/chanye/05.txt").read_text("utf-8")
    readme = ROOT / "README.md"
    before, after = next(blocks(readme, "text")), json.loads(next(blocks(readme, "json")))
    found = iter(page.splitlines())
    for line in before.splitlines():
        assert any(is_like(line, other) for other in found), line
    article = cleaner.clean(page)
    assert after.pop("published") == article.published.isoformat() if article.published else False
    for field, shown in after.items():
        value = getattr(article, field)
        assert is_like(shown, value) if isinstance(shown, str) else tuple(shown) == value, field


def test_the_readme_is_short_and_opens_with_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 150
    install, test = list(blocks(ROOT / "README.md", "sh"))[:2]
    assert install.strip().endswith(".venv/bin/cleaner run docs/samples/pages -o corpus")
    assert test.strip().endswith(".venv/bin/python -m pytest")


def read(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


def test_the_api_page_holds_every_public_name_and_field() -> None:
    text = read("docs/reference/api.md")
    for public in cleaner.__all__:
        assert re.search(rf"^## `{public}\b", text, re.MULTILINE), f"{public} has no section in docs/reference/api.md"
    for kind, names in (
        ("Document", [field.name for field in fields(cleaner.Document)]),
        ("Article", [*(field.name for field in fields(cleaner.Article)), "removed"]),
        ("Line", cleaner.Line.__annotations__),
        ("CleanConfig", [field.name for field in fields(cleaner.CleanConfig)]),
        ("RunConfig", [field.name for field in fields(cleaner.RunConfig)]),
        ("RunResult", [field.name for field in fields(cleaner.RunResult)]),
        ("SiteProfile", [field.name for field in fields(cleaner.SiteProfile)]),
    ):
        section = text.partition(f"\n## `{kind}`\n")[2].partition("\n## ")[0]
        for field in [name for name in names if not name.startswith("_")]:
            assert f"`{field}`" in section, f"{kind}.{field} is missing in docs/reference/api.md"
    for error in errors.__all__:
        assert f"| `{error}` |" in text, f"{error} is missing in docs/reference/api.md"


def test_signatures_in_the_api_page_are_right() -> None:
    import inspect

    text = read("docs/reference/api.md")
    for function in (cleaner.clean, cleaner.normalize, cleaner.normalize_and_explain, cleaner.Cleaner.clean):
        shown = re.search(rf"`{re.escape(function.__qualname__)}\((.*?)\)`", text)
        assert shown is not None
        parameters = [
            str(p).partition(":")[0] for p in inspect.signature(function).parameters.values() if p.name != "self"
        ]
        assert [part.partition("=")[0] for part in shown[1].split(", ") if part != "*"] == parameters


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_labels", ROOT / "docs/reference/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_labels_page_is_up_to_date() -> None:
    assert read("docs/reference/labels.md") == builder().build(), "run: python docs/reference/build.py"


def test_the_labels_page_holds_every_label_rule_and_flag() -> None:
    text = read("docs/reference/labels.md")
    for label, sentence in builder().read_sentences():
        assert f"\n### `{label}`\n\n{sentence}\n" in text
        assert sentence.endswith(".")
    for flag in FLAGS:
        assert f"| `{flag}` |" in text
    for step in STEPS:
        assert f"| `{step.name}` |" in text
    for page in sorted((ROOT / "docs/samples/pages").glob("*/*.txt")):
        for strength in ("safe", "standard", "strict"):
            for line in cleaner.clean(page.read_text("utf-8"), strength=strength).lines:
                rule = line.rule.removeprefix("after-") if line.rule != "after-body" else line.rule
                assert f"| `{rule}` |" in text, f"{line.rule} is missing in docs/reference/labels.md"


def test_every_setting_is_an_option_and_in_the_reference() -> None:
    text = read("docs/reference/cli.md")
    for kind, commands in (
        (cleaner.CleanConfig, ("clean", "explain", "run")),
        (cleaner.DedupConfig, ("dedup", "run")),
        (cleaner.RunConfig, ("run",)),
    ):
        names = (field.name for field in fields(kind) if field.name not in ("clean", "dedup"))
        for option in (f"--{name.replace('_', '-')}" for name in names):
            assert f"`{option}" in text
            for command in commands:
                assert any(option in parameter.opts for parameter in main.commands[command].params)


def test_the_fields_of_a_rule_are_those_of_the_library() -> None:
    from cleaner.page import rules

    text = read("docs/how-to/own-rules.md")
    for field in rules._FIELDS:
        assert f"`{field}`" in text, f"{field} is missing in docs/how-to/own-rules.md"


def test_no_path_of_a_machine_stands_in_the_docs() -> None:
    for page in PAGES:
        assert not re.search(r"/(?:home|root|work|Users|tmp)/", page.read_text("utf-8")), name(page)
