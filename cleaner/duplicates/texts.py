"""Texts as a column: as UTF-8, a batch at a time; and their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Utf8 = tuple[NDArray[np.uint8], NDArray[np.int64]]
    """Texts in one buffer, one after the other, and where each begins, and the end."""

__all__ = ["ArrowTexts", "Lines", "ListTexts", "Texts", "split_batches"]


class Texts(Protocol):
    """Texts that can be had as UTF-8."""

    def __len__(self) -> int: ...

    def sizes(self) -> NDArray[np.int64]:
        """How long each is, in characters or bytes: what a batch is measured by."""

    def characters(self) -> NDArray[np.int64]:
        """How many characters each has."""

    def take(self, places: Sequence[int] | range) -> Utf8:
        """Some of them; `places` must rise."""

    def text(self, place: int) -> str:
        """One of them."""

    def only(self, places: NDArray[np.int64]) -> Texts:
        """Some of them, in any order, as texts of their own."""

    def lines(self, least: int) -> Lines:
        """Their lines of at least so many characters, as texts of their own."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of texts, in the order in which they stand; shape (n,) each."""

    places: NDArray[np.int64]
    """In which text each stands, and ..."""
    numbers: NDArray[np.int64]
    """... which of its lines it is, from 0."""
    texts: Texts

    def only(self, which: NDArray[np.int64]) -> Lines:
        """Some of them, in any order."""
        return Lines(self.places[which], self.numbers[which], self.texts.only(which))


class ListTexts:
    """Texts in a list."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def sizes(self) -> NDArray[np.int64]:
        """Characters of each."""
        return np.fromiter(map(len, self.texts), np.int64, len(self.texts))

    characters = sizes

    def take(self, places: Sequence[int] | range) -> Utf8:
        """Some of them."""
        if isinstance(places, range):
            texts = self.texts[places.start : places.stop]
        else:
            texts = [self.texts[place] for place in places]
        try:
            encoded = [text.encode() for text in texts]
        except UnicodeEncodeError:  # half characters: the fold drops them
            encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        return np.frombuffer(b"".join(encoded), np.uint8), offsets

    def text(self, place: int) -> str:
        """One of them."""
        return self.texts[place]

    def only(self, places: NDArray[np.int64]) -> ListTexts:
        """Some of them, in any order."""
        return ListTexts([self.texts[place] for place in places.tolist()])

    def lines(self, least: int) -> Lines:
        """Their lines of at least so many characters."""
        return _split_lines(self.texts, least)


class ArrowTexts:
    """Texts in an Arrow column (large_string, no nulls): a run of them is had without a copy."""

    def __init__(self, column: Any) -> None:
        self.column = column
        self._ends = np.cumsum([len(chunk) for chunk in column.chunks])

    def __len__(self) -> int:
        return len(self.column)

    def sizes(self) -> NDArray[np.int64]:
        """Bytes of each."""
        import pyarrow.compute as pc

        return np.asarray(pc.binary_length(self.column), np.int64)

    def take(self, places: Sequence[int] | range) -> Utf8:
        """Some of them."""
        if isinstance(places, range):
            chunks = self.column.slice(places.start, len(places)).chunks
        else:
            # Chunk by chunk: `take` of the whole column joins its chunks anew each time.
            at = np.asarray(places, np.int64)
            cuts = np.searchsorted(at, np.concatenate([[0], self._ends]))
            parts = zip(self.column.chunks, [0, *self._ends.tolist()], pairwise(cuts.tolist()), strict=False)
            chunks = [chunk.take(at[low:high] - start) for chunk, start, (low, high) in parts if high > low]
        if not chunks:
            return np.empty(0, np.uint8), np.zeros(1, np.int64)
        import pyarrow as pa

        chunk = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)
        _, offsets, data = chunk.buffers()
        bounds = np.frombuffer(offsets, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        text = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]] if data is not None else np.empty(0, np.uint8)
        return text, bounds - bounds[0]

    def characters(self) -> NDArray[np.int64]:
        """Characters of each."""
        import pyarrow.compute as pc

        return np.asarray(pc.utf8_length(self.column), np.int64)

    def text(self, place: int) -> str:
        """One of them."""
        found: str = self.column[place].as_py()
        return found

    def only(self, places: NDArray[np.int64]) -> ArrowTexts:
        """Some of them, in any order."""
        return ArrowTexts(self.column.take(places))

    def lines(self, least: int) -> Lines:
        """Their lines of at least so many characters, as strings."""
        return _split_lines((text for chunk in self.column.chunks for text in chunk.to_pylist()), least)


def _split_lines(texts: Iterable[str], least: int) -> Lines:
    places: list[int] = []
    numbers: list[int] = []
    found: list[str] = []
    for place, text in enumerate(texts):
        for number, line in enumerate(text.split("\n")):
            if len(line) >= least:
                places.append(place)
                numbers.append(number)
                found.append(line)
    return Lines(np.array(places, np.int64), np.array(numbers, np.int64), ListTexts(found))


def split_batches(sizes: NDArray[np.int64], most: int) -> Iterator[range]:
    """Cuts texts into batches of about `most` characters or bytes, each of one text at least."""
    marks = np.cumsum(sizes) // most
    cuts = np.flatnonzero(np.diff(marks)) + 1
    for start, stop in pairwise([0, *cuts.tolist(), len(sizes)]):
        if stop > start:
            yield range(start, stop)
