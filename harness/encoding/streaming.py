"""Encoders that see shards of texts ahead, have devices of their own, or say where they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from harness.encoding.lengths import encode_counting

if TYPE_CHECKING:
    import scipy.sparse as sp

    from harness.encoding.text_encoder import TextEncoder

Side = Literal["doc", "query"]
Progress = Callable[[int], None]


@runtime_checkable
class EncodesShards(Protocol):
    """An encoder that computes one shard while it prepares the next, and its caller writes."""

    @property
    def shards_ahead(self) -> int:
        """Shards that it likes to have at a time."""

    def encode_shards(
        self, shards: Iterable[Sequence[str]], side: Side, progress: Progress
    ) -> Iterator[tuple[sp.csr_array, int | None]]:
        """Rows of each shard and how many of its texts were cut, in the order of the shards.

        None is held back until the next shard is there: that may wait for these rows.
        """


@runtime_checkable
class HasDevices(Protocol):
    """An encoder that computes on devices, of which each of several processes gets its own."""

    @property
    def devices(self) -> Sequence[str]:
        """Names of the devices that processes share out."""

    def for_worker(self, number: int) -> Any:
        """What the process of this number unpickles as the encoder, on its device."""


@runtime_checkable
class TellsComputing(Protocol):
    """An encoder that says on what it computes; its vectors do not depend on that."""

    def computing(self, workers: int) -> dict[str, Any]:
        """For a manifest: ``device`` (of so many processes), and versions of what computes."""


def encode_shards(
    encoder: TextEncoder, shards: Iterable[Sequence[str]], side: Side, progress: Progress
) -> Iterator[tuple[sp.csr_array, int | None]]:
    """Rows of each shard, and how many of its texts were cut, by any encoder."""
    if isinstance(encoder, EncodesShards):
        return encoder.encode_shards(shards, side, progress)
    return (encode_counting(encoder, texts, side, progress) for texts in shards)


def shards_ahead(encoder: TextEncoder) -> int:
    """Shards that an encoder likes to have at a time."""
    return encoder.shards_ahead if isinstance(encoder, EncodesShards) else 1


def computing(encoder: TextEncoder, workers: int, rows: dict[str, int]) -> dict[str, Any] | None:
    """For a manifest: on what was encoded, and how many rows on which device, kills included.

    Args:
        encoder: that encoded the last of them.
        workers: as how many processes.
        rows: by device, of all.
    """
    if not isinstance(encoder, TellsComputing):
        return None
    return {**encoder.computing(workers), "rows": rows}
