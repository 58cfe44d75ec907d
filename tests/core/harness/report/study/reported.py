"""A study that is made up, and its report."""

from __future__ import annotations

from pathlib import Path

from synthetic_study import write_study

from harness.report.study.judged import Judged
from harness.study.verdicts.results import read_results
from harness.study.verdicts.settings import Settings

QUICK = Settings(resamples=200, permutations=200)


def rate(corpus: str, sampling: str, lr: str) -> float:
    return (lr == "lr-h") * (2.0 if corpus == "indep" else 1.0)


def judged(out: Path, **truth: object) -> Judged:
    write_study(out, **truth)  # type: ignore[arg-type]
    return Judged(read_results(out), QUICK)
