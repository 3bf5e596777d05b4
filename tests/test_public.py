"""What `import cleaner` gives, and what it costs."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import errors

NAMES = {
    "Article",
    "CleanConfig",
    "Cleaner",
    "Cluster",
    "DedupConfig",
    "DedupResult",
    "Document",
    "Duplicate",
    "Kind",
    "Label",
    "Line",
    "Pair",
    "Passage",
    "RepeatedParagraph",
    "Signature",
    "Signatures",
    "Similarity",
    "clean",
    "compare",
    "dedup",
    "normalize",
    "normalize_and_explain",
    "repeated_paragraphs",
    "signature",
    "signatures",
}
HEAVY = {"numpy", "ftfy", "opencc", "regex", "click", "rich", "numba", "pyarrow"}


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(cleaner.__file__).parent.parent,
    ).stdout


def test_public_names() -> None:
    assert set(cleaner.__all__) >= NAMES
    assert sorted(cleaner.__all__) == list(cleaner.__all__)
    for name in cleaner.__all__:
        assert getattr(cleaner, name) is not None
        assert name in dir(cleaner)
    assert [name for name in dir(cleaner) if name.startswith("_") and name != "__version__"] == []


def test_the_version_is_that_of_the_project() -> None:
    project = Path(cleaner.__file__).parent.parent / "pyproject.toml"
    if not project.is_file():
        pytest.skip("not a source tree")
    import tomllib

    assert tomllib.loads(project.read_text("utf-8"))["project"]["version"] == cleaner.__version__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="cleanse"):
        cleaner.cleanse  # noqa: B018


def test_import_brings_nothing_heavy() -> None:
    found = json.loads(run("import sys, json; import cleaner; print(json.dumps(sorted(sys.modules)))"))
    assert not HEAVY & {name.partition(".")[0] for name in found}


def test_config_and_types_need_nothing_heavy() -> None:
    code = "import sys, json; from cleaner import Article, CleanConfig; CleanConfig()"
    found = json.loads(run(f"{code}; print(json.dumps(sorted(sys.modules)))"))
    assert not HEAVY & {name.partition(".")[0] for name in found}


def test_import_is_quick() -> None:
    def seconds(code: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            run(code)
            times.append(time.perf_counter() - began)
        return min(times)

    cost = seconds("import cleaner") - seconds("pass")
    print(f"import cleaner: {cost * 1000:.0f} ms")
    assert cost < 0.05


def test_types_are_shipped() -> None:
    assert (resources.files("cleaner") / "py.typed").is_file()


def test_data_files_are_shipped() -> None:
    page = resources.files("cleaner.page")
    for name in (
        "weights.json",
        "families.txt",
        "needs.json",
        "rules/metadata.toml",
        "rules/chrome.toml",
        "rules/footer.toml",
        "rules/glued.toml",
    ):
        assert (page / name).is_file()


def test_errors_are_one_tree() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.CleanerError)
        assert name in (errors.__doc__ or "")
    for name, also in (("NotTextError", ValueError), ("ConfigError", ValueError), ("MissingExtraError", ImportError)):
        assert issubclass(getattr(errors, name), also)


def test_every_label_has_a_sentence() -> None:
    source = Path(import_module("cleaner.types").__file__ or "").read_text("utf-8")
    for label in cleaner.Label:
        assert f'{label.name} = "{label.value}"  # ' in source
        assert label.value == label.name.lower()


def test_every_flag_is_described() -> None:
    from cleaner.page.clean import FLAGS

    assert all(description.endswith(".") for description in FLAGS.values())


@pytest.mark.parametrize(
    "module",
    [
        "cleaner",
        "cleaner.config",
        "cleaner.page.clean",
        "cleaner.page.lines",
        "cleaner.page.metadata",
        "cleaner.page.names",
        "cleaner.page.probe",
        "cleaner.page.repeats",
        "cleaner.page.rules",
        "cleaner.page.unwrap",
        "cleaner.text.screen",
    ],
)
def test_examples_in_docstrings_are_true(module: str) -> None:
    assert doctest.testmod(import_module(module)).failed == 0


def test_values_are_frozen_and_can_be_sent_to_another_process() -> None:
    import pickle
    from dataclasses import FrozenInstanceError

    article = cleaner.clean("河湾大桥今天上午正式通车，首日通行车辆超过三千辆。\n版权所有 © 2024 河湾网")
    assert pickle.loads(pickle.dumps(article)) == article
    with pytest.raises(FrozenInstanceError):
        article.text = ""  # type: ignore[misc]


def test_config_names_the_nearest_known_setting(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigError, match=r"'strenght'.*'strength'"):
        cleaner.clean("河湾", strenght="safe")
    with pytest.raises(errors.ConfigError, match="safe, standard, strict"):
        cleaner.clean("河湾", strength="hard")
    for setting, value in (("script", "hant-tw"), ("punctuation", "wide")):
        with pytest.raises(errors.ConfigError, match=setting):
            cleaner.clean("河湾", **{setting: value})
    from cleaner.config import load_config

    file = tmp_path / "cleaner.toml"
    for content in ("[clean]\nstrenght = 'safe'\n", "[clear]\n", "[clean\n", "[clean]\nstrength = 3\n"):
        file.write_text(content, "utf-8")
        with pytest.raises(errors.ConfigError):
            load_config(file, cleaner.CleanConfig)
    with pytest.raises(errors.ConfigError, match="absent"):
        load_config(tmp_path / "absent.toml", cleaner.CleanConfig)
    file.write_text("[clean]\nstrength = 'safe'\nrules = 'own.toml'\n", "utf-8")
    assert load_config(file, cleaner.CleanConfig) == cleaner.CleanConfig(
        strength="safe", rules=(str(tmp_path / "own.toml"),)
    )


@pytest.mark.parametrize(
    ("setting", "value"), [("strength", []), ("script", None), ("punctuation", 5), ("rules", 5), ("rules", [5])]
)
def test_a_setting_of_the_wrong_type_is_a_config_error(setting: str, value: object) -> None:
    with pytest.raises(errors.ConfigError, match=setting):
        cleaner.CleanConfig.from_mapping({setting: value})


def test_pipe_takes_texts_mappings_and_documents() -> None:
    documents = [
        "河湾大桥今天上午正式通车。",
        "河湾大桥今天上午正式通车。".encode("gb18030"),
        {"id": 7, "text": "河湾大桥今天上午正式通车。", "lang": "zh", "url": "https://www.example.com/1"},
        cleaner.Document(id="8", text="河湾大桥今天上午正式通车。", title="通车", site="河湾网", extra={"n": 1}),
    ]
    articles = list(cleaner.Cleaner().pipe(documents))
    assert [article.text for article in articles] == ["河湾大桥今天上午正式通车。"] * 4
    assert (articles[2].id, articles[2].url, dict(articles[2].extra)) == (
        "7",
        "https://www.example.com/1",
        {"lang": "zh"},
    )
    assert (articles[3].id, articles[3].title, articles[3].site) == ("8", "通车", "河湾网")
    assert dict(articles[3].extra) == {"n": 1}


@pytest.mark.parametrize("bad", [None, 5, ["一"], {"id": "1"}, cleaner.Document(id="1")], ids=repr)
def test_pipe_refuses_what_has_no_text(bad: object) -> None:
    with pytest.raises(errors.NotTextError):
        list(cleaner.Cleaner().pipe([bad]))  # type: ignore[list-item]


def test_pipe_reads_ahead_a_little_and_no_more() -> None:
    read = 0

    def documents() -> Iterator[str]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield "河湾大桥今天上午正式通车。"

    articles = cleaner.Cleaner().pipe(documents())
    assert read == 0
    assert next(articles).text
    assert read <= 64


def disk_fails() -> Iterator[object]:
    yield from ["河湾大桥今天上午正式通车。"] * 3
    raise OSError("the disk is gone")


def number_comes() -> Iterator[object]:
    yield from ["河湾大桥今天上午正式通车。", "河湾大桥今天上午正式通车。", "河湾大桥今天上午正式通车。", 5]


@pytest.mark.parametrize(
    ("documents", "error"),
    [
        pytest.param(disk_fails, OSError, marks=()),
        (number_comes, errors.NotTextError),
    ],
)
def test_pipe_gives_what_it_read_before_its_input_fails(
    documents: Callable[[], Iterator[Any]], error: type[Exception]
) -> None:
    found: list[str] = []
    with pytest.raises(error):
        found.extend(article.text for article in cleaner.Cleaner().pipe(documents()))
    assert len(found) == 3


CHROME = "首页 > 新闻 > 正文\n河湾大桥今天上午正式通车，首日通行车辆超过三千辆。\n扫码关注我们\n版权所有 © 2024 河湾网"


@pytest.mark.parametrize("title", [5, "河湾大桥".encode()], ids=repr)
def test_a_title_of_the_wrong_type_is_an_error_of_ours(title: object) -> None:
    with pytest.raises(errors.CleanerError, match="title"):
        cleaner.clean(CHROME, title=title)  # type: ignore[arg-type]


@pytest.mark.parametrize("config", ["safe", {"strength": "safe"}, 5], ids=repr)
def test_a_configuration_of_the_wrong_type_is_an_error_of_ours(config: object) -> None:
    with pytest.raises(errors.ConfigError, match="CleanConfig"):
        cleaner.Cleaner(config)  # type: ignore[arg-type]


def test_pipe_refuses_a_text_that_stands_for_a_list() -> None:
    with pytest.raises(errors.NotTextError):
        list(cleaner.Cleaner().pipe("河湾大桥今天通车。"))


def test_pipe_loses_no_field() -> None:
    [article] = cleaner.Cleaner().pipe([{"text": CHROME, "title": 123, "site": ["河湾网"]}])
    assert str(article.title or article.extra["title"]) == "123"
    assert article.site == "河湾网" or article.extra["site"] == ["河湾网"]


def test_pipe_says_what_is_wrong_with_a_text() -> None:
    with pytest.raises(errors.NotTextError, match="int"):
        list(cleaner.Cleaner().pipe([{"id": "1", "text": 5}]))
