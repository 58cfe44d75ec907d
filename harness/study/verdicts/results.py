"""Reads a study's results folder; whatever is not there yet is empty, never an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.artifacts import settle
from ground.errors import InputError
from ground.reading import json_document
from harness.study.verdicts.panel import Panel, build_panels
from harness.study.verdicts.tables import AGAIN, read_table

if TYPE_CHECKING:
    import pandas as pd

BM25 = "bm25"
NO_PRUNING = "0:0"
_TABLES = {
    "cells": ("cell", "seed", "longer_of"),
    "curves": ("cell", "seed", "step", "loss", "accuracy"),
    "devcurves": ("cell", "seed", "step"),
    "points": ("cell", "seed", "pruning"),
}
_SETTINGS: dict[str, type[Any]] = {
    **{"name": str, "measures": list, "grid": list, "factors": dict},
    **{"config": dict, "dataset": dict, "accounting": list, "cells_done": int},
}


@dataclass(frozen=True)
class StudyResults:
    """The files of a results folder.

    Attributes:
        folder: where they are.
        study: ``study.json``: settings, data set, factors, controls, accounting.
        cells: a row a (cell, seed) that is trained.
        curves: held-out EMLM loss and accuracy by step.
        devcurves: development measures of the fine-tuning by step.
        points: costs of a (cell, seed, pruning), and of BM25.
        panels: values per query, by measure.
    """

    folder: Path
    study: Mapping[str, Any]
    cells: pd.DataFrame
    curves: pd.DataFrame
    devcurves: pd.DataFrame
    points: pd.DataFrame
    panels: Mapping[str, Panel]

    @property
    def name(self) -> str:
        """What the study calls itself."""
        return str(self.study.get("name") or self.folder.resolve().parent.name)

    @property
    def measures(self) -> list[str]:
        """Measures of effectiveness; verdicts are about the first."""
        return [str(m) for m in self.study.get("measures") or ["RR@10", "R@10", "nDCG@10"]]

    @property
    def grid(self) -> list[str]:
        """Prunings ``qk:dk``, from unpruned to the strictest."""
        return [str(p) for p in self.study.get("grid") or []]

    @property
    def factors(self) -> dict[str, list[str]]:
        """Factors of the grid and their levels, in the order given."""
        given = self.study.get("factors") or {}
        return {str(f): [str(level) for level in levels] for f, levels in given.items()}

    @property
    def seeds(self) -> list[int]:
        """Seeds with at least one trained cell."""
        return sorted({int(s) for s in self.cells["seed"]})

    def levels(self) -> dict[str, dict[str, str]]:
        """Factor levels of every trained cell of the grid, longer ones left out; in grid order."""
        table = self.cells[self.cells["longer_of"] == ""].drop_duplicates("cell")
        factors = [f for f in self.factors if f in table.columns]
        found = {row["cell"]: {f: str(row[f]) for f in factors} for _, row in table.iterrows()}
        return dict(sorted(found.items(), key=lambda item: self._place(item[1])))

    def longer(self) -> dict[str, str]:
        """Cells that continue another one, and which."""
        table = self.cells[self.cells["longer_of"] != ""].drop_duplicates("cell")
        return dict(zip(table["cell"], table["longer_of"], strict=True))

    def value(self, table: str, column: str, cell: str, seed: int, pruning: str = "") -> float:
        """One number of ``cells`` or ``points``; NaN if it is not there."""
        numbers = self._numbers.setdefault((table, column), {})
        if not numbers:
            numbers.update(self._column(table, column))
        return numbers.get((cell, seed, pruning), math.nan)

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], dict[tuple[str, int, str], float]]:
        """Columns that were looked into, by training and pruning."""
        return {}

    def _column(self, table: str, column: str) -> dict[tuple[str, int, str], float]:
        frame: pd.DataFrame = getattr(self, table)
        if column not in frame.columns:
            return {}
        prunings = frame["pruning"] if "pruning" in frame.columns else [""] * len(frame)
        keys = zip(frame["cell"], frame["seed"].astype(int), prunings, strict=True)
        try:
            values = frame[column].astype(float).tolist()
        except (TypeError, ValueError):
            where = self.folder / f"{table}.csv"
            raise InputError(f"{where}: {column} is not a number in every row. {AGAIN}") from None
        return {(str(c), int(s), str(p)): v for (c, s, p), v in zip(keys, values, strict=True)}

    def _place(self, levels: Mapping[str, str]) -> list[int]:
        return [
            names.index(levels[f]) if levels.get(f) in names else len(names)
            for f, names in self.factors.items()
        ]


def find_results(path: Path) -> Path:
    """A results folder: the one given, or the ``results`` of a study's output folder.

    Raises:
        InputError: there is no ``study.json``.
    """
    for place in (path / "results", path):
        settle(place / "study.json")
    folder = path / "results" if (path / "results" / "study.json").exists() else path
    if not (folder / "study.json").exists():
        raise InputError(
            f"{path} holds no study: neither study.json nor results/study.json is there. "
            f"Give the folder that `esplade study --out` wrote, or its results."
        )
    return folder


def read_study(folder: Path) -> dict[str, Any]:
    """Read ``study.json`` of a results folder.

    Raises:
        InputError: it is no JSON object, or its settings are of other types.
    """
    source = folder / "study.json"
    found = json_document(source)
    for name, kind in _SETTINGS.items():
        if not isinstance(found.get(name, kind()), kind):
            raise InputError(f"{source}: {name} is {str(found[name])[:80]!r}. {AGAIN}")
    texts = [*found.get("measures", []), *found.get("grid", [])]
    levels = list(found.get("factors", {}).values())
    if not all(isinstance(one, str) for one in texts) or not all(
        isinstance(names, list) for names in levels
    ):
        raise InputError(f"{source}: measures, grid or factors are not of names. {AGAIN}")
    return found


def read_results(path: Path) -> StudyResults:
    """Read a results folder, or the ``results`` folder of a study's output.

    Raises:
        InputError: there is no ``study.json``, or a file cannot be understood.
    """
    folder = find_results(path)
    study = read_study(folder)
    tables = {name: read_table(folder / f"{name}.csv", cols) for name, cols in _TABLES.items()}
    return StudyResults(
        folder=folder,
        study=study,
        panels=build_panels(folder / "perquery.parquet"),
        cells=_with_seeds(tables["cells"], drop_bm25=True),
        curves=_with_seeds(tables["curves"]),
        devcurves=_with_seeds(tables["devcurves"]),
        points=_with_seeds(tables["points"]),
    )


def _with_seeds(table: pd.DataFrame, drop_bm25: bool = False) -> pd.DataFrame:
    """Seeds as integers; -1 where there is none (BM25)."""
    kept = table[table["cell"] != BM25] if drop_bm25 else table
    return kept.assign(seed=kept["seed"].fillna(-1).astype(int)).reset_index(drop=True)
