"""How large batches may be on a device: growing to the memory there is, shrinking when it ends."""

from __future__ import annotations

_START = 1 << 28
"""Bytes of the first batch (256 MB)."""
_MOST = 1 << 33
"""Bytes of the largest (8 GB): a device is busy with much less, and memory is shared."""
_USED = 0.8
"""Share of the free memory that is counted on: the rest goes to what is only estimated."""


class Budget:
    """Bytes that a batch may take, by estimate.

    It doubles after every batch that needed most of it, up to a ceiling. A batch that did not fit
    halves it, and what did not fit once is never tried again.

    Args:
        free: bytes that are free; None where nobody knows.
        fixed: bytes that every batch takes, whatever its size.
        together: batches that are on the device at a time.
    """

    def __init__(self, free: int | None = None, fixed: int = 0, together: int = 1) -> None:
        each = _MOST if free is None else int(_USED * free / together) - fixed
        self.ceiling = max(1, min(_MOST, each))
        self.size = min(_START, self.ceiling)

    def fitted(self, size: int) -> None:
        """Learn that a batch of so many bytes came through."""
        if 2 * size > self.size:
            self.size = min(2 * self.size, self.ceiling)

    def overflowed(self, size: int) -> None:
        """Learn that memory ran out with a batch of so many bytes."""
        self.ceiling = max(1, min(self.ceiling, size // 2))
        self.size = min(self.size, self.ceiling)
