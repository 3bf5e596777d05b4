"""Records as lines of JSON, in and out: quickly where that is safe, exactly where it is not."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import orjson

from cleaner.corpus.fields import kind_of
from cleaner.errors import InputError
from cleaner.types import Article, Line

__all__ = ["article_fields", "escape_halves", "line_fields", "read_object", "to_json"]

_ZEROS = bytes(ord("0") if chr(byte).isdigit() else ord(" ") for byte in range(128)) + b" " * 128
_LONG_NUMBER = b"0" * 19
"""A number of so many digits may not fit into 64 bits, and is to be read digit by digit. (A search in the line with its digits made
zeros is fifteen times as fast as one for `[0-9]{19}`.)"""

_EXACT = frozenset({str, int, bool, type(None)})
"""What orjson reads as it stands there."""

_LONE = re.compile(r"[\ud800-\udfff]")


def read_object(raw: bytes, where: str) -> dict[str, Any]:
    """The object that a line holds. Raises InputError, which says what it holds instead."""
    fields: Any
    try:
        fields = orjson.loads(raw)
        if _may_hold_long_numbers(fields) and _LONG_NUMBER in raw.translate(_ZEROS):
            fields = _read_exactly(raw)
    except (ValueError, RecursionError):
        try:
            fields = _read_exactly(raw)  # half characters, NaN: what orjson is stricter with
        except UnicodeDecodeError as error:
            found = f"byte 0x{raw[error.start]:02x} at {error.start + 1}"
            raise InputError(f"{where}: not UTF-8 ({found}); convert the file, from gb18030 for example") from None
        except json.JSONDecodeError as error:
            shown = raw.decode("utf-8", "replace").strip()[:40]
            said = f"{where}: not JSON ({error.msg}, character {error.pos + 1}): {shown}; give one object a line"
            raise InputError(said) from None
        except ValueError as error:
            raise InputError(f"{where}: JSON that cannot be read: {error}") from None
        except RecursionError:
            raise InputError(f"{where}: fields nested too deeply to be read; flatten or drop them") from None
    if not isinstance(fields, dict):
        raise InputError(f"{where}: JSON, but {kind_of(fields)} and not an object; give one object a line")
    return fields


def _may_hold_long_numbers(fields: Any) -> bool:
    """Whether a number of over 64 bits, which orjson makes a float, can be among what was read: such records are rare, and few look at digits."""
    return not (isinstance(fields, dict) and set(map(type, fields.values())) <= _EXACT)


def _read_exactly(raw: bytes) -> Any:
    return json.loads(raw.decode("utf-8"))


def to_json(fields: Mapping[str, Any]) -> bytes:
    """One JSON line in UTF-8, valid whatever came in: half characters are escaped, NaN and infinity are null, bytes are base64.

    Raises InputError for fields that are nested too deeply.
    """
    try:
        return orjson.dumps(fields, default=_as_json, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # half characters, numbers of over 64 bits, fields nested deeply
        pass
    try:
        text = json.dumps(_finite(fields), ensure_ascii=False, allow_nan=False, default=_as_json, separators=(",", ":"))
    except RecursionError:
        where = fields.get("id", "a record without id")
        raise InputError(f"{where}: fields nested too deeply to be written; flatten or drop them") from None
    return escape_halves(text).encode() + b"\n"


def escape_halves(text: str) -> str:
    """JSON with half characters, as file names and texts can have them, escaped, so that it can be written as UTF-8."""
    return _LONE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def article_fields(article: Article, **more: Any) -> dict[str, Any]:
    """An article as one JSON object: what was found, `more`, then the fields that the input had besides.

    A field of the input whose name is taken comes out as `input_` and that name.
    """
    fields: dict[str, Any] = {
        "id": article.id,
        "url": article.url,
        "site": article.site,
        "title": article.title,
        "text": article.text,
        "published": article.published.isoformat() if article.published else None,
        "source": article.source,
        "publisher": article.publisher,
        "authors": article.authors,
        "editors": article.editors,
        "keywords": article.keywords,
        "script": article.script,
        "flags": article.flags,
        **more,
    }
    for name, value in article.extra.items():
        free = name
        while free in fields or (free != name and free in article.extra):
            free = f"input_{free}"
        fields[free] = value
    return fields


def line_fields(line: Line) -> dict[str, Any]:
    """A line of a page as one JSON object."""
    return {"start": line.start, "end": line.end, "text": line.text, "label": line.label, "rule": line.rule}
