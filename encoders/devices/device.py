"""A device as encoding needs it: lanes, copies, memory; and those that torch has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_WORDS = ("out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
"""In the messages of errors that say it without being torch.OutOfMemoryError."""


class Device(Protocol):
    """What computes the batches of an encoding, one after the other or a few at a time.

    Attributes:
        place: torch's name of it.
        lanes: batches that are on their way at a time; work of one lane is done in its order.
    """

    place: torch.device
    lanes: int

    def ready(self) -> None:
        """Wait for what the device was given outside of lanes, such as a model's weights."""
        ...

    def lane(self, number: int) -> AbstractContextManager[None]:
        """What is started within goes to this lane."""
        ...

    def send(self, array: NDArray[Any]) -> Tensor:
        """Start copying an array to the device, on the lane one is in."""
        ...

    def fetch(self, tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
        """Arrays of tensors, when all that this lane has to do before is done."""
        ...

    def free_bytes(self) -> int | None:
        """Memory that a batch could take; None where nobody knows."""
        ...

    def is_exhausted(self, error: Exception) -> bool:
        """Whether an error says that the device's memory ran out."""
        ...

    def release(self) -> None:
        """Give back memory that is held for nothing."""
        ...

    def exactly(self) -> AbstractContextManager[None]:
        """Products of float32 within are of float32, not of a shorter kind."""
        ...


class PlainDevice:
    """A device that does one batch at a time: Apple's GPUs, and the CPU where it stands for one.

    Args:
        place: torch's name of it.
    """

    lanes = 1

    def __init__(self, place: torch.device | str) -> None:
        self.place = torch.device(place)

    def ready(self) -> None:
        """See `Device`."""

    def lane(self, number: int) -> AbstractContextManager[None]:
        """See `Device`."""
        return nullcontext()

    def send(self, array: NDArray[Any]) -> Tensor:
        """See `Device`."""
        return torch.from_numpy(array).to(self.place)

    def fetch(self, tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
        """See `Device`."""
        return [tensor.cpu().numpy() for tensor in tensors]

    def free_bytes(self) -> int | None:
        """See `Device`."""
        if self.place.type != "mps":
            return None
        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())

    def is_exhausted(self, error: Exception) -> bool:
        """See `Device`."""
        if isinstance(error, torch.OutOfMemoryError):
            return True
        return isinstance(error, RuntimeError) and any(word in str(error) for word in _WORDS)

    def release(self) -> None:
        """See `Device`."""
        if self.place.type == "mps":
            torch.mps.empty_cache()

    def exactly(self) -> AbstractContextManager[None]:
        """See `Device`."""
        return nullcontext()


class CudaDevice(PlainDevice):
    """A GPU of NVIDIA's or AMD's: two lanes, each a stream, with page-locked memory between.

    While the host reads the results of one batch, or waits for a number of the other's, the
    device has the next batch to do.
    """

    lanes = 2

    def __init__(self, place: torch.device | str) -> None:
        super().__init__(place)
        make: Any = torch.cuda.Stream
        self._streams = [make(self.place) for _ in range(self.lanes)]

    def ready(self) -> None:
        """See `Device`."""
        torch.cuda.synchronize(self.place)

    @contextmanager
    def lane(self, number: int) -> Iterator[None]:
        """See `Device`."""
        with torch.cuda.device(self.place), torch.cuda.stream(self._streams[number]):
            yield

    def send(self, array: NDArray[Any]) -> Tensor:
        """See `Device`."""
        return torch.from_numpy(array).pin_memory().to(self.place, non_blocking=True)

    def fetch(self, tensors: Sequence[Tensor]) -> list[NDArray[Any]]:
        """See `Device`."""
        copies = [torch.empty(t.shape, dtype=t.dtype, pin_memory=True) for t in tensors]
        for copy, tensor in zip(copies, tensors, strict=True):
            copy.copy_(tensor, non_blocking=True)
        torch.cuda.current_stream(self.place).synchronize()
        # Page-locked memory is scarce: the next batch uses it again.
        return [np.array(copy.numpy()) for copy in copies]

    def free_bytes(self) -> int | None:
        """See `Device`."""
        free = torch.cuda.mem_get_info(self.place)[0]
        held = torch.cuda.memory_reserved(self.place) - torch.cuda.memory_allocated(self.place)
        return int(free + held)

    def release(self) -> None:
        """See `Device`."""
        torch.cuda.empty_cache()

    @contextmanager
    def exactly(self) -> Iterator[None]:
        """See `Device`; TF32 would keep 10 of the 23 bits of a factor."""
        products = torch.backends.cuda.matmul
        before = products.fp32_precision
        products.fp32_precision = "ieee"
        try:
            yield
        finally:
            products.fp32_precision = before


@lru_cache
def device_at(place: torch.device) -> Device:
    """The device of this name, the same one every time: it has streams."""
    return CudaDevice(place) if place.type == "cuda" else PlainDevice(place)
