"""When a fine-tuning counts as converged, and that a killed one stops at the same step."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import trainings

from encoders.finetuning.finetune import finetune
from encoders.finetuning.patience import convergence, first_step
from encoders.training.settings import FinetuneSettings
from ground.errors import InputError


def _log(*values: float) -> list[dict[str, Any]]:
    return [{"step": 10 * (i + 1), "eval_rr_at_10": v} for i, v in enumerate(values)]


def _settings(**given: Any) -> FinetuneSettings:
    return FinetuneSettings(steps=100, ramp=0.2, **given)


def test_evaluations_count_once_the_loss_is_the_final_one() -> None:
    settings = _settings(patience=2, delay=0.1)
    assert first_step(settings) == 30
    found = convergence(_log(0.9, 0.9, 0.1, 0.2, 0.2), settings)
    assert (found.evaluations, found.best_step, found.waited) == (3, 40, 1)
    assert not found.converged
    assert convergence(_log(0.9, 0.9, 0.1, 0.2, 0.2, 0.2), settings).converged


def test_a_gain_that_is_too_small_is_none() -> None:
    log = _log(0, 0.5, 0.505, 0.52)
    assert convergence(log, _settings(patience=1)).best_step == 40
    assert convergence(log, _settings(patience=1, least_gain=0.01)).best_step == 40
    assert convergence(log[:3], _settings(patience=1, least_gain=0.01)).best_step == 20


def test_without_patience_it_is_still_judged() -> None:
    assert not convergence(_log(0.1, 0.2), _settings()).converged
    assert convergence(_log(0.1, 0.2, 0.2), _settings()).converged
    assert not convergence([], _settings()).converged


def test_patience_needs_dev_data(tmp_path: Path) -> None:
    from tiny_encoder import tiny_encoder

    settings = FinetuneSettings(steps=2, batch=6, patience=1)
    with pytest.raises(InputError, match="no dev data"):
        finetune(tiny_encoder(), trainings.ranking_data(), None, tmp_path / "out", settings)


@pytest.mark.slow
def test_a_killed_training_stops_where_the_other_did(tmp_path: Path) -> None:
    # A rate that learns nothing: the second evaluation is no better than the first.
    settings = {"steps": 40, "patience": 2, "ramp": 0.1, "lr": 0.0, "evaluate_every": 4}
    assert trainings.run("finetune", tmp_path / "whole", settings) == 0
    record = json.loads((tmp_path / "whole" / "training.json").read_text())
    assert record["steps_done"] == 12 and record["convergence"]["converged"]
    assert record["convergence"]["best_step"] == 4
    for kill in ("6", "12:saving"):
        assert (
            trainings.run("finetune", tmp_path / "killed", settings, kill=kill) == -signal.SIGKILL
        )
    assert trainings.run("finetune", tmp_path / "killed", settings) == 0
    killed = json.loads((tmp_path / "killed" / "training.json").read_text())
    same = ("steps_done", "convergence", "dev")
    assert {k: record[k] for k in same} == {k: killed[k] for k in same}


@pytest.mark.slow
def test_a_training_killed_at_its_very_end_takes_no_step_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from encoders.finetuning import finetune as module

    settings = {"steps": 40, "patience": 1, "ramp": 0.1, "lr": 0.0, "evaluate_every": 4}

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            trainings.train("finetune", tmp_path / "out", settings)
    trainings.train("finetune", tmp_path / "out", settings)
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["steps_done"] == 8 and record["convergence"]["best_step"] == 4
