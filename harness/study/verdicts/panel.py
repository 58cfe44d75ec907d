"""Values of one measure as an array: trainings by queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ground.errors import InputError
from harness.runs.perquery import read_columns

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Key = tuple[str, int, str]
"""Cell, seed (-1 for BM25), pruning (empty for BM25)."""
VALUES = {
    **{"cell": "text", "seed": "number?", "pruning": "text?"},
    **{"query": "text", "measure": "text", "value": "number?"},
}
"""Columns of the file of per-query values, as `read_columns` takes them."""


@dataclass(frozen=True)
class Panel:
    """One measure of every training at every pruning.

    Attributes:
        rows: key to row.
        values: shape (rows, queries); the queries that every row has a value for.
        incomplete: queries left out, because some row has no value for them.
    """

    rows: Mapping[Key, int]
    values: Floats
    incomplete: int = 0

    def seeds(self, cell: str, pruning: str) -> list[int]:
        """Seeds of a cell that are evaluated at this pruning."""
        return sorted(seed for c, seed, p in self.rows if c == cell and p == pruning)

    def of(self, cell: str, seed: int, pruning: str) -> Floats | None:
        """Values of one run, shape (queries,); None if it was not evaluated."""
        row = self.rows.get((cell, seed, pruning))
        return None if row is None else self.values[row]


@dataclass(frozen=True)
class Block:
    """Cells by seeds, complete: every cell has every seed.

    Attributes:
        cells: names.
        seeds: those that all the cells have.
        values: shape (cells, seeds, queries), or (cells, seeds) of a number a training.
        left_out: what was not used for completeness' sake, in words; empty if nothing.
    """

    cells: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Floats
    left_out: str = ""


def build_panels(path: Path) -> dict[str, Panel]:
    """Read the per-query values of a study; nothing if the file is not there.

    Raises:
        InputError: the file is damaged, a column is missing, or a value stands twice.
    """
    if not path.exists():
        return {}
    table = read_columns(path, VALUES).to_pandas()
    table["pruning"] = table["pruning"].astype(object).fillna("").astype("category")
    table["seed"] = table["seed"].fillna(-1).astype(int)
    groups = table.groupby("measure", observed=True, sort=False)
    return {str(measure): _panel(group, path) for measure, group in groups}


def complete(seeds: Mapping[str, Sequence[int]]) -> tuple[list[str], list[int], str]:
    """Which cells and seeds form a complete block, and what is left out for it.

    All the cells, with the seeds they share; if they share none, the cells that have the seed
    that most of them have.
    """
    cells = [cell for cell, own in seeds.items() if own]
    if not cells:
        return [], [], ""
    shared = set.intersection(*(set(seeds[cell]) for cell in cells))
    if not shared:
        every = sorted({seed for cell in cells for seed in seeds[cell]})
        most = max(every, key=lambda seed: sum(seed in seeds[cell] for cell in cells))
        dropped = [cell for cell in cells if most not in seeds[cell]]
        cells = [cell for cell in cells if most in seeds[cell]]
        return cells, [most], f"without {', '.join(dropped)}: no seed in common"
    extra = sorted({seed for cell in cells for seed in seeds[cell]} - shared)
    note = f"without seed {', '.join(map(str, extra))}: not every cell has it" if extra else ""
    return cells, sorted(shared), note


def _panel(table: pd.DataFrame, path: Path) -> Panel:
    import pandas as pd

    queries, _ = pd.factorize(table["query"])
    keyed = table.groupby(["cell", "seed", "pruning"], observed=True, sort=False)
    row_of = keyed.ngroup().to_numpy()
    keys = table[["cell", "seed", "pruning"]].assign(row=row_of).drop_duplicates("row")
    values = np.full((int(row_of.max()) + 1, int(queries.max()) + 1), np.nan)
    if len(table) > np.unique(row_of.astype(np.int64) * values.shape[1] + queries).size:
        raise InputError(f"{path}: a (cell, seed, pruning, query, measure) stands there twice.")
    values[row_of, queries] = table["value"].to_numpy(dtype=np.float64)
    whole = ~np.isnan(values).any(axis=0)
    rows = {(str(c), int(s), str(p)): int(r) for c, s, p, r in keys.itertuples(index=False)}
    return Panel(rows, np.ascontiguousarray(values[:, whole]), int((~whole).sum()))
