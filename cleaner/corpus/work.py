"""What a worker of a run does: batches of raw records in; cleaned articles out, as columns, or what sites are learned from."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from cleaner.corpus.batch import SHOWN_BYTES, Batch, Fault
from cleaner.corpus.columns import LEARN, Columns
from cleaner.corpus.fields import Fields
from cleaner.corpus.jsonlines import article_fields, line_fields, to_json
from cleaner.corpus.records import Record, read_records
from cleaner.duplicates.cluster import complete, seconds, site_place
from cleaner.errors import InputError, MissingExtraError, NotTextError, RuleError
from cleaner.types import Article, Document

if TYPE_CHECKING:
    from cleaner.config import RunConfig
    from cleaner.page.clean import Cleaner
    from cleaner.page.learn import SiteLearner

__all__ = ["Worker", "clean_records", "content_id", "fields_of", "make_worker", "record_id"]

HEAD = ("url", "site", "title")
"""The fields that are written before the text."""


def fields_of(config: RunConfig) -> Fields:
    """The names of the fields that a run reads."""
    names = (f"{role}_field" for role in ("text", "html", "id", "url", "title", "site"))
    return Fields(*(getattr(config, name) or None for name in names))


def make_worker(config: RunConfig) -> Callable[..., Any]:
    """The function that a worker calls for each batch."""
    return Worker(config).work


class Worker:
    """Cleans batches, or reads them for what sites have in common."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._fields = fields_of(config)
        self._places = {site.lower(): place for place, site in enumerate(config.dedup.prefer_sites)}
        self._cleaners: dict[str, Cleaner] = {}
        self._learner: SiteLearner | None = None

    def work(
        self,
        items: list[Any],
        about: tuple[Batch, str],
        poisonous: Collection[int] = (),
        begin: Callable[[int], None] | None = None,
    ) -> Any:
        """The answer to one task: see `Pool`. `about` is the batch, without its items, and the file of learned sites, or `LEARN`."""
        batch = replace(about[0], items=items)
        if about[1] == LEARN:
            return self.learn(batch, poisonous, begin)
        return self.clean(batch, about[1], poisonous, begin)

    def _records(
        self, batch: Batch, poisonous: Collection[int], begin: Callable[[int], None] | None
    ) -> Iterator[Record | InputError]:
        for place in poisonous:
            batch.items[place] = Fault(
                "the process that worked at this record ended, each time; leave it out or report it",
                _raw(batch.items[place]),
            )
        for _, record in read_records(batch, self._fields, begin):
            yield record

    # Learning

    def learn(
        self, batch: Batch, poisonous: Collection[int] = (), begin: Callable[[int], None] | None = None
    ) -> tuple[int, list[tuple[str, int, bytes]]]:
        """How many records there are, and the pages that may be among the sample of their site: site, hash and lines of each."""
        from cleaner.page.learn import SiteLearner, pack_page

        self._learner = learner = self._learner or SiteLearner()
        count = 0
        found: list[tuple[str, int, bytes]] = []
        waiting: list[tuple[str, int, Document]] = []

        def pack(site: str, number: int, page: Document) -> bool:
            with suppress(NotTextError, RecursionError):  # it is rejected when it is cleaned
                found.append((site, number, pack_page(page, self._config.clean)))
                return True
            return False

        for record in self._records(batch, poisonous, begin):
            count += 1
            if isinstance(record, InputError) or (place := learner.find(record.document)) is None:
                continue
            if begin is None and isinstance(record.document.text, str):
                waiting.append((*place, record.document))
            elif not pack(
                *place, record.document
            ):  # what may hold no text; and all, where it is asked at which record this is
                continue
            learner.add_packed(*place, b"")  # its place is taken; what the page holds is for the asker
        for site, number, page in waiting:
            if learner.holds(site, number):  # others of the batch may have taken its place again
                pack(site, number, page)
        return count, found

    # Cleaning

    def clean(
        self,
        batch: Batch,
        sites: str,
        poisonous: Collection[int] = (),
        begin: Callable[[int], None] | None = None,
    ) -> Columns:
        """The records of a batch, cleaned."""
        columns = Columns()
        tally: dict[str, Counter[str]] = {name: Counter() for name in ("records", "removed", "fields", "flags")}
        cleaner = self._cleaner(sites)
        waiting: list[Record] = []
        shapes: Counter[tuple[str, ...]] = Counter()

        def finish() -> None:
            for record, article in zip(waiting, clean_records(cleaner, waiting), strict=True):
                if isinstance(article, InputError):
                    self._reject(columns, article, tally)
                else:
                    try:
                        self._add(columns, record, article, tally)
                    except InputError as error:
                        self._reject(columns, error, tally)
            waiting.clear()

        for record in self._records(batch, poisonous, begin):
            if isinstance(record, InputError):
                finish()
                self._reject(columns, record, tally)
                continue
            waiting.append(record)
            if record.fields is not None:
                shapes[tuple(record.fields)] += 1
            if begin:
                finish()
        finish()
        for shape, count in shapes.items():
            for role, name in self._fields.names(dict.fromkeys(shape)).items():
                tally["fields"][f"{role}={name}"] += count
        columns.counts = {name: dict(counts) for name, counts in tally.items() if counts}
        return columns

    def _cleaner(self, sites: str) -> Cleaner:
        if sites not in self._cleaners:
            from cleaner.page.clean import Cleaner
            from cleaner.page.site import Sites

            self._cleaners = {sites: Cleaner(self._config.clean, sites=Sites.load(sites) if sites else None)}
        return self._cleaners[sites]

    def _add(self, columns: Columns, record: Record, article: Article, tally: Mapping[str, Counter[str]]) -> None:
        fields = article_fields(article)
        del fields["id"]
        text = fields.pop("text").encode("utf-8", "surrogatepass")
        head = {name: fields.pop(name) for name in HEAD}
        its_head, its_tail = to_json(head), to_json(fields)
        removed = article.removed
        lines = b"".join([to_json(line_fields(line)) for line in removed])  # all that may fail, before a column grows
        columns.head.append(its_head)
        columns.tail.append(its_tail)
        columns.removed.append(lines)
        columns.line.append(record.line)
        columns.id.append(record_id(record))
        columns.size.append(len(text))
        columns.complete.append(complete(article.published, article.source))
        columns.earliest.append(seconds(article.published))
        columns.sites.append(site_place(article.site, article.url, self._places) if self._places else 0)
        columns.error.append(None)
        columns.input.append(None)
        columns.texts.append(text)
        records, labels = tally["records"], tally["removed"]
        records["articles"] += 1
        records["without text"] += not text
        records["lines"] += len(article.lines)
        for line in removed:
            labels[line.label.value] += 1
        if article.flags:
            tally["flags"].update(article.flags)

    def _reject(self, columns: Columns, error: InputError, tally: Mapping[str, Counter[str]]) -> None:
        columns.line.append(error.line)
        columns.id.append("")
        columns.size.append(-1)
        for column in (columns.complete, columns.earliest, columns.sites):
            column.append(0)
        for empty in (columns.head, columns.tail, columns.removed):
            empty.append(b"")
        columns.error.append(sound(str(error)))
        columns.input.append(error.input)
        tally["records"]["rejected"] += 1


