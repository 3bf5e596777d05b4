"""What all tests share: how hypothesis runs, the sample corpus, and where the real texts are, if they are."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# `ci` gives every run the same examples; `HYPOTHESIS_PROFILE=search` looks for new ones, and for longer.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "search", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts beside the repository; a test that asks for it is skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not (folder / "tools").is_dir():
        pytest.skip("../shared is not here: the real texts do not go with the repository")
    return folder


@pytest.fixture(scope="session")
def sample_pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """The pages of docs/samples by id: the text, and what its label file says."""
    samples = ROOT / "docs" / "samples"
    pages = {}
    for path in sorted(samples.glob("pages/*/*.txt")):
        labels = json.loads((samples / "labels" / path.parent.name / f"{path.stem}.json").read_text(encoding="utf-8"))
        pages[labels["id"]] = (path.read_text(encoding="utf-8"), labels)
    return pages


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A file system of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False, capture_output=True
    ).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
