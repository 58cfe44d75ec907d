"""Runs, sweeps and studies put side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.comparison import Comparison
    from esplade.runs import Run


def compare(
    what: Sequence[Any] | Mapping[str, Any],
    *,
    baseline: str | None = None,
    qrels: Any = None,
    split: str = "test",
    measures: str | Sequence[str] = "RR@10 R@10 nDCG@10",
    note: Callable[[str], None] | None = None,
    calibration: str | Path | None = None,
    test: str = "permutation",
    correction: str = "holm",
    alpha: float = 0.05,
    margin: float | None = None,
    pairs: str | None = None,
    other_data: bool = False,
) -> Comparison:
    """Put any runs, sweeps and studies into one table, with tests against a baseline.

    Args:
        what: runs (`esplade.Run`, TREC files), sweeps (`esplade.Sweep`, their folders) and folders
            of studies; or such by the names that the table shall give them.
        baseline: what to test against: BM25 if there is one, else the first.
        qrels: judgments; without them, the values that sweeps and studies have stored are compared.
        split: of a data set given as ``qrels``.
        measures: of effectiveness.
        note: told what is to be known of the values, in place of stderr.
        calibration: of the machine whose times are predicted, a file that `esplade.calibrate`
            wrote; by default this machine's own, if it has one.
        test: which one is corrected and marked: permutation, t or wilcoxon; all are computed.
        correction: for the number of tests: holm, bonferroni, bh (Benjamini-Hochberg) or none.
        alpha: below which corrected p-values count, two-sided.
        margin: largest difference that does not matter, such as 0.01: equivalence is tested.
        pairs: ``baseline``, or ``all`` for tests of every pair, marked by letters; where nothing
            is said, LaTeX has letters.
        other_data: score by ``qrels`` what is known to be of other data, and note that.

    Raises:
        InputError: a run without judgments, judgments that do not fit, runs of different data, an
            unclear baseline, or settings that mean nothing.

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
    from esplade.tested import check_pairs
    from harness.calibration.kept import calibration_of
    from harness.evaluation import check_grades
    from harness.evaluation.significance import Settings
    from harness.report.comparison import default_baseline, find_baseline
    from harness.report.gathering import gather_points
    from harness.report.predictions import with_predictions

    settings = Settings(test, correction, alpha, margin)
    check_pairs(pairs)
    names = named_measures(measures)
    judgments = None if qrels is None else judgments_of(qrels, split)
    if judgments is not None:
        where = Path(qrels) if isinstance(qrels, str | Path) else None
        check_grades(names, judgments, where)
    ids = document_ids(qrels) if hasattr(qrels, "docs") else None
    machine = calibration_of(calibration)
    points = gather_points(_sources(what), judgments, names, note or say, ids, other_data)
    points = with_predictions(points, machine)
    chosen = default_baseline(points) if baseline is None else find_baseline(points, baseline)
    return Comparison(points, names, chosen, "", settings, pairs)


def _sources(what: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    from esplade.runs import Run
    from esplade.sweeps import Sweep
    from harness.report.sources import HeldRun

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
        raise InputError("There is nothing to compare: give runs, sweeps or studies.")
    return found


def _held(kind: Any, run: Run, name: str | None) -> Any:
    facts = run.outcome.facts() if run.outcome is not None else {}
    return kind(name or run.tag, run.ranking, run.costs(), facts, run.method, run.data)
