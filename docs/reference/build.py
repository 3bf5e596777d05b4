"""Writes labels.md from the labels, rules, flags and normalization steps of the library: python docs/reference/build.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cleaner.types
from cleaner import Label
from cleaner.page.clean import FLAGS
from cleaner.page.rules import Rule, built_in_rules
from cleaner.text.normalize import STEPS

PAGE = Path(__file__).with_name("labels.md")

HEAD = """# Labels, rules, flags and edits

<!-- Written by docs/reference/build.py: edit that, the rules files or cleaner/types.py. -->

Every line of a page has one label, which says what it is, and one rule, which says how that was found. Whether it
stayed is a third thing (`Line.kept`): a caption can stay or go.

The rules named below stand in `cleaner/page/rules`, whose README describes their fields. *where* says where such a line
goes: `anywhere`; `edge`, only before or after the body; `hint`, not by itself, but it is evidence for where the body
begins and ends. *strength* is the mildest strength at which the rule removes.

With `--strength safe`, and with `standard` on a page that is nearly clean (rules name fewer than three lines of chrome, or under
4 % of the lines), only what repeats and what a rule marked `safe` names goes; by an `edge` rule only before the first and after
the last paragraph. So a lone byline or source at the end of such a page stays, and is read for metadata; `strict` takes it.
Otherwise all outside the body goes.

## Decisions without a rule of their own

| rule | label | kept | why |
|---|---|---|---|
"""

DECISIONS = (
    ("body", "body, heading, caption", "yes", "the line belongs to the article"),
    ("title", "title", "no", "the line says the title that was found"),
    (
        "headline",
        "title",
        "no",
        "the page names no title, and this is the first line of its body: short, open, with chrome before it",
    ),
    ("repeated-title", "repeated_title", "no", "the title once more"),
    (
        "repeated-line",
        "repeated_title",
        "no",
        "a long line without an end mark, three times or more between other paragraphs",
    ),
    ("repeated-body", "repeated_body", "no", "a run of paragraphs stands twice; the copy beside the date stays"),
    (
        "repeated-paragraph",
        "repeated_paragraph",
        "no",
        "a paragraph of 30 characters or more already stands in the article",
    ),
    ("before-body", "navigation", "no", "no rule fits the line, and it stands before the body"),
    ("after-body", "site_chrome", "no", "no rule fits the line, and it stands after the body"),
    (
        "site-line",
        "site_chrome",
        "no",
        "no rule fits the line, and it stands on many pages of its site (see `--sites` and `cleaner run`)",
    ),
    (
        "post-reply",
        "comments",
        "no",
        "the stamp of a post by another than the author of the first: what it stands over is an answer",
    ),
    ("html-title", "title", "no", "the title that the head of a page of HTML gives"),
    ("html-hidden", "site_chrome", "no", "the markup says that a browser does not show the line; a hint"),
    ("html-nav", "navigation", "no", "the line lies in `nav`, `header`, `footer` or `aside`; a hint"),
    ("link-line", "navigation", "no", "the line is a link and little else; a hint"),
    (
        "after-RULE",
        "related, comments",
        "no",
        "as after-body, under a heading that RULE fits, such as `after-related-heading`",
    ),
)


def read_sentences() -> Iterator[tuple[Label, str]]:
    """Each label with the sentence beside it in cleaner/types.py."""
    source = Path(cleaner.types.__file__).read_text("utf-8")
    for label in Label:
        match = re.search(rf'^    {label.name} = "{label.value}"  # (.+)$', source, re.MULTILINE)
        yield label, match[1] if match else ""


def cell(text: str) -> str:
    """`text` as it may stand in a table."""
    return text.replace("|", "\\|")


def table(rules: list[Rule]) -> Iterator[str]:
    """The rules of one label as the lines of a table."""
    if not rules:
        yield "No rule gives this label; see the decisions above."
        return
    yield "| rule | where | strength | example |"
    yield "|---|---|---|---|"
    for rule in rules:
        example = min(rule.examples, key=len, default="")
        yield f"| `{rule.id}` | {rule.where} | {rule.strength.name.lower()} | {cell(example)} |"


def build() -> str:
    """The whole page."""
    lines = [HEAD.rstrip("\n")]
    lines += [f"| `{rule}` | {label} | {kept} | {why} |" for rule, label, kept, why in DECISIONS]
    lines += ["", "## Labels"]
    for label, sentence in read_sentences():
        rules = [rule for rule in built_in_rules() if rule.label is label]
        lines += ["", f"### `{label}`", "", sentence, "", *table(rules)]
    lines += ["", "## Flags", "", "| flag of an article | meaning |", "|---|---|"]
    lines += [f"| `{flag}` | {meaning} |" for flag, meaning in FLAGS.items()]
    lines += [
        "",
        "## Edits",
        "",
        "What `Article.edits` and `normalize_and_explain` can name, in the order of the steps.",
    ]
    lines += ["", "| edit | what was done | only with |", "|---|---|---|"]
    lines += [f"| `{s.name}` | {s.description} | {f'`{s.option}`' if s.option else ''} |" for s in STEPS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(build(), "utf-8")
