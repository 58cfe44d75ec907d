"""A disk that is full, and builds that are killed: the index before them is still there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.lucene.impact_index import open_impact_index

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs and signals"),
]
ESPLADE = [sys.executable, "-m", "esplade.cli.main"]


def write_vectors(path: Path, documents: int, terms: int) -> Path:
    with path.open("w") as stream:
        for i in range(documents):
            vector = {f"t{j * 7919 % 50_000}": 1 + (i + j) % 200 for j in range(i, i + terms)}
            stream.write(json.dumps({"id": f"d{i:06d}", "vector": vector}) + "\n")
    return path


def command(vectors: Path, index: Path) -> list[str]:
    options = ["--vectors", str(vectors), "--quantize", "none", "--index", str(index)]
    return [*ESPLADE, "index", *options, "--overwrite"]


def test_a_full_disk(tmp_path: Path, volume: Path) -> None:
    index = volume / "index"
    few = write_vectors(tmp_path / "few.jsonl", 20, 5)
    many = write_vectors(tmp_path / "many.jsonl", 10_000, 60)
    subprocess.run(command(few, index), check=True, capture_output=True)
    done = subprocess.run(command(many, index), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") < 4, done.stderr
    assert "No space left on device" in done.stderr
    assert f"{index} cannot be written" in done.stderr and "Make room" in done.stderr
    with open_impact_index(index) as opened:
        assert opened.num_docs == 20
        opened.check_integrity()
    assert [path.name for path in volume.iterdir()] == ["index"]


def test_a_killed_build(tmp_path: Path) -> None:
    index = tmp_path / "out" / "index"
    few = write_vectors(tmp_path / "few.jsonl", 20, 5)
    many = write_vectors(tmp_path / "many.jsonl", 20_000, 60)
    subprocess.run(command(few, index), check=True, capture_output=True)
    running = subprocess.Popen(command(many, index), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(index.parent.glob(".index.partial-*/*")):
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert list(index.parent.glob(".index.partial-*"))
    with open_impact_index(index) as opened:
        assert opened.num_docs == 20
    # The next build clears away what the killed one left.
    subprocess.run(command(few, index), check=True, capture_output=True)
    assert [path.name for path in index.parent.iterdir()] == ["index"]
