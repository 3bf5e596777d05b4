"""A page on its way to an Article: its lines, what was decided of them, and the paragraphs that the kept ones make."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cleaner.config import CleanConfig
from cleaner.errors import NotTextError
from cleaner.page.label import Verdict
from cleaner.page.lines import Sheet, split
from cleaner.page.unwrap import find_joints
from cleaner.text.decode import decode
from cleaner.text.normalize import Step, replay, run_steps
from cleaner.text.script import detect_script
from cleaner.types import Document

if TYPE_CHECKING:
    from cleaner.page.markup import MarkedPage
    from cleaner.page.rules import Rule
    from cleaner.page.site import SiteProfile
    from cleaner.text.screen import Screened

__all__ = ["Paragraphs", "Source", "read_page", "read_source", "read_text"]


def read_text(document: Document) -> str:
    """The text of a document as it was given, or as it was decoded. Raises NotTextError."""
    text = document.text
    if text is None and document.html is not None:
        return read_page(document).text
    if isinstance(text, str):
        return text
    if isinstance(text, bytes | bytearray | memoryview):
        return decode(bytes(text))[0]
    if text is None and document.id is not None:
        raise NotTextError(f"document {document.id!r} has no text; give `text` or `html`")
    raise NotTextError(f"expected text (str or bytes), found {type(text).__name__}: {text!r:.60}")


def read_page(document: Document) -> MarkedPage:
    """The page of a document that has HTML. Raises NotTextError, and MissingExtraError where resiliparse is not installed."""
    from cleaner.page.markup import read_html

    html = document.html
    if not isinstance(html, str | bytes | bytearray | memoryview):
        raise NotTextError(f"expected HTML (str or bytes), found {type(html).__name__}: {html!r:.60}")
    return read_html(html if isinstance(html, str) else bytes(html))


class Source(NamedTuple):
    """A document with its text."""

    document: Document
    text: str
    """As it was given, as it was decoded, or as the page was turned into it."""
    markup: MarkedPage | None
    """What the markup says, where the page was given as HTML."""


def read_source(document: Document) -> Source:
    """Reads a document, which must hold text or HTML. Raises what `read_text` and `read_page` raise."""
    for name, value in (("url", document.url), ("title", document.title), ("site", document.site)):
        if not (value is None or isinstance(value, str)):
            raise NotTextError(f"{name} is {value!r:.60}; it must be text or None")
    if document.text is None and document.html is not None:
        markup = read_page(document)
        return Source(document, markup.text, markup)
    return Source(document, read_text(document), None)


class Paragraphs:
    """A page on its way to an Article: its lines, the verdicts so far, and the paragraphs that the kept lines make."""

    def __init__(self, source: Source, config: CleanConfig, seen: Screened | None = None) -> None:
        """Splits and normalizes a text; `seen` is what was seen of it where it was looked at together with others."""
        self.document, self.source, self.markup = source
        self.config = config
        plain = seen is not None and seen.is_plain
        sheet, self.edits = split(self.source, script=config.script, punctuation=config.punctuation, is_plain=plain)
        self.sheet = sheet
        self._script = seen.script if seen and plain and sheet.settled else None
        self.site: SiteProfile | None = None
        """What its pages have in common, where that was learned."""
        self._hints: tuple[list[int], list[Rule | None]] | tuple[()] = ()
        self.verdicts: list[Verdict] = []
        self.joints = ["\n"] * len(sheet.texts)
        self.units: list[list[int]] = [[at] for at in range(len(sheet.texts))]
        """The paragraphs: each the numbers of the lines that make it, nearly always one."""
        self.texts = sheet.texts.copy()
        """The text of each paragraph."""
        self.is_whole = sheet.settled
        """Whether every paragraph is a line as it was split, and no step of normalization would change what is left of them."""
        self._changed = True
        """Whether the paragraphs are others than those among which no broken ones were found."""

    def script(self, text: str) -> str | None:
        """The script of what is left, of which `text` is made."""
        # Where nothing is joined or normalized anew, the characters are those that were seen.
        return detect_script(text, self._script if self.is_whole else None)

    def cut(self, cuts: Mapping[int, int]) -> None:
        """Cuts paragraphs in two: `cuts` gives for each the character of its text before which. A line that a cut runs through becomes two."""
        old, joints, verdicts = self.sheet, self.joints, self.verdicts
        self.is_whole, self._changed = False, True
        places: dict[int, int] = {}  # the line that a cut runs through -> the character of its text
        heads: set[int] = set()  # the line that begins the second part, where the cut falls between two
        for unit, at in cuts.items():
            place = 0
            for index, number in enumerate(self.units[unit]):
                place += len(joints[number]) if index else 0
                if place + len(old.texts[number]) > at:
                    break
                place += len(old.texts[number])
            if at > place:
                places[number] = at - place
            else:
                heads.add(number)
        self.sheet, self.joints, self.verdicts = Sheet(), [], []
        moved = []  # where each line has gone
        for number in range(len(old.texts)):
            moved.append(len(self.joints))
            parts = old.cut(number, places[number], self.source) if number in places else (old.line(number),)
            for part, line in enumerate(parts):
                self.sheet.add(*line)
                self.joints.append("\n" if part or number in heads else joints[number])
                if verdicts:
                    self.verdicts.append(verdicts[number])
        units, texts = self.units, self.texts
        self.units, self.texts = [], []
        for unit, (members, text) in enumerate(zip(units, texts, strict=True)):
            lines = [moved[number] + part for number in members for part in range(2 if number in places else 1)]
            if unit in cuts:
                at = cuts[unit]
                break_at = next(index for index, line in enumerate(lines) if index and self.joints[line] == "\n")
                self.units += [lines[:break_at], lines[break_at:]]
                self.texts += [text[:at].rstrip(), text[at:].lstrip()]
            else:
                self.units.append(lines)
                self.texts.append(text)

    def hints(self) -> list[Rule | None]:
        """For each paragraph what the markup says of its first line."""
        if self.markup is None:
            return []
        if not self._hints:
            starts = [0]
            for line in self.source.split("\n"):
                starts.append(starts[-1] + len(line) + 1)
            self._hints = starts[:-1], self.markup.rules()
        starts, rules = self._hints
        return [rules[bisect_right(starts, self.sheet.starts[members[0]]) - 1] for members in self.units]

    def settle(self, verdicts: Sequence[Verdict]) -> bool:
        """Takes in the verdicts on the paragraphs and joins what a fixed width broke; whether any went or were joined."""
        if not self.verdicts:
            self.verdicts = list(verdicts)
        else:
            for members, verdict in zip(self.units, verdicts, strict=True):
                for number in members:
                    self.verdicts[number] = verdict
        before = len(self.units)
        kept = [at for at, verdict in enumerate(verdicts) if verdict.kept]
        if len(kept) < before:
            self.units = [self.units[at] for at in kept]
            self.texts = [self.texts[at] for at in kept]
            self._changed = True
        if self._changed:
            joints = find_joints(self.texts)
            self._changed = bool(joints)
            if joints:
                self._join(joints)
        return len(self.units) < before

    def settle_all(self, verdict: Verdict) -> None:
        """Takes in one verdict on all paragraphs, after which they stay as they are."""
        for members in self.units:
            self.verdicts[members[0]] = verdict

    def _join(self, joints: Mapping[int, str]) -> None:
        self.is_whole = False
        units, texts = self.units, self.texts
        joined: list[list[str]] = []
        self.units = []
        for at, (members, text) in enumerate(zip(units, texts, strict=True)):
            if at in joints:
                self.joints[members[0]] = joints[at]
                self.units[-1].extend(members)
                joined[-1] += [joints[at], text]
            else:
                self.units.append(members)
                joined.append([text])
        self.texts = ["".join(part) for part in joined]

    def normalize(self) -> bool:
        """Normalizes what is left on its own: without the page's chrome another step may be right. Whether one was."""
        if self.is_whole:
            return False
        _, steps = run_steps("\n".join(self.texts), script=self.config.script, punctuation=self.config.punctuation)
        self._changed = self._changed or bool(steps)
        for unit, members in enumerate(self.units if steps else ()):
            if len(members) > 1 and self._widen(unit, members, steps):
                continue
            for number in members:
                self.sheet.texts[number] = replay(steps, self.sheet.texts[number]).replace("\n", " ").strip()
            parts = [self.joints[number] + self.sheet.texts[number] for number in members]
            self.texts[unit] = "".join(parts)[len(self.joints[members[0]]) :]
        return bool(steps)

    def _widen(self, unit: int, members: Sequence[int], steps: tuple[Step, ...]) -> bool:
        """Replays steps over a joined paragraph as one, where that keeps its length: a pair of brackets may span a joint."""
        text = replay(steps, self.texts[unit])
        if len(text) != len(self.texts[unit]) or "\n" in text:
            return False
        at = 0
        for index, number in enumerate(members):
            at += len(self.joints[number]) if index else 0
            size = len(self.sheet.texts[number])
            self.sheet.texts[number] = text[at : at + size]
            at += size
        self.texts[unit] = text
        return True
