r"""One ordered table of steps that make scraped text plain, and the engine that runs it.

A step is a gate, which proves in one search that there may be something to do, and a function, which does it. Clean
text meets a single search for all steps at once, and comes back as the same object; of other text one pass (screen.py) tells which gates
to ask.

The steps run in order, again and again until none changes anything: so normalizing twice is normalizing once. Questions
about the whole text (is this traditional?) are asked by gates; the functions themselves work within lines. A page can
therefore be normalized line by line, by the steps that its whole text called for, and every line keeps its place:

>>> page = "Ａ股\r\n&nbsp;上涨"
>>> steps = active_steps(page)
>>> [replay(steps, line) for line in LINE_END.split(page)]
['A股', '上涨']
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from cleaner.errors import ConfigError
from cleaner.text import alarms, characters, mojibake, punctuation, script
from cleaner.text.characters import LINE_END
from cleaner.text.decode import decode
from cleaner.text.entities import ENTITY, decode_entities

__all__ = [
    "LINE_END",
    "STEPS",
    "Step",
    "active_steps",
    "normalize",
    "normalize_and_explain",
    "replay",
    "run_steps",
    "settle_steps",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One repair: `gate` is false where `apply` would change nothing or should not be asked; `apply` keeps to lines.

    `alarms` are the bits of those (see alarms.py) of which a text raises one if the gate is to be true. `option` names the setting that asks
    for the step; a step without one always runs.
    """

    name: str
    description: str
    alarms: int
    gate: Callable[[str], object]
    apply: Callable[[str], str]
    option: str = ""


def _conversion(name: str, description: str, config: str, to: str) -> Step:
    def gate(text: str) -> bool:
        return script.choose_config(text, to) == config

    return Step(name, description, 0, gate, partial(script.convert_with, config=config), f"script={to}")


STEPS: tuple[Step, ...] = (
    Step(
        "line_ends",
        "Every kind of line end becomes a line feed.",
        alarms.LINE_END,
        characters.OTHER_LINE_END.search,
        characters.unify_line_ends,
    ),
    Step(
        "gbk_read_as_latin1",
        "Chinese GBK that was read as Latin-1 or Windows-1252 is read again.",
        alarms.GBK_AS_LATIN1,
        mojibake.GBK_AS_LATIN1.search,
        mojibake.undo_gbk_as_latin1,
    ),
    Step(
        "utf8_read_as_latin1",
        "UTF-8 that was read as Latin-1 or Windows-1252 is read again.",
        alarms.UTF8_AS_LATIN1,
        mojibake.UTF8_AS_LATIN1.search,
        mojibake.undo_utf8_as_latin1,
    ),
    Step(
        "utf8_read_as_gbk",
        "Chinese UTF-8 that was read as GBK is read again.",
        alarms.UTF8_AS_GBK,
        mojibake.may_hold_utf8_as_gbk,
        mojibake.undo_utf8_as_gbk,
    ),
    Step("entities", "HTML entities become what they stand for.", alarms.ENTITY, ENTITY.search, decode_entities),
    Step(
        "surrogates",
        "Surrogate pairs become the characters they stand for; single surrogates become U+FFFD.",
        alarms.SURROGATE,
        characters.SURROGATE.search,
        characters.join_surrogates,
    ),
    Step(
        "next_lines",
        "U+0085, where it was no byte of mojibake, becomes a line feed.",
        alarms.LINE_END,
        characters.LATE_LINE_END.search,
        characters.unify_late_line_ends,
    ),
    Step(
        "invisibles",
        "Controls, marks of direction and other characters that show nothing go, except where a script needs them.",
        alarms.INVISIBLE,
        characters.has_invisibles,
        characters.drop_invisibles,
    ),
    Step(
        "odd_spaces",
        "Every kind of space becomes a plain one.",
        alarms.ODD_SPACE,
        characters.ODD_SPACE.search,
        characters.plain_spaces,
    ),
    Step(
        "width",
        "Full-width Latin letters and digits become ASCII; full-width punctuation stays.",
        alarms.WIDE,
        characters.WIDE_LETTER.search,
        characters.narrow_letters,
    ),
    Step(
        "nfc",
        "Letters and their marks are composed (NFC); compatibility ideographs become the unified ones.",
        alarms.COMPOSED,
        characters.is_decomposed,
        characters.compose,
    ),
    _conversion("simplify", "Traditional text becomes simplified.", "t2s", "hans"),
    _conversion("simplify_taiwan", "Traditional text in Taiwan's forms becomes simplified.", "tw2s", "hans"),
    _conversion("simplify_hong_kong", "Traditional text in Hong Kong's forms becomes simplified.", "hk2s", "hans"),
    _conversion("simplify_lines", "In text of both scripts, traditional lines become simplified.", "t2s_lines", "hans"),
    _conversion("traditionalize", "Simplified text becomes traditional.", "s2t", "hant"),
    _conversion(
        "traditionalize_lines", "In text of both scripts, simplified lines become traditional.", "s2t_lines", "hant"
    ),
    Step(
        "punctuation",
        "Half-width punctuation that touches Chinese characters becomes full-width.",
        0,
        punctuation.HALF_WIDTH.search,
        punctuation.widen_punctuation,
        "punctuation=chinese",
    ),
    Step(
        "loose_spaces",
        "Lines are trimmed at both ends; a run of spaces becomes one space, unless it holds a tab.",
        alarms.LOOSE_SPACE,
        characters.LOOSE_SPACE.search,
        characters.trim_spaces,
    ),
)
"""All steps, in the order in which they run."""

