"""The search for duplicates as users meet it: what goes in, what comes out, and what always holds."""

from __future__ import annotations

import gzip
import json
import logging
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner import Article, DedupConfig, Document, Kind
from cleaner.duplicates import cluster, contain, lsh, search, sketch, verify
from cleaner.duplicates import scratch as scratch_module
from cleaner.duplicates.paragraphs import find_repeated
from cleaner.duplicates.records import read_records
from cleaner.duplicates.result import DedupResult
from cleaner.duplicates.scratch import Scratch
from cleaner.duplicates.shingles import shingles
from cleaner.errors import ConfigError, NotTextError

STORY = (
    "云泽县今年的莲藕丰收，农户沈禾说亩产比去年多了两成。县里的合作社已经订出大半，价钱也比往年好。"
    "往年这个时候，藕农还在为销路发愁；今年收购的车排到了村口，有人凌晨三点就来占位置。"
    "县农技站的罗一苇介绍，新品种耐寒，采收期长了半个月，明年打算再扩种三千亩。"
)
OTHER = (
    "夜班公交从周五起延长到凌晨一点，沿线的小吃店主都说好，司机师傅却有些发愁，因为末班车上常有人睡过了站。"
    "公交公司答复说，会在终点站留一盏灯和一壶热水，并请值班员叫醒乘客。"
)
THIRD = "桥头的旧书店要搬了，店主把三万册书按斤卖给了老顾客，只留下一本没有封面的字典，说那是祖父教他认字用的。"


def gone(result: cleaner.DedupResult) -> dict[Any, tuple[Any, str]]:
    return {item.id: (item.kept_id, item.kind.value) for item in result.duplicates}


# What is found


def test_copies_of_every_kind_are_found() -> None:
    import opencc

    records = {
        "story": STORY + THIRD,
        "traditional": opencc.OpenCC("s2t").convert(STORY + THIRD),
        "dressed": "　　" + (STORY + THIRD).replace("，", " , ").replace("。", "!\n"),
        "edited": (STORY + THIRD).replace("发愁", "犯愁").replace("打算", "计划"),
        "shortened": STORY,
        "merged": STORY + THIRD + "\n" + OTHER,
        "other": OTHER,
    }
    result = cleaner.dedup([{"id": id, "text": text} for id, text in records.items()])
    assert result.kept == ("merged",)
    assert gone(result)["other"] == ("merged", "contained")
    assert gone(result)["shortened"] == ("merged", "contained")
    alone = cleaner.dedup([{"id": id, "text": records[id]} for id in ("story", "traditional", "dressed", "edited")])
    assert gone(alone) == {
        "story": ("dressed", "exact"),
        "traditional": ("dressed", "exact"),
        "edited": ("dressed", "near"),
    }


def test_different_articles_stay() -> None:
    result = cleaner.dedup([STORY, OTHER, THIRD])
    assert result.kept == (0, 1, 2)
    assert result.duplicates == result.clusters == ()


def test_a_text_without_anything_to_compare_is_a_copy_of_nothing() -> None:
    assert cleaner.dedup(["", "", "。！", "……", " \n", "\u200b"]).kept == tuple(range(6))
    assert cleaner.dedup([]).kept == ()


def test_short_texts_are_compared_as_one_shingle() -> None:
    result = cleaner.dedup(["通车了", "通車了！", "停车了", "好", "好。", "坏"])
    assert result.kept == (0, 2, 3, 5)
    assert {item.kind for item in result.duplicates} == {Kind.EXACT}


def test_nothing_goes_by_way_of_a_third() -> None:
    base = (STORY + OTHER + THIRD)[:300]
    first, middle, last = base[:230], base[20:250], base[40:270]
    settings: dict[str, Any] = {"threshold": 0.8, "containment": "off", "prefer": ("id",)}
    assert cleaner.compare(first, middle, **settings).kind is Kind.NEAR
    assert cleaner.compare(middle, last, **settings).kind is Kind.NEAR
    assert cleaner.compare(first, last, **settings).kind is Kind.DIFFERENT
    result = cleaner.dedup([first, middle, last], **settings)
    assert result.kept == (0, 2)
    assert gone(result) == {1: (0, "near")}


