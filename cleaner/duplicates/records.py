"""What a user gives, as columns: the ids, the texts, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.duplicates.texts import ArrowTexts, ListTexts, Texts
from cleaner.errors import ConfigError, NotTextError
from cleaner.types import Article, Document

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Records", "read_records"]


class Records:
    """What a user gave: `items` as they were, `ids` and `texts` of each, and the fields that the choice of the kept one asks for."""

    criteria: Mapping[str, NDArray[np.int64]] = {}
    """What is known already of criteria, by name: columns of shape (n,) in which less is better; `id` is one of them."""

    def __init__(self, items: Sequence[Any], ids: Sequence[Any], texts: Texts) -> None:
        self.items = items
        self.ids = ids
        self.texts = texts
        self._bare = isinstance(texts, ListTexts) and texts.texts is items
        if not isinstance(ids, range) and len(set(ids)) < len(ids):
            seen: dict[Any, int] = {}
            for place, id in enumerate(ids):
                if seen.setdefault(id, place) != place:
                    raise ConfigError(
                        f"the id {id!r} stands twice, at positions {seen[id]} and {place}; ids must differ"
                    )

    def only(self, places: list[int]) -> Records:
        """Some of the records."""
        ids = [self.ids[place] for place in places]
        texts = self.texts.only(np.array(places, np.int64))
        if isinstance(self.items, _Rows):
            return Records(_Rows(self.items.table, [self.items.places[place] for place in places]), ids, texts)
        return Records([self.items[place] for place in places], ids, texts)

    def column(self, name: str) -> list[Any] | None:
        """A field of every record (`published`, `source`, `site`, `url`), None where a record lacks it; None for it all where none can have it."""
        if isinstance(self.items, _Rows):
            return self.items.column(name)
        if self._bare:
            return None
        return [_field(item, name) for item in self.items]


def _field(item: Any, name: str) -> Any:
    if isinstance(item, Mapping):
        return item.get(name)
    if isinstance(item, Document | Article):
        value = getattr(item, name, None)
        return item.extra.get(name) if value is None else value
    return None


def read_records(items: Any) -> Records:
    """Reads texts, mappings, Documents, Articles, or an Arrow table with a column `text` and, if it likes, `id`.

    The id of what has none is its position. Raises NotTextError, with position and id, for what is no text, and
    ConfigError for an id that stands twice.
    """
    if hasattr(items, "__arrow_c_stream__") or hasattr(items, "__arrow_c_array__"):
        return _read_arrow(items)
    if isinstance(items, str | bytes | Mapping | Document | Article) or not isinstance(items, Iterable):
        raise NotTextError(f"expected many texts or records, found {type(items).__name__}; give a list of them")
    kept = items if isinstance(items, Sequence) else list(items)
    if all(isinstance(item, str) for item in kept):
        bare = list(kept)  # a copy: what is found is looked up later, when the list of the user may have changed
        return Records(bare, range(len(bare)), ListTexts(bare))
    ids: list[Any] = []
    texts: list[str] = []
    for place, item in enumerate(kept):
        id, text = _read_item(item, place)
        ids.append(place if id is None else id)
        texts.append(_as_text(text, ids[-1], place))
    return Records(kept, ids, ListTexts(texts))


def _read_item(item: Any, place: int) -> tuple[Any, Any]:
    if isinstance(item, Document | Article):
        return _checked_id(item.id, place), item.text
    if isinstance(item, Mapping):
        id = _checked_id(item.get("id"), place)
        if "text" not in item:
            names = ", ".join(map(str, item)) or "none"
            raise NotTextError(f"record {_name(id, place)} has no field 'text'; its fields are: {names:.200}")
        return id, item["text"]
    if isinstance(item, str | bytes):
        return None, item
    raise NotTextError(
        f"record at position {place} is {type(item).__name__}: {item!r:.60}; give texts, mappings with 'text', Documents or Articles"
    )


def _checked_id(id: Any, place: int) -> Any:
    if isinstance(id, np.integer):
        return int(id)
    if not isinstance(id, str | int | None):
        raise ConfigError(f"record at position {place}: its id is {id!r:.60}; it must be text or a whole number")
    return id


def _as_text(text: Any, id: Any, place: int) -> str:
    if isinstance(text, str):
        return text
    if isinstance(text, bytes):
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise NotTextError(
                f"record {_name(id, place)}: its text is no UTF-8: {error.reason} at byte {error.start}; decode it first"
            ) from None
    found = "null" if text is None else f"{type(text).__name__}: {text!r:.60}"
    raise NotTextError(f"record {_name(id, place)}: its text is {found}; it must be text")


def _name(id: Any, place: int) -> str:
    return f"at position {place}" if id is None or id == place else f"{id!r} (position {place})"


class _Rows(Sequence[Any]):
    """Rows of an Arrow table, all or some, made into dicts when one is asked for."""

    def __init__(self, table: Any, places: Sequence[int] | None = None) -> None:
        self.table = table
        self.places = range(len(table)) if places is None else places

    def __len__(self) -> int:
        return len(self.places)

    def column(self, name: str) -> list[Any] | None:
        if name not in self.table.column_names:
            return None
        values = self.table.column(name).to_pylist()
        return [values[place] for place in self.places]

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self.table.slice(self.places[place], 1).to_pylist()[0]


def _read_arrow(items: Any) -> Records:
    import pyarrow as pa

    try:
        table = pa.table({"text": items}) if isinstance(items, pa.Array) else pa.table(items)
    except pa.ArrowInvalid:  # a column by itself
        table = pa.table({"text": pa.chunked_array(items)})
    for name in ("text", "id"):
        if table.column_names.count(name) > 1:
            raise NotTextError(f"the table has {table.column_names.count(name)} columns {name!r}; keep one")
    if "text" not in table.column_names:
        raise NotTextError(f"the table has no column 'text'; its columns are: {', '.join(table.column_names):.200}")
    column = table.column("text")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or str(kind) == "string_view"):
        raise NotTextError(f"the column 'text' is {column.type}; it must be string")
    ids: Sequence[Any] = range(len(table))
    if "id" in table.column_names:
        given = table.column("id").to_pylist()
        ids = [place if _checked_id(id, place) is None else id for place, id in enumerate(given)]
    if column.null_count:
        place = column.is_null().to_pylist().index(True)
        raise NotTextError(f"record {_name(ids[place], place)}: its text is null; it must be text")
    column = column.cast(pa.large_string())
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:
        raise NotTextError(f"the column 'text' is not valid: {error}") from None
    return Records(_Rows(table), ids, ArrowTexts(column))
