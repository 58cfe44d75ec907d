"""Of what the values of sweeps are, before they stand in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ground.errors import InputError
from harness.report.points import read_sweep_file


class Subject(NamedTuple):
    """A split of a data set, with the digest of the data set's content."""

    name: str
    split: str
    digest: str


def subject_of_sweep(folder: Path) -> Subject | None:
    """What a sweep's folder says that it is of; None if it says nothing.

    Raises:
        InputError: the folder is not that of a sweep.
    """
    subject = read_sweep_file(folder).get("subject")
    if not isinstance(subject, Mapping):
        return None
    return Subject(*(str(subject.get(key)) for key in ("dataset", "split", "digest")))


def require_one_subject(sweeps: Sequence[Path]) -> None:
    """Refuse values of different queries, or of different judgments, side by side.

    Raises:
        InputError: two sweeps are of different data sets, splits or contents.
    """
    subjects = {folder: subject for folder in sweeps if (subject := subject_of_sweep(folder))}
    for folder, subject in subjects.items():
        first, expected = next(iter(subjects.items()))
        if subject != expected:
            other = "" if subject[:2] != expected[:2] else ", with other content"
            raise InputError(
                f"The stored values of {folder} are of {subject.name} (split {subject.split}), "
                f"those of {first} of {expected.name} (split {expected.split}){other}, and do not "
                f"belong in one table. Give the judgments with --qrels or --dataset to score all "
                f"runs alike, or compare the sweeps apart."
            )
