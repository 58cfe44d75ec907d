"""A training step at |U| = 100,000: our head and sentence-transformers' SpladePooling.

`python -m benchmarks.head_speed`. Same weights, same batches, same losses and optimiser; every
contender has a process of its own. What the heads compute is compared before they are timed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders import Contender
from benchmarks.measuring import Spread, ratio, save, take_turns

OURS = "esplade"
CHUNK = 8
"""Tokens a chunk of SpladePooling's ``chunk_size``."""
HEADS = (OURS, "esplade top-k", "SpladePooling", f"SpladePooling chunk_size={CHUNK}")


@dataclass(frozen=True)
class Shape:
    """What a step is.

    Args:
        pairs: queries, and documents, a step.
        length: longest text in tokens.
        ragged: texts of 4 tokens to ``length`` instead of all of full length.
        hidden: width of the backbone and of E.
        layers: of the backbone.
        output_size: |U|.
        terms: the output bias is set so that a text has about so many terms; 0: as initialised,
            where half of U is positive.
    """

    pairs: int = 64
    length: int = 32
    ragged: bool = False
    hidden: int = 256
    layers: int = 4
    output_size: int = 100_000
    terms: int = 1000


SHAPES = {
    "all texts of 32 tokens": Shape(),
    "texts of 4 to 32 tokens": Shape(ragged=True),
    "every vector full (half of U)": Shape(terms=0),
}


def main() -> None:
    """Compare, measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shape", action="append", choices=list(SHAPES))
    options = parser.parse_args()
    results = []
    for name in options.shape or SHAPES:
        results.append({"name": name, **measured(SHAPES[name], options.rounds)})
        print(json.dumps(results[-1], indent=1), flush=True)
        save("head_speed", {"rounds": options.rounds, "results": results})


def measured(shape: Shape, rounds: int) -> dict[str, Any]:
    """Time and memory of every head, one shape."""
    with tempfile.TemporaryDirectory() as folder:
        contenders = {
            name: Contender(training, name, shape, str(Path(folder, str(i))))
            for i, name in enumerate(HEADS)
        }
        taken = take_turns(contenders, rounds)
        same = {
            n: _difference(Path(folder, "0"), Path(folder, str(i))) for i, n in enumerate(HEADS)
        }
    facts: dict[str, Any] = {"shape": asdict(shape), "heads": {}}
    ours = contenders[OURS]
    for name, contender in contenders.items():
        facts["heads"][name] = {
            "seconds": Spread.of(taken[name]).to_dict(),
            "times_ours": ratio(taken[name], taken[OURS]).to_dict(),
            "cpu_times_ours": ratio(_cpu(contender), _cpu(ours)).to_dict(),
            "peak_mb": round(contender.peak_mb),
            "peak_times_ours": round(contender.peak_mb / ours.peak_mb, 2),
            "terms": contender.rounds[0].result,
            "largest_difference": same[name],
        }
        contender.close()
    return facts


def _cpu(contender: Contender) -> list[float]:
    return [one.cpu_seconds for one in contender.rounds[1:]]


def _difference(ours: Path, theirs: Path) -> dict[str, float]:
    """Largest absolute difference of the first step's values and gradients."""
    names = sorted(path.name for path in ours.iterdir())
    pairs = {n: (np.load(ours / n), np.load(theirs / n)) for n in names}
    return {
        n.removesuffix(".npy"): float(f"{np.abs(a - b).max():.1e}") for n, (a, b) in pairs.items()
    }


def training(head: str, shape: Shape, folder: str) -> Callable[[], float]:
    """A contender: each call is one step; the first one leaves its values and gradients."""
    import torch

    from encoders.finetuning.losses import in_batch_loss, joint_flops

    model = new_model(shape)
    pool = pooling(head, model)
    batches = [_texts(shape, seed) for seed in (1, 2)]
    if shape.terms:
        _calibrate(model, batches[1], shape)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
    seen = Path(folder)

    def step() -> float:
        optimiser.zero_grad(set_to_none=True)
        queries, documents = (pool(*batch) for batch in batches)
        loss = in_batch_loss(queries @ documents.T) + 1e-3 * joint_flops(queries, documents)
        loss.backward()
        if not seen.exists():
            _leave(seen, model, documents)
        optimiser.step()
        return float((documents.detach() > 0).sum()) / len(documents)

    return step


def new_model(shape: Shape) -> Any:
    """An encoder with random weights; special tokens count, as they do in SpladePooling."""
    import torch
    from transformers import BertConfig

    from encoders.model.model import EspladeConfig, EspladeModel

    torch.manual_seed(0)
    backbone = BertConfig(
        vocab_size=30_000,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=4,
        intermediate_size=4 * shape.hidden,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = EspladeModel(EspladeConfig(backbone_config=backbone, output_size=shape.output_size))
    with torch.no_grad():
        model.head.weight *= 5
    return model.train()


def pooling(head: str, model: Any) -> Callable[[Any, Any], Any]:
    """How a contender turns token ids and attention mask into weights."""
    if head.startswith(OURS):
        model.config.query_top_k = model.config.doc_top_k = 1000 if "top-k" in head else 0
        return lambda ids, mask: model(ids, mask)
    from sentence_transformers.sparse_encoder.modules import SpladePooling

    splade = SpladePooling(chunk_size=CHUNK if "chunk_size" in head else None).train()

    def pool(ids: Any, mask: Any) -> Any:
        logits = model.head(model.states(ids, mask))
        return splade({"token_embeddings": logits, "attention_mask": mask})["sentence_embedding"]

    return pool


def _texts(shape: Shape, seed: int) -> tuple[Any, Any]:
    import torch

    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, 30_000, (shape.pairs, shape.length), generator=generator)
    lengths = torch.full((shape.pairs,), shape.length)
    if shape.ragged:
        lengths = torch.randint(4, shape.length + 1, (shape.pairs,), generator=generator)
        lengths[0] = shape.length
    mask = (torch.arange(shape.length) < lengths[:, None]).long()
    return ids * mask, mask


def _calibrate(model: Any, batch: tuple[Any, Any], shape: Shape) -> None:
    """Lower the bias until a text has about ``shape.terms`` terms."""
    import torch

    from encoders.model.maxpool import max_logits

    with torch.no_grad():
        tokens, lengths = model.packed(*batch)
        pooled = max_logits(tokens, lengths, model.head.weight, model.head.bias)
        at = shape.output_size - shape.terms
        model.head.bias -= pooled.kthvalue(at, dim=1).values.mean()


def _leave(folder: Path, model: Any, documents: Any) -> None:
    folder.mkdir()
    found = {
        "weights": documents.detach(),
        "gradient of E": model.head.weight.grad,
        "gradient of b": model.head.bias.grad,
        "gradient of W": model.head.dense.weight.grad,
        "gradient of embeddings": model.backbone.get_input_embeddings().weight.grad,
    }
    for name, value in found.items():
        np.save(folder / f"{name}.npy", value.numpy())


if __name__ == "__main__":
    main()
