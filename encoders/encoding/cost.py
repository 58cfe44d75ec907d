"""What a batch of texts takes of a device's memory, by estimate."""

from __future__ import annotations

from typing import NamedTuple

from encoders.model.maxpool import chunk_elements
from encoders.model.model import EspladeModel

MOST_TOKENS = 1 << 17
"""Most tokens of a batch, padding included: more keep no device busier."""


class Cost(NamedTuple):
    """Bytes that a batch takes.

    Attributes:
        token: bytes of a token, padding included: states and activations of one layer.
        text: bytes of a text: its logits, and what finding the survivors takes.
        fixed: bytes of a chunk of logits, and of the blocks in which survivors are sought.
    """

    token: int
    text: int
    fixed: int

    @classmethod
    def of(cls, model: EspladeModel) -> Cost:
        """Of a model in its floating point."""
        config = model.config.backbone_config
        hidden = int(config.hidden_size)
        inner = int(getattr(config, "intermediate_size", None) or 4 * hidden)
        number = model.head.weight.element_size()
        chunk = chunk_elements(model.head.weight.device)
        # Ids, mask and places; hidden states, queries, keys, values, their product, and the sum.
        token = 3 * 8 + number * (8 * hidden + 2 * inner)
        return cls(token, number * model.config.output_size, 3 * number * chunk)

    def bytes(self, texts: int, length: int) -> int:
        """Of so many texts, the longest of so many tokens."""
        return texts * (length * self.token + self.text)

    def most_texts(self, length: int, size: int) -> int:
        """Texts of a length that fit into so many bytes; at least 1."""
        most = min(size // (length * self.token + self.text), MOST_TOKENS // length)
        return max(1, most)
