"""The model: any Hugging Face encoder under an expanded masked-LM head."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel, PreTrainedTokenizerBase
from transformers.configuration_utils import PretrainedConfig

from encoders.model.configuration import EspladeConfig
from encoders.model.expanded_head import ExpandedHead, Head, new_head
from encoders.model.head import PooledHead, WinnersHead
from encoders.model.lengths import length_groups, ordered
from encoders.model.term_weights import TermWeights
from encoders.vocabulary.vocabulary import VOCABULARY_FILE, Vocabulary

__all__ = ["EspladeConfig", "EspladeModel", "ExpandedHead", "Head"]


class EspladeModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """A sparse encoder; its tokenizer and vocabulary travel in the same folder.

    Attributes:
        tokenizer: the input tokenizer, when attached or loaded.
        vocabulary: the output vocabulary, when attached or loaded.
        pooled_head: how pooled weights are computed (see `encoders.model.head`).
        query_model: the encoder of queries, where it is a separate one.
        term_weights: the weights of queries, where they are inference-free.
    """

    config_class = EspladeConfig
    base_model_prefix = "esplade"
    tokenizer: PreTrainedTokenizerBase | None = None
    vocabulary: Vocabulary | None = None

    def __init__(self, config: EspladeConfig, one_sided: bool = False) -> None:
        super().__init__(config)
        self.backbone = _new_backbone(config.backbone_config)
        self.head: Head = new_head(config, self.backbone)
        self.pooled_head: PooledHead = WinnersHead(saturations=config.saturations)
        self.query_model: EspladeModel | None = None
        self.term_weights: TermWeights | None = None
        if not one_sided:
            self.add_query_side()
        self.post_init()  # type: ignore[no-untyped-call]

    def add_query_side(self) -> None:
        """Make the modules that the configuration's ``query_encoder`` asks for, not yet trained."""
        if self.config.query_encoder == "separate":
            # The same configuration object: limits that are set on one side hold on the other.
            config: Any = self.config
            self.query_model = EspladeModel(config, one_sided=True)
        elif self.config.query_encoder.startswith("inference-free"):
            log = self.config.query_encoder.endswith("-log")
            self.term_weights = TermWeights(self.config.output_size, log)

    def for_side(self, side: str) -> EspladeModel:
        """The encoder of ``side`` ("query" or "doc"): this one, or the separate one of queries."""
        if side != "query" or self.query_model is None:
            return self
        self.query_model.tokenizer, self.query_model.vocabulary = self.tokenizer, self.vocabulary
        self.query_model.pooled_head = self.pooled_head
        return self.query_model

    def _init_weights(self, module: nn.Module) -> None:
        deviation = getattr(self.config.backbone_config, "initializer_range", 0.02)
        if isinstance(module, Head):
            if isinstance(module, ExpandedHead):
                nn.init.normal_(module.weight, std=deviation)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=deviation)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, TermWeights):
            nn.init.zeros_(module.raw)

    def states(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Last hidden states (B, L, H) of padded token ids (B, L)."""
        output = self.backbone(input_ids=input_ids, attention_mask=attention_mask)
        states: Tensor = output.last_hidden_state
        return states

    def states_at(self, input_ids: Tensor, attention_mask: Tensor, chosen: Tensor) -> Tensor:
        """Last hidden states (M, H) of the tokens chosen by a mask (B, L) bool, row by row.

        In training on a CPU, texts of like length go through the backbone together: their order
        in a batch is random, and half of it would be padding.
        """
        if not self.training or input_ids.device.type != "cpu":
            return self.states(input_ids, attention_mask)[chosen]
        numbers = (chosen.flatten().cumsum(0) - 1).view_as(chosen)
        parts, places = [], []
        for rows, longest in length_groups(attention_mask):
            ids, mask, wanted = (
                matrix[rows, :longest] for matrix in (input_ids, attention_mask, chosen)
            )
            parts.append(self.states(ids, mask)[wanted])
            places.append(numbers[rows, :longest][wanted])
        return ordered(parts, places)

    def packed(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors z of the real tokens, (T, H), and how many each text has, (B,) on the CPU."""
        real = self.real_tokens(input_ids, attention_mask)
        states = self.states_at(input_ids, attention_mask, real)
        return self.head.transform(states), real.sum(dim=1).cpu()

    def real_tokens(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Mask (B, L) bool of positions that are neither padding nor special tokens."""
        special = torch.tensor(self.config.special_token_ids, device=input_ids.device)
        return attention_mask.bool() & ~torch.isin(input_ids, special)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        side: str = "doc",
    ) -> Tensor:
        """Weights (B, |U|), non-negative, after the model's own top-k mask for ``side``.

        Of an inference-free query the ids are those of its terms in U.
        """
        if side == "query" and self.term_weights is not None:
            top_k = self.config.term_limit(side)
            weights: Tensor = self.term_weights(input_ids, attention_mask, top_k)
            return weights
        encoder = self.for_side(side)
        return encoder.pool(*encoder.packed(input_ids, attention_mask), side)

    def pool(self, tokens: Tensor, lengths: Tensor, side: str) -> Tensor:
        """Weights (B, |U|) of `packed` tokens, after the model's own top-k mask for ``side``."""
        top_k = self.config.term_limit(side)
        return self.pooled_head(tokens, lengths, self.head.weight, self.head.bias, top_k)

    def word_logits(self, input_ids: Tensor, attention_mask: Tensor, chosen: Tensor) -> Tensor:
        """Logits over U, (M, |U|), at the M positions chosen by a mask (B, L) bool."""
        logits: Tensor = self.head(self.states_at(input_ids, attention_mask, chosen))
        return logits

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> None:
        """Save weights and configuration, with the tokenizer and the vocabulary beside them."""
        super().save_pretrained(save_directory, *args, **kwargs)
        if self.tokenizer is not None:
            self.tokenizer.save_pretrained(save_directory)
        if self.vocabulary is not None:
            self.vocabulary.save(Path(save_directory) / VOCABULARY_FILE)


def _new_backbone(config: PretrainedConfig) -> Any:
    """A backbone without the pooling layer that some architectures add and nobody would use."""
    mapping: Any = AutoModel._model_mapping
    options = inspect.signature(mapping[type(config)].__init__).parameters
    extra = {"add_pooling_layer": False} if "add_pooling_layer" in options else {}
    return AutoModel.from_config(config, **extra)  # type: ignore[no-untyped-call]
