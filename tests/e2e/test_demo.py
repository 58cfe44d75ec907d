"""The demo itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import Esplade
from one_package import cut_to_one_package

from harness.datasets import pydoc


@pytest.mark.slow
def test_demo(esplade: Esplade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One package's objects take a small part of the time; `make demo` takes all.
    small = cut_to_one_package(pydoc.cached(), tmp_path / "pydoc")
    monkeypatch.setattr(pydoc, "cached", lambda: small)
    out = tmp_path / "demo"
    answer = esplade("demo", "--out", out)
    assert answer.code == 0, answer.err
    for pruning in ("0:0", "7:20", "5:20", "5:10"):
        assert pruning in answer.out
    assert "BM25" in answer.out
    assert "What 3 queries become" in answer.out
    assert str(out / "figure1.png") in answer.err
    for name in ("figure1.png", "figure1.svg", "table.md", "report.html"):
        assert (out / name).stat().st_size > 0
