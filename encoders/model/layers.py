"""The layers of a backbone, whatever the architecture calls them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

from ground.errors import InputError


def layer_stack(backbone: Any, option: str) -> nn.ModuleList:
    """The list of a Hugging Face encoder's Transformer layers.

    Args:
        backbone: the encoder.
        option: that asks for it, in messages.

    Raises:
        InputError: its layers cannot be told from its other parts.
    """
    total = int(backbone.config.num_hidden_layers)
    stacks = [
        module
        for module in backbone.modules()
        if isinstance(module, nn.ModuleList) and len(module) == total
    ]
    if len(stacks) != 1:
        raise InputError(
            f"{option}: the layers of a {type(backbone).__name__} cannot be told from its other "
            f"parts. Leave {option} out."
        )
    return stacks[0]


def frozen_parameters(backbone: Any, layers: int) -> Iterator[nn.Parameter]:
    """Everything before the layers, and the first so many of them.

    Raises:
        InputError: there are fewer layers, or they cannot be told.
    """
    stack = layer_stack(backbone, "--freeze")
    if layers > len(stack):
        raise InputError(f"--freeze {layers}: there are {len(stack)} layers. Give fewer.")
    inside = {id(parameter) for parameter in stack.parameters()}
    # A norm that stands by itself comes after the layers.
    behind = [module for module in backbone.children() if isinstance(module, nn.LayerNorm)]
    after = {id(parameter) for module in behind for parameter in module.parameters()}
    for parameter in backbone.parameters():
        if id(parameter) not in inside and id(parameter) not in after:
            yield parameter
    for layer in stack[:layers]:
        yield from layer.parameters()
