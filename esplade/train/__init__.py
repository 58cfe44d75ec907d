"""How encoders come to be: vocabulary, pre-training, hard negatives, fine-tuning, averages.

The settings of both trainings are `PretrainSettings` and `FinetuneSettings`, the options of the
commands by the same names.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from encoders.training.settings import FinetuneSettings, PretrainSettings
    from esplade.train.averages import average
    from esplade.train.finetuning import finetune
    from esplade.train.mining import mine
    from esplade.train.pretraining import pretrain
    from esplade.train.recipes.running import run_recipe
    from esplade.train.starting import Backbone, Fresh
    from esplade.train.words import Vocabulary

_PLACES = {
    "Backbone": "esplade.train.starting",
    "FinetuneSettings": "encoders.training.settings",
    "Fresh": "esplade.train.starting",
    "PretrainSettings": "encoders.training.settings",
    "Vocabulary": "esplade.train.words",
    "average": "esplade.train.averages",
    "finetune": "esplade.train.finetuning",
    "mine": "esplade.train.mining",
    "pretrain": "esplade.train.pretraining",
    "run_recipe": "esplade.train.recipes.running",
}

__all__ = [
    "Backbone",
    "FinetuneSettings",
    "Fresh",
    "PretrainSettings",
    "Vocabulary",
    "average",
    "finetune",
    "mine",
    "pretrain",
    "run_recipe",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'esplade.train' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value
