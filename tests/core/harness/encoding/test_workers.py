from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from counted_letters import Tiny
from spawned_encoder import Spawned, Spread

from ground.errors import InputError, IntegrityError
from harness.encoding import parts as encoding
from harness.encoding.parts import encode_part
from harness.encoding.workers import encode_in_processes

TITLES = [letter * (n + 1) for n in range(4) for letter in "abc"]


def _files(folder: Path) -> dict[str, bytes]:
    """Every file but the manifest, which holds the time, and what was verified, with its inodes."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {n: p.read_bytes() for n, p in found.items() if n not in ("MANIFEST", ".verified")}


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "MANIFEST").read_text()))


def _encode(titles: Sequence[str], out: Path, workers: int) -> list[int]:
    steps: list[int] = []
    data = Tiny(titles)
    encode_part(Spawned(), data, "docs", out, workers=workers, progress=steps.append)
    return steps


@pytest.mark.slow
def test_processes_write_the_files_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "SHARD", 2)
    _encode(TITLES, tmp_path / "one", 1)
    steps = _encode(TITLES, tmp_path / "two", 2)
    assert _files(tmp_path / "two") == _files(tmp_path / "one")
    assert sum(steps) == len(TITLES)


@pytest.mark.slow
def test_a_killed_worker_is_an_error_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "SHARD", 2)
    titles = ["a", "b", "c", "cc", f"once:{tmp_path / 'dead'}", "b", "a"]
    with pytest.raises(IntegrityError, match=r"died \(signal 9\).*fewer --workers"):
        _encode(titles, tmp_path / "two", 2)
    assert not (tmp_path / "two").exists()
    steps = _encode(titles, tmp_path / "two", 2)
    _encode(titles, tmp_path / "one", 1)
    assert _files(tmp_path / "two") == _files(tmp_path / "one")
    assert sum(steps) == len(titles)


def test_an_error_in_a_worker_is_the_error_of_the_command() -> None:
    rows = encode_in_processes(Spawned(), [["a"], ["fail"]], "doc", 2, lambda steps: None)
    with pytest.raises(InputError, match="says fail"):
        list(rows)


def test_more_workers_than_texts() -> None:
    rows = list(encode_in_processes(Spawned(), [["cab"]], "query", 3, lambda steps: None))
    assert [(part.toarray().tolist(), longer) for part, longer in rows] == [([[1, 1, 1]], None)]


def test_no_workers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--workers 0"):
        _encode(TITLES, tmp_path / "v", 0)


def test_each_process_is_on_a_device_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "SHARD", 2)
    data, out = Tiny(TITLES), tmp_path / "two"
    encode_part(Spread(tmp_path), data, "docs", out, workers=2)
    assert (tmp_path / "cuda:0").exists() and (tmp_path / "cuda:1").exists()
    _encode(TITLES, tmp_path / "one", 1)
    assert _files(out) == _files(tmp_path / "one")
    found, wanted = _manifest(out), _manifest(tmp_path / "one")
    assert found["computing"] == {
        "torch": "0",
        "device": "cuda:0, cuda:1",
        "rows": {"cuda": len(TITLES)},
    }
    # Where it was computed is recorded, and does not make other vectors of it.
    assert found["key"] == wanted["key"] and wanted["computing"] is None


def test_an_encoder_that_prepares_shards_ahead_loses_none_to_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "SHARD", 2)

    class Killed(Spread):
        def encode_shards(self, *given: Any) -> Iterator[Any]:
            rows = super().encode_shards(*given)
            yield next(rows)
            yield next(rows)
            raise KeyboardInterrupt

    out = tmp_path / "v"
    with pytest.raises(KeyboardInterrupt):
        encode_part(Killed(tmp_path), Tiny(TITLES), "docs", out)
    # It goes on elsewhere, which the account of rows shows.
    encode_part(Spread(tmp_path, "cpu"), Tiny(TITLES), "docs", out)
    _encode(TITLES, tmp_path / "one", 1)
    assert _files(out) == _files(tmp_path / "one")
    assert _manifest(out)["computing"]["rows"] == {"cuda": 4, "cpu": len(TITLES) - 4}
