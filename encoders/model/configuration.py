"""What an encoder is, as its ``config.json`` says it; transformers knows it by its name."""

from __future__ import annotations

from typing import Any, ClassVar

from transformers import AutoConfig
from transformers.configuration_utils import PretrainedConfig

WEIGHT_ACTIVATIONS = {"relu": 1, "log1p_relu": 2}
"""How often log(1 + x) is taken of a positive logit, by the name that others have for it."""


class EspladeConfig(PretrainedConfig):  # type: ignore[no-untyped-call]
    """What an Expanded-SPLADE encoder is.

    Args:
        backbone_config: configuration of the Hugging Face encoder, as an object or a dictionary.
        output_size: |U|, the number of output terms.
        head_size: width of the vectors z; the backbone's hidden size when None.
        head_activation: activation of the head's transform, by its name in transformers.
        head_norm_eps: epsilon of its layer norm.
        query_top_k: the model's own limit on terms a query (q_K); 0 for none.
        doc_top_k: the same for documents (d_K). Both stay on at inference.
        query_max_length: longest query in tokens, special tokens included.
        doc_max_length: longest document in tokens.
        doc_fields: what of a document the model was trained to encode.
        language: code of the language it was trained on, or "" when mixed.
        special_token_ids: positions with these ids never contribute to the maximum.
        query_encoder: "shared" (one encoder for both sides), "separate" (another one of the same
            size for queries), "inference-free" (a learned weight a term, see
            `encoders.model.term_weights`) or "inference-free-log" (that weight log-saturated).
        weight_activation: "relu" (weights are log(1 + ReLU(l)) of pooled logits l) or "log1p_relu"
            (log(1 + x) once more, arXiv 2504.14839).
        tied_rows: whether the rows of E are input embeddings, of pieces that are the words of U.
    """

    model_type = "esplade"
    sub_configs: ClassVar[dict[str, Any]] = {"backbone_config": AutoConfig}

    def __init__(
        self,
        backbone_config: PretrainedConfig | dict[str, Any] | None = None,
        output_size: int = 0,
        head_size: int | None = None,
        head_activation: str = "gelu",
        head_norm_eps: float = 1e-12,
        query_top_k: int = 0,
        doc_top_k: int = 0,
        query_max_length: int = 64,
        doc_max_length: int = 64,
        doc_fields: str = "title",
        language: str = "",
        special_token_ids: list[int] | None = None,
        query_encoder: str = "shared",
        weight_activation: str = "relu",
        tied_rows: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(backbone_config, dict):
            settings = dict(backbone_config)
            backbone_config = AutoConfig.for_model(settings.pop("model_type", "bert"), **settings)
        self.backbone_config = backbone_config or AutoConfig.for_model("bert")
        self.output_size = output_size
        self.head_size = head_size
        self.head_activation = head_activation
        self.head_norm_eps = head_norm_eps
        self.query_top_k = query_top_k
        self.doc_top_k = doc_top_k
        self.query_max_length = query_max_length
        self.doc_max_length = doc_max_length
        self.doc_fields = doc_fields
        self.language = language
        self.special_token_ids = list(special_token_ids or [])
        self.query_encoder = query_encoder
        self.tied_rows = tied_rows
        self.weight_activation = weight_activation
        super().__init__(**kwargs)

    @property
    def saturations(self) -> int:
        """How often log(1 + x) is taken of a positive pooled logit."""
        return WEIGHT_ACTIVATIONS[self.weight_activation]

    def term_limit(self, side: str) -> int:
        """The model's own limit on terms for ``side`` ("query" or "doc")."""
        return int(self.query_top_k if side == "query" else self.doc_top_k)

    def length_limit(self, side: str) -> int:
        """Longest input in tokens for ``side`` ("query" or "doc")."""
        return int(self.query_max_length if side == "query" else self.doc_max_length)


AutoConfig.register("esplade", EspladeConfig, exist_ok=True)
