"""When a fine-tuning is done: its dev measure has not become better for some evaluations.

What is decided is a function of the log alone, so that a resumed training stops where one that was
never killed does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from encoders.training.settings import FinetuneSettings

MEASURE = "eval_rr_at_10"


@dataclass(frozen=True)
class Convergence:
    """How far a training has come.

    Attributes:
        patience: evaluations without a better measure that are waited for; 0 for no early stop.
        first_step: evaluations before it do not count, since the loss itself still changes.
        evaluations: that counted.
        best_step: the last one that was better than all before it; 0 for none yet.
        waited: evaluations since then.
        converged: whether that is enough: ``patience``, but at least one.
    """

    patience: int
    first_step: int
    evaluations: int
    best_step: int
    waited: int
    converged: bool

    def to_dict(self) -> dict[str, Any]:
        """For ``training.json``."""
        return asdict(self)


def first_step(settings: FinetuneSettings) -> int:
    """The step from which the regularisers have their full weight."""
    return min(settings.steps, round((settings.delay + settings.ramp) * settings.steps))


def convergence(history: Sequence[dict[str, Any]], settings: FinetuneSettings) -> Convergence:
    """Judge a training by its log.

    Args:
        history: lines of the log, in order; a repeated step counts once.
        settings: `FinetuneSettings.patience` and ``least_gain``, and when the ramp ends.
    """
    start = first_step(settings)
    values = {line["step"]: line[MEASURE] for line in history if MEASURE in line}
    best, best_step, waited, counted = 0.0, 0, 0, 0
    for step in sorted(values):
        if step < start:
            continue
        counted += 1
        if not best_step or values[step] > best + settings.least_gain:
            best, best_step, waited = values[step], step, 0
        else:
            waited += 1
    enough = waited >= max(1, settings.patience)
    return Convergence(settings.patience, start, counted, best_step, waited, enough)


class Patience(TrainerCallback):
    """Stops a training that has converged, where its settings ask for patience."""

    def __init__(self, settings: FinetuneSettings) -> None:
        self.settings = settings

    def over(self, history: Sequence[dict[str, Any]]) -> bool:
        """Whether the training is done."""
        return bool(self.settings.patience) and convergence(history, self.settings).converged

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Stop after an evaluation that was one too many."""
        if self.over(state.log_history):
            control.should_training_stop = True
