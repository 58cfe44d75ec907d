from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from encoders.devices import choosing
from encoders.devices.choosing import Sight
from encoders.training import processes
from encoders.training.running import trainer_arguments
from encoders.training.settings import PretrainSettings
from ground.errors import InputError


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    processes.use("auto")


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "look", lambda: Sight(("A", "B"), torch="2.13.0"))
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    there: Any = torch.device("cuda:0")
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: there)


def test_a_gpu_that_is_there_is_used_unless_the_cpu_is_asked_for(two_gpus: None) -> None:
    assert not processes.on_cpu() and processes.kind() == "cuda"
    processes.use("cpu")
    assert processes.on_cpu() and processes.kind() == "cpu"
    processes.use("cuda")
    assert not processes.on_cpu()


def test_the_trainer_is_told_so(two_gpus: None, tmp_path: Path) -> None:
    processes.use("cpu")
    arguments = trainer_arguments(tmp_path, PretrainSettings())
    assert arguments.use_cpu and arguments.device.type == "cpu" and arguments.n_gpu == 0


def test_a_device_that_a_training_cannot_have_is_refused(two_gpus: None) -> None:
    with pytest.raises(InputError, match="CUDA_VISIBLE_DEVICES=1 in its environment"):
        processes.use("cuda:1")
    with pytest.raises(InputError, match="torch 2.13.0 sees cuda:0"):
        processes.use("mps")
    processes.use("cuda:0")
