"""A masked-LM step at |U| = 100,000: ours and that of transformers' BertForMaskedLM.

`python -m benchmarks.emlm_speed`. The same weights, batch, masked positions and optimiser; ours
multiplies E with the masked positions only, theirs with all. Losses and gradients are compared.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders import Contender, converted
from benchmarks.measuring import ROUNDS, Spread, ratio, save, take_turns

OUTPUTS = 100_000
HIDDEN, LAYERS = 256, 4
BATCH, LENGTH = 64, 32
RATE = 0.15
OURS, THEIRS = "esplade", "BertForMaskedLM"
IGNORED = -100


def main() -> None:
    """Compare, measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        contenders = {n: Contender(training, n, str(Path(folder, n))) for n in (OURS, THEIRS)}
        taken = take_turns(contenders, options.rounds)
        left = [dict(np.load(Path(folder, f"{name}.npz"))) for name in (OURS, THEIRS)]
    ours = contenders[OURS]
    facts: dict[str, Any] = {
        "rounds": options.rounds,
        "step": {"batch": BATCH, "length": LENGTH, "masked": RATE, "outputs": OUTPUTS},
        "model": {"hidden": HIDDEN, "layers": LAYERS},
        "largest_difference": {
            name: float(f"{np.abs(left[0][name] - left[1][name]).max():.1e}") for name in left[0]
        },
        "contenders": {},
    }
    for name, one in contenders.items():
        facts["contenders"][name] = {
            "steps_per_second": Spread.of([1 / s for s in taken[name]]).to_dict(),
            "times_ours": ratio(taken[name], taken[OURS]).to_dict(),
            "cpu_times_ours": ratio(_cpu(one), _cpu(ours)).to_dict(),
            "peak_mb": round(one.peak_mb),
        }
    for one in contenders.values():
        one.close()
    print(json.dumps(facts, indent=1))
    save("emlm_speed", facts)


def _cpu(one: Contender) -> list[float]:
    return [r.cpu_seconds for r in one.rounds[1:]]


def training(name: str, out: str) -> Callable[[], float]:
    """A contender: each call is one step; the first one leaves its loss and gradients."""
    import torch
    from torch.nn.functional import cross_entropy

    theirs = new_model()
    ids, mask, labels = _batch()
    chosen = labels != IGNORED
    if name == OURS:
        model = converted(theirs).train()
        table, embedding = model.head.weight, model.backbone.get_input_embeddings().weight
    else:
        model = theirs
        table = theirs.cls.predictions.decoder.weight
        embedding = theirs.get_input_embeddings().weight
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)

    def step() -> float:
        optimiser.zero_grad(set_to_none=True)
        if name == OURS:
            loss = cross_entropy(model.word_logits(ids, mask, chosen), labels[chosen])
        else:
            loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        if not Path(f"{out}.npz").exists():
            np.savez(f"{out}.npz", loss=loss.item(), E=table.grad, embeddings=embedding.grad)
        optimiser.step()
        return float(loss.detach())

    return step


def new_model() -> Any:
    """A BertForMaskedLM with random weights and no dropout."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=OUTPUTS,
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=4 * HIDDEN,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        tie_word_embeddings=False,
    )
    return BertForMaskedLM(config).train()


def _batch() -> tuple[Any, Any, Any]:
    import torch

    generator = torch.Generator().manual_seed(1)
    shape = (BATCH, LENGTH)
    ids = torch.randint(5, 30_000, shape, generator=generator)
    labels = torch.randint(0, OUTPUTS, shape, generator=generator)
    labels[torch.rand(shape, generator=generator) >= RATE] = IGNORED
    return ids, torch.ones_like(ids), labels


if __name__ == "__main__":
    main()
