from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import trainings
from tiny_encoder import tiny_encoder

from encoders.pretraining.pretrain import pretrain
from encoders.training.telling import duration


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (100, "2 min"), (5400, "1.5 h")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.slow
def test_a_line_says_where_a_training_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(trainings.EMLM, steps=6, evaluate_every=3, log_every=2)
    pretrain(tiny_encoder(), trainings.sentences(60), tmp_path / "out", settings)
    lines = [line for line in capsys.readouterr().out.splitlines() if "/6" in line]
    assert [line.split()[:2] for line in lines] == [
        [kind, f"{step}/6"]
        for kind, step in (
            ("step", 2),
            ("step", 3),
            ("dev", 3),
            ("step", 4),
            ("step", 6),
            ("dev", 6),
        )
    ]
    assert "loss" in lines[0] and lines[0].endswith(" s left") and "left" not in lines[-1]
    assert "accuracy" in lines[2]
