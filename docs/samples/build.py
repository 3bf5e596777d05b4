"""Builds the sample corpus: articles and site templates in, pages and their labels out.

    python docs/samples/build.py    # write pages/, labels/ and copies.json beside this file

Nothing here is random: the same sources give the same bytes. A label is right by construction, because every line is
emitted together with its label, and the metadata of a page holds only what one of its lines named.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
KEPT = {"body", "heading"}
VARIANTS = ("original", "reprint", "shortened", "traditional", "edited", "spun", "merged")
HALF_WIDTH = str.maketrans("，：；？！（）", ",:;?!()")
MARKS = {"## ": "heading", "[图] ": "caption"}

# label, optional *times, optional ?every (with a rest: ?2+1), and the text after a colon and one space
TEMPLATE_LINE = re.compile(
    r"(?P<label>[a-z_]+)(?:\*(?P<times>\d+))?(?:\?(?P<every>\d+)(?:\+(?P<rest>\d+))?)?: ?(?P<text>.*)"
)


@dataclass(frozen=True)
class Article:
    """A base article, or one variant of it: what is said, before any site dressed it."""

    id: str
    titles: tuple[str, ...]
    date: datetime
    source: str
    authors: tuple[str, ...]
    editor: str
    keywords: tuple[str, ...]
    channel: str
    blocks: tuple[tuple[str, str], ...]  # (label, text)

    def mapped(self, change: Any) -> Article:
        """The same article with `change` applied to its titles and its blocks."""
        blocks = tuple((label, change(text)) for label, text in self.blocks)
        return replace(self, titles=tuple(map(change, self.titles)), blocks=blocks)


@dataclass(frozen=True)
class Planned:
    """One page to build: which article, in which variant, under which title, at which site."""

    id: str
    site: dict[str, Any]
    number: int
    article: Article | None
    variant: str
    title: str
    template: str
    twice: bool


@dataclass(frozen=True)
class Row:
    """One physical line of a page, or a blank one."""

    label: str
    text: str

    @property
    def kept(self) -> bool:
        """Whether a cleaner should keep the line."""
        return self.label in KEPT


BLANK = Row("", "")


class Facts(dict[str, Any]):
    """What a template may name. It remembers what was named, so that a page's metadata says what the page says."""

    def __init__(self, number: int, **values: Any) -> None:
        super().__init__(values)
        self.number = number
        self.named: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.named.add(key)
        value = super().__getitem__(key)
        if key == "related":  # another page of the site; {related_date} after it is its date
            value, self["related_date"] = next(value)
        return next(value) if isinstance(value, Iterator) else value


# --- sources ---------------------------------------------------------------------------------------------------------


def read_article(path: Path) -> Article:
    """Read one article file: `key: value` lines, a blank line, then a block a line."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    blocks = []
    for line in filter(None, body.splitlines()):
        mark = next((mark for mark in MARKS if line.startswith(mark)), "")
        blocks.append((MARKS.get(mark, "body"), line.removeprefix(mark)))
    return Article(
        id=path.name.partition(".")[0],
        titles=tuple(fields["title"]),
        date=datetime.fromisoformat(fields["date"][0]),
        source=fields["source"][0],
        authors=tuple(filter(None, fields["authors"][0].split("、"))),
        editor=fields["editor"][0],
        keywords=tuple(fields["keywords"][0].split()),
        channel=fields["channel"][0],
        blocks=tuple(blocks),
    )


def read_toml(name: str) -> dict[str, Any]:
    """Read one of the TOML files under source/."""
    return tomllib.loads((SOURCE / name).read_text(encoding="utf-8"))


class Sources:
    """Everything under source/, and the variants made from it."""

    def __init__(self) -> None:
        self.articles = {path.stem: read_article(path) for path in sorted((SOURCE / "articles").glob("*.txt"))}
        self.sites, self.edits = read_toml("sites.toml"), read_toml("edits.toml")
        synonyms = (SOURCE / "synonyms.txt").read_text(encoding="utf-8").splitlines()
        self.words = dict(line.split() for line in synonyms if not line.startswith("#"))
        self.swapped = re.compile("|".join(sorted(self.words, key=len, reverse=True)))  # the longest that fits

    def variant(self, name: str, variant: str) -> Article:
        """Give an article as one of the `VARIANTS`; `a+b` names the two articles of a merged page."""
        if variant == "merged":
            first, second = (self.articles[part] for part in name.split("+"))
            blocks = (*first.blocks, ("heading", second.titles[0]), *second.blocks)
            return replace(first, id=name, blocks=blocks)
        if variant == "traditional":
            return read_article(SOURCE / "traditional" / f"{name}.txt")
        article = self.articles[name]
        if variant == "shortened":
            return replace(article, blocks=first_paragraphs(article.blocks))
        if variant == "edited":
            return edited(article, self.edits[name])
        if variant == "spun":
            return article.mapped(lambda text: self.swapped.sub(lambda match: self.words[match[0]], text))
        return article


def first_paragraphs(blocks: tuple[tuple[str, str], ...], share: float = 0.5) -> tuple[tuple[str, str], ...]:
    """Give the first paragraphs, up to about `share` of the text and never ending on a heading."""
    budget = share * sum(len(text) for _, text in blocks)
    taken: list[tuple[str, str]] = []
    while budget > 0:
        taken.append(blocks[len(taken)])
        budget -= len(taken[-1][1])
    while taken[-1][0] != "body":
        taken.pop()
    return tuple(taken)


def edited(article: Article, changes: list[list[str]]) -> Article:
    """Apply an editor's changes. Each old text must stand in the article; an empty new block disappears."""
    blocks = [list(block) for block in article.blocks]
    for old, new in changes:
        hits = [block for block in blocks if old in block[1]]
        if len(hits) != 1:
            raise ValueError(f"{article.id}: {len(hits)} blocks hold {old!r}")
        hits[0][1] = hits[0][1].replace(old, new)
    return replace(article, blocks=tuple((label, text) for label, text in blocks if text))


