"""What a study will take: what is done, what is left, and how long that is likely to be."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ground.artifacts import MANIFEST
from harness.study.cells import Cell
from harness.study.config import Settings
from harness.study.plan import Plan, Unit
from harness.study.records import read_json
from harness.study.stages import Stage

Measure = Callable[[Stage, Unit], float | None]
"""Seconds a unit of work, for a stage like none that has been done; None for unknown."""

_BYTES = 16
"""A parameter in training: weight, gradient and two moments of Adam, in float32."""


@dataclass(frozen=True)
class Part:
    """The stages of one kind.

    Attributes:
        kind: of the stages.
        done: how many are.
        left: how many are not.
        seconds: for those, or None where it is not known.
        measured: where that comes from.
    """

    kind: str
    done: int
    left: int
    seconds: float | None
    measured: str


def estimate(plan: Plan, units: Sequence[Unit], measure: Measure) -> list[Part]:
    """Stages of a plan by kind, with the time that is left.

    Args:
        plan: see `Plan`.
        units: those that are asked for.
        measure: is asked where no stage of the same shape has been done.
    """
    wanted = _wanted(plan, units)
    speeds = _Speeds(plan.root, measure)
    by_kind: dict[str, list[Stage]] = defaultdict(list)
    for stage in wanted:
        by_kind[stage.kind].append(stage)
    return [_part(kind, stages, wanted, speeds) for kind, stages in by_kind.items()]


def _wanted(plan: Plan, units: Sequence[Unit]) -> dict[Stage, Unit]:
    """Stages that some units need, each with one of them; impossible ones need none."""
    found: dict[Stage, Unit] = {}

    def add(stage: Stage, unit: Unit) -> None:
        for need in stage.needs.values():
            add(need, unit)
        found.setdefault(stage, unit)

    for unit in units:
        stages = [unit.stages["corpus"]] if unit.impossible() else unit.stages.values()
        for stage in stages:
            add(stage, unit)
    if units:
        found.setdefault(plan.bm25, units[0])
    return found


def _part(kind: str, stages: list[Stage], wanted: dict[Stage, Unit], speeds: _Speeds) -> Part:
    left = [stage for stage in stages if not stage.done]
    found = [speeds.seconds(stage, wanted[stage]) for stage in left]
    known = [seconds for seconds, _ in found if seconds is not None]
    sources = sorted({source for _, source in found})
    total = sum(known) if len(known) == len(found) else None
    return Part(kind, len(stages) - len(left), len(left), total, ", ".join(sources))


class _Speeds:
    """Seconds a unit of work, from finished stages or measured."""

    def __init__(self, root: Path, measure: Measure) -> None:
        self.measure = measure
        self._known: dict[str, list[float]] = defaultdict(list)
        self._measured: dict[str, float | None] = {}
        for manifest in root.glob(f"stages/*/*/{MANIFEST}"):
            facts = read_json(manifest)
            if facts.get("units") and "seconds" in facts:
                self._known[facts["shape"]].append(facts["seconds"] / facts["units"])

    def seconds(self, stage: Stage, unit: Unit) -> tuple[float | None, str]:
        known = self._known.get(stage.shape)
        if known:
            return stage.units * statistics.median(known), "finished stages"
        if stage.shape not in self._measured:
            self._measured[stage.shape] = self.measure(stage, unit)
        speed = self._measured[stage.shape]
        return (None, "unknown") if speed is None else (stage.units * speed, "a short measurement")


@dataclass(frozen=True)
class Need:
    """What one kind of cell needs.

    Attributes:
        cell: a name.
        parameters: of the model.
        training_bytes: weights, gradients and moments.
        logits_bytes: the largest matrix of a pre-training step: masked words by U.
        steps: of pre-training.
        texts: that it sees.
        tokens: the most that those can have.
        finetune_steps: at most.
    """

    cell: str
    parameters: int
    training_bytes: int
    logits_bytes: int
    steps: int
    texts: int
    tokens: int
    finetune_steps: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def needs(cells: Sequence[Cell]) -> list[Need]:
    """What each cell needs, by its settings alone."""
    return [_need(cell) for cell in cells]


def parameters(settings: Settings) -> int:
    """Parameters of the model: embeddings, layers, transform and expanded output layer."""
    model, words = settings.model, settings.vocabulary
    width = model.hidden
    positions = max(128, settings.pretrain.max_length) + 2
    layer = 12 * width * width + 13 * width
    # Words of U that are pieces in any case are counted twice.
    pieces = words.wordpieces + words.whole_words * words.size
    embeddings = (pieces + positions) * width + 2 * width
    head = width * width + 3 * width + words.size * (width + 1)
    return int(embeddings + model.layers * layer + head)


def _need(cell: Cell) -> Need:
    settings, pretrain = cell.settings, cell.settings.pretrain
    size = parameters(settings)
    texts = cell.steps * pretrain.batch
    masked = pretrain.batch * max(1, round(pretrain.mask_words * pretrain.max_length))
    return Need(
        cell.name,
        size,
        size * _BYTES,
        masked * settings.vocabulary.size * 4,
        cell.steps,
        texts,
        texts * pretrain.max_length,
        settings.finetune.steps,
    )


def too_small(plan: Plan, documents: int | None) -> Iterator[tuple[str, str]]:
    """Cells that the collection is certainly too small for, before anything is read."""
    for unit in plan.units:
        corpus = unit.stages["corpus"]
        last = corpus.settings["first"] + corpus.settings["texts"]
        uniq = corpus.settings["sampling"] == "uniq" and corpus.settings["source"] == "titles"
        if unit.run == 1 and documents is not None and uniq and last > documents:
            yield (
                unit.cell.name,
                f"it needs {last:,} distinct titles to see once each, and the collection has "
                f"{documents:,} documents",
            )
