"""Pre-training studies: planned, run, joined, reported."""

from __future__ import annotations

from esplade.studies.study import Study

__all__ = ["Study"]
