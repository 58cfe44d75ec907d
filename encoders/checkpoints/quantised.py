"""Weights stored as 8-bit integers: a quarter of the room, and float32 again when they are loaded.

A matrix is stored row by row, round(w / s) with s = max |w| / 127 of its row, and the scales
beside it (``NAME.scale``). Vectors (biases, norms) stay as they are. What is lost is at most s / 2
a weight.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

SCALE = ".scale"
"""What is added to the name of a matrix for that of its scales."""
_LEVELS = 127


def quantised(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Float weights by name with their matrices as int8 (n, m), and scales (n,) float32."""
    found: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.dim() != 2 or not value.is_floating_point():
            found[name] = value
            continue
        scale = value.float().abs().amax(dim=1) / _LEVELS
        safe = scale.clamp(min=torch.finfo(torch.float32).tiny)
        found[name] = (value.float() / safe[:, None]).round().to(torch.int8)
        found[name + SCALE] = scale
    return found


def dequantised(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """What `quantised` stored, as float32."""
    return {
        name: value.float() * state[name + SCALE][:, None] if value.dtype == torch.int8 else value
        for name, value in state.items()
        if not (name.endswith(SCALE) and name.removesuffix(SCALE) in state)
    }


def stored_state(weights: Path) -> dict[str, Tensor] | None:
    """The weights of a file that holds 8-bit ones, as float32; None of any other file."""
    with safe_open(weights, framework="pt") as file:
        names = list(file.keys())
        if not any(name.endswith(SCALE) and name.removesuffix(SCALE) in names for name in names):
            return None
        return dequantised({name: file.get_tensor(name) for name in names})
