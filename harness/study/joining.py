"""Results of one study from several folders as one: seeds of this machine, seeds of that.

Only what results say is needed, no output folder: so a published study can be added to. What a
folder has is not taken again from a later one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import is_unfinished, provenance, sweep, together, write_json
from ground.errors import InputError
from harness.runs import perquery
from harness.study.joined_controls import joined_controls
from harness.study.parts import TABLES, Key, Part, check_alike
from harness.study.results import BM25, PER_QUERY, write_csv
from harness.study.verdicts.results import find_results

if TYPE_CHECKING:
    import pandas as pd


_BUDGET: tuple[Key, ...] = ((BM25, ""), (BM25, "-1"))
"""BM25 in tables and among the values of queries."""


def join_results(folders: Sequence[Path], out: Path, overwrite: bool = False) -> dict[str, Any]:
    """Write the results of one study that are in several folders into one.

    Args:
        folders: results, or output folders of `esplade study`.
        out: the results folder to write.
        overwrite: whether it may hold results already.

    Returns:
        The content of ``study.json``.

    Raises:
        InputError: a folder holds no results, or not those of the same study on the same data
            and corpora with the same BM25; ``out`` is not free.
    """
    parts = [Part(find_results(folder)) for folder in folders]
    _check_free(out, overwrite)
    check_alike(parts)
    owners = _owners(parts)
    sources = {**owners, **dict.fromkeys(_BUDGET, _budget_owner(parts))}
    tables = {name: _joined_rows(parts, name, sources) for name in TABLES}
    values = _joined_values(parts, sources)
    found = _study(parts, owners)
    out.mkdir(parents=True, exist_ok=True)
    with together(out / "study.json"):
        for name, rows in tables.items():
            write_csv(out / f"{name}.csv", rows, least=("cell", "seed"))
        perquery.write_columns(out / "perquery.parquet", values, PER_QUERY)
        write_json(out / "study.json", found)
    return found


def _check_free(out: Path, overwrite: bool) -> None:
    # Hidden is what a process left that was killed as it joined.
    if not out.exists() or (out.is_dir() and all(e.name.startswith(".") for e in out.iterdir())):
        return
    if is_unfinished(out / "study.json"):
        return
    if not (out / "study.json").is_file():
        raise InputError(f"{out} holds files that are not a study's results. Choose another --out.")
    if not overwrite:
        sweep(out / "study.json")
        raise InputError(f"{out} holds results already. Add --overwrite, or choose another --out.")


def _owners(parts: Sequence[Part]) -> dict[Key, int]:
    """The part that a training is taken from: the first that has it."""
    found: dict[Key, int] = {}
    for number, part in enumerate(parts):
        for key in part.trainings:
            found.setdefault(key, number)
    return found


def _joined_rows(
    parts: Sequence[Part], name: str, sources: Mapping[Key, int]
) -> list[dict[str, str]]:
    rows = [
        row
        for number, part in enumerate(parts)
        for row in part.tables[name]
        if sources.get((row["cell"], row["seed"])) == number
    ]
    return sorted(rows, key=lambda row: int(row["seed"] or -1))


def _joined_values(parts: Sequence[Part], sources: Mapping[Key, int]) -> pd.DataFrame:
    import pandas as pd

    kept = []
    for number, part in enumerate(parts):
        table = part.values
        keys = zip(table["cell"], table["seed"].astype(str), strict=True)
        kept.append(table[[sources.get(key) == number for key in keys]])
    return pd.concat(kept, ignore_index=True).sort_values("seed", kind="stable")


def _budget_owner(parts: Sequence[Part]) -> int:
    """The first part that has BM25."""
    have = (n for n, p in enumerate(parts) if any(r["cell"] == BM25 for r in p.tables["points"]))
    return next(have, 0)


def _study(parts: Sequence[Part], owners: Mapping[Key, int]) -> dict[str, Any]:
    studies = [part.study for part in parts]
    planned = min(study["cells_planned"] for study in studies)
    entries: dict[str, dict[str, Any]] = {}
    for entry in (entry for study in studies for entry in study["accounting"]):
        known = entries.setdefault(entry["name"], {**entry, "cells": []})
        known["cells"] += [cell for cell in entry["cells"] if cell not in known["cells"]]
    taken = {
        str(part.folder): [
            (row["cell"], row["seed"], row["longer_of"])
            for row in part.tables["cells"]
            if owners[row["cell"], row["seed"]] == number
        ]
        for number, part in enumerate(parts)
    }
    return {
        **studies[0],
        "impossible": {k: v for study in studies for k, v in study["impossible"].items()},
        "accounting": list(entries.values()),
        "controls": joined_controls({str(p.folder): p.study["controls"] for p in parts}, taken),
        "complete": len(owners) == planned,
        "cells_done": len(owners),
        "cells_planned": planned,
        "provenance": {**provenance(), "joined": [study["provenance"] for study in studies]},
    }
