"""Devices that are none: they compute on the CPU, run out of memory as told, and take notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoders.devices.device import PlainDevice


class FakeDevice(PlainDevice):
    """A device of two lanes on the CPU, whose memory holds so many padded tokens.

    Args:
        room: most tokens of a batch, padding included; None for any number.
        failing: numbers of the fetches, from 0, at which memory runs out.
        free: what it says is free.
    """

    lanes = 2

    def __init__(
        self, room: int | None = None, failing: Sequence[int] = (), free: int | None = None
    ) -> None:
        super().__init__("cpu")
        self.room, self.failing, self.free = room, set(failing), free
        self.events: list[str] = []
        self.batches: list[tuple[int, ...]] = []
        self.fetches = 0
        self.released = 0
        self._lane: int | None = None
        self._in_batch = 0

    @contextmanager
    def lane(self, number: int) -> Iterator[None]:
        assert self._lane is None
        self._lane, self._in_batch = number, 0
        try:
            yield
        finally:
            self._lane = None

    def send(self, array: NDArray[Any]) -> Tensor:
        assert self._lane is not None, "a copy outside of a lane"
        self._in_batch += 1
        if self._in_batch == 1:
            if self.room is not None and array.size > self.room:
                raise torch.OutOfMemoryError(f"{array.size} tokens")
            self.batches.append(array.shape)
            self.events.append(f"start {self._lane}")
        return super().send(array)

    def fetch(self, tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
        assert self._lane is not None, "a copy outside of a lane"
        self.fetches += 1
        if self.fetches - 1 in self.failing:
            raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate")
        self.events.append(f"take {self._lane}")
        return [np.array(one) for one in super().fetch(tensors)]

    def free_bytes(self) -> int | None:
        return self.free

    def release(self) -> None:
        self.released += 1