# --- plan ------------------------------------------------------------------------------------------------------------


def plan(sources: Sources) -> list[Planned]:
    """Read each site's list of pages: `article [variant] [#title] [@template] [twice]`, a page a line."""
    planned = []
    for key, site in sources.sites.items():
        for number, line in enumerate(site["pages"].splitlines(), 1):
            name, *words = line.split()
            variant = next((word for word in words if word in VARIANTS), "original")
            which = next((int(word[1:]) for word in words if word.startswith("#")), 1)
            article = None if name == "-" else sources.variant(name, variant)
            if article and site.get("half_width"):
                article = article.mapped(lambda text: text.translate(HALF_WIDTH))
            planned.append(
                Planned(
                    id=f"{key}-{number:02}",
                    site={**site, "key": key},
                    number=number,
                    article=article,
                    variant=variant,
                    title=article.titles[which - 1] if article else site["name"],
                    template=site[next((word[1:] for word in words if word.startswith("@")), "page")],
                    twice="twice" in words,
                )
            )
    return planned


def page_facts(page: Planned, others: list[Planned]) -> Facts:
    """Collect what the templates of a page may name."""
    site, article = page.site, page.article
    date = article.date if article else datetime(2024, 5, 6, 9, 30, 12)
    if page.variant != "original":  # a copy comes later
        date += timedelta(days=VARIANTS.index(page.variant), hours=page.number % 5, seconds=page.number * 7)
    start = page.number % max(len(others), 1)
    links = [(other.title, other.article.date) for other in others[start:] + others[:start] if other.article]
    chars = sum(len(text) for _, text in article.blocks) if article else 0
    serial = 10200 + 37 * page.number
    publishers = site.get("publishers", ["admin"])
    return Facts(
        page.number,
        title=page.title,
        date=date,
        source=article.source if article else "",
        authors=site.get("join", " ").join(article.authors) if article else "",
        author="".join(article.authors[:1]) if article else "",
        editor=article.editor if article else "",
        keywords=site.get("keyword_join", " ").join(article.keywords) if article else "",
        channel=article.channel if article else "",
        url=site["url"].format(date=date, serial=serial),
        chars=chars,
        minutes=max(1, round(chars / 400)),
        serial=serial,
        publisher=publishers[page.number % len(publishers)],
        related=cycle(links),
        user=islice(cycle(site.get("users", ())), page.number % 5, None),
        comment=islice(cycle(site.get("comments", ())), page.number % 7, None),
        stamp=(date + timedelta(minutes=41 * step + page.number) for step in count(1)),
        image=(f"{serial * step * 2654435761 % 16**8:08x}{serial * step:06x}" for step in count(3)),
        clicks=serial % 977,
    )


# --- pages -----------------------------------------------------------------------------------------------------------


def template_rows(template: str, page: Planned, facts: Facts) -> Iterator[Row]:
    """Run a template: `label: text` lines, blank lines, and `@body` or `@copy` where the article stands."""
    for line in template.strip("\n").split("\n"):
        if not line:
            yield BLANK
        elif line == "@body":
            yield from body_rows(page, facts)
        elif line == "@copy":
            yield from (Row("repeated_body", row.text) if row.kept else row for row in body_rows(page, facts))
        else:
            match = TEMPLATE_LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"{page.id}: cannot read the template line {line!r}")
            unsigned = "{author" in match["text"] and not (page.article and page.article.authors)
            if unsigned or page.number % int(match["every"] or 1) != int(match["rest"] or 0):
                continue
            for _ in range(int(match["times"] or 1)):
                yield Row(match["label"], fill(match["text"], facts))


def fill(template: str, facts: Facts) -> str:
    """Fill a template text in the wording whose turn it is, and remember how exactly it tells the date."""
    wordings = template.split(" ‖ ")
    template = wordings[facts.number % len(wordings)]
    if "{date" in template:
        facts.named.add(next((exact for exact in ("%S", "%H") if exact in template), "%d"))
    return template.format_map(facts)


