from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tiny_encoder import tiny_encoder

from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.model.model import EspladeModel
from encoders.training.averaging import average
from ground.errors import InputError


def saved(folder: Path, model: EspladeModel) -> Path:
    save_encoder(model, folder)
    return folder


def test_mean_of_weights(tmp_path: Path) -> None:
    one, two = tiny_encoder(), tiny_encoder()
    with torch.no_grad():
        for value in two.parameters():
            value += 0.5
    folders = [saved(tmp_path / "one", one), saved(tmp_path / "two", two)]
    assert average(folders, [3, 1], tmp_path / "mean") == [0.75, 0.25]
    mean = load_encoder(tmp_path / "mean").state_dict()
    for name, value in one.state_dict().items():
        torch.testing.assert_close(mean[name], value + 0.125)
    record = json.loads((tmp_path / "mean" / "training.json").read_text())
    assert [part["share"] for part in record["sources"]["encoders"]] == [0.75, 0.25]
    assert [part["name"] for part in record["sources"]["encoders"]] == ["one", "two"]


def test_what_cannot_be_averaged(tmp_path: Path) -> None:
    one = saved(tmp_path / "one", tiny_encoder())
    other = saved(tmp_path / "other", tiny_encoder(hidden=32))
    out = tmp_path / "out"
    with pytest.raises(InputError, match=r"one.* and .*other differ in backbone_config"):
        average([one, other], [1, 1], out)
    with pytest.raises(InputError, match="two encoders or more"):
        average([one], [1], out)
    with pytest.raises(InputError, match="2 encoders and 1 shares"):
        average([one, one], [1], out)
    for shares in ([1, -1], [0, 0], [float("nan"), 1]):
        with pytest.raises(InputError, match="numbers from 0 up"):
            average([one, one], shares, out)
    assert not out.exists()
