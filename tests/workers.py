"""What the workers of test_pool.py do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection
from typing import Any


def make_doubler(settings: Any) -> Callable[..., list[Any]]:
    """Doubles numbers; `die` ends the process, `raise` raises."""

    def work(
        items: list[Any], about: Any, poisonous: Collection[int], begin: Callable[[int], None] | None
    ) -> list[Any]:
        answers: list[Any] = []
        for place, item in enumerate(items):
            if place in poisonous:
                answers.append("left out")
                continue
            if begin:
                begin(place)
            if item == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if item == "raise":
                raise ValueError("a bad item")
            answers.append((item * settings, about))
        return answers

    return work


def make_nothing(_settings: Any) -> Callable[..., Any]:
    """A worker that dies before it works."""
    os._exit(3)
