"""Training steps with freed memory kept (`encoders.training.memory`) and with it given back.

`python -m benchmarks.kept_memory`. The model of `runs/cppdocs.toml`, texts of eight tokens,
one thread.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from benchmarks.contenders import Contender
from benchmarks.measuring import ROUNDS, Spread, ratio, save, take_turns

KEPT, GIVEN_BACK = "kept", "given back"
STEPS = ("EMLM", "fine-tuning")
WORDS, TOKENS = 20_000, 8


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    facts: dict[str, Any] = {"rounds": options.rounds, "words": WORDS, "steps": {}}
    for step in STEPS:
        contenders = {name: Contender(training, name, step) for name in (KEPT, GIVEN_BACK)}
        take_turns(contenders, options.rounds)
        rounds = {name: one.rounds[1:] for name, one in contenders.items()}
        seconds = {name: [r.result for r in own] for name, own in rounds.items()}
        processor = {name: [r.cpu_seconds for r in own] for name, own in rounds.items()}
        facts["steps"][step] = {
            name: {
                "seconds": Spread.of(seconds[name]).to_dict(),
                "times_kept": ratio(seconds[name], seconds[KEPT]).to_dict(),
                "cpu_times_kept": ratio(processor[name], processor[KEPT]).to_dict(),
                "peak_mb": round(one.peak_mb),
            }
            for name, one in contenders.items()
        }
        for one in contenders.values():
            one.close()
    print(json.dumps(facts, indent=1))
    save("kept_memory", facts)


def training(name: str, step: str) -> Callable[[], float]:
    """A contender: each call is a few steps; the median of their seconds."""
    import torch

    from encoders.model.fresh import BackboneSize
    from encoders.pace import finetuning_step, invented_model, pretraining_step
    from encoders.training.memory import keep_freed_memory
    from encoders.training.settings import FinetuneSettings, PretrainSettings

    torch.set_num_threads(1)
    torch.manual_seed(0)
    if name == KEPT and not keep_freed_memory():
        raise RuntimeError("this C library cannot be told to keep memory")
    model = invented_model(BackboneSize(2, 128, 2), WORDS, WORDS)
    if step == "EMLM":
        pretrain = PretrainSettings(batch=128, max_length=32, mask_words=0.5)
        return lambda: pretraining_step(model, pretrain, TOKENS)
    finetune = FinetuneSettings(batch=64, query_top_k=12, doc_top_k=40)
    return lambda: finetuning_step(model, finetune, TOKENS)


if __name__ == "__main__":
    main()
