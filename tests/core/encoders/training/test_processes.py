"""Two processes, and one that encodes a batch in parts, train what one process trains at once."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
import trainings

from encoders.checkpoints.loading import load_encoder
from encoders.training import processes

pytestmark = pytest.mark.slow
EVERYTHING = {
    "distillation": "margin-mse",
    "distillation_weight": 0.1,
    "query_flops": 0.01,
    "neighbours": 2,
    "evaluate_every": 100,
    "steps": 6,
    "log_every": 1,
}


def _lines(out: Path, name: str) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [line for line in lines if name in line]


def _check_close(one: Path, two: Path) -> None:
    """Same losses, same gradients' lengths, same figures, same weights, but for rounding."""
    for name in ("loss", "eval_loss", "eval_rr_at_10"):
        first, second = _lines(one, name), _lines(two, name)
        assert len(first) == len(second)
        for left, right in zip(first, second, strict=True):
            assert left == pytest.approx(right, rel=2e-4, abs=1e-6)
    first_weights, second_weights = (load_encoder(out).state_dict() for out in (one, two))
    for name, value in first_weights.items():
        torch.testing.assert_close(value, second_weights[name], atol=2e-5, rtol=1e-3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    assert trainings.run("finetune", out, EVERYTHING, 0.0) == 0
    return out


def test_two_processes_finetune_what_one_does(whole: Path, tmp_path: Path) -> None:
    assert trainings.side_by_side(2, "finetune", tmp_path / "out", EVERYTHING, 0.0) == [0, 0]
    _check_close(whole, tmp_path / "out")
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["environment"]["processes"] == 2
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


def test_a_batch_in_parts_is_the_batch(whole: Path, tmp_path: Path) -> None:
    settings = {**EVERYTHING, "micro_batch": 2}
    assert trainings.run("finetune", tmp_path / "out", settings, 0.0) == 0
    _check_close(whole, tmp_path / "out")


@pytest.mark.parametrize("loss", ["kl", "none"])
def test_two_processes_with_parts_and_other_losses(tmp_path: Path, loss: str) -> None:
    settings: dict[str, Any] = {**EVERYTHING, "distillation": loss, "query_encoder": "separate"}
    assert trainings.run("finetune", tmp_path / "one", settings, 0.0) == 0
    settings["micro_batch"] = 2
    assert trainings.side_by_side(2, "finetune", tmp_path / "two", settings, 0.0) == [0, 0]
    _check_close(tmp_path / "one", tmp_path / "two")


def test_pretraining_in_parts_is_the_same(tmp_path: Path) -> None:
    assert trainings.run("pretrain", tmp_path / "one", {"log_every": 1}, 0.0) == 0
    settings = {"log_every": 1, "micro_batch": 5}
    assert trainings.run("pretrain", tmp_path / "two", settings, 0.0) == 0
    _check_close(tmp_path / "one", tmp_path / "two")


def test_two_processes_are_killed_and_resume(tmp_path: Path) -> None:
    assert trainings.side_by_side(2, "finetune", tmp_path / "whole", {}) == [0, 0]
    codes = trainings.side_by_side(2, "finetune", tmp_path / "killed", {}, kill="6")
    assert codes == [-signal.SIGKILL] * 2
    # One process cannot go on with what two began.
    assert trainings.run("finetune", tmp_path / "killed", {}) == 1
    assert trainings.side_by_side(2, "finetune", tmp_path / "killed", {}) == [0, 0]
    for name in ("loss", "eval_rr_at_10"):
        assert _lines(tmp_path / "whole", name) == _lines(tmp_path / "killed", name)


def test_processes_that_cannot_share_a_batch(tmp_path: Path) -> None:
    assert trainings.side_by_side(2, "finetune", tmp_path / "out", {"batch": 5}) == [1, 1]


def test_one_process_is_the_plain_operation() -> None:
    rows = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    assert processes.gather_rows(rows) is rows and processes.first_row(rows) == 0
    assert processes.batch_mean(rows).tolist() == [2.0, 4.0]
    assert processes.mean_of_values(torch.tensor([1.0, 2.0])).item() == 1.5
    assert processes.mean_of_values(torch.empty(0)).item() == 0.0
    assert processes.gather_objects("x") == ["x"] and processes.is_main()
