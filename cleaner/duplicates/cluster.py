"""Which article of several is kept, and what becomes of the others.

Articles are ranked once, by a policy; then each, from the best on, is kept unless it matches one that is kept already. So nothing
goes that does not itself match the article that stays for it, and the order of the input has no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from cleaner.duplicates.records import Records
from cleaner.duplicates.verdict import CONTAINED, NEAR, Verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["complete", "keep_best", "rank", "seconds", "site_place"]

CHUNK = 1 << 16
"""Pairs that are objects of Python at once: an array holds them in a quarter of the memory."""

_NEVER = np.iinfo(np.int64).max


def rank(
    records: Records, sizes: NDArray[np.int64], prefer: tuple[str, ...], sites: tuple[str, ...]
) -> NDArray[np.int64]:
    """The places of the records, best first: by each criterion of `prefer` in turn (see `DedupConfig.prefer`), then by id."""
    columns = [_criterion(name, records, sizes, sites) for name in prefer if name != "id"]
    if "id" in records.criteria:
        by_id = records.criteria["id"]
    else:
        by_id = np.empty(len(sizes), np.int64)
        by_id[_sort_ids(records.ids)] = np.arange(len(sizes))
    return np.lexsort([by_id, *reversed([column for column in columns if column is not None])])


def _sort_ids(ids: Sequence[Any]) -> Sequence[int] | NDArray[np.int64]:
    """The places of ids in their order: numbers first, then text by its characters."""
    if isinstance(ids, range):
        return ids
    if all(type(id) is int for id in ids):
        with suppress(OverflowError):
            return np.argsort(np.fromiter(ids, np.int64, len(ids)), kind="stable")
    try:
        return sorted(range(len(ids)), key=ids.__getitem__)
    except TypeError:  # both kinds
        return sorted(range(len(ids)), key=lambda place: (isinstance(ids[place], str), ids[place]))


def _criterion(
    name: str, records: Records, sizes: NDArray[np.int64], sites: tuple[str, ...]
) -> NDArray[np.int64] | None:
    """A column in which less is better; None where all are the same."""
    if name == "longest":
        return -sizes
    if name in records.criteria:
        return records.criteria[name]
    if name == "complete":
        published, source = records.column("published"), records.column("source")
        if published is None and source is None:
            return None
        nothing = [None] * len(sizes)
        known = zip(published or nothing, source or nothing, strict=True)
        return np.array([complete(*both) for both in known], np.int64)
    if name == "earliest":
        published = records.column("published")
        return None if published is None else np.array([seconds(value) for value in published], np.int64)
    places = {site.lower(): place for place, site in enumerate(sites)}
    named, urls = records.column("site"), records.column("url")
    if not places or (named is None and urls is None):
        return None
    nothing = [None] * len(sizes)
    return np.array(
        [site_place(*known, places) for known in zip(named or nothing, urls or nothing, strict=True)], np.int64
    )


def complete(published: Any, source: Any) -> int:
    """How much is known of an article: 0 for neither date nor source, -1 for one, -2 for both."""
    return -(seconds(published) != _NEVER) - bool(source)


def seconds(published: Any) -> int:
    """Seconds since 1970, times without a zone as UTC; what is no date comes last."""
    if isinstance(published, str):
        try:
            published = datetime.fromisoformat(published)
        except ValueError:
            return int(_NEVER)
    if isinstance(published, date) and not isinstance(published, datetime):
        published = datetime(published.year, published.month, published.day)
    if not isinstance(published, datetime):
        return int(_NEVER)
    try:
        zoned = published if published.tzinfo else published.replace(tzinfo=UTC)
        return int((zoned - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except (ValueError, OverflowError):  # such as the NaT of pandas
        return int(_NEVER)


def site_place(site: Any, url: Any, places: dict[str, int]) -> int:
    """The place of a site among the preferred ones, by its name or by the host of its address or a domain above it."""
    if isinstance(site, str) and site.lower() in places:
        return places[site.lower()]
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:  # no address
        host = None
    while host:
        if host in places:
            return places[host]
        host = host.partition(".")[2]
    return len(places)


def keep_best(count: int, better: NDArray[np.int64], worse: NDArray[np.int64], verdicts: Verdicts) -> NDArray[np.int64]:
    """For each of `count` ranks the number of the pair by which it goes, -1 for those that stay.

    `better` and `worse` are the ranks of the pairs. Of several that stay and that a text matches, the most alike counts, then the
    best ranked.
    """
    matching = np.flatnonzero((verdicts.kinds == NEAR) | (verdicts.kinds == CONTAINED))
    order = matching[np.lexsort([better[matching], -verdicts.similarity[matching], worse[matching]])]
    gone_by = np.full(count, -1, np.int64)
    gone = bytearray(count)
    for start in range(0, len(order), CHUNK):
        part = order[start : start + CHUNK]
        for pair, one, other in zip(part.tolist(), better[part].tolist(), worse[part].tolist(), strict=True):
            if not (gone[other] or gone[one]):
                gone[other] = True
                gone_by[other] = pair
    return gone_by
