"""Indexes that are whole, and a memory of files that is each test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from rotting import some_vectors, words

from harness.lucene.impact_build import build_impact_index
from harness.lucene.text_index import build_text_index


@pytest.fixture(autouse=True)
def memory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of files is each test's own."""
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexes")
    documents = some_vectors(300, np.int32)
    build_impact_index(documents, folder / "impact").close()
    build_text_index(words(documents), folder / "text", language=None).close()
    return folder


@pytest.fixture
def index(indexes: Path, tmp_path: Path) -> Path:
    shutil.copytree(indexes / "impact", tmp_path / "index")
    return tmp_path / "index"
