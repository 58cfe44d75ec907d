"""What both trainings add to transformers.Trainer: order, figures of a step, rates, stopping."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Trainer, TrainerState

from encoders.training import processes
from encoders.training.marks import step_of
from encoders.training.order import EpochOrder, Examples, PassCounter
from ground.errors import TrainingStopped

_FIRST = "first"
"""Of a group of the optimiser: whether it learns while others wait."""


@dataclass(frozen=True)
class Rate:
    """A learning rate of some parameters' own.

    Attributes:
        lr: its peak; None for that of the others.
        decays: whether weight decay takes hold of them as of the others.
        first: whether they learn from the first step on, while others may wait.
    """

    lr: float | None
    decays: bool = True
    first: bool = False


class EncoderTrainer(Trainer):
    """A Trainer in an order of our own, that logs means of figures and stops at what is no number.

    Args:
        order: in which examples are trained on.
        rates: of parameters that have one of their own.
        alone: steps in which those that are `Rate.first` learn and no others.
    """

    def __init__(
        self,
        *args: Any,
        order: EpochOrder,
        rates: Mapping[nn.Parameter, Rate] | None = None,
        alone: int = 0,
        **kwargs: Any,
    ) -> None:
        kwargs["train_dataset"] = Examples(len(order))
        super().__init__(*args, **kwargs)
        self._order, self._rates, self._alone = order, dict(rates or {}), alone
        batch = self.args.per_device_train_batch_size * processes.count()
        self.add_callback(PassCounter(order, batch))
        self._sums: dict[str, float] = {}
        self._steps = 0

    def train(self, resume_from_checkpoint: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Train; one that was killed after its last step takes no further step."""
        if resume_from_checkpoint is not None:
            file = str(Path(resume_from_checkpoint) / "trainer_state.json")
            state = TrainerState.load_from_json(file)
            if self.is_over(state):
                self.state = state
                if self.args.load_best_model_at_end and state.best_model_checkpoint:
                    self._load_best_model()
                else:
                    self._load_from_checkpoint(resume_from_checkpoint)
                return None
        return super().train(resume_from_checkpoint, *args, **kwargs)

    def is_over(self, state: TrainerState) -> bool:
        """Whether a training that has come to a state takes no more steps."""
        return bool(state.global_step >= self.args.max_steps)

    def report(
        self, loss: Tensor, describe: Callable[[], str], **values: Tensor
    ) -> dict[str, float]:
        """Take a step's figures; their means go into the next line of the log.

        Args:
            loss: scalar.
            describe: says what the batch was; called by all processes or by none.
            values: scalars, of this process.

        Returns:
            The figures as means over all processes.

        Raises:
            TrainingStopped: a figure is not finite, in any process.
        """
        figures = processes.mean_figures({"loss": loss, **values})
        if not all(map(math.isfinite, figures.values())):
            named = ", ".join(name for name, value in figures.items() if not math.isfinite(value))
            raise TrainingStopped(
                f"Step {self.state.global_step} gave no finite number ({named}). {describe()} "
                f"Train anew with a lower --lr or a longer --warmup, without --bf16 if it was on, "
                f"or without those texts if they are damaged; the same command would come to the "
                f"same step again."
            )
        self._steps += 1
        for name in values:
            self._sums[name] = self._sums.get(name, 0.0) + figures[name]
        return figures

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Add the collected means to a line of the loss history."""
        if "loss" in logs and self._steps:
            logs.update({name: value / self._steps for name, value in self._sums.items()})
            self._sums, self._steps = {}, 0
        super().log(logs, *args, **kwargs)

    def evaluated(self, metrics: dict[str, float]) -> dict[str, float]:
        """Log the figures of an evaluation, and note that it is done."""
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def kept_figures(self) -> dict[str, float]:
        """The evaluation of the model that is kept, from the log where it has been made.

        By name: a log that was read again is sorted.
        """
        best = self.state.best_model_checkpoint
        step = self.state.global_step
        if best and self.args.load_best_model_at_end:
            step = step_of(Path(best))
        for line in reversed(self.state.log_history):
            figures = {name: value for name, value in line.items() if name.startswith("eval_")}
            if figures and line["step"] == step:
                return dict(sorted(figures.items()))
        return dict(sorted(self.evaluate().items()))

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        """Make the optimiser, with parameters of their own rate in groups of their own."""
        optimizer = super().create_optimizer(*args, **kwargs)
        for group in list(optimizer.param_groups):
            own: dict[Rate, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if (rate := self._rates.get(parameter)) is not None:
                    own.setdefault(rate, []).append(parameter)
            group["params"] = [p for p in group["params"] if p not in self._rates]
            for rate, parameters in own.items():
                decay = group["weight_decay"] if rate.decays else 0.0
                lr = group["lr"] if rate.lr is None else rate.lr
                added = {"params": parameters, "lr": lr, "weight_decay": decay, _FIRST: rate.first}
                optimizer.add_param_group(added)
        return optimizer

    def create_scheduler(self, *args: Any, **kwargs: Any) -> Any:
        """Make the schedule; parameters that wait have a rate of 0 until their time comes."""
        scheduler: Any = super().create_scheduler(*args, **kwargs)
        if self._alone:
            groups = scheduler.optimizer.param_groups
            scheduler.lr_lambdas = [
                one if group.get(_FIRST) else _waiting(one, self._alone)
                for one, group in zip(scheduler.lr_lambdas, groups, strict=True)
            ]
            for group, factor in zip(groups, scheduler.lr_lambdas, strict=True):
                group["lr"] = group["initial_lr"] * factor(scheduler.last_epoch)
        return scheduler

    def _get_train_sampler(self, *_: Any, **__: Any) -> Any:
        return self._order


def _waiting(factor: Callable[[int], float], steps: int) -> Callable[[int], float]:
    """A factor that is 0 for some steps; a function, of which checkpoints hold nothing."""

    def delayed(step: int) -> float:
        return 0.0 if step < steps else factor(step)

    return delayed
