"""Which data a study reads, found and digested before anything is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ground.artifacts import file_digest
from ground.errors import InputError
from harness.datasets import Dataset
from harness.datasets.fields import chosen_fields
from harness.quantisation.quantiser import Quantiser
from harness.study.cells import cells_of
from harness.study.config import NotSet, Study, expanded
from harness.study.plan import Inputs
from harness.study.pools import general_lines
from harness.study.sample import open_dataset
from harness.sweep.grid import parse_grid

UNKNOWN = "unknown"
"""Stands for the digest of data that is not there."""


def read_inputs(study: Study, where: str = "study") -> Inputs:
    """Find, check and digest what a study reads.

    Args:
        study: see `harness.study.config`.
        where: how messages call its file.

    Raises:
        InputError: something is missing, or cannot be read.
    """
    inputs, missing = find_inputs(study, where)
    if missing:
        raise InputError(" ".join(missing))
    return inputs


def check_evaluation(study: Study, where: str = "study") -> None:
    """Refuse a sweep that cannot be, before days of training.

    Raises:
        InputError: the grid, the quantisation, a measure, the algorithm or a language cannot be
            understood, or a measure looks deeper than is searched for.
    """
    from harness.evaluation import check_depth, measure_names
    from harness.lucene.algorithms import check_algorithm

    checks: list[tuple[str, Callable[[str], object]]] = [
        ("grid", parse_grid),
        ("quantise", Quantiser.parse),
        ("measures", lambda names: check_depth(measure_names(names), study.sweep.k)),
        ("algorithm", check_algorithm),
        ("language", _check_language),
    ]
    for name, check in checks:
        with _place(f"{where}, [sweep], {name}"):
            check(getattr(study.sweep, name))


def find_inputs(study: Study, where: str = "study") -> tuple[Inputs, list[str]]:
    """Digests of what is there, and what to say of data whose place is not set on this machine.

    Raises:
        InputError: a place is given, and what is there cannot be read.
    """
    missing: list[str] = []
    general: dict[str, str] = {}
    dataset = UNKNOWN
    try:
        with _place(f"{where}, [dataset]"):
            data = open_dataset(study.dataset)
            _check_splits(study, data)
            chosen_fields(data, study.dataset.fields)
            _check_language(study.sweep.language or data.language)
            dataset = data.digest()
            if "" in _general(study):
                general[""] = _text_digest(data.general_texts())
    except NotSet as error:
        missing.append(str(error))
    for path in filter(None, _general(study)):
        try:
            with _place(f"{where}, [corpus], general"):
                general[path] = _file(path)
        except NotSet as error:
            missing.append(str(error))
    unknown = dict.fromkeys(_general(study), UNKNOWN)
    return Inputs(dataset, {**unknown, **general}), list(dict.fromkeys(missing))


@contextmanager
def _place(where: str) -> Iterator[None]:
    """Say in which table of the study's file a mistake is."""
    try:
        yield
    except NotSet:
        raise
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _check_language(language: str | None) -> None:
    """Refuse a language that BM25 has no analyzer for; Java is not started for it."""
    from harness.lucene.analyzers import check_language

    if language and language != "none":
        check_language(language)


def _check_splits(study: Study, data: Dataset) -> None:
    from harness.evaluation import check_grades, measure_names

    wanted = ["train", study.dataset.split]
    if any(cell.settings.finetune.patience for cell in cells_of(study)):
        wanted.append("dev")
    for split in dict.fromkeys(wanted):
        if split not in data.splits:
            raise InputError(
                f"{data.name} has no {split} split, which this study needs; it has: "
                f"{', '.join(data.splits)}. Only finetune.patience = 0 does without dev."
            )
    # Grades of the whole: those of a sample are among them.
    judgments = getattr(data, "whole", data).qrels(study.dataset.split)
    check_grades(measure_names(study.sweep.measures), judgments)


def _general(study: Study) -> list[str]:
    """Files of general text of all cells; "" stands for the data set's own."""
    sections = [study.base.corpus, *(cell.settings.corpus for cell in cells_of(study))]
    return list(dict.fromkeys(p for section in sections for p in section.general or ("",)))


def _file(path: str) -> str:
    full = Path(expanded(path))
    if not full.is_file():
        what = "a folder" if full.is_dir() else "no file" if full.exists() else "nothing"
        raise InputError(
            f"{full} is {what}, where a file of general text is needed. Give text in UTF-8, a "
            f"paragraph a line, plain or .gz."
        )
    if not sum(1 for _ in general_lines(full)):
        raise InputError(f"{full} holds no text. Give text in UTF-8, a paragraph a line.")
    return file_digest(full)


def _text_digest(texts: Iterable[str]) -> str:
    state = hashlib.sha256()
    for text in texts:
        state.update(text.encode() + b"\n")
    return state.hexdigest()