def clean_records(cleaner: Cleaner, records: Sequence[Record]) -> Iterator[Article | InputError]:
    """The article of each record, or why there is none; they are cleaned together. Raises RuleError."""
    done = 0
    try:
        for article in cleaner.pipe(record.document for record in records):
            done += 1
            yield article
    except Exception:
        if done == len(records):
            raise
        for record in records[done:]:  # one of them cannot be cleaned: one by one, to find it
            yield _clean_one(cleaner, record)


def _clean_one(cleaner: Cleaner, record: Record) -> Article | InputError:
    try:
        return next(cleaner.pipe([record.document]))
    except RuleError as error:  # a rule of the user's own that takes too long: it would be wrong on other pages, too
        error.add_note(f"while cleaning {record.where}")
        raise
    except MissingExtraError:
        raise
    except NotTextError as error:
        return _rejected(record, str(error))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename.rpartition('cleaner/')[2]}:{last.lineno}"
        return _rejected(record, f"cleaning failed ({type(error).__name__}: {error}; {where}); please report it")


def _rejected(record: Record, what: str) -> InputError:
    raw = record.document.html if record.document.text is None else record.document.text
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw or b""
    if record.fields is not None:
        data = to_json(record.fields)
    return InputError(
        f"{record.where}: {what}",
        file=record.where.rpartition(":")[0] or None,
        line=record.line,
        input=data[:SHOWN_BYTES],
    )


def record_id(record: Record) -> str:
    """The id of a record: the one it came with, or of a file its path, else a hash of its address, else of its content."""
    document = record.document
    if found := document.id or record.name:
        return sound(found)
    content = document.url or (document.html if document.text is None else document.text)
    return content_id(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content or b"")


def sound(text: str) -> str:
    """A text with half characters, which ids and messages cannot have, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _raw(item: Any) -> bytes:
    return item[:SHOWN_BYTES] if isinstance(item, bytes) else b""


def content_id(data: bytes) -> str:
    """An id made of what a record holds: 16 hexadecimal digits."""
    return blake2b(data, digest_size=8).hexdigest()
