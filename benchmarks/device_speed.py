"""Titles a second on a GPU: ours, sentence-transformers, the backbone alone.

`python -m benchmarks.device_speed`. One masked LM with random weights whose WordPieces are U, at
30,000 and at 100,000 of them, encodes titles of pydoc in float32 (TF32 off, as everywhere here).
sentence-transformers gets the batch size that is fastest for it, which is searched first. The
vectors are compared before anything is timed. "Backbone" is the transformer's forward pass over
the same tokens, sorted by length, and nothing else: what no output layer can be faster than.

Where torch sees no GPU it says so and ends; ``--device cpu --titles 60 --outputs 3000 --hidden 64
--layers 2 --rounds 1`` runs all of its code on a processor, and saves nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import scipy.sparse as sp
import torch

from benchmarks.encoders_compared import _csr, checkpoint, our_model, sparse_encoder
from benchmarks.measuring import ROUNDS, Spread, ratio, save, take_turns

SIZES = (32, 64, 128, 256, 512, 1024, 2048)
SHARD = 8192
TOKENS = 1 << 15
"""Tokens of a batch of the backbone alone, padding included."""
SEARCHED = 2048
"""Titles with which the peer's batch size is searched."""


def main() -> None:
    """Compare, measure, print and save."""
    from encoders.devices.choosing import AUTO, CPU, choose, described, look

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--titles", type=int, default=40_000)
    parser.add_argument("--outputs", type=int, nargs="+", default=[30_000, 100_000])
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    sight, device = look(), choose(options.device)
    if device == CPU and options.device == AUTO:
        print(f"Nothing is measured: torch {sight.torch} sees no GPU here, only {sight}.")
        return
    titles = pydoc_titles(options.titles)
    results = [measured(titles, n, device, options) for n in options.outputs]
    facts = {
        "device": described(device, sight),
        "torch": sight.torch,
        "titles": len(titles),
        "model": {"hidden": options.hidden, "layers": options.layers},
        "results": results,
    }
    print(json.dumps(facts, indent=1))
    if device == CPU:
        print("Not saved: this was a processor.")
    else:
        save("device_speed", facts)


def pydoc_titles(count: int) -> list[str]:
    """So many titles of the built-in collection, in a random order."""
    from harness.datasets import load_dataset

    found = [title for d in load_dataset("pydoc").docs() if (title := d.content("title"))]
    return random.Random(0).sample(found, min(count, len(found)))


def measured(titles: list[str], outputs: int, device: str, options: Any) -> dict[str, Any]:
    """Titles a second of every contender at one |U|."""
    name = f"masked-lm-{outputs}-{options.hidden}x{options.layers}"
    folder = str(checkpoint(titles, outputs, options.hidden, options.layers, name))
    ours, theirs = encoder(folder, device), sparse_encoder(folder, device)
    size = best_size(theirs, titles[:SEARCHED])

    def peer(some: list[str]) -> Any:
        return theirs.encode_document(some, batch_size=size, show_progress_bar=False)

    facts = compared(ours(titles[:256])[0], _csr(peer(titles[:256]).cpu()))
    work = {
        "esplade": lambda: ours(titles),
        "sentence-transformers": lambda: peer(titles),
        "backbone": backbone(folder, device, titles),
    }
    taken = take_turns({name: timed(one) for name, one in work.items()}, options.rounds)
    speeds = {n: Spread.of([len(titles) / s for s in t]).to_dict() for n, t in taken.items()}
    times = {n: ratio(t, taken["esplade"]).to_dict() for n, t in taken.items()}
    peer_facts = {"batch_size_of_peer": size, "peak_mb": peak_mb(device)}
    shown = {"titles_per_second": speeds, "times_ours": times}
    return {"outputs": outputs, **facts, **peer_facts, **shown}


def encoder(folder: str, device: str) -> Callable[[list[str]], list[Any]]:
    """The way of `esplade encode` through a device, in shards; rows of every shard."""
    from encoders.devices.device import device_at
    from encoders.encoding.shards import encode_shards, place

    model = place(our_model(folder), device)
    there = device_at(torch.device(device))

    def run(titles: list[str]) -> list[Any]:
        shards = [titles[at : at + SHARD] for at in range(0, len(titles), SHARD)]
        return [rows for rows, _ in encode_shards(model, shards, device=there)]

    return run


def best_size(model: Any, titles: list[str]) -> int:
    """The batch size that is fastest for `encode_document`, up to what memory holds."""
    encode = partial(model.encode_document, titles, show_progress_bar=False)
    seconds: dict[int, float] = {}
    for size in SIZES:
        if size // 2 >= len(titles):
            break
        try:
            run = timed(partial(encode, batch_size=size))
            run()
            seconds[size] = run()
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            break
    return min(seconds, key=seconds.__getitem__)


@torch.inference_mode()
def _forward(model: Any, batches: list[tuple[Any, Any]]) -> None:
    for ids, mask in batches:
        model(input_ids=ids, attention_mask=mask)


def backbone(folder: str, device: str, titles: list[str]) -> Callable[[], None]:
    """The transformer over batches that lie on the device already."""
    from encoders.encoding.batches import Batch, pad
    from encoders.encoding.pipeline import tokenised

    model = our_model(folder)
    texts = tokenised(model, titles, "doc")
    batches: list[tuple[Any, Any]] = []
    at = 0
    while at < len(titles):
        size = max(1, TOKENS // max(1, int(texts.lengths[texts.order[at]])))
        padded = pad(Batch(texts, texts.order[at : at + size]), 0, ())
        ids, mask = (torch.from_numpy(one).to(device) for one in padded[:2])
        batches.append((ids, mask))
        at += size
    transformer = model.backbone.to(device)
    return lambda: _forward(transformer, batches)


def timed(work: Callable[[], Any]) -> Callable[[], float]:
    """Seconds of something, until the device is done with it."""

    def run() -> float:
        start = time.perf_counter()
        work()
        if torch.accelerator.is_available():
            torch.accelerator.synchronize()
        return time.perf_counter() - start

    return run


def compared(ours: Any, theirs: Any) -> dict[str, float]:
    """Largest absolute difference of a weight, and the share of our terms that are theirs too."""
    both = sp.csr_array(ours > 0).multiply(theirs > 0).nnz
    return {
        "largest_difference": float(f"{abs(ours - theirs).max():.1e}"),
        "terms_shared": round(both / max(ours.nnz, 1), 4),
        "terms_per_title": round(ours.nnz / ours.shape[0], 1),
    }


def peak_mb(device: str) -> int | None:
    """Most memory of a GPU that was taken by all contenders so far."""
    if not device.startswith("cuda"):
        return None
    return round(torch.cuda.max_memory_allocated(device) / 1e6)


if __name__ == "__main__":
    main()