def test_bulletins_of_one_template_stay_and_are_listed() -> None:
    bulletin = (
        "云泽水库今日水位{}米，较昨日上涨{}米，入库流量每秒{}立方米，出库流量每秒{}立方米，距汛限水位还有{}米。" + STORY
    )
    texts = [bulletin.format(21.5, 0.3, 410, 320, 1.5), bulletin.format(22.1, 0.6, 520, 350, 0.9)]
    result = cleaner.dedup(texts)
    assert result.kept == (0, 1)
    assert [pair.kind for pair in result.pairs] == [Kind.FACTS]
    assert cleaner.dedup(texts, compare_facts=False).kept == (0,)


def test_a_long_text_does_not_swallow_what_shares_its_phrases_here_and_there() -> None:
    phrases = [
        f"{a}{b}{c}、"
        for a in ("云泽县", "河湾市", "南桥镇")
        for b in ("今年的", "往年的", "明年的")
        for c in ("收成据说很好", "雨水听说偏少")
    ]
    rng = random.Random(1)
    long = "".join(rng.choice(phrases) + chr(0x5000 + at % 9000) * 60 for at in range(500))
    short = "".join(rng.sample(phrases, 14))
    same = cleaner.compare(long, short)
    assert same.containment > 0.6
    assert same.kind is Kind.DIFFERENT
    assert cleaner.dedup([long, short, long[5000:5200]]).kept == (0, 1)


def test_numbers_keep_their_points() -> None:
    assert cleaner.dedup(["增长8.25%的企业", "增长825%的企业"]).kept == (0, 1)


# What is kept


def records_of_one_story() -> list[dict[str, Any]]:
    return [
        {
            "id": "d",
            "text": STORY,
            "published": "2024-09-03",
            "source": "云泽晚报",
            "url": "https://www.portal.example/1",
        },
        {"id": "c", "text": STORY, "published": datetime(2024, 9, 2, 8), "source": "云泽晚报"},
        {"id": "b", "text": STORY, "published": "no date", "site": "paper"},
        {"id": "a", "text": STORY[:-20]},
    ]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, "c"),
        ({"prefer": ("id",)}, "a"),
        ({"prefer": ("earliest",)}, "c"),
        ({"prefer": ("longest",)}, "b"),
        ({"prefer": ("sites",), "prefer_sites": ("paper", "portal.example")}, "b"),
        ({"prefer": ("sites",), "prefer_sites": ("portal.example", "paper")}, "d"),
    ],
)
def test_the_policy_decides(settings: dict[str, Any], kept: str) -> None:
    records = records_of_one_story()
    for order in (records, records[::-1]):
        assert cleaner.dedup(order, **settings).kept == (kept,)


def test_articles_are_ranked_by_what_was_read_from_them() -> None:
    late = Article(STORY, id="late", published=datetime(2024, 9, 3), source="晚报")
    early = Article(STORY, id="early", published=datetime(2024, 9, 2), source="晚报")
    unknown = Document(text=STORY, id="unknown")
    assert cleaner.dedup([late, unknown, early]).kept == ("early",)


@given(st.permutations(range(9)))
def test_the_order_of_the_input_does_not_matter(order: list[int]) -> None:
    texts = [STORY, STORY[5:], STORY[:90], OTHER, OTHER + STORY, THIRD, THIRD, STORY.replace("莲藕", "茭白"), ""]
    records = [{"id": f"r{number}", "text": text} for number, text in enumerate(texts)]
    expected = cleaner.dedup(records)
    result = cleaner.dedup([records[number] for number in order])
    assert set(result.kept) == set(expected.kept)
    assert set(result.duplicates) == set(expected.duplicates)


