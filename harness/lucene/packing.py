"""The wire format between Python and the kernel: little-endian arrays and strings in one blob."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def pack_strings(values: Sequence[str]) -> bytes:
    """Count, count + 1 offsets (int32), then the strings' UTF-8 bytes."""
    encoded = [value.encode() for value in values]
    offsets = np.fromiter(accumulate(map(len, encoded), initial=0), np.int64, len(encoded) + 1)
    if offsets[-1] > np.iinfo(np.int32).max:
        raise OverflowError("more than 2 GB of strings in one transfer")
    return b"".join((pack_int(len(encoded)), pack_array(offsets), *encoded))


def pack_array(values: NDArray[Any]) -> bytes:
    """An array as int32, without its length."""
    return values.astype("<i4", copy=False).tobytes()


def pack_int(value: int) -> bytes:
    """One int32."""
    return value.to_bytes(4, "little", signed=True)


class Reader:
    """Reads what the kernel packed, from front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def array(self, count: int, dtype: str) -> NDArray[Any]:
        """The next ``count`` values of a little-endian dtype, such as "<i4"."""
        values = np.frombuffer(self._data, dtype, count, self._place)
        self._place += values.nbytes
        return values

    def integer(self) -> int:
        """The next int32."""
        return int(self.array(1, "<i4")[0])

    def strings(self) -> list[str]:
        """The next list of strings."""
        offsets = self.array(self.integer() + 1, "<i4").tolist()
        blob = self._data[self._place : self._place + offsets[-1]]
        self._place += offsets[-1]
        return [blob[begin:end].decode() for begin, end in zip(offsets, offsets[1:], strict=False)]
