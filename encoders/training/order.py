"""In which order examples are trained on: a function of seed and pass alone.

So a resumed training repeats nothing, and the batches of a step, taken over all processes, are the
same however many processes there are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch.utils.data import Dataset, Sampler
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from encoders.training.neighbours import NeighbourSampler


class Examples(Dataset[dict[str, int]]):
    """Numbers of examples and of the pass over them; what they stand for is in the collator.

    Args:
        size: examples in a pass.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: int) -> dict[str, int]:
        return {"index": place % self.size, "pass": place // self.size}


class EpochOrder(Sampler[int]):
    """Every example once a pass: shuffled freely, or in groups of neighbours.

    Yields example + pass * examples, as `Examples` reads it.

    Args:
        size: examples in a pass.
        seed: decides the order.
        groups: an order of its own for each pass.
    """

    def __init__(self, size: int, seed: int, groups: NeighbourSampler | None = None) -> None:
        self.size, self.seed, self.groups, self.epoch = size, seed, groups, 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the pass that comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[int]:
        first = self.epoch * self.size
        return (first + example for example in self._order())

    def _order(self) -> Iterator[int]:
        if self.groups is not None:
            self.groups.set_epoch(self.epoch)
            return iter(self.groups)
        order: list[int] = (
            np.random.default_rng([self.seed, self.epoch]).permutation(self.size).tolist()
        )
        return iter(order)


class PassCounter(TrainerCallback):
    """Tells the order which pass it is, from the number of steps done.

    accelerate does not reach a sampler under its own wrappers when batches are skipped to resume
    in several processes.

    Args:
        order: the order of the training.
        batch: examples a step, over all processes.
    """

    def __init__(self, order: EpochOrder, batch: int) -> None:
        self.order, self.steps = order, max(1, len(order) // batch)

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Set the pass."""
        self.order.set_epoch(state.global_step // self.steps)
