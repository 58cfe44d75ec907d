"""A recipe's file, read: every mistake is named with its place and its remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from encoders.training.settings import FinetuneSettings, PretrainSettings
from esplade.train.recipes.sections import (
    FinetuneStep,
    MineStep,
    PretrainStep,
    SweepStep,
    VocabStep,
)
from ground.errors import InputError
from ground.reading import text
from harness.study.config import expanded
from harness.study.tables import read_table, shown, unknown

STEPS: dict[str, tuple[type[Any], type[Any] | None]] = {
    "vocab": (VocabStep, None),
    "pretrain": (PretrainStep, PretrainSettings),
    "mine": (MineStep, None),
    "finetune": (FinetuneStep, FinetuneSettings),
    "sweep": (SweepStep, None),
}
"""The tables, in the order of their steps: their options, and the settings of the trainings."""
_NEEDED = ("vocab", "pretrain", "finetune")
_TEXTS = ("dataset", "fields", "language")


@dataclass(frozen=True)
class Step:
    """A step of a recipe: its options, and its settings where it is a training."""

    name: str
    options: Any
    settings: Any = None


@dataclass(frozen=True)
class Recipe:
    """What a recipe says.

    Attributes:
        dataset: whose documents, queries and judgments.
        fields: what of a document; "" for what there is.
        language: of the encoder and of BM25's analyzer; "" for the data set's own.
        steps: in their order.
    """

    dataset: str
    fields: str
    language: str
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step | None:
        """A step by its name, where the recipe has it."""
        return next((one for one in self.steps if one.name == name), None)

    def with_changes(
        self, dataset: str | None, backbone: str | None, teacher: tuple[str, ...]
    ) -> Recipe:
        """The recipe for another collection, on another backbone, with other teachers."""
        steps = []
        for one in self.steps:
            options = one.options
            if backbone is not None and one.name == "pretrain":
                options = replace(options, backbone=backbone)
            if teacher and getattr(options, "teacher", ()):
                options = replace(options, teacher=teacher)
            steps.append(replace(one, options=options))
        return replace(self, dataset=dataset or self.dataset, steps=tuple(steps))

    def to_dict(self) -> dict[str, Any]:
        """The whole recipe, defaults included, as plain values."""
        tables = {
            one.name: {**asdict(one.options), **(asdict(one.settings) if one.settings else {})}
            for one in self.steps
        }
        return {"dataset": self.dataset, "fields": self.fields, "language": self.language, **tables}


def read_recipe(path: Path) -> Recipe:
    """Read a TOML file; environment variables and ``~`` are filled in in what names a file.

    Raises:
        InputError: it cannot be read, or has a mistake; the message names it.
    """
    try:
        content = tomllib.loads(text(path))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no TOML file: {error}.") from None
    return parse_recipe(content, path.name)


def parse_recipe(content: Mapping[str, Any], where: str = "recipe") -> Recipe:
    """Make a recipe of a file's content; see `read_recipe`."""
    for name in content:
        if name not in STEPS and name not in _TEXTS:
            raise unknown(name, (*_TEXTS, *STEPS), where)
    for name in _TEXTS:
        if not isinstance(content.get(name, ""), str):
            raise InputError(f"{where}, {name}: {shown(content[name])} is not a text.")
    if not content.get("dataset"):
        raise InputError(f'{where} lacks dataset; add it: dataset = "pydoc", or a folder.')
    if missing := [name for name in _NEEDED if name not in content]:
        raise InputError(
            f"{where} lacks [{missing[0]}]. A recipe has [vocab], [pretrain] and [finetune], and "
            f"may have [mine] and [sweep]."
        )
    steps = tuple(_step(name, content[name], where) for name in STEPS if name in content)
    texts = {name: content.get(name, "") for name in _TEXTS}
    return Recipe(**{**texts, "dataset": expanded(texts["dataset"])}, steps=steps)


def _step(name: str, table: Any, where: str) -> Step:
    options, settings = STEPS[name]
    place = f"{where}, [{name}]"
    if not isinstance(table, Mapping):
        raise InputError(f"{place} must be a table, not {shown(table)}.")
    if settings is None:
        return Step(name, _expanded(read_table(options, table, place)))
    own = {one.name for one in fields(options)}
    of_training = {one.name for one in fields(settings)}
    for key in table:
        if key not in own | of_training:
            raise unknown(key, sorted(own | of_training), place)
    return Step(
        name,
        _expanded(read_table(options, {k: v for k, v in table.items() if k in own}, place)),
        read_table(settings, {k: v for k, v in table.items() if k in of_training}, place),
    )


def _expanded(options: Any) -> Any:
    """Options with environment variables filled in in the names of files and folders."""
    changes: dict[str, Any] = {}
    for name in ("backbone", "given"):
        if getattr(options, name, ""):
            changes[name] = expanded(getattr(options, name))
    for name in ("corpus", "teacher"):
        if getattr(options, name, ()):
            changes[name] = tuple(expanded(one) for one in getattr(options, name))
    return replace(options, **changes) if changes else options
