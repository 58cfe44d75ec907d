"""The mean of the last checkpoints of a fine-tuning, kept where it ranks the dev pool better.

Late checkpoints lie around one optimum; their mean is nearer to it than any of them (Izmailov et
al., "Averaging weights leads to wider optima", UAI 2018).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from encoders.finetuning.patience import MEASURE
from encoders.finetuning.trainer import FinetuneTrainer
from encoders.training import processes
from encoders.training.marks import checkpoints, is_complete, step_of

_WEIGHTS = "model.safetensors"


def average_last(
    trainer: FinetuneTrainer, folder: Path, count: int, figures: dict[str, float]
) -> dict[str, Any]:
    """Try the mean of the last checkpoints in the place of the model that was kept.

    Args:
        trainer: holds the model that was kept, and goes on with the better one.
        folder: of the checkpoints.
        count: how many of the last ones.
        figures: of the model that was kept.

    Returns:
        ``steps`` of the checkpoints, ``figures`` of their mean, and whether it was ``kept``.
    """
    processes.wait()
    found = [one for one in checkpoints(folder) if is_complete(one)][-count:]
    model: Any = trainer.model
    before = {name: value.detach().clone() for name, value in model.state_dict().items()}
    model.load_state_dict(_mean(found))
    own = dict(sorted(trainer.measured().items()))
    kept = own[MEASURE] > figures[MEASURE] and trainer.is_candidate(own)
    if not kept:
        model.load_state_dict(before)
    return {"steps": [step_of(one) for one in found], "figures": own, "kept": kept}


def _mean(found: list[Path]) -> dict[str, torch.Tensor]:
    total: dict[str, torch.Tensor] = {}
    kinds: dict[str, torch.dtype] = {}
    for checkpoint in found:
        for name, value in load_file(checkpoint / _WEIGHTS).items():
            kinds[name] = value.dtype
            total[name] = total[name] + value.double() if name in total else value.double()
    return {name: (value / len(found)).to(kinds[name]) for name, value in total.items()}
