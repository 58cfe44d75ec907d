"""What each pre-training saw, exactly; and which cells there cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.study.plan import Plan, Unit
from harness.study.stages import Stage


def impossible(plan: Plan) -> dict[str, str]:
    """Why there are no such cells, under the levels that all cells of a reason have in common.

    So ``overlap-uniq`` stands for all of its learning rates.
    """
    cells = {unit.cell.name: unit.cell for unit in plan.units}
    reasons = {unit.cell.name: unit.impossible() for unit in plan.units}
    found: dict[str, str] = {}
    for reason in dict.fromkeys(filter(None, reasons.values())):
        alike = [cells[name] for name, why in reasons.items() if why == reason]
        common = {
            f: level
            for f, level in alike[0].levels.items()
            if all(cell.levels[f] == level for cell in alike)
        }
        covered = [c.name for c in cells.values() if common.items() <= c.levels.items()]
        if common and {cell.name for cell in alike} == set(covered):
            found["-".join(common.values())] = reason
        else:
            found |= {cell.name: reason for cell in alike}
    return found


def accounting(plan: Plan) -> list[dict[str, Any]]:
    """What each pre-training saw: one entry a corpus and length of training."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for unit in plan.units:
        parts = unit.corpora()
        if unit.impossible() or not all(stage.done for stage, _ in parts):
            continue
        key = (*(stage.key for stage, _ in parts), unit.cell.steps)
        entry = found.setdefault(key, {"name": corpus_name(unit), **_seen(parts), "cells": []})
        if unit.cell.name not in entry["cells"]:
            entry["cells"].append(unit.cell.name)
    return list(found.values())


def corpus_name(unit: Unit) -> str:
    """Levels of the factors that decide the corpus, such as ``indep-uniq``."""
    corpus = unit.cell.settings.corpus
    names = {"titles": "overlap", "general": "indep"}
    name = f"{names[corpus.source]}-{corpus.sampling}"
    return f"{name}-long{unit.cell.steps}" if unit.cell.longer_of else name


def _seen(parts: Sequence[tuple[Stage, Any]]) -> dict[str, Any]:
    """Texts and tokens of all parts of a pre-training, repetitions counted and not counted."""
    distinct = {stage.key: stage.facts() for stage, _ in parts}
    passes = [p.steps * p.batch / stage.facts()["texts"] for stage, p in parts]
    tokens = [n * stage.facts()["tokens"] for n, (stage, _) in zip(passes, parts, strict=True)]
    last = distinct[parts[-1][0].key]
    whole = [round(n * s.facts()["texts"]) for n, (s, _) in zip(passes, parts, strict=True)]
    return {
        "texts": sum(whole),
        "distinct_texts": sum(facts["distinct_texts"] for facts in distinct.values()),
        "tokens_seen": round(sum(tokens)),
        "distinct_tokens": sum(facts["tokens"] for facts in distinct.values()),
        "passes": sum(passes) / len(distinct),
        "steps": sum(p.steps for _, p in parts),
        # Of a longer training's last part where texts are new; parts add up to more.
        "overlap_share": last["overlap_share"],
        "word_overlap": last["word_overlap"],
        "distinct_word_overlap": last["distinct_word_overlap"],
        "held_out_share": max(facts["held_out_share"] for facts in distinct.values()),
    }
