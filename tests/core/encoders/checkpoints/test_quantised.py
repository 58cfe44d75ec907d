from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tiny_encoder import TEXTS, tiny_encoder

from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.checkpoints.quantised import dequantised, quantised
from encoders.encoding.encode import encode


def test_rows_have_scales_of_their_own() -> None:
    matrix = torch.tensor([[127.0, -63.6, 0.4], [0.0, 0.0, 0.0], [1e-3, 5e-4, -1e-3]])
    state = {"m": matrix, "bias": torch.tensor([0.123456])}
    stored = quantised(state)
    assert stored["m"].tolist() == [[127, -64, 0], [0, 0, 0], [127, 64, -127]]
    torch.testing.assert_close(stored["m.scale"], torch.tensor([1.0, 0.0, 1e-3 / 127]))
    again = dequantised(stored)
    assert again.keys() == state.keys() and torch.equal(again["bias"], state["bias"])
    half_a_step = stored["m.scale"][:, None] / 2
    assert bool(((again["m"] - matrix).abs() <= half_a_step * 1.0001).all())


def test_an_encoder_takes_a_quarter_of_the_room(tmp_path: Path) -> None:
    model = tiny_encoder(hidden=64)
    save_encoder(model, tmp_path / "whole")
    save_encoder(model, tmp_path / "small", int8=True)
    sizes = [(tmp_path / n / "model.safetensors").stat().st_size for n in ("small", "whole")]
    assert sizes[0] < 0.35 * sizes[1]
    small = load_encoder(tmp_path / "small")
    assert small.head.weight.dtype == torch.float32
    rows, wanted = encode(small, TEXTS).toarray(), encode(model, TEXTS).toarray()
    assert np.abs(rows - wanted).max() < 0.03
    # Saved again it is the same: nothing more is lost.
    save_encoder(small, tmp_path / "again", int8=True)
    np.testing.assert_array_equal(encode(load_encoder(tmp_path / "again"), TEXTS).toarray(), rows)
