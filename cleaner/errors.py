"""What can go wrong, as one tree.

    CleanerError            everything this library raises on purpose
    ├── NotTextError        the input is not text: a null, a number, bytes of an image (also a ValueError)
    ├── ConfigError         an option, a config file or a user's rule file is wrong (also a ValueError)
    │   └── RuleError       one rule of a rules file is wrong: names the file, the rule and the field
    ├── InputError          a file or a record of it cannot be read: names the file, the line and what to do
    ├── OutputError         a file cannot be written, or is in the way: names it and says what to do
    ├── WorkerError         processes that share the work cannot start, or die again and again
    └── MissingExtraError   an optional dependency is absent: gives the install line (also an ImportError)

Messages say what was found, where, and what to do. Nothing else is raised on purpose; any other exception that
leaves this library is a bug.
"""

from __future__ import annotations

__all__ = [
    "CleanerError",
    "ConfigError",
    "InputError",
    "MissingExtraError",
    "NotTextError",
    "OutputError",
    "RuleError",
    "WorkerError",
]


class CleanerError(Exception):
    """The base of every error that this library raises on purpose."""


class NotTextError(CleanerError, ValueError):
    """The input is not text and cannot be made into text."""


class ConfigError(CleanerError, ValueError):
    """An option or a configuration file is wrong."""


class RuleError(ConfigError):
    """A rule in a rules file is wrong; the message names the file, the rule and the field."""


class InputError(CleanerError):
    """A file, or a record in it, cannot be read; the message names the file and the line.

    `file` and `line` say where, as far as that is known, and `input` is the record as it was (its beginning, if it is very long).
    """

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, input: bytes | None = None
    ) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.input = input


class OutputError(CleanerError):
    """A file cannot be written, or stands in the way."""


class WorkerError(CleanerError, RuntimeError):
    """Processes that share the work cannot start, or die again and again."""


class MissingExtraError(CleanerError, ImportError):
    """An optional dependency is not installed; the message gives the install line."""
