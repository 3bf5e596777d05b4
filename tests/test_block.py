"""The block model scores a page as its tables and weights say, though it computes only the columns that weigh something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cleaner.page.features import BEGIN, END, LINE, Scorer, Table
from cleaner.page.lines import split
from cleaner.page.look import look
from cleaner.page.rules import rule_book

PAGES = sorted((Path(__file__).parents[1] / "docs/samples/pages").glob("*/*.txt"))


@pytest.mark.parametrize("table", [LINE, BEGIN, END])
def test_a_score_is_the_weighted_sum_of_all_columns(table: Table) -> None:
    random = np.random.default_rng(7)
    for file in PAGES[::5]:
        page, _ = look(split(file.read_text(encoding="utf-8"))[0].texts, rule_book()).evidence()
        weights = random.normal(size=len(table.columns)) * (random.random(len(table.columns)) < 0.6)
        expanded = table.expand(page)
        assert expanded.shape == (page.lines, len(table.columns))
        np.testing.assert_allclose(Scorer(table, weights).score(page), expanded @ weights, atol=1e-12)


def test_a_quiet_line_has_no_columns_but_its_own() -> None:
    lines = ["本市今天上午开通了一条新的公交线路,全长二十公里,沿途设三十个站点。" * 2] * 2 + ["起点", "终点"] * 4
    page, _ = look([f"{at}{line}" for at, line in enumerate(lines)], rule_book()).evidence()
    assert page.quiet.tolist() == [False] * 2 + [True] * 8
    columns = LINE.expand(page)[page.quiet]
    assert {name for name, used in zip(LINE.columns, columns.any(axis=0), strict=True) if used} <= {
        "quiet",
        "quiet run",
    }