WORDS = [
    "大桥",
    "通车",
    "莲藕",
    "丰收",
    "公交",
    "夜班",
    "书店",
    "2024",
    "三千",
    "ABC",
    "，",
    "。",
    "\n",
    "今天",
    "他说",
]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=24).map("".join), max_size=14), st.sampled_from([0.5, 0.8, 1.0])
)
def test_no_two_that_stay_match_and_every_duplicate_matches(texts: list[str], threshold: float) -> None:
    result = cleaner.dedup(texts, threshold)
    kept = set(result.kept)
    assert kept.isdisjoint(item.id for item in result.duplicates)
    assert len(kept) + len(result.duplicates) == len(texts)
    for pair in result.pairs:
        assert not (pair.kind.is_match and {pair.first_id, pair.second_id} <= kept)
    for item in result.duplicates:
        same = cleaner.compare(texts[item.id], texts[item.kept_id], threshold=threshold)
        assert item.kept_id in kept
        assert same.kind is item.kind
        assert (same.jaccard, same.containment) == (item.similarity, item.containment)


@given(
    st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
)
def test_compare_is_symmetric_and_a_text_is_its_own_copy(first: str, second: str) -> None:
    there, back = cleaner.compare(first, second), cleaner.compare(second, first)
    assert (there.kind, there.jaccard, there.first_in_second) == (back.kind, back.jaccard, back.second_in_first)
    assert cleaner.compare(first, first).kind is (Kind.EXACT if shingles(first) else Kind.DIFFERENT)
    for passage in there.passages:
        assert passage.text == first[passage.start : passage.end]
        assert shingles(passage.text) == shingles(second[passage.other_start : passage.other_end])


# What the result answers


