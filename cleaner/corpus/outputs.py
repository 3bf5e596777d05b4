"""Files that get their names when they are whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from cleaner.corpus.jsonlines import escape_halves
from cleaner.errors import OutputError

__all__ = ["Output", "failure", "publish", "sync", "write_whole"]


BUFFER = 1 << 20
"""Bytes that are written at once: lines are short, and each call of the system costs."""


def failure(path: Path | str, error: OSError) -> OutputError:
    """What is said of a file that cannot be written."""
    return OutputError(f"{path}: cannot be written: {error.strerror or error}")


class Output:
    """A file being written in a folder of its own, to be given its name and place later (see `publish`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        try:
            self._file: IO[bytes] = open(path, "wb", BUFFER)  # noqa: SIM115 - closed by finish
        except OSError as error:
            raise failure(path, error) from None

    def write(self, data: bytes) -> None:
        """Writes what comes next. Raises OutputError."""
        try:
            self._file.write(data)
        except OSError as error:
            raise failure(self.path, error) from None
        self.size += len(data)

    def finish(self) -> None:
        """Ends the file, and waits until the disk has it. Raises OutputError."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise failure(self.path, error) from None
        finally:
            self.close()

    def close(self) -> None:
        """Closes the file, whole or not; it can be closed again."""
        with suppress(OSError):  # on a full disk, closing fails once more
            self._file.close()


def sync(path: Path) -> None:
    """Waits until the disk has a file, or the names in a folder."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def publish(folder: Path, target: Path, names: list[str]) -> None:
    """Moves finished files to where they belong; those that were moved already are passed by. Raises OutputError."""
    for name in names:
        try:
            if (folder / name).exists():
                os.replace(folder / name, target / name)
        except OSError as error:
            raise failure(target / name, error) from None
    sync(target)


def write_whole(path: Path, text: str) -> None:
    """Writes JSON to a file that is whole when it has its name. Raises OutputError."""
    part = path.with_name(f"{path.name}.new")
    try:
        with open(part, "wb") as file:
            file.write(escape_halves(text).encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise failure(path, error) from None
