"""A training that was killed and goes on is the training that was never killed, bit by bit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import trainings

from encoders.checkpoints.loading import load_encoder
from encoders.training.workfolder import WorkFolder, clear_finished
from ground.errors import InputError

pytestmark = pytest.mark.slow
KILLED = -signal.SIGKILL


def _history(out: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert not any("train_runtime" in line for line in lines)  # of the last part alone
    return lines


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


def test_a_budget_and_rates_of_their_own_go_on(tmp_path: Path) -> None:
    settings = {"budget": "30", "budget_terms": "3:5", "ramp": 0.2, "freeze": 1, "df_flops": 0.1}
    settings |= {"head_lr": 1e-2, "head_first": 0.5}
    assert trainings.run("finetune", tmp_path / "whole", settings) == 0
    for kill in ("5", "9:saving"):
        assert trainings.run("finetune", tmp_path / "killed", settings, kill=kill) == KILLED
    assert trainings.run("finetune", tmp_path / "killed", settings) == 0
    _check_equal(tmp_path / "whole", tmp_path / "killed")
    lines = _history(tmp_path / "whole")
    assert all(line["postings"] > 0 for line in lines if "loss" in line)
    assert all(line["eval_postings"] > 0 for line in lines if "eval_rr_at_10" in line)


@pytest.mark.parametrize("kind", ["pretrain", "finetune"])
def test_after_the_last_step_comes_none(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where the rate does not fall to 0, a further step would be seen in the weights.
    settings = {"decay": "constant", "steps": 6, "evaluate_every": 3, "warmup": 0.0}
    trainings.train(kind, tmp_path / "whole", settings)
    with monkeypatch.context() as patch:
        room = {"pretrain": "pretraining", "finetune": "finetuning"}[kind]
        patch.setattr(f"encoders.{room}.{kind}.finish", _killed)
        with pytest.raises(KeyboardInterrupt):
            trainings.train(kind, tmp_path / "killed", settings)
    trainings.train(kind, tmp_path / "killed", settings)
    _check_equal(tmp_path / "whole", tmp_path / "killed")


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("damage", ["cut", "empty", "gone"])
def test_a_damaged_checkpoint_is_not_gone_on_from(tmp_path: Path, damage: str) -> None:
    trainings.train("pretrain", tmp_path / "whole", {})
    assert trainings.run("pretrain", tmp_path / "out", {}, kill="10") == KILLED
    file = tmp_path / "out.unfinished" / "checkpoint-9" / "optimizer.pt"
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    if damage == "gone":
        file.unlink()
    trainings.train("pretrain", tmp_path / "out", {})
    _check_equal(tmp_path / "whole", tmp_path / "out")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"lr": 0.001'])
def test_damaged_settings_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "out.unfinished").mkdir()
    (tmp_path / "out.unfinished" / "settings.json").write_text(content)
    with pytest.raises(InputError, match=r"settings cannot be read.*Remove that folder"):
        trainings.train("pretrain", tmp_path / "out", {})


def test_one_process_at_a_time(tmp_path: Path) -> None:
    work = WorkFolder.open(tmp_path / "out", {"lr": 1})
    code = "import sys; from pathlib import Path; "
    code += "from encoders.training.workfolder import WorkFolder; "
    code += "WorkFolder.open(Path(sys.argv[1]), {'lr': 1})"
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    other = subprocess.run(command, capture_output=True, text=True, check=False)
    assert other.returncode == 1 and "Another process is training in" in other.stderr
    # The process itself may begin anew, where a training of its has failed.
    WorkFolder.open(tmp_path / "out", {"lr": 1})
    work.remove()
    assert not list(tmp_path.iterdir())


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
    with pytest.raises(InputError, match=r"\(lr\).*Remove that folder"):
        trainings.train("finetune", tmp_path / "out", other, 0.1)
    assert WorkFolder(tmp_path / "out.unfinished").last_step == 8


@pytest.mark.parametrize("left", [(), ("LOCK",), ("checkpoint-3", "LOCK", "seconds.json")])
def test_what_a_removal_left_that_was_killed_goes(tmp_path: Path, left: tuple[str, ...]) -> None:
    work = tmp_path / "out.unfinished"
    work.mkdir()
    for name in left:
        (work / name).mkdir() if name.startswith("checkpoint") else (work / name).touch()
    clear_finished(tmp_path / "out")
    assert not work.exists()


def test_a_folder_of_somebody_elses_stays(tmp_path: Path) -> None:
    work = tmp_path / "out.unfinished"
    work.mkdir()
    (work / "notes.txt").touch()
    clear_finished(tmp_path / "out")
    assert (work / "notes.txt").exists()
