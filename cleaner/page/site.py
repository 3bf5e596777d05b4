"""What many pages of one site have in common: its menus, notices and labels, as lines that stand on several of them.

Lines are compared in probe form with runs of digits masked, so that `阅读(128)` and `閱讀（５）` are one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError
from cleaner.page.probe import probe
from cleaner.page.rules import Rule, Strength
from cleaner.types import Document, Label

__all__ = ["SiteProfile", "Sites", "as_site_rule", "group_of", "mask", "site_of"]

FORMAT = "cleaner sites 1"

LINE_CHARS = 200
"""A longer line is an article's, or a page without line breaks: it is never chrome of a site."""

_DIGITS = re.compile("[0-9]+")
_HALF = re.compile("[\ud800-\udfff]")
_HOST = re.compile(r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//)?(?:[^/?#@\s]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\s]+)", re.IGNORECASE)
"""The host of an address, with or without scheme. (`urllib.parse.urlsplit` takes eight times as long, of which a corpus has millions.)"""

SITE_RULE = Rule(
    "site-line",
    Label.SITE_CHROME,
    pattern="",
    where="anywhere",
    strength=Strength.SAFE,
    origin="learned from other pages of the site",
)
"""The rule that is named for a line that was learned from the site's other pages."""


def mask(key: str) -> str:
    """A line in probe form as sites are compared by.

    >>> mask("阅读(128) 2024-05-01")
    '阅读(0) 0-0-0'
    """
    return _DIGITS.sub("0", key)


@cache
def as_site_rule(rule: Rule | None) -> Rule:
    """What is made of the rule that fits a line, if any, once it is known that the line belongs to the site: it goes wherever it stands."""
    if rule is None:
        return SITE_RULE
    if rule.label is Label.BODY:
        return rule
    return replace(rule, where="anywhere", strength=Strength.SAFE)


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """The chrome of one site: `lines` in masked probe form, each with the number of distinct pages that it stands on, of `pages` read."""

    pages: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)
    _firsts: frozenset[str] = field(init=False, repr=False, compare=False)
    """What a line in probe form begins with that may be one of them."""

    def __post_init__(self) -> None:
        firsts = {line[:1] for line in self.lines}
        object.__setattr__(self, "_firsts", frozenset(firsts | set("0123456789" if "0" in firsts else "")))

    def find(self, keys: Sequence[str]) -> list[int]:
        """The places of the lines of a page, in probe form, that are the site's."""
        firsts, lines = self._firsts, self.lines
        return [at for at, key in enumerate(keys) if key[0] in firsts and mask(key) in lines]

    def __add__(self, other: SiteProfile) -> SiteProfile:
        """Both together; pages that both were learned from count twice."""
        lines = dict(self.lines)
        for line, count in other.lines.items():
            lines[line] = lines.get(line, 0) + count
        return SiteProfile(self.pages + other.pages, lines)


class Sites(Mapping[str, SiteProfile]):
    """Profiles by site: a registrable domain, or the name of a folder or of a field."""

    def __init__(self, profiles: Mapping[str, SiteProfile] | None = None) -> None:
        self._profiles = dict(sorted((profiles or {}).items()))

    def __getitem__(self, site: str) -> SiteProfile:
        return self._profiles[site]

    def __iter__(self) -> Any:
        return iter(self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)

    def __repr__(self) -> str:
        lines = sum(len(profile.lines) for profile in self.values())
        return f"<Sites: {len(self):,} site{'s' * (len(self) != 1)}, {lines:,} line{'s' * (lines != 1)}>"

    @classmethod
    def merge(cls, many: Iterable[Sites]) -> Sites:
        """All profiles together; those of one site are added up."""
        profiles: dict[str, SiteProfile] = {}
        for sites in many:
            for site, profile in sites.items():
                profiles[site] = profiles[site] + profile if site in profiles else profile
        return cls(profiles)

    @classmethod
    def load(cls, file: str | Path) -> Sites:
        """Reads a file that `cleaner sites learn` wrote or somebody edited. Lines in it may be in any form. Raises ConfigError."""
        try:
            stored = json.loads(Path(file).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from None
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{file}: not JSON: {error}") from None
        if not isinstance(stored, dict) or stored.get("format") != FORMAT:
            raise ConfigError(f"{file}: not a file of sites: it has no {FORMAT!r} under 'format'")
        found = stored.get("sites")
        if not isinstance(found, dict):
            raise ConfigError(f"{file}: 'sites' must be an object, a site each")
        return cls({site: _read_profile(f"{file}: site {site!r}", value) for site, value in found.items()})

    def to_json(self) -> str:
        """The text of a file of sites: lines that stand on most pages first."""
        sites = {
            site: {
                "pages": profile.pages,
                "lines": dict(sorted(profile.lines.items(), key=lambda item: (-item[1], item[0]))),
            }
            for site, profile in self.items()
        }
        text = json.dumps({"format": FORMAT, "sites": sites}, ensure_ascii=False, indent=1) + "\n"
        return _HALF.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _read_profile(origin: str, value: Any) -> SiteProfile:
    if not isinstance(value, dict) or not isinstance(value.get("lines"), dict):
        raise ConfigError(f"{origin}: it must be an object with 'pages' and 'lines'")
    pages, lines = value.get("pages", 0), value["lines"]
    for name, count in (("pages", pages), *lines.items()):
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ConfigError(f"{origin}: {name!r} has {count!r}; it must be a number of pages")
    return SiteProfile(pages, {mask(probe(line)[0].strip()): count for line, count in lines.items()})


@cache
def _suffixes(encoded: bool) -> Any:
    """The list of public suffixes; written as ASCII, too (`xn--…`), it takes twice as long to make, and few hosts ask for that."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_encoded_idn=encoded)


@lru_cache(1 << 16)
def _domain(host: str) -> str:
    if host.replace(".", "").isdigit() or ":" in host:  # a number, which has no domain
        return host
    return _suffixes("xn--" in host).privatesuffix(host) or host


def site_of(url: str | None) -> str | None:
    """The registrable domain of an address, or its host where it has none: by it pages are grouped.

    >>> site_of("https://news.rthk.hk/rthk/ch/1.htm"), site_of("//finance.sina.com.cn/a"), site_of("http://localhost:8000/")
    ('rthk.hk', 'sina.com.cn', 'localhost')
    """
    match = _HOST.match(url) if url else None
    host = match[1].strip("[]").rstrip(".").lower() if match else ""
    return _domain(host) if host else None


def group_of(document: Document) -> str | None:
    """By what a page is grouped with others of its site: the domain of its address, else its site, else its folder."""
    return site_of(document.url) or document.site or document.folder
