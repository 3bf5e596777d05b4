"""Loads the compiled loops ahead of their use, beside other work: that takes a second, or ten where they are to be compiled first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

__all__ = ["loading_ahead"]


class _Loading(Thread):
    """Imports the loops; what is wrong with them is raised where they are imported again, to be used."""

    is_wanted = True
    """Looked at before each loop: see compiled.py."""

    def __init__(self) -> None:
        super().__init__(name="loading the loops", daemon=True)

    def run(self) -> None:
        with suppress(Exception):
            import cleaner.duplicates.pair_kernels  # noqa: F401


@contextmanager
def loading_ahead() -> Iterator[None]:
    """Loads the loops while the block is run; they are loaded when it ends, and no longer worked at where it fails.

    The block should have imported what it works with before: threads that import the same modules in another order may find them
    half made. The loops need NumPy and numba, and nothing else of this library.
    """
    loading = _Loading()
    loading.start()
    try:
        yield
    except BaseException:
        loading.is_wanted = False
        raise
    finally:
        loading.join()  # a process must not end while a thread of it compiles
