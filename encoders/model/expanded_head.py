"""The expanded masked-LM head: z = LayerNorm(GELU(W h + c)), l_v = z . E_v + b_v for v in U."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers.activations import ACT2FN

from encoders.model.configuration import EspladeConfig


class Head(nn.Module):
    """The transform and the output bias; where the rows of E are is a subclass's to say.

    Models of other makers may have another width of z, or another activation.

    Attributes:
        weight: (|U|, H) float, the output embedding E.
        bias: (|U|,) float, the output bias b.
    """

    weight: Any

    def __init__(self, config: EspladeConfig) -> None:
        super().__init__()
        hidden = config.backbone_config.hidden_size
        size = config.head_size or hidden
        self.activation = config.head_activation
        self.saturations = config.saturations
        self.dense = nn.Linear(hidden, size)
        self.norm = nn.LayerNorm(size, eps=config.head_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.output_size))

    def transform(self, states: Tensor) -> Tensor:
        """Hidden states (..., H) to the vectors z (..., H) that meet the output embedding."""
        z: Tensor = self.norm(ACT2FN[self.activation](self.dense(states)))
        return z

    def forward(self, states: Tensor) -> Tensor:
        """Logits (..., |U|) of hidden states (..., H)."""
        return nn.functional.linear(self.transform(states), self.weight, self.bias)


class ExpandedHead(Head):
    """A head with rows of its own."""

    def __init__(self, config: EspladeConfig) -> None:
        super().__init__(config)
        size = config.head_size or config.backbone_config.hidden_size
        self.weight = nn.Parameter(torch.zeros(config.output_size, size))


class TiedHead(Head):
    """A head whose rows are input embeddings: every word of U is a piece, and has one row for both.

    Args:
        config: of the model.
        embedding: the backbone's input embedding.

    Attributes:
        rows: (|U|,) int64, the piece of each word.
    """

    rows: Tensor

    def __init__(self, config: EspladeConfig, embedding: nn.Embedding) -> None:
        super().__init__(config)
        self.register_buffer("rows", torch.zeros(config.output_size, dtype=torch.int64))
        # In a list: a module of its own would be saved twice.
        self._embedding = [embedding]

    @property
    def weight(self) -> Tensor:
        """(|U|, H) float, gathered anew each time."""
        found: Tensor = self._embedding[0].weight[self.rows]
        return found


def new_head(config: EspladeConfig, backbone: Any) -> Head:
    """The head that a configuration asks for, not yet trained."""
    if config.tied_rows:
        return TiedHead(config, backbone.get_input_embeddings())
    return ExpandedHead(config)
