"""What the columns of a page say, and that the short way to one of their answers gives the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleaner.page.probe import probe
from cleaner.page.shape import is_sentence, measure

LINES = st.lists(
    st.text(st.one_of(st.sampled_from("。!?;…，,.:\"”)~一二三四かな한a1 "), st.characters(codec="utf-8", exclude_characters="\n")), min_size=1),
    min_size=1,
)  # fmt: skip


@given(LINES)
def test_a_sentence_is_what_the_columns_say(lines: list[str]) -> None:
    text, points = probe("\n".join(lines))
    lengths = np.array([len(line) for line in lines])
    ends = np.cumsum(lengths + 1) - 1
    shape = measure(points, ends - lengths, ends)
    wanted = shape.closed & ~shape.elided & (shape.stops > 0) & (shape.han >= 4)
    assert [is_sentence(key) for key in text.split("\n")] == wanted.tolist()
