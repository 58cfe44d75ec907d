"""What making a result took stands in its manifest."""

from __future__ import annotations

import time
from pathlib import Path

from ground.artifacts import Usage, building, read_manifest


def test_processor_seconds_are_of_this_process() -> None:
    began = Usage.now()
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    found = began.since()
    assert found["user_seconds"] + found["system_seconds"] >= 0.04
    assert found["wall_seconds"] >= 0.04
    # A Python process is larger than a megabyte, whatever the unit of the system's count.
    assert 1 << 20 < found["peak_bytes"] < 1 << 40


def test_sleeping_takes_time_but_no_processor() -> None:
    began = Usage.now()
    time.sleep(0.05)
    found = began.since()
    assert found["wall_seconds"] >= 0.05
    assert found["user_seconds"] < found["wall_seconds"]


def test_a_manifest_says_what_its_result_took(tmp_path: Path) -> None:
    with building(tmp_path / "made", "thing", key="k"):
        time.sleep(0.02)
    found = read_manifest(tmp_path / "made", "thing")["resources"]
    assert sorted(found) == ["peak_bytes", "system_seconds", "user_seconds", "wall_seconds"]
    assert found["wall_seconds"] >= 0.02
