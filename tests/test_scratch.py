"""Arrays in files: large ones of a search, on disks with and without room for them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from cleaner.duplicates import scratch as module
from cleaner.duplicates.scratch import Scratch


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", 1)


def test_arrays_keep_their_values_and_leave_no_file(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    array = scratch.empty((1000, 3), np.uint32)
    array[:] = np.arange(3000).reshape(1000, 3)
    scratch.relax()
    assert array.tolist() == np.arange(3000).reshape(1000, 3).tolist()
    assert not list(tmp_path.iterdir())


def test_a_file_system_that_cannot_set_room_aside_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    array = Scratch(tmp_path).empty((1000,), np.uint32)
    array[:] = 7
    assert (len(array), int(array.sum())) == (1000, 7000)


@pytest.mark.parametrize("in_file", [True, False])
def test_a_growing_array_is_what_was_added(tmp_path: Path, in_file: bool) -> None:
    scratch = Scratch(tmp_path if in_file else None)
    assert scratch.growing(np.int64, 4).finish().tolist() == []
    growing = scratch.growing(np.uint32, 4)
    for count in (3, 0, 1, 50):
        growing.add(np.arange(count, dtype=np.uint32))
    found = growing.finish()
    assert found.tolist() == [*range(3), *range(1), *range(50)]
    found[0] = 7  # it can be written to, as any other
    scratch.relax()
    assert (found[0], found.dtype) == (7, np.uint32)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(small_disk: Path) -> None:
    scratch = Scratch(small_disk)
    with pytest.raises(OSError, match="No space left on device"):
        scratch.empty((1 << 20, 1), np.uint64)
    growing = scratch.growing(np.uint64, 0)
    with pytest.raises(OSError, match="No space left on device"):
        growing.add(np.zeros(1 << 19, np.uint64))
    del growing
    assert len(scratch.empty((1 << 17,), np.uint64)) == 1 << 17  # there is room again
