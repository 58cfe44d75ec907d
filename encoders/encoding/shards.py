"""Shards of texts, encoded on a device: while one is computed, the next are tokenised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any, Literal

import torch

from encoders.devices.ahead import ahead_or_none
from encoders.devices.batch_budget import Budget
from encoders.devices.device import Device, device_at
from encoders.encoding.pipeline import Encoded, Pipeline, tokenised
from encoders.encoding.precision import HALVES, Precision, check_precision, converted
from encoders.encoding.query_words import longer_queries, weigh_queries
from encoders.model.model import EspladeModel

Side = Literal["doc", "query"]
_AHEAD = 2
"""Shards that wait, tokenised."""


def place(model: EspladeModel, device: str, precision: Precision = "float32") -> EspladeModel:
    """Move a model to a device and to the floating point in which it shall encode, in place.

    Weights of inference-free queries stay where they are: nothing is computed of them.

    Args:
        model: on the CPU, in float32.
        device: torch's name of it.
        precision: not int8.

    Raises:
        InputError: the precision cannot be had there.
    """
    check_precision(precision, device)
    number = HALVES.get(precision, torch.float32)
    for side in filter(None, (model, model.query_model)):
        for part in (side.backbone, side.head):
            part.to(device=device, dtype=number)
    return model


def encode_shards(
    model: EspladeModel,
    shards: Iterable[Sequence[str]],
    *,
    side: Side = "doc",
    top_k: int | None = None,
    precision: Precision = "float32",
    device: Device | None = None,
    budget: Budget | None = None,
    progress: Callable[[int], None] = lambda texts: None,
) -> Iterator[Encoded]:
    """Encode shards of texts as `encoders.encoding.encode.encode` does, one after the other.

    Weights are those of the CPU to 1e-4 in float32: sums of products are taken in another order.

    Args:
        model: on the device.
        shards: read in a thread, a few ahead.
        side: documents and queries have their own maximum length and top-k.
        top_k: the most terms to keep a text, below the model's own limit, which always holds.
        precision: float32, bfloat16 or float16.
        device: where the model is; by default torch's device of its weights.
        budget: of a batch, in bytes; from the memory that is free when None.
        progress: called with the number of texts done after every batch.

    Yields:
        CSR matrix (texts of the shard, |U|), float32, as `encode` gives it, and how many texts
        were longer than the model takes.

    Raises:
        InputError: the model has no tokenizer, its weights are not finite, the precision cannot be
            had, or the device's memory does not hold one text.
    """
    limit = term_limit(model, side, top_k)
    if side == "query" and model.term_weights is not None:
        for texts in shards:
            yield weigh_queries(model, texts, limit), longer_queries(model, texts)
            progress(len(texts))
        return
    chosen = device or device_at(model.head.weight.device)
    check_precision(precision, str(chosen.place))
    used = converted(model.for_side(side), precision)
    was_training = used.training
    used.train(False)
    waiting: Any = ahead_or_none((tokenised(used, texts, side) for texts in shards), _AHEAD)
    try:
        with closing(waiting):
            yield from Pipeline(used, limit, chosen, budget, progress).run(waiting)
    finally:
        used.train(was_training)


def term_limit(model: EspladeModel, side: Side, asked: int | None) -> int:
    """The most terms of a text: the model's own limit and what is asked for; 0 for all."""
    given = [k for k in (model.config.term_limit(side), asked or 0) if k > 0]
    return min(given, default=0)
