"""A choice that is made: two sweeps, one a half of the queries, over the same indexes.

::

    OUT/indexes/<system>/dk<N>     one for each document pruning, searched by both halves
    OUT/finding/                   a sweep (see harness.sweep.state) of what was searched through
    OUT/confirming/                a sweep of what was confirmed on the other queries
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ground.dry import is_dry, planned
from harness.choosing.choice import Choice, choose
from harness.choosing.preparing import Half, Read, Wanted, candidates_of, half_job
from harness.choosing.sweeping import SweepTrials
from harness.evaluation import check_depth
from harness.runs.perquery import LATENCY
from harness.sweep.job import Progress, Say, silent
from harness.sweep.settings import SweepSettings

if TYPE_CHECKING:
    from harness.datasets import Dataset


@dataclass(frozen=True)
class Made:
    """A choice, and where the runs behind it are.

    Attributes:
        choice: the answer.
        finding: names of the points of OUT/finding by candidate.
        confirming: the same of OUT/confirming.
    """

    choice: Choice
    finding: dict[str, str]
    confirming: dict[str, str]


def _plan(out: Path, halves: tuple[Half, Half], wanted: Wanted) -> None:
    """Say in a dry run where the search begins, and what an earlier one has left; it ends here."""
    read: Read = {}
    for half in halves:
        if all(one.documents.exists() and one.queries.exists() for one in half.systems):
            candidates_of(half, wanted, read)
    space = wanted.space
    grid = len(space.systems) * len(space.queries) * len(space.documents)
    kept = {p: len(list((out / p).glob("points/*/MANIFEST"))) for p in ("finding", "confirming")}
    planned(
        counts={
            "configurations to begin with": grid,
            **{f"points of {part} that are there": count for part, count in kept.items() if count},
        },
        writes=out,
        unknown="How many configurations are tried beyond those, and how many are confirmed: that "
        "depends on what is found.",
    )


def run_choice(
    dataset: Dataset,
    halves: tuple[Half, Half],
    wanted: Wanted,
    settings: SweepSettings,
    out: Path,
    *,
    overwrite: bool = False,
    say: Say = lambda message: None,
    detail: Say = lambda message: None,
    progress: Progress = silent,
) -> Made:
    """Search on one half of the queries, confirm on the other.

    Started again after a kill, it goes on where it was.

    Args:
        dataset: collection, queries and judgments.
        halves: what is searched on, and what confirms.
        wanted: what is to be chosen.
        settings: how points are searched and scored; the grid is not used.
        out: the folder.
        overwrite: replace the answer to another question.
        say: told where the search goes.
        detail: told about every stage.
        progress: opens a progress bar for the stages that take long.

    Raises:
        InputError: unusable vectors or judgments; ``out`` holds the answer to another question.
    """
    question = wanted.question
    check_depth(settings.measures, settings.k)
    repeats = settings.repeats if question.cost == LATENCY else 0
    settings = dataclasses.replace(settings, repeats=repeats)
    with ExitStack() as stack:
        jobs = []
        for half, part in zip(halves, ("finding", "confirming"), strict=True):
            job = half_job(
                dataset, half, wanted, settings, out / part, out, overwrite, detail, progress
            )
            stack.enter_context(job.folder.claimed())
            jobs.append(job)
        if is_dry():
            _plan(out, halves, wanted)
        read: Read = {}
        finding, confirming = (
            SweepTrials(job, candidates_of(half, wanted, read), question, wanted.reference)
            for job, half in zip(jobs, halves, strict=True)
        )
        if wanted.budget_is_bm25:
            spent = finding.trial(finding.bm25()).cost
            say(f"BM25 spends {spent:,.0f} {question.cost} a query: that is the budget")
            question = dataclasses.replace(question, within=spent)
        if settings.bm25:
            finding.bm25()
        made = choose(
            question,
            wanted.space,
            finding,
            confirming,
            reference=wanted.reference.candidate if wanted.reference else None,
            seconds=wanted.seconds,
            say=say,
        )
        if settings.bm25:
            confirming.bm25()
    names = ({str(c): name for c, name in part.names.items()} for part in (finding, confirming))
    return Made(made, *names)
