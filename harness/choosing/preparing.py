"""The two halves of a choice, ready to be searched: their sweeps, their vectors."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ground.errors import InputError
from harness.choosing.question import Question
from harness.choosing.reference import Reference
from harness.choosing.space import Space
from harness.choosing.sweeping import Candidates
from harness.datasets.selected import Selected
from harness.evaluation import check_grades
from harness.sweep.impacts import Opened
from harness.sweep.job import Job, Progress, Say
from harness.sweep.settings import SweepSettings, System
from harness.sweep.state import SweepFolder
from harness.vectors import Vectors, read_vectors, vectors_digest

if TYPE_CHECKING:
    from harness.datasets import Dataset
    from harness.quantisation.quantiser import Quantiser


@dataclass(frozen=True)
class Half:
    """Some judged queries.

    Attributes:
        split: of the data set.
        queries: ids of those that are meant.
        systems: the encoders' vectors, the queries' of this split among them.
    """

    split: str
    queries: Sequence[str]
    systems: Sequence[System]


@dataclass(frozen=True)
class Wanted:
    """What is to be chosen.

    Attributes:
        question: what is asked; a budget of BM25's cost is filled in once that is measured.
        reference: against what; None where a budget is asked for.
        budget_is_bm25: whether what BM25 costs may be spent.
        space: where the search begins; its systems are named as `named` names them.
        quantisers: how weights become impacts.
        seconds: after which nothing new is begun; None for no end.
    """

    question: Question
    reference: Reference | None
    budget_is_bm25: bool
    space: Space
    quantisers: tuple[Quantiser, ...]
    seconds: float | None = None

    @property
    def needs_bm25(self) -> bool:
        """Whether there is no answer without BM25."""
        return self.budget_is_bm25 or bool(self.reference and self.reference.is_bm25)


def named(system: str, quantiser: Quantiser, quantisers: Sequence[Quantiser]) -> str:
    """A system's name, with its quantisation where there is more than one."""
    return system if len(quantisers) == 1 else f"{system}-{str(quantiser).replace(':', '')}"


def half_job(
    dataset: Dataset,
    half: Half,
    wanted: Wanted,
    settings: SweepSettings,
    part: Path,
    out: Path,
    overwrite: bool,
    say: Say,
    progress: Progress,
) -> Job:
    """The sweep of one half of the queries.

    Raises:
        InputError: it holds the answer to another question, or cannot be scored.
    """
    selected = Selected(dataset, half.split, half.queries)
    settings = dataclasses.replace(settings, split=half.split)
    qrels = selected.qrels(half.split)
    check_grades(settings.measures, qrels)
    subject = {
        "dataset": dataset.name,
        "digest": selected.digest(),
        "split": half.split,
        "fields": settings.fields,
        # Who asks anew of queries that have answered has looked at them.
        "question": _asked(wanted),
    }
    folder = SweepFolder(part, subject, overwrite)
    indexes, systems = out / "indexes", wanted.space.systems
    return Job(selected, settings, folder, qrels, say, progress, indexes, systems)


def _asked(wanted: Wanted) -> str:
    question = {**wanted.question.to_dict(), "budget is bm25": wanted.budget_is_bm25}
    space = [
        [rule.identity for rule in rules]
        for rules in (wanted.space.queries, wanted.space.documents)
    ]
    return json.dumps({**question, "systems": wanted.space.systems, "rules": space})


Read = dict[Path, tuple[Vectors, str]]
"""Vectors of documents and their digests, by where they lie."""


def candidates_of(half: Half, wanted: Wanted, read: Read) -> dict[str, Candidates]:
    """The systems of one half, its queries only.

    Args:
        half: the queries, and the systems' vectors.
        wanted: what is to be chosen.
        read: what was read of documents, which the other half takes from here.
    """
    found = {}
    for system in half.systems:
        if system.documents not in read:
            documents = read_vectors(system.documents)
            read[system.documents] = documents, vectors_digest(documents)
        documents, source = read[system.documents]
        queries = vectors_of(system, half.queries)
        asked = vectors_digest(queries)
        for quantiser in wanted.quantisers:
            name = named(system.name, quantiser, wanted.quantisers)
            opened = Opened(
                dataclasses.replace(system, name=name), documents, queries, source, asked
            )
            found[name] = Candidates(opened, quantiser)
    return found


def vectors_of(system: System, queries: Sequence[str]) -> Vectors:
    """The vectors of some queries only.

    Raises:
        InputError: none of them has a vector.
    """
    found, wanted = read_vectors(system.queries), set(queries)
    rows = [i for i, name in enumerate(found.ids) if name in wanted]
    if not rows:
        raise InputError(
            f"{system.queries} holds no vector of the {len(wanted)} judged queries (such as "
            f"{min(wanted, default='')!r}). Encode the queries of this split."
        )
    return dataclasses.replace(found, ids=[found.ids[i] for i in rows], matrix=found.matrix[rows])
