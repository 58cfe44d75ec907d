"""Resources in the fields of the TIREx tracker, written and read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ground.errors import InputError
from harness.runs.metadata import read_metadata
from harness.runs.tracked import tracked

USED = {"wall_seconds": 2.0, "user_seconds": 2.5, "system_seconds": 0.5, "peak_bytes": 3 << 20}
THEIRS = """\
actor:
  team: jena
method:
  name: seismic
  retrieval:
  - lexical: false
resources:
  cpu:
    energy used system: null J
  runtime:
    start time: 2026-11-27T22:28:37.597147689+0000
    wallclock: 1293 ms
schema version: 0.2
"""


def test_resources_have_the_trackers_fields() -> None:
    assert tracked(USED) == {
        "runtime": {"wallclock": "2000 ms", "user": "2500 ms", "system": "500 ms"},
        # (2.5 + 0.5) / 2.0 of one core
        "cpu": {"used process": {"avg": 150}, "energy used system": "null J"},
        "ram": {"used process": {"max": 3072}, "energy used system": "null J"},
        "gpu": {"energy used system": "null J"},
    }


def test_no_time_is_no_share() -> None:
    found = tracked({**USED, "wall_seconds": 0.0})
    assert found["cpu"]["used process"]["avg"] == 0


def run_of_theirs(folder: Path, metadata: str = THEIRS) -> Path:
    path = folder / "run.txt.gz"
    path.write_bytes(gzip.compress(b"q1 Q0 d1 1 2.0 theirs\n"))
    (folder / "retrieval-metadata.yml").write_text(metadata)
    return path


def test_metadata_of_the_tracker_are_read(tmp_path: Path) -> None:
    found = read_metadata(run_of_theirs(tmp_path))
    assert found["resources"]["runtime"]["wallclock"] == "1293 ms"
    assert found["method"] == {"system": "seismic"}
    assert found["actor"] == {"team": "jena"}


def test_damaged_metadata_of_the_tracker_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"retrieval-metadata\.yml"):
        read_metadata(run_of_theirs(tmp_path, "resources: ["))


def test_a_run_of_another_name_has_no_such_file(tmp_path: Path) -> None:
    run_of_theirs(tmp_path).rename(tmp_path / "other.trec.gz")
    assert read_metadata(tmp_path / "other.trec.gz") == {}
