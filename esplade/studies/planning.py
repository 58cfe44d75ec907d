"""What ``esplade study --dry-run`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.study.estimate import Measure
    from harness.study.plan import Plan, Unit
    from harness.study.stages import Stage

_LARGEST = 2e11
"""Operations of a step that is measured: that of a larger one would take minutes."""
_TOKENS = {"emlm": "max_length", "finetune": "doc_max_length"}


def plan_facts(
    plan: Plan, units: Sequence[Unit], missing: Sequence[str], measure: Measure
) -> dict[str, Any]:
    """Everything that the plan says, as plain values."""
    from harness.study.estimate import estimate, needs, too_small

    cells = list(dict.fromkeys(unit.cell.name for unit in units))
    documents = None if missing else _documents(plan)
    impossible = dict(too_small(plan, documents))
    impossible |= {u.cell.name: u.impossible() for u in units if u.impossible()}
    possible = [unit for unit in units if unit.cell.name not in impossible]
    parts = estimate(plan, possible, measure)
    seconds = [part.seconds for part in parts if part.left]
    known = [s for s in seconds if s is not None]
    return {
        "name": plan.study.name,
        "cells": cells,
        "impossible": {cell: impossible[cell] for cell in cells if cell in impossible},
        "seeds": len({unit.run for unit in units}),
        "missing": list(missing),
        "stages": [vars(part) for part in parts],
        "seconds_left": sum(known) if len(known) == len(seconds) else None,
        "seconds_known": sum(known),
        "needs": [
            need.to_dict() for need in needs([u.cell for u in units if u.run == units[0].run])
        ],
    }


def _documents(plan: Plan) -> int | None:
    from harness.study.sample import open_dataset

    try:
        return sum(1 for _ in open_dataset(plan.study.dataset).docs())
    except InputError:
        return None


def measuring(calibrate: bool, threads: int, device: str = "auto") -> Measure:
    """How to measure a step of a training that is like none done before."""
    if not calibrate:
        return lambda stage, unit: None

    def measure(stage: Stage, unit: Unit) -> float | None:
        from esplade.studies.encoders import TorchEncoders
        from harness.study.estimate import parameters

        settings = unit.cell.settings
        if stage.kind not in _TOKENS:
            return None
        chosen = settings.pretrain if stage.kind == "emlm" else settings.finetune
        tokens = _tokens(unit, getattr(chosen, _TOKENS[stage.kind]))
        # Forwards and backwards, a parameter and token: 6, as everywhere.
        if 6 * parameters(settings) * tokens * chosen.batch > _LARGEST:
            return None
        return TorchEncoders(threads, device).step_seconds(
            stage.kind,
            chosen,
            settings.vocabulary.size,
            settings.vocabulary.wordpieces,
            settings.model,
            tokens,
        )

    return measure


def _tokens(unit: Unit, longest: int) -> int:
    """Tokens of a text, in the mean; a guess where its corpus has not been made."""
    corpus = unit.stages["corpus"]
    if not corpus.done or corpus.facts().get("impossible"):
        return min(longest, 12)
    facts = corpus.facts()
    mean: int = round(facts["tokens"] / facts["texts"])
    return min(longest, mean)


def print_plan(facts: dict[str, Any]) -> None:
    """For a person, on stdout."""
    print(f"{facts['name']}: {len(facts['cells'])} cells, {facts['seeds']} seeds each")
    for cell in facts["cells"]:
        reason = facts["impossible"].get(cell)
        print(f"  {cell}" + (f": impossible: {reason}" if reason else ""))
    for text in facts["missing"]:
        print(f"missing: {text}")
    print(f"\n{'stage':<12}{'done':>6}{'left':>6}{'time left':>12}  from")
    for part in facts["stages"]:
        left = _time(part["seconds"]) if part["left"] else "-"
        print(f"{part['kind']:<12}{part['done']:>6}{part['left']:>6}{left:>12}  {part['measured']}")
    if facts["seconds_left"] is None:
        known = facts["seconds_known"]
        print(f"left in all: {f'{_time(known)} and what is ' if known else ''}unknown")
    else:
        print(f"left in all: {_time(facts['seconds_left'])} on one process")
    _print_needs(facts["needs"])


def _print_needs(needs: Sequence[dict[str, Any]]) -> None:
    seen: set[tuple[Any, ...]] = set()
    print("\nEach pre-training needs:")
    for need in needs:
        key = tuple(value for name, value in need.items() if name != "cell")
        if key in seen:
            continue
        seen.add(key)
        print(
            f"  {need['cell']}{' and others like it' if len(needs) > 1 else ''}: "
            f"{need['steps']:,} steps, {need['texts']:,} texts "
            f"(at most {need['tokens']:,} tokens), "
            f"{need['parameters']:,} parameters, {_size(need['training_bytes'])} for weights, "
            f"gradients and Adam, {_size(need['logits_bytes'])} for the logits of a step; then at "
            f"most {need['finetune_steps']:,} steps of fine-tuning"
        )


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
