"""Texts to sparse rows: length-sorted batches, packed tokens, top-k before leaving the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from encoders.encoding.precision import OutputLayer, Precision, lowered
from encoders.encoding.query_words import longer_queries, weigh_queries
from encoders.encoding.rows import Triples, assemble, check_finite
from encoders.encoding.shards import encode_shards, term_limit
from encoders.encoding.truncation import cut_to
from encoders.model.model import EspladeModel
from encoders.model.text import require_tokenizer

Side = Literal["doc", "query"]
Progress = Callable[[int], None]
POOLED_ELEMENTS = 1 << 24
"""Most entries of a batch's dense (texts, |U|) matrix (float32: 64 MB)."""


def encode(
    model: EspladeModel,
    texts: Sequence[str],
    *,
    side: Side = "doc",
    batch_tokens: int = 4096,
    top_k: int | None = None,
    progress: Progress | None = None,
    precision: Precision = "float32",
) -> sparse.csr_array:
    """Encode texts into non-negative sparse vectors over U, on the device where the model is.

    Half characters (lone surrogates) become question marks; what is beyond the model's longest
    text is left out (`encode_counting` says of how many).

    Args:
        model: an encoder with its tokenizer (see `encoders.checkpoints.loading.load_encoder`).
        texts: any number of texts; an empty one gives an empty row.
        side: documents and queries have their own maximum length and top-k.
        batch_tokens: tokens a batch, padding included, on the CPU; on another device batches are
            as large as its memory allows.
        top_k: the most terms to keep a text, below the model's own limit, which always holds.
        progress: called with the number of texts done after every batch.
        precision: of the computation; `encoders.encoding.precision` says what each one changes.

    Returns:
        CSR matrix (len(texts), |U|), float32, strictly positive, in the order of ``texts``,
        columns ascending within a row.

    Raises:
        InputError: the model has no tokenizer, its weights are not finite, or the precision
            cannot be had.
    """
    return encode_counting(
        model,
        texts,
        side=side,
        batch_tokens=batch_tokens,
        top_k=top_k,
        progress=progress,
        precision=precision,
    )[0]


def encode_counting(
    model: EspladeModel,
    texts: Sequence[str],
    *,
    side: Side = "doc",
    batch_tokens: int = 4096,
    top_k: int | None = None,
    progress: Progress | None = None,
    precision: Precision = "float32",
) -> tuple[sparse.csr_array, int]:
    """Encode texts as `encode` does, and count those that are longer than the model takes."""
    if side == "query" and model.term_weights is not None:
        limit = term_limit(model, side, top_k)
        return weigh_queries(model, texts, limit), longer_queries(model, texts)
    if model.head.weight.device.type != "cpu":
        done = progress or (lambda count: None)
        [found] = encode_shards(
            model, [texts], side=side, top_k=top_k, precision=precision, progress=done
        )
        return found
    model = model.for_side(side)
    ids, longer = _token_ids(model, texts, side)
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]), reverse=True)
    limit = term_limit(model, side, top_k)
    parts: list[Triples] = []
    was_training = model.training
    model.train(False)
    try:
        used, output = lowered(model, precision)
        for batch in _batches(order, ids, batch_tokens, model.config.output_size):
            parts.append(_encode_batch(used, batch, ids, limit, output))
            if progress is not None:
                progress(len(batch))
    finally:
        model.train(was_training)
    return assemble(parts, (len(ids), model.config.output_size)), longer


def encode_stream(
    model: EspladeModel,
    texts: Iterable[str],
    *,
    side: Side = "doc",
    window: int = 8192,
    batch_tokens: int = 4096,
    top_k: int | None = None,
    progress: Progress | None = None,
    precision: Precision = "float32",
) -> Iterator[sparse.csr_array]:
    """Yield the rows of a stream of texts in windows, so that memory stays flat.

    See `encode` for the arguments; texts are sorted by length within a window only.
    """
    stream = iter(texts)
    while part := list(islice(stream, window)):
        yield encode(
            model,
            part,
            side=side,
            batch_tokens=batch_tokens,
            top_k=top_k,
            progress=progress,
            precision=precision,
        )


def _token_ids(
    model: EspladeModel, texts: Sequence[str], side: Side
) -> tuple[list[list[int]], int]:
    return cut_to(require_tokenizer(model), texts, model.config.length_limit(side))


def _batches(
    order: Sequence[int], ids: Sequence[Sequence[int]], tokens: int, output_size: int
) -> Iterator[list[int]]:
    """Cut the texts, longest first, into batches of bounded tokens and bounded dense weights."""
    most = max(1, POOLED_ELEMENTS // max(1, output_size))
    at = 0
    while at < len(order):
        size = min(most, max(1, tokens // max(1, len(ids[order[at]]))))
        yield list(order[at : at + size])
        at += size


@torch.inference_mode()
def _encode_batch(
    model: EspladeModel,
    batch: list[int],
    ids: Sequence[Sequence[int]],
    limit: int,
    output: OutputLayer,
) -> Triples:
    input_ids, attention_mask = padded(model, [ids[i] for i in batch])
    rows, terms, weights = output(*model.packed(input_ids, attention_mask), limit)
    found = weights.cpu().numpy()
    check_finite(found)
    texts = np.asarray(batch, dtype=np.int64)[rows.cpu().numpy()]
    return texts, terms.cpu().numpy().astype(np.int32), found


def padded(model: EspladeModel, ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask, (B, L) int64 on the model's device."""
    pad = int(getattr(model.tokenizer, "pad_token_id", None) or 0)
    length = max(1, max(map(len, ids)))
    values = np.full((len(ids), length), pad, dtype=np.int64)
    mask = np.zeros((len(ids), length), dtype=np.int64)
    for row, part in enumerate(ids):
        values[row, : len(part)] = part
        mask[row, : len(part)] = 1
    device = model.head.weight.device
    return torch.from_numpy(values).to(device), torch.from_numpy(mask).to(device)
