"""The rules: each does what its examples say; a user's rules file is checked, heeded, and never hangs a run."""

from __future__ import annotations

import random
import re
import signal
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.errors import ConfigError, RuleError
from cleaner.page import needs, prefilter
from cleaner.page.look import look
from cleaner.page.probe import probe
from cleaner.page.rules import LINE_LIMIT, Rule, RuleBook, built_in_rules, load_rules, rule_book
from cleaner.types import Label

FOLDER = Path(cleaner.__file__).parent / "page" / "rules"
RULES = built_in_rules()
EXAMPLES = [pytest.param(rule, line, id=f"{rule.id}: {line}") for rule in RULES for line in rule.examples]
COUNTER_EXAMPLES = [
    pytest.param(rule, line, id=f"{rule.id}: {line}") for rule in RULES for line in rule.counter_examples
]
WIDE = str.maketrans(",:;?!()|~0123456789", "，：；？！（）｜～０１２３４５６７８９")

SEPARATORS = [*" |>-/·:()[]、。,1一#+", " | ", " > ", " - ", "1 ", "一 ", "| ", "> ", "- "]
PROSE = "连接河湾两岸的大桥今天上午正式通车，首日通行车辆超过三千辆，两岸居民告别了绕行四十公里的历史。"
GOOD = {"id": "mine", "label": "advertisement", "pattern": "河湾特卖.*"}


def finds(book: RuleBook, rule: Rule, line: str) -> bool:
    """Whether a book finds something in a line as it is found; what is glued, at the end of a paragraph."""
    if rule.match != "glued":
        return book.find(probe(line)[0].strip()) is not None
    return look([PROSE + line.removeprefix("……")], book).glued.get(0, 0) >= len(PROSE)


def fits(rule: Rule, line: str) -> bool:
    """Whether a rule, asked alone, fits a line."""
    return finds(RuleBook([rule]), rule, line)


def write_rules(folder: Path, *rules: dict[str, object], name: str = "own.toml") -> str:
    def value(of: object) -> str:
        if isinstance(of, str):
            return f"'{of}'" if "'" not in of else f'"{of}"'
        return str(of).lower() if isinstance(of, bool) else str(of)

    tables = ["[[rule]]\n" + "".join(f"{key} = {value(of)}\n" for key, of in rule.items()) for rule in rules]
    (folder / name).write_text("\n".join(tables), encoding="utf-8")
    return str(folder / name)


# The built-in rules


def test_every_file_of_rules_is_loaded() -> None:
    written = [
        rule["id"] for file in sorted(FOLDER.glob("*.toml")) for rule in tomllib.loads(file.read_text("utf-8"))["rule"]
    ]
    assert sorted(written) == sorted(rule.id for rule in RULES)


def test_ids_are_unique_and_speak() -> None:
    assert [name for name, count in Counter(rule.id for rule in RULES).items() if count > 1] == []
    assert [rule.id for rule in RULES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)] == []


@pytest.mark.xfail(reason="four rules have one example only: reporter-glued, original-title-bracket, full-version, …")
def test_every_rule_has_two_examples_and_a_counter_example() -> None:
    lacking = {
        rule.id: (len(rule.examples), len(rule.counter_examples))
        for rule in RULES
        if len(rule.examples) < 2 or not rule.counter_examples
    }
    assert lacking == {}, "id: (examples, counter-examples)"


@pytest.mark.parametrize(("rule", "line"), EXAMPLES)
def test_a_rule_fits_its_examples(rule: Rule, line: str) -> None:
    assert fits(rule, line)


@pytest.mark.parametrize(("rule", "line"), COUNTER_EXAMPLES)
def test_a_rule_does_not_fit_its_counter_examples(rule: Rule, line: str) -> None:
    assert not fits(rule, line)


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule.counter_examples if line.endswith("。")])
def test_a_counter_example_that_is_a_sentence_fits_no_rule_at_all(line: str) -> None:
    found = rule_book().find(probe(line)[0])
    assert found is None or found.where == "hint", found


@pytest.mark.parametrize(("rule", "line"), EXAMPLES)
def test_the_book_names_some_rule_for_every_example(rule: Rule, line: str) -> None:
    assert finds(rule_book(), rule, line)


def test_examples_fit_in_traditional_characters() -> None:
    convert = opencc.OpenCC("s2t").convert
    unfit = [(rule.id, convert(line)) for rule in RULES for line in rule.examples if not fits(rule, convert(line))]
    assert unfit == []


def test_examples_fit_in_full_width_forms() -> None:
    unfit = [
        (rule.id, line.translate(WIDE))
        for rule in RULES
        for line in rule.examples
        if not fits(rule, line.translate(WIDE))
    ]
    assert unfit == []