_OPTIONS = {"script": ("keep", "hans", "hant"), "punctuation": ("keep", "chinese")}

# One repair can lay bare another (`&Atilde;&copy;` is mojibake within entities): two or three rounds settle real text.
# The bound keeps time linear for text that was built to nest deeper.
_MOST_ROUNDS = 100

# Characters: a search through so many is faster than an array of them.
_SHORT = 4000

# Characters of the basic plane that some step changes, and those that one changes in some company only.
_SUSPECT = "".join(alarms.SINGLES.values())
_IN_COMPANY = rf" \t&\xa1-\xac\xae-\xfe{mojibake.GBK_FIRST}"


@cache
def _unclean() -> re.Pattern[str]:
    """The gates of all steps that always run, as one search."""
    # The class is written as all but the plain characters: so the engine knows a plain one from the first table it
    # looks in, and skips at full speed.
    plain = [run for run in re.split(f"[{_SUSPECT}{_IN_COMPANY}]", characters.basic_plane()) if run]
    ranges = "".join(f"\\u{ord(run[0]):04x}-\\u{ord(run[-1]):04x}" for run in plain)
    return re.compile(
        rf"[^{ranges}{characters.HIGH_PLAIN}](?:"
        rf"(?<![{_IN_COMPANY}])"
        r"|(?<=&)[#A-Za-z]"
        r"|(?<= ) |(?<=[ \t])(?![^\n])|(?<=\n[ \t])|(?<=\A[ \t])"
        rf"|(?<=[{mojibake.LATIN_LEAD}])[{mojibake.LATIN_CONTINUATION}]"
        r"|(?<=[\xa1-\xfe])[\xa1-\xfe]{3}"
        rf"|(?<=[{mojibake.GBK_FIRST}])(?=[{mojibake.GBK_SECOND}]))"  # which may raise an alarm of its own
    )


def _is_clean(text: str) -> bool:
    """Whether no step that always runs would change `text`."""
    return all(_is_false_alarm(text, match.start()) for match in _unclean().finditer(text))


def _is_false_alarm(text: str, at: int) -> bool:
    """Look closely at alarms that clean text raises, so that a long text does not meet all gates for a few of them."""
    char = text[at]
    if char == "&":
        return not ENTITY.match(text, at)
    if "\u3400" <= char <= "\u9fff":
        return not mojibake.is_utf8_as_gbk(text, at)
    return False


