"""A training that was killed and goes on is the training that was never killed, bit by bit."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
import trainings

from encoders.checkpoints import load_encoder
from encoders.errors import EncoderInputError
from encoders.workfolder import WorkFolder

pytestmark = pytest.mark.slow
KILLED = -signal.SIGKILL


def _history(out: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    # The last lines of Trainer's own are about one process: how long it took.
    return [line for line in lines if "train_runtime" not in line]


def _check_equal(one: Path, two: Path) -> None:
    assert _history(one) == _history(two)
    first, second = (load_encoder(out).state_dict() for out in (one, two))
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    assert len(first) == len(second)


# Passes over the pairs end after steps 3, 6 and 9, over the texts after 4 and 8.
@pytest.mark.parametrize(
    ("kind", "kills"),
    [
        ("finetune", ["2", "5", "7", "10"]),
        ("finetune", ["8:saving", "11:saving"]),
        ("pretrain", ["4", "6:saving", "9"]),
    ],
)
def test_kill_and_resume(tmp_path: Path, kind: str, kills: list[str]) -> None:
    assert trainings.run(kind, tmp_path / "whole", {}) == 0
    for kill in kills:
        assert trainings.run(kind, tmp_path / "killed", {}, kill=kill) == KILLED
        assert not (tmp_path / "killed").exists()
    assert trainings.run(kind, tmp_path / "killed", {}) == 0
    _check_equal(tmp_path / "whole", tmp_path / "killed")
    assert {p.name for p in tmp_path.iterdir()} == {"whole", "killed"}


def test_half_a_checkpoint_is_never_believed(tmp_path: Path) -> None:
    assert trainings.run("finetune", tmp_path / "out", {}, kill="8:saving") == KILLED
    unfinished = tmp_path / "out.unfinished"
    assert {p.name for p in unfinished.glob("checkpoint-*")} == {"checkpoint-4", "checkpoint-8"}
    work = WorkFolder(unfinished)
    assert work.last_step == 4 and work.last_checkpoint == str(unfinished / "checkpoint-4")
    assert work.seconds > 0


def test_the_time_of_all_parts_counts(tmp_path: Path) -> None:
    assert trainings.run("finetune", tmp_path / "out", {}, kill="9") == KILLED
    clock = tmp_path / "out.unfinished" / "seconds.json"
    clock.write_text(json.dumps({"seconds": 1000.0}))
    assert trainings.run("finetune", tmp_path / "out", {}) == 0
    assert json.loads((tmp_path / "out" / "training.json").read_text())["seconds"] > 1000


def test_other_settings_are_refused_before_anything_is_changed(tmp_path: Path) -> None:
    assert trainings.run("finetune", tmp_path / "out", {}, kill="9") == KILLED
    other = {"lr": 0.1}
    with pytest.raises(EncoderInputError, match=r"\(lr\).*Remove that folder"):
        trainings.train("finetune", tmp_path / "out", other, 0.1)
    assert WorkFolder(tmp_path / "out.unfinished").last_step == 8
