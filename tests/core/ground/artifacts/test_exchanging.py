"""Two names that change places."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ground.artifacts import exchanging
from ground.artifacts.exchanging import exchange


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a call of Linux")
def test_folders_change_places(tmp_path: Path) -> None:
    for name in ("a", "ä b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    if exchange(tmp_path / "a", tmp_path / "ä b"):
        assert (tmp_path / "a" / "name").read_text() == "ä b"
        assert (tmp_path / "ä b" / "name").read_text() == "a"


def test_one_that_is_missing_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    if exchanging._function() is None:
        pytest.skip("no such call here")
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "a", tmp_path / "b")
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("why", [errno.ENOSYS, errno.EINVAL, errno.EROFS])
def test_a_system_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int) -> None:
    def call(*names: Any) -> int:
        ctypes.set_errno(why)
        return -1

    monkeypatch.setattr(exchanging, "_function", lambda: call)
    if why == errno.EROFS:
        with pytest.raises(OSError, match="Read-only"):
            exchange(tmp_path, tmp_path)
    else:
        assert not exchange(tmp_path, tmp_path)
    monkeypatch.setattr(exchanging, "_function", lambda: None)
    assert not exchange(tmp_path, tmp_path)
