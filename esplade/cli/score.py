"""``esplade score``: the effectiveness of runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esplade.cli import options

if TYPE_CHECKING:
    import pandas as pd

    from harness.evaluation import Coverage


def score(
    run: Annotated[
        list[str],
        typer.Option(
            "--run", help="TREC run, .gz too; repeat it, or quote a pattern.", metavar="FILE"
        ),
    ],
    qrels: Annotated[
        Path | None, typer.Option(help="Judgments: BEIR's TSV or TREC's four columns.")
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    measures: options.Measures = options.MEASURES,
    per_query: Annotated[
        Path | None,
        typer.Option(help="Parquet file for the per-query values; a folder for several runs."),
    ] = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Score runs against judgments, with ties broken by document id.

    Judged queries without results count as zero, and are reported; queries without judgments
    are ignored.
    """
    from esplade.cli.console import answer, remark
    from esplade.scoring import document_ids, expand_runs, judgments_of, named_measures
    from ground.artifacts import check_together
    from harness.evaluation import aggregate, check_grades, read_and_evaluate

    # Check what is cheap to check before reading anything large.
    names = named_measures(measures)
    paths = expand_runs(run)
    targets = _targets(per_query, paths)
    check_together(targets, overwrite, [*paths, qrels, dataset])
    judgments = judgments_of(given_judgments(qrels, dataset), split)
    check_grades(names, judgments, qrels)
    found, tables = [], []
    for path in paths:
        values, covered = read_and_evaluate(path, judgments, names, document_ids(dataset))
        tables.append(values)
        found.append((path, aggregate(values), covered))
        for note in [] if as_json else covered.notes():
            remark(f"{path}: {note}")
    _write(targets, tables)
    if as_json:
        answer({"measures": list(names), "runs": [_as_dict(*item) for item in found]})
    else:
        _print(names, found)


def given_judgments(qrels: Path | None, dataset: str | None) -> Any:
    """The judgments that --qrels or --dataset names.

    Raises:
        InputError: neither or both are given.
    """
    from esplade.datasets import load_dataset
    from ground.errors import InputError

    if (qrels is None) == (dataset is None):
        raise InputError("Give the judgments either as --qrels FILE or as --dataset D.")
    return qrels if dataset is None else load_dataset(dataset)


def _targets(per_query: Path | None, runs: Sequence[Path]) -> list[Path]:
    """Where each run's values go.

    Raises:
        InputError: two runs' values would go to one file.
    """
    from ground.errors import InputError
    from harness.runs.perquery import sidecar_path

    if per_query is None or len(runs) == 1:
        return [] if per_query is None else [per_query]
    targets: dict[Path, Path] = {}
    for run in runs:
        # Runs of a sweep are all called run.trec; their folders tell them apart.
        name = f"{run.resolve().parent.name}-{run.name}" if run.name == "run.trec" else run.name
        target = per_query / sidecar_path(Path(name))
        if target in targets:
            raise InputError(
                f"The values of {targets[target]} and {run} would both go to {target}. Rename one "
                f"of the runs, or score them apart."
            )
        targets[target] = run
    return list(targets)


def _write(targets: Sequence[Path], tables: Sequence[pd.DataFrame]) -> None:
    """The values of all runs, together: where a process is killed, all are written again."""
    from ground.artifacts import together
    from harness.runs.perquery import write_values

    if not targets:
        return
    with together(targets[-1]):
        for target, values in zip(targets, tables, strict=True):
            write_values(target, values)


def with_companions(runs: Sequence[Path]) -> list[Path]:
    """Runs, and what lies beside them and is read with them."""
    from harness.runs.metadata import metadata_path
    from harness.runs.perquery import sidecar_path

    return [file for run in runs for file in (run, metadata_path(run), sidecar_path(run))]


def _as_dict(path: Path, values: dict[str, float], covered: Coverage) -> dict[str, Any]:
    return {
        "run": str(path),
        "values": values,
        "judged": covered.judged,
        "answered": covered.answered,
        "missing": list(covered.missing),
        "unjudged": list(covered.unjudged),
        "notes": covered.notes(),
    }


def _print(names: Sequence[str], found: list[tuple[Path, dict[str, float], Coverage]]) -> None:
    from harness.report.notes import shared_notes
    from harness.report.renderings import print_table
    from harness.report.tables import Column, Row, Table, measure_column

    columns = [Column("run", "run")]
    columns += [measure_column(name, [values[name] for _, values, _ in found], 4) for name in names]
    columns.append(Column("queries", "queries", 0))
    rows = [
        Row({"run": str(path), "queries": covered.judged, **values})
        for path, values, covered in found
    ]
    notes = shared_notes({str(path): covered.notes() for path, _, covered in found})
    print_table(Table(tuple(columns), tuple(rows), notes=tuple(notes)))
