"""Results of one study from several folders as one: seeds of this machine, seeds of that.

Only what results say is needed, no output folder: so a published study can be added to. What a
folder has is not taken again from a later one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import perquery
from harness.artifacts import provenance, write_json
from harness.errors import InputError
from harness.study.joined_controls import joined_controls
from harness.study.records import differences, read_json
from harness.study.results import BM25, PER_QUERY, write_csv
from harness.verdicts.results import find_results

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str]
"""Cell and seed, as a table has them."""
_TABLES = ("cells", "curves", "devcurves", "points")
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
        return read_json(self.folder / "study.json")

    @cached_property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """The rows of every CSV file."""
        return {name: _rows(self.folder / f"{name}.csv") for name in _TABLES}

    @cached_property
    def values(self) -> pd.DataFrame:
        """The values of every query; seed -1 is BM25's."""
        import pandas as pd

        path = self.folder / "perquery.parquet"
        if not path.is_file():
            return pd.DataFrame({name: [] for name in PER_QUERY})
        table = pd.read_parquet(path)
        return table.astype({"cell": str, "pruning": str, "measure": str, "seed": int})

    @property
    def trainings(self) -> list[Key]:
        """Cells and seeds."""
        return [(row["cell"], row["seed"]) for row in self.tables["cells"]]


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
    _check_alike(parts)
    owners = _owners(parts)
    tables = {name: _joined_rows(parts, name, owners) for name in _TABLES}
    values = _joined_values(parts, owners)
    found = _study(parts, owners)
    out.mkdir(parents=True, exist_ok=True)
    (out / "study.json").unlink(missing_ok=True)
    for name, rows in tables.items():
        write_csv(out / f"{name}.csv", rows, least=("cell", "seed"))
    perquery.write_columns(out / "perquery.parquet", values, PER_QUERY)
    write_json(out / "study.json", found)
    return found


def _check_free(out: Path, overwrite: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / "study.json").is_file():
        raise InputError(f"{out} holds files that are not a study's results. Choose another --out.")
    if not overwrite:
        raise InputError(f"{out} holds results already. Add --overwrite, or choose another --out.")


def _check_alike(parts: Sequence[Part]) -> None:
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


def _owners(parts: Sequence[Part]) -> dict[Key, int]:
    """The part that a training is taken from: the first that has it."""
    found: dict[Key, int] = {}
    for number, part in enumerate(parts):
        for key in part.trainings:
            found.setdefault(key, number)
    return found


def _joined_rows(
    parts: Sequence[Part], name: str, owners: Mapping[Key, int]
) -> list[dict[str, str]]:
    rows = [
        row
        for number, part in enumerate(parts)
        for row in part.tables[name]
        if owners.get((row["cell"], row["seed"]), _budget_owner(parts)) == number
    ]
    return sorted(rows, key=lambda row: int(row["seed"] or -1))


def _joined_values(parts: Sequence[Part], owners: Mapping[Key, int]) -> pd.DataFrame:
    import pandas as pd

    kept = []
    for number, part in enumerate(parts):
        table = part.values
        keys = zip(table["cell"], table["seed"].astype(str), strict=True)
        kept.append(table[[owners.get(key, _budget_owner(parts)) == number for key in keys]])
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


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
