"""Learns the chrome of sites from their pages: what stands on many distinct pages of one site belongs to the site.

Of each site a sample is kept, those pages whose hashes are least: so the order of the pages has no part in it, a large site costs no more
than a small one, and memory is bounded.
"""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Any

from cleaner.config import CleanConfig
from cleaner.page.probe import probe
from cleaner.page.site import LINE_CHARS, SiteProfile, Sites, group_of, mask
from cleaner.types import Document

__all__ = ["MIN_PAGES", "SiteLearner", "learn_site", "learn_sites", "pack_lines", "pack_page", "page_hash"]

MIN_PAGES = 5
"""On so many distinct pages of a site a line must stand. On 74 pages of one site, 5 lost 0.05 % of the articles and 2 lost 0.6 % (design)."""

PAGES, LEAST_PAGES = 512, 16
"""Pages that are kept of a site; fewer, down to the second number, where there are so many sites that `MOST_PAGES` would be passed."""

MOST_PAGES = 60_000
"""Pages that are kept in all: some 3 KB each."""

PROSE_CHARS = 40
"""A line of so many characters with a stop in it is prose, and more is asked of it."""

COMPANY = 0.5
"""A line of a site stands beside other lines of the site on so many of its pages. One that stands among what differs from page to page (a
heading such as 关键词, a dateline) is the site's only where it stands on `EVERYWHERE` of the pages."""

EVERYWHERE = 0.5

SENTENCES = 0.2
"""A whole sentence is the site's only where it stands on so many of the pages: bulletins say the same with other figures (深证成指报0点,跌0点。)."""

SAME_BODY = 0.5
"""A page of whose prose so much stands on a page that was counted is that page again: a reprint's body would look like chrome."""


