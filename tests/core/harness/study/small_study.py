"""A study of two small corpora, planned and run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studies import study, write_collection

from harness.study.inputs import read_inputs
from harness.study.plan import Plan

SMALL: dict[str, Any] = {
    "corpus": {"repeat_texts": 8, "held_out": 4, "lengths": "titles"},
    "pretrain": {"steps": 8, "batch": 4, "max_length": 16},
    "seeds": {"init": [1], "order": [1]},
}


def small_plan(tmp_path: Path, **changes: Any) -> Plan:
    folder = tmp_path / "data"
    if not folder.exists():
        write_collection(folder)
    read = study(dataset={"path": str(folder)}, **{**SMALL, **changes})
    return Plan(read, read_inputs(read), tmp_path / "out")
