"""Verdicts, effects and counts in plain words, and as rows of tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.report.study.document import Item
from harness.report.tables import NOTHING, Column, Row, Table, Value
from harness.study.verdicts.counts import TopCount
from harness.study.verdicts.effects import RATIO, Effect
from harness.study.verdicts.judging import Relation
from harness.study.verdicts.relations import RankCorrelation
from harness.study.verdicts.rules import CONTRADICTED, SUPPORTED, Part, Verdict

ONE_SEED = "one seed: of these trainings only"


def outcome_text(verdict: Verdict) -> str:
    """The outcome, with what limits it."""
    limited = verdict.one_seed and verdict.outcome in (SUPPORTED, CONTRADICTED)
    return f"{verdict.outcome} ({ONE_SEED})" if limited else verdict.outcome


def item(verdict: Verdict) -> Item:
    """A verdict as an item of a list: the claim, then why, part by part."""
    below = [f"{part.outcome}: {part_text(part)}" for part in verdict.parts]
    notes = [f"note: {note}" for note in verdict.notes]
    return Item(f"{verdict.key} {outcome_text(verdict)}.", verdict.claim, (*below, *notes))


def part_text(part: Part) -> str:
    """A part with its numbers."""
    if part.count is not None:
        return f"{part.says} — {count_text(part.count)}"
    if part.effect is not None:
        return f"{part.says} — {effect_text(part.effect)}{_margin(part)}"
    return f"{part.says} — {part.missing}"


def count_text(count: TopCount) -> str:
    """``2 of the 2 best of 8 cells, 0.5 expected by chance, ...``."""
    spread = f"{count.low}" if count.low == count.high else f"{count.low} to {count.high}"
    return (
        f"{count.found} of the {count.top} best of {count.cells} cells, {count.expected:.2g} "
        f"expected by chance, {_p(count.p_chance)}; {spread} in 95% of resamples"
    )


def effect_text(effect: Effect) -> str:
    """An effect with its interval, relative size and test."""
    text = number(effect, effect.estimate)
    text += f" {interval(effect)}" if not math.isnan(effect.low) else ", no interval"
    if effect.unit != RATIO and math.isfinite(effect.relative):
        text += f", {effect.relative:+.1%}"
    if not math.isnan(effect.p_holm):
        text += f", {_p(effect.p_holm)}"
    if effect.seeds > 1:
        text += f", {effect.agreeing} of {effect.seeds} seeds"
    return text


def number(effect: Effect, value: float) -> str:
    """A value of an effect, in its unit and with digits that fit its size."""
    if math.isnan(value):
        return NOTHING
    if effect.unit == RATIO:
        return f"×{value:.3f}"
    largest = max(
        abs(effect.estimate), abs(effect.reference) if effect.reference == effect.reference else 0
    )
    digits = 4 if largest < 1 else 2 if largest < 100 else 0
    return f"{value:+,.{digits}f}"


def interval(effect: Effect) -> str:
    """``[low, high]``; a dash if there is none."""
    if math.isnan(effect.low):
        return NOTHING
    return f"[{number(effect, effect.low)}, {number(effect, effect.high)}]"


def p_text(p: float) -> str:
    """A p-value: three decimals, or that it is below what those can show."""
    if math.isnan(p):
        return NOTHING
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def verdict_table(verdicts: Sequence[Verdict], caption: str = "") -> Table:
    """A row a claim."""
    columns = (Column("key", ""), Column("claim", "claim"), Column("source", "source"))
    rows = [
        Row({"key": v.key, "claim": v.claim, "source": v.source, "outcome": outcome_text(v)})
        for v in verdicts
    ]
    return Table((*columns, Column("outcome", "verdict")), tuple(rows), caption)


def part_table(verdicts: Sequence[Verdict]) -> Table:
    """A row a part of a claim, in full precision for programs."""
    rows = [Row(_part_values(verdict, part)) for verdict in verdicts for part in verdict.parts]
    texts = ("claim", "part", "kind", "outcome", "comparison", "measure", "qk:dk", "unit")
    numbers = (
        *("estimate", "low", "high", "relative", "effect_size", "p", "p_holm", "margin"),
        *("count", "top", "cells", "expected", "p_chance", "mostly"),
        *("pairs", "seeds", "queries", "agreeing_seeds"),
    )
    columns = [Column(key, key) for key in texts] + [Column(key, key, 4) for key in numbers]
    columns += [Column("over", "interval over"), Column("missing", "missing")]
    return Table(tuple(columns), tuple(rows), "What the verdicts are made of")


def effect_table(effects: Sequence[Effect], caption: str) -> Table:
    """A row an effect, as people read it."""
    heads = ("comparison", "measure", "qk:dk", "effect", "95% interval", "relative", "d_z")
    columns = [Column(head, head) for head in (*heads, "p (Holm)", "pairs", "seeds agree")]
    rows = [
        Row(
            {
                "comparison": e.comparison,
                "measure": e.measure,
                "qk:dk": e.pruning,
                "effect": number(e, e.estimate),
                "95% interval": interval(e),
                "relative": f"{e.relative:+.1%}" if math.isfinite(e.relative) else NOTHING,
                "d_z": f"{e.effect_size:.2f}" if math.isfinite(e.effect_size) else NOTHING,
                "p (Holm)": p_text(e.p_holm),
                "pairs": str(e.pairs),
                "seeds agree": f"{e.agreeing}/{e.seeds}",
            }
        )
        for e in effects
    ]
    return Table(tuple(columns), tuple(rows), caption)


def effect_numbers(effects: Sequence[Effect], caption: str) -> Table:
    """A row an effect, in full precision."""
    if not effects:
        return Table((Column("comparison", "comparison"),), (), caption)
    rows = [Row(effect.to_dict()) for effect in effects]
    keys = rows[0].values
    numeric = [k for k in keys if not isinstance(keys[k], str)]
    columns = tuple(Column(key, key, 4 if key in numeric else None) for key in keys)
    return Table(columns, tuple(rows), caption)


def relation_table(found: Sequence[Relation]) -> Table:
    """A row a rank correlation."""
    heads = ("x", "y", "qk:dk", "rho", "95% interval", "p", "cells")
    rows = [
        Row(
            {
                "x": relation.x,
                "y": relation.y,
                "qk:dk": relation.pruning,
                "rho": relation.correlation.rho,
                "low": relation.correlation.low,
                "high": relation.correlation.high,
                "95% interval": _range(relation.correlation),
                "p": p_text(relation.correlation.p),
                "cells": relation.correlation.cells,
            }
        )
        for relation in found
    ]
    digits = {"rho": 2, "cells": 0}
    return Table(
        tuple(Column(head, head, digits.get(head)) for head in heads),
        tuple(rows),
        "Rank correlations over cells (Spearman)",
        (
            "Of cells' means over seeds; intervals draw cells, p by permuting them, not corrected "
            "for their number: they describe, they are not part of a verdict.",
        ),
    )


def _part_values(verdict: Verdict, part: Part) -> dict[str, Value]:
    values: dict[str, Value] = {
        "claim": verdict.key,
        "part": part.says,
        "kind": part.kind,
        "outcome": part.outcome,
        "margin": part.margin,
        "missing": part.missing,
    }
    if part.effect is not None:
        found = part.effect.to_dict()
        values |= {"qk:dk": found.pop("pruning"), "agreeing_seeds": found.pop("agreeing")}
        values |= found
    if part.count is not None:
        c = part.count
        values |= {"count": c.found, "top": c.top, "cells": c.cells, "expected": c.expected}
        values |= {"p_chance": c.p_chance, "mostly": c.mostly, "low": c.low, "high": c.high}
    return values


def _p(p: float) -> str:
    text = p_text(p)
    return f"p {text[0]} {text[1:]}" if text.startswith("<") else f"p = {text}"


def _margin(part: Part) -> str:
    return "" if math.isnan(part.margin) else f", margin {part.margin:.4f}"


def _range(found: RankCorrelation) -> str:
    return f"[{found.low:+.2f}, {found.high:+.2f}]" if found.low == found.low else NOTHING
