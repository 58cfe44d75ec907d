"""The (qk, dk) grid: encode once, index once per dk, search every point, price and score each."""

from __future__ import annotations

from harness.sweep.grid import DEFAULT_GRID, Pruning, parse_grid
from harness.sweep.run import prepare_folder, run_sweep
from harness.sweep.settings import SweepSettings, System

__all__ = [
    "DEFAULT_GRID",
    "Pruning",
    "SweepSettings",
    "System",
    "parse_grid",
    "prepare_folder",
    "run_sweep",
]
