"""How a training ends that cannot go on."""

from __future__ import annotations


class TrainingStopped(RuntimeError):
    """Training cannot usefully go on (collapse, NaN); says at which step and what to change."""