def normalize(text: str | bytes, *, script: str = "keep", punctuation: str = "keep") -> str:
    r"""Make `text` plain: undo mojibake, decode entities, unify line ends and spaces, drop what shows nothing.

    `script` is `keep`, `hans` or `hant`; `punctuation` is `keep` or `chinese`. Bytes are decoded first. Text that
    needs nothing comes back as the same object.

    >>> normalize("\u3000\u3000“ＧＤＰ”增长&nbsp;8.25%，\u200b见《年报》。\r\n")
    '“GDP”增长 8.25%，见《年报》。\n'
    >>> normalize("臺灣(北部)新聞:颱風", script="hans", punctuation="chinese")
    '台湾（北部）新闻：台风'
    """
    return run_steps(text, script=script, punctuation=punctuation)[0]


def normalize_and_explain(
    text: str | bytes, *, script: str = "keep", punctuation: str = "keep"
) -> tuple[str, tuple[str, ...]]:
    """Normalize `text` and name the steps that changed it, in order.

    >>> normalize_and_explain("Ａ股&nbsp;上涨")
    ('A股 上涨', ('entities', 'odd_spaces', 'width'))
    """
    normal, steps = run_steps(text, script=script, punctuation=punctuation)
    return normal, tuple(dict.fromkeys(step.name for step in steps))


def active_steps(text: str | bytes, *, script: str = "keep", punctuation: str = "keep") -> tuple[Step, ...]:
    """The steps that change `text`, in the order in which they run; one can come twice."""
    return run_steps(text, script=script, punctuation=punctuation)[1]


def replay(steps: tuple[Step, ...], line: str) -> str:
    """Run `steps` over one line of the text they were found for; what comes back can hold a line feed (`&#10;`)."""
    for step in steps:
        line = step.apply(line)
    return line


def run_steps(text: str | bytes, *, script: str = "keep", punctuation: str = "keep") -> tuple[str, tuple[Step, ...]]:
    """Normalize `text`; return it with the steps that changed it, for `replay`."""
    return settle_steps(text, script=script, punctuation=punctuation)[:2]


def settle_steps(
    text: str | bytes, *, script: str = "keep", punctuation: str = "keep", is_plain: bool = False
) -> tuple[str, tuple[Step, ...], bool]:
    """What `run_steps` returns, and whether it is certain that no step would change any part of that text made of whole lines.

    `is_plain` says that no step that always runs would change it, where that is known.
    """
    if not isinstance(text, str):
        text = decode(text)[0]
    every, has_optional = _choose_steps(script, punctuation)
    taken: list[Step] = []
    for _ in range(_MOST_ROUNDS):
        before = len(taken)
        raised = 0 if is_plain and not taken else _find_alarms(text)
        if not (raised or has_optional):
            # Alarms look at no more than a line at a time: so no line of this text raises one.
            return text, tuple(taken), True
        for step in every:
            if (step.alarms & raised or step.option) and step.gate(text) and (changed := step.apply(text)) != text:
                taken.append(step)
                text, raised = changed, _find_alarms(changed)
        if len(taken) == before:
            # What changes nothing in a text changes nothing in its lines: gates look for what stands in one, and steps keep to lines.
            return text, tuple(taken), not has_optional
    return text, tuple(taken), False


def _find_alarms(text: str) -> int:
    """The alarms that a text raises."""
    if len(text) <= _SHORT and _is_clean(text):
        return 0
    from cleaner.text.screen import find_alarms  # NumPy is not loaded before it is needed

    return find_alarms(text)


@cache
def _choose_steps(script: str, punctuation: str) -> tuple[tuple[Step, ...], bool]:
    """The steps that a setting asks for, and whether there are any among them that do not always run."""
    for option, value in (("script", script), ("punctuation", punctuation)):
        if value not in _OPTIONS[option]:
            raise ConfigError(f"{option}={value!r} is not known: choose one of {', '.join(_OPTIONS[option])}")
    options = {"", f"script={script}", f"punctuation={punctuation}"}
    every = tuple(step for step in STEPS if step.option in options)
    return every, any(step.option for step in every)
