"""Which parameters learn, how fast, and from when on."""

from __future__ import annotations

from torch import nn

from encoders.model.layers import frozen_parameters
from encoders.model.model import EspladeModel
from encoders.training.settings import TrainingSettings
from encoders.training.trainer import Rate


def rates(
    model: EspladeModel, settings: TrainingSettings, of_terms: float | None = None
) -> dict[nn.Parameter, Rate]:
    """Learning rates of parameters that have one of their own.

    Args:
        model: whose.
        settings: ``head_lr`` and ``head_first``.
        of_terms: rate of the weights of inference-free queries.
    """
    found: dict[nn.Parameter, Rate] = {}
    if settings.head_lr or settings.head_first:
        rate = Rate(settings.head_lr or None, first=True)
        found |= dict.fromkeys(model.head.parameters(), rate)
        if model.query_model is not None:
            found |= dict.fromkeys(model.query_model.head.parameters(), rate)
    if model.term_weights is not None and of_terms is not None:
        found[model.term_weights.raw] = Rate(of_terms, decays=False, first=True)
    return found


def freeze(model: EspladeModel, layers: int) -> None:
    """Leave the input embeddings and the first layers as they are; 0 layers freeze nothing.

    Raises:
        InputError: there are fewer layers, or they cannot be told.
    """
    if not layers:
        return
    for one in (model, model.query_model):
        if one is not None:
            for parameter in frozen_parameters(one.backbone, layers):
                parameter.requires_grad_(False)
