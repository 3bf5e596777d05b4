"""What may be shown on a terminal, and what to do when nobody reads any more, or somebody interrupts."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

__all__ = ["open_closed_streams", "quit_at_interrupt", "silence_stdout", "visible"]

# Controls and escapes, marks that reorder what is shown, line separators, half characters.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` as a terminal may see it: characters that would steer it are written out.

    >>> visible("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return _UNSHOWN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def open_closed_streams() -> None:
    """Points stdout and stderr nowhere where they are closed, as for a daemon: there is nobody to be told."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - to the end


def silence_stdout() -> None:
    """Points stdout nowhere, so that the interpreter does not complain about a closed pipe when it ends."""
    with suppress(OSError, ValueError):  # stdout may be no file: under a test, say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def quit_at_interrupt() -> Iterator[None]:
    """Ends the process at an interrupt, with nothing tidied up: for where a KeyboardInterrupt would be lost, as in the callbacks of a compiler."""

    def leave(*_: object) -> None:
        click.echo("Interrupted.", err=True)
        os._exit(130)

    before = signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
