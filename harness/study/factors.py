"""Factors of a study file: named levels that override settings of stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ground.errors import InputError
from harness.study.tables import checked_values, shown

Kinds = Mapping[str, type[Any]]
"""Dataclasses of settings, by stage."""
Overrides = dict[str, dict[str, Any]]
"""By stage and setting."""
_MOST_STEPS = 2**31
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._]*(-[A-Za-z0-9._]+)*")
"""A name that can be part of a folder's."""


def read_factors(table: Any, stages: Kinds, where: str) -> dict[str, dict[str, Overrides]]:
    """Factors with their levels, each value checked against the settings of its stage.

    Raises:
        InputError: a level overrides what no stage has.
    """
    factors: dict[str, dict[str, Overrides]] = {}
    for factor, levels in _table(table, f"{where}, [factors]").items():
        place = f"{where}, [factors.{factor}]"
        factors[factor] = {}
        for level, overrides in _table(levels, place).items():
            if not NAME.fullmatch(level):
                raise InputError(f"{place}: {level!r} is no name of letters, digits and dashes.")
            factors[factor][level] = _overrides(overrides, stages, f"{place}, {level}")
        if not factors[factor]:
            raise InputError(f"{place} has no levels. Give at least one, such as a = {{}}.")
    return factors


def _overrides(table: Any, stages: Kinds, where: str) -> Overrides:
    found: Overrides = {}
    for stage, values in _table(table, where).items():
        if stage not in stages:
            raise InputError(
                f"{where}: {stage!r} is no stage that a factor may override; those are "
                f"{', '.join(stages)}. Write stage.setting = value, such as pretrain.lr = 1e-3."
            )
        found[stage] = checked_values(stages[stage], values, f"{where}, {stage}")
    return found


def read_longer(table: Any, where: str) -> dict[str, tuple[int, ...]]:
    """By cell, total numbers of steps to which it is continued.

    Raises:
        InputError: they are no ascending whole numbers.
    """
    found: dict[str, tuple[int, ...]] = {}
    for cell, steps in _table(table, f"{where}, [longer]").items():
        steps = steps if isinstance(steps, list) else [steps]
        if not steps or not all(type(n) is int for n in steps) or steps != sorted(set(steps)):
            raise InputError(
                f"{where}, [longer], {cell}: give total numbers of steps, ascending; not "
                f"{shown(steps)}."
            )
        found[cell] = tuple(steps)
        if not all(0 < n < _MOST_STEPS for n in steps):
            raise InputError(f"{where}, [longer], {cell}: no training has so few or many steps.")
    return found


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{where} must be a table, not {shown(value)}.")
    return value


def check_finetuning(common: Any, levels: Mapping[str, Overrides], where: str) -> None:
    """Refuse a factor that varies fine-tuning together with anything else.

    Args:
        common: the settings of fine-tuning that no factor overrides.
        levels: of the factor.
        where: how messages call it.

    Raises:
        InputError: it does.
    """
    others = {stage for overrides in levels.values() for stage in overrides} - {"finetune"}
    if not others:
        return
    names = {name for overrides in levels.values() for name in overrides.get("finetune", {})}
    for name in sorted(names):
        own = getattr(common, name)
        values = {n: o.get("finetune", {}).get(name, own) for n, o in levels.items()}
        if len(set(values.values())) > 1:
            shown = ", ".join(f"{value!r} in {level}" for level, value in values.items())
            raise InputError(
                f"{where} varies {', '.join(sorted(others))} and fine-tuning together: "
                f"finetune.{name} is {shown}. All pre-trainings must be fine-tuned alike, or no "
                f"difference can be put down to them. Set it once in [finetune], or vary it in a "
                f"factor of its own that overrides nothing else."
            )
