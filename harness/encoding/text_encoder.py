"""What the harness asks of an encoder, whatever it is made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import scipy.sparse as sp


class TextEncoder(Protocol):
    """What turns texts into sparse vectors.

    One that also has ``encode_counting`` (the same, and how many texts were cut) and ``longest``
    (tokens of the longest text that is encoded whole) has its cut texts counted; one that can be
    pickled encodes in several processes. ``source``, a mapping, is recorded with its vectors. What
    else one may have is in `harness.encoding.streaming`.
    """

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def fingerprint(self) -> str:
        """Digest of configuration and weights."""

    @property
    def precision(self) -> str:
        """Of the computation: float32, bfloat16, float16 or int8."""

    @property
    def terms(self) -> Sequence[str]:
        """The output vocabulary, in the order of the columns."""

    def encode(
        self, texts: Sequence[str], side: Literal["doc", "query"], progress: Callable[[int], None]
    ) -> sp.csr_array:
        """Encode texts; float32 weights > 0, shape (texts, terms)."""
