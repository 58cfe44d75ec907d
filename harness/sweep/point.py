"""One operating point on disk: the run, its metadata, per-query values, and facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import building
from ground.errors import InputError
from ground.reading import json_document
from harness.evaluation import coverage, evaluate
from harness.retrieval.outcome import Outcome
from harness.runs import perquery
from harness.runs.metadata import describe
from harness.runs.runfile import write_run
from harness.sweep.state import POINT

if TYPE_CHECKING:
    import pandas as pd


def write_point(
    folder: Path,
    key: str,
    outcome: Outcome,
    qrels: pd.DataFrame,
    measures: tuple[str, ...],
    method: Mapping[str, Any],
    data: Mapping[str, Any],
    overwrite: bool,
) -> None:
    """Score an outcome and write the point's folder.

    Args:
        folder: where it goes; it appears whole or not at all.
        key: digest of all that the point depends on.
        outcome: what searching gave.
        qrels: columns query_id, doc_id, relevance.
        measures: names of measures of effectiveness.
        method: how the run was made, for its metadata.
        data: the test collection, for its metadata.
        overwrite: replace a point of other inputs or settings.
    """
    import pandas as pd

    values = [evaluate(outcome.run, qrels, measures), outcome.costs()]
    facts = {**outcome.facts(), "notes": coverage(outcome.run, qrels, measures=measures).notes()}
    with building(folder, POINT, key=key, overwrite=overwrite) as build:
        block = describe(method=method, data=data, resources=outcome.resources())
        write_run(build.path / "run.trec", outcome.run, block)
        perquery.write_values(build.path / "perquery.parquet", pd.concat(values, ignore_index=True))
        (build.path / "facts.json").write_text(json.dumps(facts, indent=1) + "\n")


def read_facts(folder: Path) -> dict[str, Any]:
    """The facts of a finished point.

    Raises:
        InputError: the file is missing or damaged.
    """
    file = folder / "facts.json"
    facts = json_document(file)
    notes = facts.setdefault("notes", [])
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise InputError(
            f"{file}: the notes are no list of texts. Remove the folder {folder}, and sweep again."
        )
    return facts
