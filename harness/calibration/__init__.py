"""From counts to milliseconds: what this machine takes for each, and times predicted from them."""

from __future__ import annotations

from harness.calibration.model import Calibration

__all__ = ["Calibration"]
