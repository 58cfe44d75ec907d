"""Pre-training studies: planned, run, joined, reported."""

from __future__ import annotations

from esplade.studies.study import Study, join_studies, read_verdicts, report_study

__all__ = ["Study", "join_studies", "read_verdicts", "report_study"]
