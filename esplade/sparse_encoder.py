"""Sparse encoders of sentence-transformers, as objects, where an encoder is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch

_BATCH = 32


class SparseEncoderAdapter:
    """A ``SparseEncoder`` as `harness.encoding.text_encoder.TextEncoder`.

    Its own ``encode_query`` and ``encode_document`` compute the vectors, with all of its modules,
    prompts and settings.

    Args:
        model: the object.
        name: what tables call it; the last part of its own name otherwise.
    """

    precision = "float32"

    def __init__(self, model: Any, name: str | None = None) -> None:
        self._model = model
        given = str(getattr(model.model_card_data, "base_model", None) or "sparse-encoder")
        self.name = name or given.rstrip("/").rpartition("/")[2]
        size = int(model.get_embedding_dimension())
        self.terms: Sequence[str] = list(model.tokenizer.convert_ids_to_tokens(list(range(size))))
        self.fields = "title"

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(self._model.device)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over its modules and weights."""
        state = hashlib.sha256(repr(self._model).encode())
        for name, value in sorted(self._model.state_dict().items()):
            state.update(name.encode())
            array = value.detach().cpu().contiguous()
            state.update(array.reshape(-1).view(_bytes(array)).numpy().tobytes())
        return state.hexdigest()

    def encode(
        self,
        texts: Sequence[str],
        side: Literal["doc", "query"],
        progress: Callable[[int], None] = lambda steps: None,
    ) -> sp.csr_array:
        """Encode texts; float32 weights > 0, shape (texts, terms)."""
        run = self._model.encode_query if side == "query" else self._model.encode_document
        parts = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            found = run(batch, convert_to_tensor=True, show_progress_bar=False)
            parts.append(_rows(found, len(self.terms)))
            progress(len(batch))
        if not parts:
            empty: sp.csr_array = sp.csr_array(np.zeros((0, len(self.terms)), dtype=np.float32))
            return empty
        return sp.csr_array(sp.vstack(parts, format="csr"))


def _rows(found: torch.Tensor, terms: int) -> sp.csr_array:
    tensor = found.detach().cpu()
    if tensor.is_sparse:
        tensor = tensor.coalesce()
        rows, columns = tensor.indices().numpy()
        values = tensor.values().float().numpy()
    else:
        dense = tensor.float().numpy()
        rows, columns = np.nonzero(dense)
        values = dense[rows, columns]
    keep = values > 0
    matrix = sp.coo_array(
        (values[keep].astype(np.float32), (rows[keep], columns[keep])),
        shape=(tensor.shape[0], terms),
    )
    result = sp.csr_array(matrix.tocsr())
    result.sort_indices()
    return result


def _bytes(tensor: torch.Tensor) -> torch.dtype:
    import torch

    return torch.uint8 if tensor.dtype != torch.bool else torch.bool