def test_no_pattern_captures_or_fits_nothing() -> None:
    """A group would shift the numbers of others where patterns are joined; an empty match would fit every line."""
    assert [rule.id for rule in RULES if re.compile(rule.pattern).groups] == []
    assert [rule.id for rule in RULES if re.compile(rule.pattern).fullmatch("")] == []


def test_a_longer_line_than_max_chars_is_not_looked_at() -> None:
    rule = next(rule for rule in RULES if rule.id == "contact-line")
    line = "地址：河湾区中山路8号"
    assert fits(rule, line)
    assert not fits(rule, line + "东" * (rule.max_chars + 1))


BASIC = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])


def test_what_the_patterns_need_is_kept_as_it_would_be_read() -> None:
    kept = (FOLDER.parent / needs.FILE).read_text("utf-8")
    assert kept == needs.to_json(rule.pattern for rule in RULES), "python -m cleaner.page.needs writes it anew"


def test_the_rules_are_the_same_where_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = RuleBook(RULES)._prefilter
    needs._known.cache_clear()
    monkeypatch.setattr(needs, "FILE", "gone.json")
    read = RuleBook(RULES)._prefilter
    needs._known.cache_clear()
    assert (kept._strings, kept._firsts, kept._begun, kept._always) == (
        read._strings,
        read._firsts,
        read._begun,
        read._always,
    )


def test_a_pattern_that_is_not_kept_is_read() -> None:
    pattern = "河湾(?:特卖|专场)"
    assert (needs.first_characters(pattern), needs.required(pattern)) == ({"河"}, {"河湾"})


def check_prefilter(lines: list[str]) -> None:
    """A whole page is asked through a prefilter; it may not hide what a line by itself would be found to be."""
    book = rule_book()
    shown = [line for line in map(cleaner.normalize, lines) if line.strip() and "\n" not in line and "\t" not in line]
    alone = [book.find(key) if len(key := probe(line)[0].strip()) <= LINE_LIMIT else None for line in shown]
    for few in (0, 1_000_000):  # the arrays, and the loop over few places
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prefilter, "_FEW_PLACES", few)
            found = look([line.strip() for line in shown], book).rules
        assert [rule and rule.id for rule in found] == [rule and rule.id for rule in alone]


def test_a_page_is_asked_the_same_as_its_lines() -> None:
    samples = Path(__file__).parent.parent / "docs" / "samples" / "pages"
    for page in sorted(samples.glob("*/*.txt")):
        check_prefilter(page.read_text("utf-8").split("\n"))
    check_prefilter([line for rule in RULES for line in (*rule.examples, *rule.counter_examples)])


@given(st.data())
def test_any_page_is_asked_the_same_as_its_lines(data: st.DataObject) -> None:
    line = st.sampled_from([line for rule in RULES for line in (*rule.examples, *rule.counter_examples)])
    piece = st.one_of(line, st.sampled_from(SEPARATORS), st.text(BASIC, max_size=8))
    lines = st.lists(
        st.one_of(line, st.lists(piece, max_size=4).map("".join), st.text(BASIC, max_size=40)), max_size=12
    )
    check_prefilter(data.draw(lines))


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_a_pattern_that_needs_nothing_is_asked_of_every_line(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "_FEW_PLACES", few)
    book = RuleBook([Rule("any", Label.BODY, r"\w{3}", max_chars=5), Rule("word", Label.DATE, "今天")])
    found = look(["一二三", "今天", "一二", "一二三四五六", "𠮷𠮷𠮷"], book).rules
    assert [rule and rule.id for rule in found] == ["any", "word", None, None, "any"]


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_there_may_be_more_rules_than_fit_into_a_few_words(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "_FEW_PLACES", few)
    marks = [mark for mark in map(chr, range(0x4E00, 0x5000)) if probe(mark)[0] == mark]
    assert len(marks) > 300
    book = RuleBook([Rule(mark, Label.BODY, f"{mark}号线") for mark in marks])
    found = look([f"{mark}号线" for mark in marks], book).rules
    assert [rule and rule.id for rule in found] == marks


# A user's own rules

