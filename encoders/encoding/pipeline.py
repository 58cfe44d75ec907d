"""Encoding on a device that works while the host does something else.

Texts are tokenised ahead in a thread. A batch is padded on the host, copied, and computed down to
its pooled logits without waiting for the device; only when the next batch is on its way are the
first one's survivors sought and fetched. Batches grow to the memory there is, and one that does
not fit is halved and computed again, so that nothing is lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from encoders.devices.batch_budget import Budget
from encoders.devices.device import Device
from encoders.encoding.batches import Batch, Tokenised, pad
from encoders.encoding.cost import Cost
from encoders.encoding.precision import kept_pairs
from encoders.encoding.rows import Triples, assemble, check_finite
from encoders.encoding.truncation import cut_to
from encoders.model.maxpool import chunk_elements, max_logits_in_groups
from encoders.model.model import EspladeModel
from encoders.model.text import require_tokenizer
from ground.errors import InputError

T = TypeVar("T")
Side = Literal["doc", "query"]
Encoded = tuple[sparse.csr_array, int]
"""Rows of a shard of texts, and how many of these were longer than the model takes."""


def tokenised(model: EspladeModel, texts: Sequence[str], side: Side) -> Tokenised:
    """Token ids of texts, cut at the longest that the model takes on this side.

    Raises:
        InputError: the model has no tokenizer.
    """
    tokenizer = require_tokenizer(model)
    return Tokenised.of(*cut_to(tokenizer, texts, model.config.length_limit(side)))


class Pipeline:
    """Computes shards of tokenised texts on a device.

    Args:
        model: of the side that is encoded, on the device, in evaluation mode, in the floating
            point that it computes in.
        top_k: the most terms of a text; 0 for all positive ones.
        device: where the model is.
        budget: of a batch; from the device's free memory when None. It learns.
        progress: called with the number of texts done after every batch.
    """

    def __init__(
        self,
        model: EspladeModel,
        top_k: int,
        device: Device,
        budget: Budget | None = None,
        progress: Callable[[int], None] = lambda texts: None,
    ) -> None:
        self.model, self.top_k, self.device, self.progress = model, top_k, device, progress
        self._cost = Cost.of(model)
        free = None if budget is not None else device.free_bytes()
        self.budget = budget or Budget(free, self._cost.fixed, device.lanes)
        tokenizer = require_tokenizer(model)
        self._padding = int(getattr(tokenizer, "pad_token_id", None) or 0)
        self._open: deque[_Shard] = deque()
        self._todo: deque[tuple[_Shard, Batch]] = deque()
        self._under_way: deque[_UnderWay] = deque()
        self._launched = 0

    def run(self, shards: Iterable[Tokenised | None]) -> Iterator[Encoded]:
        """The rows of each shard, in the order of the shards.

        Args:
            shards: None where the next one is not ready: then nothing is held back for it.

        Raises:
            InputError: weights are not finite, or the device's memory does not hold one text.
        """
        self.device.ready()
        for texts in shards:
            if texts is None:
                self._work(0)
                yield from self._finished()
                continue
            shard = _Shard(texts)
            self._open.append(shard)
            for batch in self._cut(texts):
                self._todo.append((shard, batch))
                self._work(self.device.lanes - 1)
                yield from self._finished()
            yield from self._finished()
        self._work(0)
        yield from self._finished()

    def _cut(self, texts: Tokenised) -> Iterator[Batch]:
        """Batches as large as the budget is when each is cut."""
        at = 0
        while at < len(texts.order):
            length = max(1, int(texts.lengths[texts.order[at]]))
            size = self._cost.most_texts(length, self.budget.size)
            yield Batch(texts, texts.order[at : at + size])
            at += size

    def _work(self, left: int) -> None:
        """Do what is to do, until so many batches are under way; these may fail and come back."""
        while self._todo or len(self._under_way) > left:
            if self._todo:
                self._launch(*self._todo.popleft())
            while len(self._under_way) > left:
                self._collect(self._under_way.popleft())

    def _launch(self, shard: _Shard, batch: Batch) -> None:
        """Start a batch; nothing here waits for what the device is at."""
        lane = self._launched % self.device.lanes
        self._launched += 1
        pooled = self._tried(lambda: self._pooled(batch), lane)
        if pooled is None:
            self._again(shard, batch)
        else:
            self._under_way.append(_UnderWay(shard, batch, lane, pooled))

    def _collect(self, one: _UnderWay) -> None:
        """Wait for a batch, and take its weights."""
        found = self._tried(lambda: self._kept(one), one.lane)
        one.pooled = None  # or it would take its place until the halves are done
        if found is None:
            self._again(one.shard, one.batch)
        else:
            self._take(one.shard, one.batch, found)

    def _take(self, shard: _Shard, batch: Batch, found: Triples) -> None:
        shard.parts.append(found)
        shard.done += len(batch.rows)
        self.budget.fitted(self._cost.bytes(len(batch.rows), batch.length))
        self.progress(len(batch.rows))

    def _again(self, shard: _Shard, batch: Batch) -> None:
        """Put a batch that did not fit back in halves; do a single text at once, alone."""
        self.budget.overflowed(self._cost.bytes(len(batch.rows), batch.length))
        # What is under way holds memory, too.
        while self._under_way:
            self._collect(self._under_way.popleft())
        self.device.release()
        if len(batch.rows) > 1:
            self._todo.extendleft((shard, half) for half in reversed(batch.halves()))
            return
        found = self._tried(lambda: self._kept(_UnderWay(shard, batch, 0, self._pooled(batch))), 0)
        if found is None:
            raise InputError(
                f"The memory of {self.device.place} does not hold the computation of one text of "
                f"{batch.length} tokens over {self.model.config.output_size:,} terms. End what "
                f"else uses it, or encode with --device cpu."
            )
        self._take(shard, batch, found)

    @torch.inference_mode()
    def _tried(self, work: Callable[[], T], lane: int) -> T | None:
        """Do something on a lane; None if memory ran out, when all that it held is free again."""
        try:
            with self.device.lane(lane), self.device.exactly():
                return work()
        except Exception as error:
            if not self.device.is_exhausted(error):
                raise
            return None

    def _pooled(self, batch: Batch) -> Tensor:
        """Raw max-pooled logits (B, |U|) of a batch, which the device may not have come to yet."""
        host = pad(batch, self._padding, self.model.config.special_token_ids)
        ids, mask, picked, rows = map(self.device.send, host[:4])
        states = self.model.states(ids, mask).flatten(0, 1).index_select(0, picked)
        head = self.model.head
        tokens = head.transform(states)
        return max_logits_in_groups(
            tokens, rows, host.groups, len(host.ids), head.weight, head.bias
        )

    def _kept(self, one: _UnderWay) -> Triples:
        """The weights of a batch that survive; its logits in blocks, which bounds the memory."""
        pooled = one.pooled
        assert pooled is not None
        block = max(1, chunk_elements(pooled.device) // max(1, pooled.shape[1]))
        saturations = self.model.head.saturations
        parts: list[Triples] = []
        for at in range(0, len(one.batch.rows), block):
            rows, terms, weights = kept_pairs(pooled[at : at + block], self.top_k, saturations)
            sent = [rows.to(torch.int32), terms.to(torch.int32), weights]
            numbers, columns, found = self.device.fetch(sent)
            check_finite(found)
            parts.append((one.batch.rows[at : at + block][numbers], columns, found))
        texts, columns, found = (np.concatenate(column) for column in zip(*parts, strict=True))
        return texts, columns, found

    def _finished(self) -> Iterator[Encoded]:
        """Rows of the shards whose turn it is and whose texts are all done."""
        while self._open and self._open[0].done == len(self._open[0].texts.order):
            shard = self._open.popleft()
            shape = (shard.done, self.model.config.output_size)
            yield assemble(shard.parts, shape), shard.texts.longer


@dataclass
class _Shard:
    """Texts that were given together, and the weights that are known of them."""

    texts: Tokenised
    parts: list[Triples] = field(default_factory=list)
    done: int = 0


@dataclass
class _UnderWay:
    """A batch on its lane, and its logits to be."""

    shard: _Shard
    batch: Batch
    lane: int
    pooled: Tensor | None
