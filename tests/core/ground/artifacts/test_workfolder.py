"""The folder beside a file that is made in steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from ground.artifacts import clear_work, work_folder


def _killed(out: Path, text: str | None) -> Path:
    """What a process leaves that is killed before, or after, its file is in its place."""
    with pytest.raises(KeyboardInterrupt), work_folder(out, keep=True) as folder:
        (folder / "vectors").write_text("hours of work")
        if text is not None:
            new = out.with_name("new")
            new.write_text(text)
            new.replace(out)
        raise KeyboardInterrupt
    return folder


def test_it_is_gone_when_the_file_is_there(tmp_path: Path) -> None:
    with work_folder(tmp_path / "out", keep=True) as folder:
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_what_failed_is_kept_only_where_it_helps_the_next(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), work_folder(tmp_path / "out", keep=False):
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []
    folder = _killed(tmp_path / "out", None)
    with work_folder(tmp_path / "out", keep=True) as again:
        assert again == folder
        assert (again / "vectors").read_text() == "hours of work"


def test_a_kill_after_the_file_leaves_nothing_to_go_on_from(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folder = _killed(out, "whole")
    clear_work(out)
    assert not folder.exists()
    assert out.read_text() == "whole"


def test_work_that_was_to_replace_an_older_file_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    folder = _killed(out, None)
    clear_work(out)
    assert (folder / "vectors").exists()
    _killed(out, "new")
    clear_work(out)
    assert not folder.exists()


def test_a_stream_has_none_beside_it() -> None:
    with work_folder(Path("/dev/stdout"), keep=True) as folder:
        assert folder.parent != Path("/dev")
    assert not folder.exists()
