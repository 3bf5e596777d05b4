"""What the lines around an article say: dates, names, source, title, keywords. The cases are in cases/metadata.json."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.page.metadata import read_date
from cleaner.page.names import is_name, split_names
from cleaner.page.probe import probe

CASES = json.loads((Path(__file__).parent / "cases" / "metadata.json").read_text(encoding="utf-8"))
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)


@pytest.mark.parametrize("case", CASES["dates"], ids=lambda case: case["line"] or "empty")
def test_dates(case: dict[str, Any]) -> None:
    found = read_date(probe(case["line"])[0])
    assert found == (case["date"] and datetime.fromisoformat(case["date"]))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_a_date_is_read_in_every_shape(moment: datetime) -> None:
    for shape in (
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y.%m.%d %H:%M:%S",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y-%m-%dt%H:%M:%S",
    ):
        assert read_date(f"发布时间:{moment.strftime(shape)} 来源:河湾网") == moment
    assert read_date(moment.strftime("%B %d, %Y %I:%M:%S %p").lower()) == moment


@given(
    ANY_TEXT
    | st.lists(st.sampled_from([*"0123456789-/.:年月日时分 ", "2024", "am", "pm", "may"]), max_size=24).map("".join)
)
def test_no_text_is_too_odd_for_a_date(text: str) -> None:
    found = read_date(probe(text)[0])
    assert found is None or 1900 <= found.year <= 2099


@pytest.mark.parametrize("case", CASES["names"], ids=lambda case: case["text"] or "empty")
def test_names(case: dict[str, Any]) -> None:
    assert list(split_names(case["text"])) == case["names"]


@pytest.mark.parametrize("case", CASES["is_name"], ids=lambda case: case["text"] or "empty")
def test_the_shape_of_a_name(case: dict[str, Any]) -> None:
    assert is_name(case["text"]) is case["is"]


@given(ANY_TEXT)
def test_names_are_parts_of_the_text(text: str) -> None:
    line = cleaner.normalize(text).replace("\n", " ")
    for name in split_names(line):
        assert name.strip()
        assert len(name) <= 30
        assert set(name) <= {*line, " "}


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda case: case["label"])
def test_pages(case: dict[str, Any]) -> None:
    article = cleaner.clean("\n".join(case["page"]))
    found = {name: getattr(article, name) for name in case["want"]}
    for name, value in found.items():
        if isinstance(value, tuple):
            found[name] = list(value)
        elif isinstance(value, datetime):
            found[name] = value.isoformat()
    assert found == case["want"], case["comment"]


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda case: case["label"])
def test_metadata_is_read_and_not_made_up(case: dict[str, Any]) -> None:
    text = "\n".join(case["page"])
    article = cleaner.clean(text)
    for value in (article.title, article.source, article.publisher, article.site, article.url):
        assert value is None or value in text
    for value in (*article.authors, *article.editors, *article.keywords):
        assert value in text or value in text.replace(" ", "")  # `言 实`
    assert article.published is None or str(article.published.year) in text


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda case: case["label"])
def test_windows_line_ends_and_indents_change_nothing(case: dict[str, Any]) -> None:
    plain = cleaner.clean("\n".join(case["page"]))
    other = cleaner.clean("\r\n\r\n".join(f"　　{line}　" for line in case["page"]))
    for name in ("text", "title", "published", "source", "publisher", "site", "url", "authors", "editors", "keywords"):
        assert getattr(other, name) == getattr(plain, name)


def test_what_the_caller_knows_goes_first() -> None:
    page = "\n".join(CASES["pages"][0]["page"])
    article = cleaner.clean(page, title="另一个标题在这里", url="https://www.example.com/1")
    assert (article.title, article.url) == ("另一个标题在这里", "https://www.example.com/1")
    known = cleaner.Cleaner().clean(page, site="山城网", id="7", extra={"n": 1})
    assert (known.site, known.id, dict(known.extra)) == ("山城网", "7", {"n": 1})


def test_a_given_title_is_removed_where_it_is_repeated() -> None:
    story = CASES["pages"][9]["page"]
    page = "\n".join(line for paragraph in story for line in ("渡口上的最后一条船", paragraph))
    assert cleaner.clean(page, title="渡口上的最后一条船").text == "\n".join(story)
