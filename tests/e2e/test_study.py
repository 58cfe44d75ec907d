"""A small study from its file to its results, killed on the way; and what the command refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from commandline import Esplade
from repository import ROOT

RUNS = ROOT / "runs"
SMOKE = RUNS / "pydoc-smoke.toml"
ONLY = ("--only", "1/indep-uniq-*")
"""Two cells and a longer training of one."""


def _start(out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "esplade.cli.main", "study", str(SMOKE), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--threads", "1", "--json", *ONLY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def _finish(process: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    answer, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return json.loads(answer), said


def _kill_when(process: subprocess.Popen[str], words: str, lines: int) -> None:
    """Kill a process some lines after it said something, as ``kill -9`` does."""
    assert process.stderr is not None
    seen = False
    for line in process.stderr:
        seen = seen or words in line
        lines -= seen
        if lines < 0:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert seen


def _done(said: str) -> set[str]:
    return {line.partition(": done in")[0] for line in said.splitlines() if ": done in" in line}


def _manifests(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): p.read_text() for p in out.glob("stages/*/*/MANIFEST")}


def _values(out: Path) -> dict[str, Any]:
    """Results without what a clock decided."""
    import pandas as pd
    import pyarrow.parquet as pq

    results = out / "results"
    values = pq.ParquetFile(results / "perquery.parquet").read().to_pandas()
    cells = pd.read_csv(results / "cells.csv").drop(
        columns=["pretrain_seconds", "finetune_seconds"]
    )
    return {
        "values": values[values["measure"] != "latency_ms"].to_csv(),
        "cells": cells.to_csv(),
        "points": (results / "points.csv").read_text(),
        "curves": (results / "curves.csv").read_text(),
        "dev": (results / "devcurves.csv").read_text(),
        "accounting": json.loads((results / "study.json").read_text())["accounting"],
    }


@pytest.mark.slow
def test_killed_or_shared_a_study_comes_to_the_same(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    # In the second pre-training, after its first evaluation: before that a cell was finished.
    _kill_when(_start(killed), "emlm emlm-ptd-indep-uniq-lr-h, seed 1 ...", lines=1)
    before = _manifests(killed)
    found = json.loads((killed / "results" / "study.json").read_text())
    assert before and found["cells_done"] == 1 and not found["complete"]
    answer, said = _finish(_start(killed))
    # That two more are impossible is not known before somebody asks for them.
    assert answer["cells_done"] == 3 and answer["cells_planned"] == 9 and not answer["complete"]
    assert "sweep sweep of indep-uniq-lr-h, seed 1" in _done(said)
    assert "sweep sweep of indep-uniq-lr-l, seed 1" not in _done(said)
    after = _manifests(killed)
    assert {name: after[name] for name in before} == before
    # Two processes share the work of one.
    for process in [_start(whole), _start(whole)]:
        assert _finish(process)[0]["cells_done"] == 3
    assert _values(whole) == _values(killed)
    assert sorted(_manifests(whole)) == sorted(after)
    joined = _cells_of_another_machine(whole, killed, tmp_path / "joined")
    assert joined["controls"] == answer["controls"]
    controls = {c["name"]: c for c in answer["controls"]}
    assert controls["identical fine-tuning"]["holds"]
    assert controls["equal tokens seen"]["holds"] and controls["shared initialisation"]["holds"]


def _cells_of_another_machine(one: Path, other: Path, joined: Path) -> dict[str, Any]:
    """A folder that lacks a cell takes it over from one that has it, with nothing trained again."""
    shutil.copytree(one, joined)
    for manifest in joined.glob("stages/*/*/MANIFEST"):
        if "indep-uniq-lr-l, seed 1" in json.loads(manifest.read_text())["label"]:
            shutil.rmtree(manifest.parent)
    shutil.copytree(other / "stages", joined / "stages", dirs_exist_ok=True)
    answer, said = _finish(_start(joined))
    assert answer["cells_done"] == 3 and not _done(said)
    assert _values(joined) == _values(one)
    return answer


def test_a_plan_without_data(esplade: Esplade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAVER_DATA", raising=False)
    done = esplade("study", RUNS / "naver-scale.toml", "--out", "/nowhere", "--dry-run")
    assert done.code == 0, done.err
    assert "indep-uniq-lr-h-long3000000" in done.out
    assert "missing: The path $NAVER_DATA/titles needs the environment variable" in done.out
    assert "3,000,000 steps, 768,000,000 texts (at most 49,152,000,000 tokens)" in done.out
    assert "3.0 GB for weights, gradients and Adam" in done.out
    run = esplade("study", RUNS / "naver-scale.toml", "--out", "/nowhere")
    assert run.code == 2 and "NAVER_DATA, which is not set" in run.err


def test_a_plan_as_json(esplade: Esplade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAVER_DATA", raising=False)
    done = esplade("study", RUNS / "naver-scale.toml", "--dry-run", "--json", "--only", "1/*lr-l")
    facts = json.loads(done.out)
    assert facts["cells"][0] == "overlap-repeat-lr-l" and len(facts["cells"]) == 4
    assert facts["seconds_left"] is None and facts["needs"][0]["parameters"] > 1.5e8


def test_joining_needs_two_of_a_study(esplade: Esplade, tmp_path: Path) -> None:
    done = esplade("study-join", tmp_path, "--out", tmp_path / "joined")
    assert done.code == 2 and "two folders of results" in done.err
    done = esplade("study-join", tmp_path, tmp_path, "--out", tmp_path / "joined")
    assert done.code == 2 and "holds no study" in done.err and done.err.count("\n") == 1


def test_mistakes_are_one_paragraph(esplade: Esplade, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    text = SMOKE.read_text().replace(
        "lr-h = { pretrain.lr", "lr-h = { finetune.joint_flops = 0.1, pretrain.lr"
    )
    file.write_text(text)
    done = esplade("study", file, "--out", tmp_path / "out")
    assert done.code == 2 and done.err.count("\n") == 1
    assert "finetune.joint_flops is 0.001 in lr-l, 0.1 in lr-h" in done.err
    assert not (tmp_path / "out").exists()
    file.write_text(SMOKE.read_text().replace("repeat_texts", "repeat_text"))
    done = esplade("study", file)
    assert done.code == 2 and "Did you mean repeat_texts?" in done.err