MISTAKES = [
    ({**GOOD, "colour": "red"}, "colour", "unknown field"),
    ({"label": "date", "pattern": "x"}, "id", "missing"),
    ({"id": "mine", "pattern": "x"}, "label", "missing"),
    ({"id": "mine", "label": "date"}, "pattern", "missing"),
    ({**GOOD, "id": ""}, "id", "missing"),
    ({**GOOD, "id": 7}, "id", "not a text"),
    ({**GOOD, "pattern": ""}, "pattern", "missing"),
    ({**GOOD, "pattern": 7}, "pattern", "not a text"),
    ({**GOOD, "pattern": "(河湾"}, "pattern", "unterminated"),
    ({**GOOD, "pattern": "*"}, "pattern", "nothing to repeat"),
    ({**GOOD, "label": "advert"}, "label", "advertisement"),
    ({**GOOD, "match": "lines"}, "match", "inside"),
    ({**GOOD, "where": "top"}, "where", "edge"),
    ({**GOOD, "strength": "hard"}, "strength", "strict"),
    ({**GOOD, "strength": 2}, "strength", "strict"),
    ({**GOOD, "closes": "yes"}, "closes", "true or false"),
    ({**GOOD, "max_chars": 0}, "max_chars", str(LINE_LIMIT)),
    ({**GOOD, "max_chars": LINE_LIMIT + 1}, "max_chars", str(LINE_LIMIT)),
    ({**GOOD, "max_chars": "60"}, "max_chars", str(LINE_LIMIT)),
    ({**GOOD, "max_chars": True}, "max_chars", str(LINE_LIMIT)),
    ({**GOOD, "examples": 5}, "examples", ""),
    ({**GOOD, "examples": "河湾特卖"}, "examples", ""),
    ({**GOOD, "examples": [1, 2]}, "examples", ""),
    ({**GOOD, "counter_examples": 5}, "counter_examples", ""),
]


@pytest.mark.parametrize(("rule", "field", "hint"), MISTAKES)
def test_a_mistake_is_an_error_that_names_file_rule_and_field(
    tmp_path: Path, rule: dict[str, object], field: str, hint: str
) -> None:
    file = write_rules(tmp_path, rule)
    with pytest.raises(RuleError) as caught:
        cleaner.clean("河湾特卖", rules=file)
    message = str(caught.value)
    assert file in message
    assert str(rule["id"] if rule.get("id") else "number 1") in message
    assert field in message
    assert hint in message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("", "[[rule]]"),
        ("[rule]\nid = 'mine'\n", "[[rule]]"),
        ("rule = ['mine']\n", "[[rule]]"),
        ("[[rule]\n", "TOML"),
        ("[[rule]]\nid = 'a'\nlabel = 'date'\npattern = 'x'\n[other]\n", "other"),
    ],
)
def test_a_file_that_holds_no_rules_says_so(tmp_path: Path, content: str, hint: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(str(file))) as caught:
        cleaner.clean("河湾", rules=str(file))
    assert hint in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_says_so(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for file in (tmp_path / "absent.toml", tmp_path, binary):
        with pytest.raises(RuleError, match=re.escape(str(file))):
            load_rules(file)


def test_an_id_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"date-line.*give it a name of its own"):
        cleaner.clean("河湾", rules=write_rules(tmp_path, {**GOOD, "id": "date-line"}))
    with pytest.raises(RuleError, match=r"mine.*give it a name of its own"):
        cleaner.clean("河湾", rules=write_rules(tmp_path, GOOD, GOOD, name="twice.toml"))


def test_rule_errors_are_config_errors_and_value_errors() -> None:
    assert issubclass(RuleError, ConfigError)
    assert issubclass(RuleError, ValueError)


def test_a_users_rule_removes_what_no_built_in_rule_knows(tmp_path: Path) -> None:
    page = f"河湾特卖会最后三天\n{PROSE}\n{PROSE[::-1]}"
    assert cleaner.clean(page).text.startswith("河湾特卖会")
    article = cleaner.clean(page, rules=write_rules(tmp_path, {**GOOD, "where": "anywhere"}))
    assert article.text == f"{PROSE}\n{PROSE[::-1]}"
    assert [(line.rule, line.label) for line in article.removed] == [("mine", Label.ADVERTISEMENT)]


def test_a_users_rule_wins_over_a_built_in_one(tmp_path: Path) -> None:
    page = f"{PROSE}\n版权所有 © 2024 河湾网"
    assert cleaner.clean(page).removed[0].rule == "copyright-sign"
    rule = {**GOOD, "label": "disclaimer", "where": "anywhere", "match": "inside", "pattern": "版权所有"}
    removed = cleaner.clean(page, rules=write_rules(tmp_path, rule)).removed
    assert [(line.rule, line.label) for line in removed] == [("mine", Label.DISCLAIMER)]


def test_several_files_are_asked_in_order(tmp_path: Path) -> None:
    first = write_rules(tmp_path, {**GOOD, "id": "first", "where": "anywhere"}, name="first.toml")
    second = write_rules(tmp_path, {**GOOD, "id": "second", "where": "anywhere"}, name="second.toml")
    page = f"河湾特卖\n{PROSE}\n{PROSE[::-1]}"
    assert cleaner.clean(page, rules=(first, second)).removed[0].rule == "first"
    assert cleaner.clean(page, rules=(second, first)).removed[0].rule == "second"


