"""The report of a pre-training study, from the files of its results folder and nothing else."""

from harness.report.study.writing import write_study_report

__all__ = ["write_study_report"]