def similar_texts(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    texts = []
    for _ in range(count):
        text = list(rng.choice([STORY, OTHER, THIRD + OTHER, STORY[:60]]))
        for _ in range(rng.randrange(12)):
            text[rng.randrange(len(text))] = rng.choice("春夏秋冬山水风云")
        texts.append("".join(text[rng.randrange(20) :]))
    return texts


@pytest.mark.parametrize("threshold", [0.85, 0.9, 1.0])
def test_a_stricter_threshold_gives_what_a_new_search_gives(threshold: float) -> None:
    texts = similar_texts(7, 30)
    loose = cleaner.dedup(texts, threshold=0.8)
    assert loose.at(threshold).duplicates == cleaner.dedup(texts, threshold).duplicates
    only_near = cleaner.dedup(texts, threshold, containment="off")
    assert loose.at(threshold, containment="off").duplicates == only_near.duplicates
    for wrong in ({"threshold": 0.7}, {"containment": 0.5}):
        with pytest.raises(ConfigError, match="search anew"):
            loose.at(**wrong)


def test_clusters_hold_the_kept_one_first_and_every_duplicate_once() -> None:
    result = cleaner.dedup(similar_texts(3, 40))
    assert [cluster.kept_id for cluster in result.clusters] == [cluster.member_ids[0] for cluster in result.clusters]
    assert sorted(id for cluster in result.clusters for id in cluster.member_ids[1:]) == sorted(gone(result))


def test_doubtful_pairs_come_closest_first() -> None:
    result = cleaner.dedup(similar_texts(5, 40))
    pairs = result.doubtful(10)
    assert len(pairs) == 10
    margins = [pair.margin for pair in result.pairs if pair.kind is not Kind.EXACT]
    assert [pair.margin for pair in pairs] == sorted(margins)[:10]
    assert min(pair.margin for pair in pairs) >= 0


def test_items_are_what_was_given() -> None:
    records = records_of_one_story()
    assert cleaner.dedup(records).items == [records[1]]
    assert cleaner.dedup([STORY, OTHER, STORY]).items == [STORY, OTHER]
    assert "1 of 4 kept" in repr(cleaner.dedup(records))


def test_compare_shows_what_two_texts_share() -> None:
    same = cleaner.compare(STORY + OTHER, "前言。" + STORY)
    assert same.kind is Kind.CONTAINED
    assert same.second_in_first > 0.9 > same.first_in_second
    assert same.passages[0].text == STORY.rstrip("。")


# Repeated paragraphs

NOTICE = (
    "市气象台的池小满说：“今年的雨季比常年晚来，但八月下旬的雨量会很集中，请沿河各乡提前清理沟渠，"
    "晾晒的粮食也要及时收进仓里，夜里行车请绕开低洼的路段。”"
)


def articles_with_notice() -> list[dict[str, Any]]:
    notices = [NOTICE, NOTICE.replace("，", ","), NOTICE.replace("清理沟渠", "清淤沟渠"), NOTICE]
    return [
        {"id": id, "text": f"{text}\n{notice}", "published": f"2024-09-0{9 - id}"}
        for id, (text, notice) in enumerate(
            zip([STORY, OTHER + THIRD, THIRD[::-1] + OTHER[::-1], STORY[::-1]], notices, strict=True)
        )
    ]


def test_repeated_paragraphs_are_found_with_their_places() -> None:
    (found,) = cleaner.repeated_paragraphs(articles_with_notice())
    assert found.count == 4
    assert not found.exact
    assert found.places == ((3, 1), (2, 1), (1, 1), (0, 1))
    assert cleaner.repeated_paragraphs(articles_with_notice(), min_articles=5) == ()
    assert cleaner.repeated_paragraphs(articles_with_notice(), config=DedupConfig(min_articles=5)) == ()
    (exact,) = cleaner.repeated_paragraphs(articles_with_notice(), threshold=1.0)
    assert exact.count == 3


def test_later_copies_of_a_paragraph_are_dropped_or_marked() -> None:
    records = articles_with_notice()
    dropped = cleaner.dedup(records, paragraphs="drop")
    assert [item["text"].count("市气象台") for item in dropped.items] == [0, 0, 0, 1]
    assert dropped.left_whole == ()
    marked = cleaner.dedup(records, paragraphs="mark")
    assert marked.items == records
    assert [found.count for found in marked.paragraphs] == [4]
    assert cleaner.dedup(records).paragraphs == ()


def test_lines_of_articles_say_why_they_went() -> None:
    page = "{}\n2024-09-0{} 08:00 来源：云泽晚报\n{}\n{}\n版权所有 © 2024 云泽网"
    bodies = [STORY, OTHER + THIRD, THIRD[::-1] + OTHER[::-1]]
    articles = [
        cleaner.Cleaner().clean(page.format(f"标题第{n}号", n + 1, body, NOTICE), id=str(n))
        for n, body in enumerate(bodies)
    ]
    assert all(article.text.endswith("路段。”") for article in articles)
    result = cleaner.dedup(articles, paragraphs="drop")
    assert result.items[0].text == articles[0].text
    assert [article.text for article in result.items[1:]] == [
        article.text[: -len(NOTICE) - 1] for article in articles[1:]
    ]
    (line,) = [line for line in result.items[1].lines if line.rule == "repeated-elsewhere"]
    assert (line.label, line.kept, line.text) == (cleaner.Label.REPEATED_PARAGRAPH, False, NOTICE)
    marked = cleaner.dedup(articles, paragraphs="mark").items[1]
    assert marked.text == articles[1].text
    assert [line.kept for line in marked.lines if line.rule == "repeated-elsewhere"] == [True]


def test_an_article_is_never_emptied() -> None:
    texts = [f"{STORY}\n{NOTICE}", f"{OTHER}\n{NOTICE}", f"{THIRD}\n{NOTICE}", NOTICE]
    result = cleaner.dedup(texts, paragraphs="drop", containment="off")
    assert result.left_whole == (3,)
    assert result.items[3] == NOTICE


# What goes in


def test_texts_of_every_kind_go_in() -> None:
    pa = pytest.importorskip("pyarrow")
    rows = [{"id": "x", "text": STORY}, {"id": "y", "text": OTHER}, {"id": "z", "text": STORY[:-5]}]
    expected = cleaner.dedup(rows)
    assert gone(expected) == {"z": ("x", "contained")} or gone(expected) == {"z": ("x", "near")}
    table = pa.Table.from_pylist(rows)
    for items in (
        [Document(**row) for row in rows],
        [Article(**row) for row in rows],
        iter(rows),
        table,
        pa.concat_tables([table.slice(0, 1), table.slice(1)]),
        table.to_batches()[0],
        pa.table({"text": table["text"].cast(pa.large_string()), "id": table["id"]}),
    ):
        assert cleaner.dedup(items).duplicates == expected.duplicates
    assert cleaner.dedup(table.drop_columns("id")).kept == (0, 1)
    assert cleaner.dedup(table).items == rows[:2]
    assert cleaner.dedup([row["text"].encode() for row in rows]).kept == (0, 1)
    dropped = cleaner.dedup(
        pa.table({"text": [f"{text}\n{NOTICE}" for text in (STORY, OTHER, THIRD)]}), paragraphs="drop"
    )
    assert dropped.items[1] == {"text": OTHER}


def test_columns_and_frames_of_others_go_in() -> None:
    pa = pytest.importorskip("pyarrow")
    for column in (pa.array([STORY, STORY]), pa.chunked_array([[STORY], [STORY]])):
        assert cleaner.dedup(column).kept == (0,)
        assert cleaner.dedup(pa.table({"text": column.dictionary_encode()})).kept == (0,)
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"text": [f"{text}\n{NOTICE}" for text in (STORY, OTHER, THIRD)]})
    assert cleaner.dedup(frame, paragraphs="drop").items[1] == {"text": OTHER}
    assert cleaner.dedup(pl.DataFrame({"id": ["b", "a"], "text": [STORY, STORY]})).kept == ("a",)
    assert cleaner.dedup(pl.Series([STORY, OTHER])).kept == (0, 1)


