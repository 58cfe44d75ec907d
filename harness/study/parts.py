"""Results folders that are to be joined: what is in them, and whether they are of one study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError
from harness.runs import perquery
from harness.study.records import differences
from harness.study.results import BM25, PER_QUERY
from harness.study.verdicts.panel import VALUES
from harness.study.verdicts.results import read_study
from harness.study.verdicts.tables import read_rows

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str]
"""Cell and seed, as a table has them."""
TABLES = ("cells", "curves", "devcurves", "points")
_SHOWN = 4
"""Differences that a message names."""
_SAME = ("schema", "name", "dataset", "grid", "measures", "factors", "seeds", "seed_pairs")


@dataclass(frozen=True)
class Part:
    """One results folder."""

    folder: Path

    @cached_property
    def study(self) -> dict[str, Any]:
        """``study.json``."""
        return read_study(self.folder)

    @cached_property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """The rows of every CSV file."""
        return {name: read_rows(self.folder / f"{name}.csv") for name in TABLES}

    @cached_property
    def values(self) -> pd.DataFrame:
        """The values of every query; seed -1 is BM25's."""
        import pandas as pd

        path = self.folder / "perquery.parquet"
        if not path.is_file():
            return pd.DataFrame({name: [] for name in PER_QUERY})
        columns = {**VALUES, "seed": "number"}
        table: pd.DataFrame = perquery.read_columns(path, columns).to_pandas()
        return table.astype({"cell": str, "pruning": str, "measure": str, "seed": int})

    @property
    def trainings(self) -> list[Key]:
        """Cells and seeds."""
        return [(row["cell"], row["seed"]) for row in self.tables["cells"]]


def check_alike(parts: Sequence[Part]) -> None:
    """Check that folders hold results of one study.

    Raises:
        InputError: settings, data, corpora or what BM25 finds differ, or a folder's files are not
            of the same moment.
    """
    for part in parts:
        _check_whole(part)
    records = [(str(part.folder), _identity(part.study)) for part in parts]
    found = differences(records)
    if not found:
        found = _unlike_corpora(parts) or _unlike_budget(parts)
    if found:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InputError(
            f"These folders do not hold results of one study: {'; '.join(found[:_SHOWN])}{more}. "
            f"Join only what was run from the same file, on the same data, with the same versions."
        )


def _check_whole(part: Part) -> None:
    """Check that all files are of the same moment: a killed study may leave some of the next."""
    keys = {(cell, int(seed)) for cell, seed in part.trainings}
    values = part.values[["cell", "seed"]].drop_duplicates().itertuples(index=False, name=None)
    if len(keys) != part.study["cells_done"] or keys != {key for key in values if key[0] != BM25}:
        raise InputError(
            f"The files in {part.folder} are not of the same moment: study.json says "
            f"{part.study['cells_done']} trainings, cells.csv has {len(keys)}, and "
            f"perquery.parquet may have others. Run `esplade study` on that folder again: it "
            f"writes them anew."
        )


def _identity(study: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is decided before a study is run, under dotted names."""
    config = {name: value for name, value in study["config"].items() if name != "keep"}
    return _flat({"config": config, **{name: study.get(name) for name in _SAME}})


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            found |= _flat(inner, f"{before}{name}.")
        else:
            found[before + name] = inner
    return found


def _unlike_corpora(parts: Sequence[Part]) -> list[str]:
    by_name: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for part in parts:
        for entry in part.study["accounting"]:
            record = {name: value for name, value in entry.items() if name != "cells"}
            by_name.setdefault(entry["name"], []).append((str(part.folder), record))
    return [
        f"corpus {name}: {text}" for name, same in by_name.items() for text in differences(same)
    ]


def _unlike_budget(parts: Sequence[Part]) -> list[str]:
    """What BM25 found for the first query where it is not the same."""
    first, *others = (_budget(part) for part in parts)
    found = []
    for part, other in zip(parts[1:], others, strict=True):
        both = first.index.intersection(other.index)
        unlike = both[(first.loc[both] != other.loc[both]).to_numpy()]
        if len(first) and len(other) and (len(unlike) or len(both) < max(len(first), len(other))):
            where = f", first in {unlike[0][1]} of query {unlike[0][0]}" if len(unlike) else ""
            found.append(f"BM25 differs between {parts[0].folder} and {part.folder}{where}")
    return found


def _budget(part: Part) -> pd.Series[float]:
    rows = part.values[part.values["cell"] == BM25]
    rows = rows[rows["measure"] != perquery.LATENCY]
    return rows.set_index(["query", "measure"])["value"].sort_index()