def page_hash(content: str | bytes) -> int:
    """The hash of a page by which the sample is drawn: equal for equal pages."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def pack_page(document: Document, config: CleanConfig) -> bytes:
    """What is kept of a page to learn from. Raises NotTextError for a document without text."""
    from cleaner.page.paragraphs import Paragraphs, read_source

    return pack_lines(Paragraphs(read_source(document), config).texts)


def pack_lines(lines: Iterable[str]) -> bytes:
    """What is kept of the lines of a page: their masked probe form."""
    keys = mask(probe("\n".join(lines))[0]).split("\n")
    return zlib.compress("\n".join(map(str.strip, keys)).encode("utf-8", "surrogatepass"), 1)


class SiteLearner:
    """Collects pages, and says what their sites have in common."""

    def __init__(self) -> None:
        self._samples: dict[str, dict[int, bytes]] = {}
        self._heaps: dict[str, list[int]] = {}  # negated hashes: the greatest first
        self._pages = PAGES
        self._share = 1 << 64
        """Sites with a greater hash are left out: half of them, and half of these, where there are too many to hold."""
        self._count = 0

    def wants(self, site: str, number: int) -> bool:
        """Whether a page with this hash would be kept: if not, it need not even be read."""
        if self._share < 1 << 64 and page_hash(site) >= self._share:
            return False
        heap = self._heaps.get(site)
        if heap is None or len(heap) < self._pages:
            return heap is None or number not in self._samples[site]
        return number < -heap[0] and number not in self._samples[site]

    def read(self, document: Document, config: CleanConfig) -> tuple[str, int, bytes] | None:
        """Takes in a page if it is wanted: what `add_packed` takes to give it to another learner, None where it is not wanted.

        Raises NotTextError for a document without text.
        """
        found = self.find(document)
        if found is None:
            return None
        site, number = found
        packed = pack_page(document, config)
        self.add_packed(site, number, packed)
        return site, number, packed

    def find(self, document: Document) -> tuple[str, int] | None:
        """The site and the hash of a page that is wanted; None of another."""
        if (site := group_of(document)) is None:
            return None
        number = page_hash((document.html if document.text is None else document.text) or b"")
        return (site, number) if self.wants(site, number) else None

    def holds(self, site: str, number: int) -> bool:
        """Whether a page that was taken in is still among those that are kept."""
        return number in self._samples.get(site, ())

    def add_packed(self, site: str, number: int, packed: bytes) -> None:
        """Takes in a page if it is wanted: what was packed of it, by this learner or another."""
        if not self.wants(site, number):
            return
        sample = self._samples.setdefault(site, {})
        heapq.heappush(self._heaps.setdefault(site, []), -number)
        sample[number] = packed
        self._count += 1
        self._shrink(site)
        while self._count > MOST_PAGES:
            if self._pages > LEAST_PAGES:
                self._pages //= 2
                for each in self._samples:
                    self._shrink(each)
            else:
                self._share //= 2
                for each in [each for each in self._samples if page_hash(each) >= self._share]:
                    self._count -= len(self._samples.pop(each))
                    del self._heaps[each]

    def _shrink(self, site: str) -> None:
        heap = self._heaps[site]
        while len(heap) > self._pages:
            del self._samples[site][-heapq.heappop(heap)]
            self._count -= 1

    def learn(self) -> Sites:
        """The profiles of all sites of which enough was seen."""
        found = {}
        for site, sample in self._samples.items():
            if len(sample) >= MIN_PAGES:
                pages = (
                    zlib.decompress(sample[n]).decode("utf-8", "surrogatepass").split("\n") for n in sorted(sample)
                )
                profile = learn_site(pages)
                if profile.lines:
                    found[site] = profile
        return Sites(found)


def learn_sites(documents: Iterable[Document | Mapping[str, Any]]) -> Sites:
    r"""What the pages of each site have in common; sites of under five distinct pages are left out.

    Pages are grouped by the domain of their address, else by `site`.

    >>> pages = [{"text": f"河湾网首页\n新闻 体育 财经\n第{n}篇说的是{n}号桥。", "url": f"https://a.example/{n}"} for n in "一二三四五"]
    >>> sites = learn_sites(pages)
    >>> sites, dict(sites["a.example"].lines)
    (<Sites: 1 site, 2 lines>, {'河湾网首页': 5, '新闻 体育 财经': 5})

    Raises NotTextError for a document without text.
    """
    from cleaner.page.clean import as_document

    learner = SiteLearner()
    config = CleanConfig()
    for item in documents:
        learner.read(as_document(item), config)
    return learner.learn()


def learn_site(pages: Iterable[Sequence[str]]) -> SiteProfile:
    """The chrome of one site, from the lines of its pages in masked probe form."""
    distinct = list(_without_copies(list(pages)))
    counts = Counter(line for page in distinct for line in set(page))
    often = {line for line, count in counts.items() if count >= MIN_PAGES and line and len(line) <= LINE_CHARS}
    company: Counter[str] = Counter()
    for page in distinct:
        company.update({line for line in _in_company(page, often) if line in often})
    lines = {}
    for line in sorted(often):
        count = counts[line]
        least = max(SENTENCES if line[-1] in "。!?" else 0, EVERYWHERE if company[line] < COMPANY * count else 0)
        if count >= least * len(distinct):
            lines[line] = count
    return SiteProfile(len(distinct), lines)


def _in_company(page: Sequence[str], often: set[str]) -> Iterator[str]:
    """The lines of a page that stand beside a line of the site."""
    for one, other in pairwise(page):
        if other in often:
            yield one
        if one in often:
            yield other


def _is_prose(line: str) -> bool:
    return len(line) >= PROSE_CHARS and any(stop in line for stop in "。!?;")


def _without_copies(pages: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The pages without those that hold the same article as one before; prose that stands on a fifth of the pages tells nothing."""
    counts = Counter(line for page in pages for line in set(filter(_is_prose, page)))
    most = max(2, len(pages) // 5)
    seen: set[str] = set()
    for page in pages:
        prose = {line for line in page if _is_prose(line) and counts[line] <= most}
        if prose and len(prose & seen) > SAME_BODY * len(prose):
            continue
        seen |= prose
        yield page
