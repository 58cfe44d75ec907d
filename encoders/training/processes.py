"""Several processes that train one model (torchrun, accelerate): means and rows over all of them.

The gradients of a step are averaged over the processes afterwards (DistributedDataParallel). What
is here is built so that this average is the gradient of the loss of the *whole* batch: the same
as one process would have found. With one process every function is the plain operation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch import distributed as dist

from encoders.devices.choosing import AUTO, CPU, choose
from ground.errors import InputError

T = TypeVar("T")
_asked = AUTO
"""The device that trainings were told to use."""


def start() -> None:
    """Join the other processes, if torchrun or accelerate started this one among several."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not dist.is_initialized():
        from accelerate import PartialState

        PartialState(cpu=on_cpu())


def use(device: str) -> None:
    """Have the trainings of this process compute on a device from now on.

    Args:
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:0``, or ``mps``.

    Raises:
        InputError: there is none, or it is a GPU that is not the first one that torch sees.
    """
    global _asked
    number = device.partition(":")[2]
    if number.isdecimal() and int(number):
        raise InputError(
            f"--device {device}: a training computes on the first GPU that it sees. Start it with "
            f"CUDA_VISIBLE_DEVICES={number} in its environment, and --device cuda."
        )
    if device != AUTO:
        choose(device)
    _asked = device


def on_cpu() -> bool:
    """Whether training computes on the CPU; several processes then talk through gloo."""
    if _asked == CPU:
        return True
    alone = int(os.environ.get("WORLD_SIZE", "1")) == 1
    return not (torch.accelerator.is_available() if alone else torch.cuda.is_available())


def kind() -> str:
    """On what kind of device training computes: ``cpu``, ``cuda``, ``mps``."""
    found = None if on_cpu() else torch.accelerator.current_accelerator()
    return CPU if found is None else found.type


def count() -> int:
    """Number of processes that train together."""
    return dist.get_world_size() if _many() else 1


def number() -> int:
    """Number of this process, from 0."""
    return dist.get_rank() if _many() else 0


def is_main() -> bool:
    """Whether this is the process that writes and speaks."""
    return number() == 0


def wait() -> None:
    """Return when every process has come here."""
    if _many():
        dist.barrier()


def gather_rows(rows: Tensor) -> Tensor:
    """Rows of all processes, (n, D) each with its own n, one process after the other.

    Gradients flow back to the process whose row it is, summed over the processes that used it.
    """
    if not _many():
        return rows
    gathered: Tensor = _Gather.apply(rows, _sizes(rows))  # type: ignore[no-untyped-call]
    return gathered


def first_row(rows: Tensor) -> int:
    """Where this process's rows begin in what `gather_rows` returns."""
    return sum(_sizes(rows)[: number()]) if _many() else 0


def batch_mean(rows: Tensor) -> Tensor:
    """Mean (D,) over the rows (n, D) of all processes, with gradient."""
    if not _many():
        return rows.mean(dim=0)
    summed: Tensor = _Sum.apply(rows.sum(dim=0))  # type: ignore[no-untyped-call]
    return summed / sum(_sizes(rows))


def total(values: Tensor) -> Tensor:
    """Sum of a tensor over the processes, without gradient."""
    if _many():
        values = values.clone()
        dist.all_reduce(values)
    return values


def mean_of_values(values: Tensor) -> Tensor:
    """This process's share of the mean over the values (n,) of all processes; 0 if there are none.

    The average of the shares over the processes is that mean.
    """
    entries = total(torch.tensor(float(len(values)), device=values.device))
    return values.sum() * count() / entries.clamp(min=1)


def mean_figures(figures: Mapping[str, Tensor]) -> dict[str, float]:
    """Means of some scalars over the processes; NaN in one process is NaN in all."""
    values = torch.stack([value.detach().double() for value in figures.values()])
    return dict(zip(figures, (total(values) / count()).tolist(), strict=True))


def gather_objects(one: T) -> list[T]:
    """The objects of all processes, in their order."""
    if not _many():
        return [one]
    found: list[Any] = [None] * count()
    dist.all_gather_object(found, one)
    return found


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, sizes: list[int]) -> Tensor:
        ctx.sizes = sizes
        most = max(sizes)
        padded = rows.new_zeros(most, *rows.shape[1:])
        padded[: len(rows)] = rows
        parts = [torch.empty_like(padded) for _ in sizes]
        dist.all_gather(parts, padded)
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        gradient = gradient.contiguous()
        dist.all_reduce(gradient)
        first = sum(ctx.sizes[: number()])
        return gradient[first : first + ctx.sizes[number()]], None


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        dist.all_reduce(total)
        return total


def _sizes(rows: Tensor) -> list[int]:
    own = torch.tensor([len(rows)], device=rows.device)
    sizes = [torch.empty_like(own) for _ in range(count())]
    dist.all_gather(sizes, own)
    return [int(size) for size in sizes]


def _many() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
