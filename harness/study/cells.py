"""The cells of a study's grid: every combination of levels, and longer trainings of some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from ground.errors import InputError
from harness.study.config import Settings, Study


@dataclass(frozen=True)
class Cell:
    """One combination of the factors' levels.

    Attributes:
        name: the levels, joined by dashes; ``-long<steps>`` after it for a longer training.
        levels: by factor.
        settings: of its stages; ``pretrain.steps`` are those of this part of the training.
        longer_of: the cell that this one continues in the end, or nothing.
        parent: the cell that it goes on from: the same, or a shorter one of its continuations.
        steps_before: EMLM steps of all parts before this one.
        part: number of this part, from 0.
        before_all: EMLM steps of part 0, in the parts after it.
    """

    name: str
    levels: dict[str, str]
    settings: Settings
    longer_of: str = ""
    parent: str = ""
    steps_before: int = 0
    part: int = 0
    before_all: int = 0

    @property
    def first_steps(self) -> int:
        """EMLM steps of the first part."""
        return self.before_all or int(self.settings.pretrain.steps)

    @property
    def steps(self) -> int:
        """EMLM steps in all."""
        return self.steps_before + int(self.settings.pretrain.steps)


def cells_of(study: Study) -> list[Cell]:
    """All cells, each followed by its longer trainings.

    A longer training goes on from the finished one: from its weights, with a new optimiser and a
    schedule of its own over the steps that are added, and with text that comes after.

    Raises:
        InputError: two cells have one name; a longer training is of no cell, or not longer.
    """
    base = list(_grid(study))
    names = [cell.name for cell in base]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"Two cells are called {twice}. Give levels names that tell them apart.")
    for name in study.longer:
        if name not in names:
            raise InputError(f"[longer]: there is no cell {name}. Cells are: {', '.join(names)}.")
    cells: list[Cell] = []
    for cell in base:
        cells.append(cell)
        cells += _longer(cell, study.longer.get(cell.name, ()))
    return cells


def _grid(study: Study) -> Iterator[Cell]:
    for combination in product(*study.factors.values()):
        levels = dict(zip(study.factors, combination, strict=True))
        settings = study.base
        name = "-".join(combination) or "single"
        try:
            for factor, level in levels.items():
                settings = settings.overridden(study.factors[factor][level])
        except ValueError as error:  # of levels that do not go together
            raise InputError(f"[factors], {name}: {error}") from None
        yield Cell(name, levels, settings)


def _longer(cell: Cell, totals: tuple[int, ...]) -> Iterator[Cell]:
    last = cell
    for total in totals:
        if total <= last.steps:
            raise InputError(
                f"[longer]: {cell.name} has {last.steps:,} steps already, so {total:,} are no "
                f"longer training. Give more."
            )
        pretrain = replace(cell.settings.pretrain, steps=total - last.steps)
        last = Cell(
            f"{cell.name}-long{total}",
            cell.levels,
            replace(cell.settings, pretrain=pretrain),
            longer_of=cell.name,
            parent=last.name,
            steps_before=last.steps,
            part=last.part + 1,
            before_all=cell.steps,
        )
        yield last
