"""A folder with commands that work in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import Esplade
from jobs import Job


@pytest.fixture
def job(esplade: Esplade, tmp_path: Path) -> Job:
    return Job(tmp_path, esplade)
