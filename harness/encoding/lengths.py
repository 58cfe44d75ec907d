"""Texts that are longer than an encoder takes: counted, said, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import scipy.sparse as sp

    from harness.encoding.text_encoder import TextEncoder

Side = Literal["doc", "query"]
Progress = Callable[[int], None]


@runtime_checkable
class CountsLonger(Protocol):
    """An encoder that says which texts it cut; of others nothing is known."""

    def encode_counting(
        self, texts: Sequence[str], side: Side, progress: Progress
    ) -> tuple[sp.csr_array, int]:
        """As `TextEncoder.encode`, with the number of texts that were longer than it takes."""

    def longest(self, side: Side) -> int:
        """Tokens of the longest text that is encoded whole, special ones included."""


def encode_counting(
    encoder: TextEncoder, texts: Sequence[str], side: Side, progress: Progress
) -> tuple[sp.csr_array, int | None]:
    """Rows of some texts, and how many were cut; None if the encoder does not say."""
    if isinstance(encoder, CountsLonger):
        return encoder.encode_counting(texts, side, progress)
    return encoder.encode(texts, side, progress), None


def length_facts(
    encoder: TextEncoder, side: Side, longer: int | None, texts: int
) -> dict[str, Any] | None:
    """For a manifest: the limit in tokens, and how many of the texts were longer."""
    if longer is None or not isinstance(encoder, CountsLonger):
        return None
    return {"limit": encoder.longest(side), "longer": longer, "texts": texts}


def length_note(facts: Mapping[str, Any] | None, what: str) -> str | None:
    """What there is to say of such facts; ``what`` is "documents" or "queries"."""
    if not facts or not facts.get("longer"):
        return None
    return (
        f"{facts['longer']:,} of {facts['texts']:,} {what} were longer than "
        f"{facts['limit']:,} tokens; what follows was not encoded."
    )
