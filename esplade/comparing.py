"""Runs and sweeps put side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.comparison import Comparison


def compare(
    what: Sequence[Any] | Mapping[str, Any],
    *,
    baseline: str | None = None,
    qrels: Any = None,
    split: str = "test",
    measures: str | Sequence[str] = "RR@10 R@10 nDCG@10",
    note: Callable[[str], None] | None = None,
    calibration: str | Path | None = None,
) -> Comparison:
    """Put any runs and sweeps into one table, with tests against a baseline.

    Args:
        what: runs (`esplade.Run`, TREC files) and sweeps (`esplade.Sweep`, their folders); or such
            by the names that the table shall give them.
        baseline: what to test against: BM25 if there is one, else the first.
        qrels: judgments; without them, the values that sweeps have stored are compared.
        split: of a data set given as ``qrels``.
        measures: of effectiveness.
        note: told what is to be known of the values, in place of stderr.
        calibration: of the machine whose times are predicted, a file that `esplade.calibrate`
            wrote; by default this machine's own, if it has one.

    Raises:
        InputError: a run without judgments, judgments that do not fit, an unclear baseline.

    Example:
        >>> import esplade
        >>> runs = {"one": {"q1": {"d1": 2.0}}, "other": {"q1": {"d2": 2.0, "d1": 1.0}}}
        >>> compared = esplade.compare(runs, qrels={"q1": {"d1": 1}}, measures="RR@10")
        >>> compared.table()["RR@10"].tolist()
        [1.0, 0.5]
    """
    from esplade.comparison import Comparison
    from esplade.progress import say
    from esplade.scoring import document_ids, judgments_of, named_measures
    from harness.calibration.kept import calibration_of
    from harness.evaluation import check_grades
    from harness.report.comparison import default_baseline, find_baseline
    from harness.report.gathering import gather_points
    from harness.report.predictions import with_predictions

    names = named_measures(measures)
    judgments = None if qrels is None else judgments_of(qrels, split)
    if judgments is not None:
        where = Path(qrels) if isinstance(qrels, str | Path) else None
        check_grades(names, judgments, where)
    ids = document_ids(qrels) if hasattr(qrels, "docs") else None
    machine = calibration_of(calibration)
    points = gather_points(_sources(what), judgments, names, note or say, ids)
    points = with_predictions(points, machine)
    chosen = default_baseline(points) if baseline is None else find_baseline(points, baseline)
    return Comparison(points, names, chosen, "")


def _sources(what: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    from esplade.runs import Run
    from esplade.sweeps import Sweep
    from harness.report.gathering import HeldRun

    named = what.items() if isinstance(what, Mapping) else ((None, one) for one in what)
    found: list[Any] = []
    for name, one in named:
        if isinstance(one, Sweep):
            found.append(one.path)
        elif isinstance(one, str | Path) and (name is None or Path(one).is_dir()):
            found.append(Path(one))
        else:
            run = Run.read(one) if isinstance(one, str | Path) else one
            if not isinstance(run, Run):
                run = Run.from_dicts(run) if isinstance(run, Mapping) else Run.from_frame(run)
            found.append(_held(HeldRun, run, name))
    if not found:
        raise InputError("There is nothing to compare: give runs or sweeps.")
    return found


def _held(kind: Any, run: Any, name: str | None) -> Any:
    facts = run.outcome.facts() if run.outcome is not None else {}
    return kind(name or run.tag, run.ranking, run.costs(), facts, run.method)
