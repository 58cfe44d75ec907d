"""The log of a training for TensorBoard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ground.errors import InputError


def tensorboard(folder: Path, step: int) -> Any:
    """A Trainer callback that writes every figure of the log into ``folder``.

    Args:
        folder: as given to ``tensorboard --logdir``.
        step: steps done before; what an earlier part of a killed training wrote beyond them is
            shown no more.

    Raises:
        InputError: TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise InputError(
            "TensorBoard is not installed. Install it (pip install 'esplade[tensorboard]'), or "
            "leave --tensorboard out; the same figures are in log.jsonl of the finished encoder."
        ) from None
    from transformers.integrations.integration_utils import TensorBoardCallback

    writer = SummaryWriter(str(folder), purge_step=step + 1)
    return TensorBoardCallback(writer)  # type: ignore[no-untyped-call]