def test_a_list_that_is_emptied_after_the_search_changes_nothing() -> None:
    texts = [STORY, OTHER]
    result = cleaner.dedup(texts)
    texts.clear()
    assert result.items == [STORY, OTHER]


def test_a_cache_that_cannot_be_used_is_done_without() -> None:
    code = (
        "import numpy as np\n"
        "import cleaner.duplicates.compiled as c\nreal = c.njit\n"
        "def broken(*a, **k):\n    if k.pop('cache', False): raise EOFError\n    return real(*a, **k)\n"
        "c.njit = broken\nfrom cleaner.duplicates.pair_kernels import agreement\nprint(agreement(np.ones((2, 3), np.uint32), 0, 1))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"
    assert done.stderr.count("NUMBA_CACHE_DIR") == 1


def test_signatures_are_made_of_all_that_can_be_searched() -> None:
    assert cleaner.signature({"id": "x", "text": STORY}) == cleaner.signature(STORY) == cleaner.signatures([STORY])[0]


def test_what_is_no_address_and_no_date_counts_as_unknown() -> None:
    records = [
        {"id": 1, "text": STORY, "url": "http://[a/1", "published": "yesterday", "source": ""},
        {"id": 2, "text": STORY, "url": "https://News.Paper.example/1", "published": date(2024, 1, 2)},
        {"id": 3, "text": STORY, "published": "2024-01-01T08:00:00+08:00"},
    ]
    assert cleaner.dedup(records, prefer=("sites",), prefer_sites=("Paper.example",)).kept == (2,)
    assert cleaner.dedup(records, prefer=("earliest",)).kept == (3,)
    assert cleaner.dedup(records, prefer=("complete",)).kept == (2,)


@pytest.mark.parametrize(
    ("items", "error", "said"),
    [
        ("one text", NotTextError, "give a list"),
        ({"text": STORY}, NotTextError, "give a list"),
        (7, NotTextError, "found int"),
        ([STORY, None], NotTextError, "position 1 is NoneType"),
        ([{"id": "n", "text": None}], NotTextError, "'n' .*its text is null"),
        ([{"id": "n", "body": STORY}], NotTextError, "'n' .*no field 'text'; its fields are: id, body"),
        ([{"text": 3}], NotTextError, "position 0: its text is int: 3"),
        ([b"\xff\xfe\x00"], NotTextError, "position 0: its text is no UTF-8"),
        ([{"id": "a", "text": "x"}, {"id": "a", "text": "y"}], ConfigError, "'a' stands twice, at positions 0 and 1"),
        ([{"id": 1.5, "text": "x"}], ConfigError, "its id is 1.5"),
        ([Document(id=[1], text="x")], ConfigError, r"its id is \[1\]"),
        ([{"id": 1, "text": "x"}, STORY], ConfigError, "the id 1 stands twice"),
        ([Document(id="h", html="<p>")], NotTextError, "'h' .*its text is null"),
    ],
)
def test_what_is_wrong_is_named(items: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        cleaner.dedup(items)


def test_what_is_wrong_in_a_table_is_named() -> None:
    pa = pytest.importorskip("pyarrow")
    for table, said in (
        (pa.table({"body": ["x"]}), "no column 'text'; its columns are: body"),
        (pa.table({"text": [1]}), "'text' is int64"),
        (pa.table({"text": ["x", None]}), "position 1: its text is null"),
        (pa.table({"id": ["p", "q"], "text": ["x", None]}), "'q'"),
        (pa.table({"text": pa.array([b"\xff"]).view(pa.string())}), "not valid"),
    ):
        with pytest.raises(NotTextError, match=said):
            cleaner.dedup(table)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"threshold": 0}, "threshold is 0; it must be over 0 and up to 1"),
        ({"threshold": 1.01}, "threshold is 1.01"),
        ({"threshold": "0.8"}, "threshold is '0.8'"),
        ({"threshold": float("nan")}, "threshold is nan"),
        ({"treshold": 0.8}, "unknown setting 'treshold'; did you mean 'threshold'"),
        ({"containment": 0}, "containment is 0; .*'auto'"),
        ({"containment": "some"}, "containment is 'some'"),
        ({"num_perm": 8}, "num_perm is 8; it must be a whole number from 16 to 4096"),
        ({"seed": -1}, "seed is -1"),
        ({"jobs": True}, "jobs is True"),
        ({"prefer": ("newest",)}, "prefer names 'newest'; it may name longest"),
        ({"prefer": "longest"}, "must be a list"),
        ({"paragraphs": "cut"}, "paragraphs is 'cut'; it may be keep, mark, drop"),
        ({"min_articles": 1}, "min_articles is 1"),
        ({"compare_facts": 1}, "compare_facts is 1"),
        ({"config": {"threshold": 0.8}}, "give a DedupConfig"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        cleaner.dedup([STORY], **settings)


def test_settings_go_before_those_of_a_configuration() -> None:
    config = DedupConfig(threshold=0.7, containment="off")
    assert cleaner.dedup([STORY], 0.9, config=config).config == DedupConfig(threshold=0.9, containment="off")


# How it works


def test_threads_and_batches_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = similar_texts(11, 60)
    expected = cleaner.dedup(texts, jobs=1)
    monkeypatch.setattr(sketch, "BATCH", 300)
    monkeypatch.setattr(verify, "CHUNK", 500)
    monkeypatch.setattr(contain, "ENTRIES", 64)
    for jobs in (1, 2, 5):
        result = cleaner.dedup(texts, jobs=jobs)
        assert (result.duplicates, result.pairs) == (expected.duplicates, expected.pairs)


@pytest.mark.parametrize("in_files", [True, False])
def test_arrays_in_files_and_small_parts_do_not_change_the_result(
    in_files: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = similar_texts(17, 120)
    notice = "声明：" + THIRD
    texts = ["\n".join([*lines[at : at + 2], *[notice] * (at % 3 == 0)]) for at in range(0, len(lines), 2)]
    records = read_records([{"id": f"n{number}", "text": text} for number, text in enumerate(texts)])
    config = DedupConfig(paragraphs="mark", min_articles=2)

    def find(scratch: Scratch | None, jobs: int) -> tuple[Any, ...]:
        found = search.search(records, replace(config, jobs=jobs), None, scratch)
        result = DedupResult(records, found, config, partial(find_repeated, scratch=scratch))
        return result.duplicates, result.pairs, result.paragraphs

    expected = find(None, 1)
    assert all(expected)
    for module, name, value in (
        (scratch_module, "SMALL", 1),
        (sketch, "RELAXED", 1),
        (sketch, "MOVED", 40),
        (lsh, "TEXTS", 3),
        (contain, "ENTRIES", 64),
        (contain, "READ", 50),
        (cluster, "CHUNK", 2),
    ):
        monkeypatch.setattr(module, name, value)
    for jobs in (1, 3):
        assert find(Scratch(tmp_path) if in_files else None, jobs) == expected
    assert not list(tmp_path.iterdir())


def test_large_buckets_are_compared_with_leaders(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = similar_texts(13, 120)
    expected = cleaner.dedup(texts)
    monkeypatch.setattr(lsh, "ALL_PAIRS", 4)
    result = cleaner.dedup(texts)
    assert len(result.pairs) <= len(expected.pairs)
    assert len(result.kept) <= len(expected.kept) + 2


def changed(text: str, rng: random.Random, times: int) -> str:
    chars = list(text)
    for _ in range(times):
        chars[rng.randrange(len(chars))] = rng.choice("春夏秋冬山水风云")
    return "".join(chars)


def test_a_story_in_many_versions_is_one_cluster_with_its_short_forms() -> None:
    rng = random.Random(3)
    story = STORY + OTHER + THIRD
    versions = [changed(story, rng, 3) for _ in range(120)]
    short = [changed(story[at : at + 120], rng, 1) for at in range(0, 60, 3)]
    result = cleaner.dedup([*versions, *short, THIRD[::-1]])
    assert len(result.kept) <= 3


def test_a_reprint_is_found_among_many_bulletins_of_its_template() -> None:
    rng = random.Random(4)
    bulletin = "云泽水库今日水位{}米，入库流量每秒{}立方米，出库流量每秒{}立方米。" + STORY + OTHER
    texts = []
    for _ in range(150):
        text = bulletin.format(*(rng.randrange(100, 999) for _ in range(3)))
        texts += [text, text.replace("有些发愁", "犯了愁")]
    assert len(cleaner.dedup(texts).duplicates) >= 148


def test_one_text_that_holds_all_others_is_read_once() -> None:
    rng = random.Random(5)
    texts = ["".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in range(200)) for _ in range(3000)]
    whole = "\n".join(texts)
    assert cleaner.dedup([*texts, whole]).kept == (3000,)
    records = [
        {"id": number, "text": text, "published": f"{2024 - number // 3000}-01-01"}
        for number, text in enumerate([whole, *texts])
    ]
    assert len(cleaner.dedup(records, prefer=("earliest",)).kept) == 3000


def test_many_copies_of_few_texts_are_cheap() -> None:
    texts = [f"{STORY}{OTHER}"] * 20_000 + [""] * 20_000 + ["好"] * 5_000
    result = cleaner.dedup(texts)
    assert len(result.kept) == 20_002


def test_progress_is_told() -> None:
    said: list[tuple[str, int, int]] = []
    cleaner.dedup(similar_texts(2, 20), progress=lambda *what: said.append(what))
    stages = {stage: (done, total) for stage, done, total in said}
    assert stages["sketch"] == (20, 20)
    assert stages["verify"][0] == stages["verify"][1] > 0


def test_nothing_is_logged_once_the_loops_are_there(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        cleaner.dedup([STORY])
    assert caplog.records == []


# Real texts


def test_no_pair_of_real_articles_is_missed(shared: Path) -> None:
    rng = random.Random(20241109)
    texts = []
    for name in ("news_hans", "news_hant"):
        with gzip.open(shared / "data" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            every = [json.loads(line)["text"] for line in lines]
            start = rng.randrange(len(every) - 1000)  # neighbours: versions of an article stand close together
            texts += every[start : start + 1000]
    sets = [frozenset(shingles(text)) for text in texts]
    where: dict[str, list[int]] = {}
    for place, its in enumerate(sets):
        for shingle in its:
            where.setdefault(shingle, []).append(place)
    near = set()
    for places in where.values():
        near.update((a, b) for at, a in enumerate(places[:60]) for b in places[at + 1 : 60])
    true = {pair: len(sets[pair[0]] & sets[pair[1]]) for pair in near}
    for threshold in (0.8, 0.7, 0.6):
        result = cleaner.dedup(texts, threshold, prefer=("id",))
        found = {(pair.first_id, pair.second_id): pair for pair in result.pairs}
        copies = {pair.second_id for pair in result.pairs if pair.kind is Kind.EXACT}
        expected = set()
        for (a, b), both in true.items():
            if {a, b} & copies:
                continue  # only the first of several copies takes part
            similarity = both / (len(sets[a]) + len(sets[b]) - both)
            if (a, b) in found:
                assert found[a, b].similarity == pytest.approx(similarity, abs=1e-12)
            if similarity >= threshold:
                expected.add((a, b))
        assert len(expected) > 20
        assert len(expected & found.keys()) >= 0.99 * len(expected)