def body_rows(page: Planned, facts: Facts) -> Iterator[Row]:
    """The article as the site shows it: lead, captions, headings, repeated titles, blank lines, line breaks."""
    site, blocks = page.site, list(page.article.blocks if page.article else ())
    texts = [index for index, (label, _) in enumerate(blocks) if label == "body"]
    first, last = texts[0], texts[-1]
    if page.article and page.article.authors and not blocks[first][1].isascii():  # no lead before English
        blocks[first] = ("body", fill(site.get("lead", ""), facts) + blocks[first][1])
        blocks[last] = ("body", blocks[last][1] + fill(site.get("tail", ""), facts))
    if page.twice:
        blocks.insert(texts[len(texts) // 2] + 1, ("repeated_paragraph", blocks[texts[1]][1]))
    every, paragraphs = site.get("repeat_every", 1), 0
    for index, (label, text) in enumerate(blocks):
        if label == "caption":
            if "caption" not in site:
                continue
            text = fill(site["caption"], facts).replace("<>", text)  # noqa: PLW2901
        if label == "heading":
            text = site.get("heading", "<>").replace("<>", text)  # noqa: PLW2901
        indent = site.get("indent", "") if label != "heading" else ""
        width = site.get("wrap", len(indent + text))  # a hard-wrapped page cuts its lines wherever that falls
        for at in range(0, len(indent + text), width):
            yield Row(label, (indent + text)[at : at + width])
        if index == len(blocks) - 1:
            break
        gap = [BLANK] if site.get("gap", True) else []
        yield from gap
        paragraphs += label == "body"
        if "repeat" in site and label == "body" and paragraphs % every == 0:
            yield Row("repeated_title", fill(site["repeat"], facts))
            yield from gap


def build_page(page: Planned, planned: list[Planned]) -> tuple[str, dict[str, Any]]:
    """Build one page: its text and its labels."""
    others = [
        other
        for other in planned
        if other.site["key"] == page.site["key"]
        and other.article
        and not (page.article and set(other.article.id.split("+")) & set(page.article.id.split("+")))
    ]
    facts = page_facts(page, others)
    rows = list(template_rows(page.template, page, facts))
    article, named = page.article, facts.named
    prefix = page.site.get("prefix", "")
    labels = {
        "id": page.id,
        "site": page.site["key"],
        "url": facts["url"],
        "title": prefix + page.title if article else next(row.text for row in rows if row.label == "title"),
        "published": published(facts["date"], named) if article else None,
        "source": article.source if article and "source" in named else None,
        "authors": list(article.authors[: None if "authors" in named else "author" in named]) if article else [],
        "editors": [article.editor] if article and "editor" in named else [],
        "keywords": list(article.keywords) if article and "keywords" in named else [],
        "article": article.id if article else None,
        "variant": page.variant if article else None,
    }
    if prefix:
        labels["title_ok"] = [page.title]
    if not any(row.kept for row in rows):
        labels["chrome_only"] = True
    labels["lines"] = [[row.label, row.kept] for row in rows if row.text.strip()]
    return "\n".join(row.text for row in rows) + "\n", labels


def published(date: datetime, named: set[str]) -> str | None:
    """Say when the page was published, as exactly as the page says it."""
    if "%S" in named:
        return date.isoformat()
    if "%H" in named:
        return date.replace(second=0).isoformat()
    return date.date().isoformat() if "%d" in named else None


def copies(planned: list[Planned], different: list[list[str]]) -> dict[str, Any]:
    """Say which pages are copies of which, and which look alike and are not."""
    groups: dict[str, list[dict[str, str]]] = {}
    for page in planned:
        for name in page.article.id.split("+") if page.article and "body" in page.template else ():
            groups.setdefault(name, []).append({"id": page.id, "variant": page.variant})
    pages = {name: [member["id"] for member in members] for name, members in groups.items()}
    several = {name: members for name, members in sorted(groups.items()) if len(members) > 1}
    return {
        "groups": [{"article": name, "members": members} for name, members in several.items()],
        "different": [{"articles": pair, "pages": [pages[name] for name in pair]} for pair in different],
    }


def dump(value: dict[str, Any]) -> str:
    """JSON with a line for each field and for each entry of a list of lists or objects: what a diff can show."""
    fields = []
    for key, item in value.items():
        text = json.dumps(item, ensure_ascii=False)
        if isinstance(item, list) and item and not isinstance(item[0], str):
            text = "[\n" + ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in item) + "\n ]"
        fields.append(f' "{key}": {text}')
    return "{\n" + ",\n".join(fields) + "\n}\n"


def build(out: Path = HERE) -> int:
    """Write the corpus under `out` and return the number of pages."""
    sources = Sources()
    planned = plan(sources)
    for folder in ("pages", "labels"):
        shutil.rmtree(out / folder, ignore_errors=True)
    for page in planned:
        text, labels = build_page(page, planned)
        name = f"{page.number:02}"
        for folder, suffix, content in (("pages", "txt", text), ("labels", "json", dump(labels))):
            path = out / folder / page.site["key"] / f"{name}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")
    pairs = read_toml("different.toml")["pairs"]
    (out / "copies.json").write_text(dump(copies(planned, pairs)), encoding="utf-8", newline="\n")
    return len(planned)


if __name__ == "__main__":
    print(f"{build()} pages")
