"""Freed memory is kept, which is seen from the page faults of the next block."""

from __future__ import annotations

import subprocess
import sys

import pytest

from encoders.training import memory

FAULTS = """
import resource, sys
import numpy as np
from encoders.training.memory import keep_freed_memory
if "keep" in sys.argv:
    assert keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.full(25_000_000, 1.0, dtype=np.float32)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


def _faults(*words: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, *words], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_a_block_that_was_freed_is_used_again() -> None:
    assert _faults("keep") < _faults() / 10


def test_elsewhere_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not memory.keep_freed_memory()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    assert not memory.keep_freed_memory()