def test_a_rules_file_that_changed_is_read_again(tmp_path: Path) -> None:
    page = f"河湾特卖\n{PROSE}\n{PROSE[::-1]}"
    file = write_rules(tmp_path, {**GOOD, "id": "before", "where": "anywhere"})
    assert cleaner.Cleaner(cleaner.CleanConfig(rules=(file,))).clean(page).removed[0].rule == "before"
    file = write_rules(tmp_path, {**GOOD, "id": "after", "where": "anywhere"})
    assert cleaner.Cleaner(cleaner.CleanConfig(rules=(file,))).clean(page).removed[0].rule == "after"


def test_a_users_patterns_may_hold_groups_and_flags(tmp_path: Path) -> None:
    rules = [
        {**GOOD, "id": "one", "pattern": r"(?P<word>特卖)(?P=word)", "where": "anywhere"},
        {**GOOD, "id": "two", "pattern": r"(?P<word>促销)\1", "where": "anywhere"},
        {**GOOD, "id": "three", "pattern": r"(?i)SALE", "where": "anywhere"},
    ]
    article = cleaner.clean(f"特卖特卖\n促销促销\nSale\n{PROSE}\n{PROSE[::-1]}", rules=write_rules(tmp_path, *rules))
    assert [line.rule for line in article.removed] == ["one", "two", "three"]


@pytest.mark.parametrize("match", ["line", "start", "inside", "glued"])
def test_a_catastrophic_pattern_ends_in_an_error_within_a_second(tmp_path: Path, match: str) -> None:
    file = write_rules(tmp_path, {**GOOD, "pattern": "(?:a|aa)+$", "match": match, "max_chars": LINE_LIMIT})
    line = f"{'a' * 40}!"
    began = time.perf_counter()
    with pytest.raises(RuleError, match=r"own\.toml.*mine"):
        cleaner.clean(f"{PROSE}{line}" if match == "glued" else f"{PROSE}\n{line}", rules=file)
    assert time.perf_counter() - began < 1


def test_users_glued_patterns_do_not_disturb_each_other(tmp_path: Path) -> None:
    rules = [
        {**GOOD, "id": name, "match": "glued", "pattern": rf"(?P<word>{word})[:](?P=word)"}
        for name, word in (("one", "甲"), ("two", "乙"))
    ]
    article = cleaner.clean(f"{PROSE}\n{PROSE[::-1]}。乙：乙", rules=write_rules(tmp_path, *rules))
    assert article.lines[-1].text in {"乙：乙", f"{PROSE[::-1]}。乙：乙"}


# Time

SLOWEST = 0.002
"""Seconds that a rule may take for any line that it looks at."""


def words_of(pattern: str) -> list[str]:
    """The words a pattern is made of, from which the lines that hurt it most are made, too."""
    before_a_class = re.findall(r"([\u4e00-\u9fff])[\[.]", pattern)
    return list(dict.fromkeys([*re.findall(r"[\u4e00-\u9fff]{1,8}|[a-z]{2,12}", pattern), *before_a_class]))


def nasty_lines(rule: Rule, chars: int) -> Iterator[str]:
    """Lines that come near to fitting a rule again and again, and do not fit in the end."""
    chance = random.Random(rule.id)
    words = words_of(rule.pattern)
    examples = [probe(example)[0] for example in rule.examples]
    starts = ["", *examples, *chance.sample(words, min(6, len(words)))]
    units = [*SEPARATORS, *examples, *(word for word in words if len(word) == 1)]
    units += chance.sample(words, min(24, len(words)))
    for start in starts:
        for unit in units:
            yield (start + unit * chars)[: chars - 2] + "。!"
    for _ in range(200):
        unit = "".join(chance.choice(units) for _ in range(chance.randrange(2, 5)))
        yield (chance.choice(starts) + unit * chars)[: chars - 1] + chance.choice("。!x一")


class TooSlowError(Exception):
    pass


def stop(*_: object) -> None:
    raise TooSlowError


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that interrupts")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_line_makes_a_rule_slow(rule: Rule) -> None:
    match = re.compile(rule.expression if rule.match != "glued" else f"(?:{rule.pattern})$").search
    if rule.match != "glued":
        match = re.compile(rule.expression).match
    before = signal.signal(signal.SIGALRM, stop)
    try:
        for line in nasty_lines(rule, 100 if rule.match == "glued" else rule.max_chars):
            signal.setitimer(signal.ITIMER_REAL, 1)
            took = min(timed(match, line) for _ in range(2))
            took = took if took < SLOWEST else min(timed(match, line) for _ in range(3))
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert took < SLOWEST, f"{took * 1000:.1f} ms for {line!r}"
    except TooSlowError:
        pytest.fail(f"over a second for {line!r}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def timed(match: Callable[[str], object], line: str) -> float:
    began = time.perf_counter()
    match(line)
    return time.perf_counter() - began
