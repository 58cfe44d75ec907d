"""The sections of a study's report, each made from its results by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.report.study.curves import curve_pictures
from harness.report.study.document import Block, Bullets, Section
from harness.report.study.judged import Judged
from harness.report.study.lists import list_pictures
from harness.report.study.setting import setting_section
from harness.report.study.tables import (
    Spec,
    cell_lines,
    cell_specs,
    numeric_table,
    text_table,
    training_lines,
)
from harness.report.study.tradeoff import tradeoff_pictures
from harness.report.study.words import (
    effect_numbers,
    effect_table,
    item,
    part_table,
    relation_table,
    verdict_table,
)
from harness.report.tables import Table
from harness.runs.perquery import POSTINGS
from harness.study.verdicts.claims import ACCURACY, VARIANCE
from harness.study.verdicts.judging import (
    effects_within,
    family_size,
    longer_effects,
)
from harness.study.verdicts.rules import Verdict

NOTHING_YET = "The results hold nothing for this yet."


def verdict_section(judged: Judged) -> Section:
    """What became of each claim, and why."""
    verdicts = judged.verdicts
    return Section(
        key="verdicts",
        title="Verdicts",
        blocks=(
            verdict_table(verdicts),
            Bullets(tuple(item(v) for v in verdicts)),
            f"Holm's correction is over {family_size(verdicts)} tests of a direction. How a "
            "verdict is reached is at the end of this report.",
        ),
        tables={
            "verdicts": verdict_table(verdicts),
            "verdict-parts": part_table(verdicts),
        },
    )


def factor_section(judged: Judged) -> Section:
    """Effects of factors, overall and within levels of the others."""
    effects, within = judged.factors, effects_within(judged.evidence)
    if not effects:
        return Section("factors", "Effects of factors", (NOTHING_YET,))
    shown = [e for e in effects if e.measure in (judged.evidence.measure, POSTINGS)]
    overall = "Effect of each factor over pairs of cells that differ in it only"
    inside = f"The same within a level of another factor, {judged.evidence.measure}"
    note = (
        f"×: ratio of means. d_z: mean over standard deviation of the differences over queries. "
        f"Holm's correction is over {len(effects)} effects overall, and over {len(within)} within "
        "levels."
    )
    one = [e for e in within if e.measure == judged.evidence.measure]
    return Section(
        "factors",
        "Effects of factors",
        (effect_table(shown, overall), effect_table(one, inside), note),
        {
            "factors": effect_numbers(effects, overall),
            "factors-within": effect_numbers(within, inside),
        },
    )


def figure1_section(judged: Judged) -> Section:
    """Effectiveness against cost."""
    pictures = tradeoff_pictures(judged.evidence)
    return Section("figure1", "Effectiveness against cost", tuple(pictures) or (NOTHING_YET,))


def cells_section(judged: Judged) -> Section:
    """Every cell at every pruning."""
    lines, caption = cell_lines(judged.evidence), "Every cell at every pruning"
    if not lines:
        return Section("cells", caption, (NOTHING_YET,))
    heads = ("cell", "qk:dk")
    short = text_table(heads, cell_specs(judged.results, short=True), lines, caption)
    full = numeric_table(heads, cell_specs(judged.results), lines, caption)
    notes = "Statistics of list lengths are over all of U."
    return Section("cells", caption, (short, notes), {"cells": full})


def emlm_section(judged: Judged) -> Section:
    """Held-out accuracy and loss against steps, and where they end."""
    specs = (
        Spec("emlm_steps", "steps", 0),
        Spec("emlm_accuracy", "held-out accuracy", 4, True),
        Spec("emlm_loss", "held-out loss", 3, False),
        Spec("dev_best", "best dev RR@10 after fine-tuning", 3, True),
        Spec("finetune_steps", "fine-tuning steps", 0),
        Spec("pretrain_seconds", "pre-training s", 0),
        Spec("finetune_seconds", "fine-tuning s", 0),
    )
    title = "Trainings"
    pictures = curve_pictures(judged.evidence)
    missing = () if judged.results.longer() else ("No pre-training for longer is in the results.",)
    shown, tables = _training_tables(judged, specs, "Where the trainings end", "trainings")
    found = [relation for relation in judged.relations if relation.x == ACCURACY]
    related: tuple[Block, ...] = (relation_table(found),) if found else ()
    longer = longer_effects(judged.evidence)
    if longer:
        caption = "Pre-training for longer, against the cell that is continued"
        related = (effect_table(longer, caption), *related)
        tables["longer"] = effect_numbers(longer, caption)
    return Section("emlm", title, (*pictures, *missing, *shown, *related), tables)


def appendix_e_section(judged: Judged) -> Section:
    """Statistics of the logit vectors before fine-tuning."""
    keys = [k for k in judged.results.cells.columns if _is_statistic(k)]
    specs = [Spec(key, key, 0 if key.startswith("non-neg") else 2) for key in keys]
    caption = "Logit vectors of held-out titles after pre-training"
    shown, tables = _training_tables(judged, specs, caption, "appendix-e")
    words = Bullets(tuple(item(v) for v in _trend(judged)))
    reading = (
        "Raw max-pooled logits, before ReLU and log. non-neg-terms per document: terms with a "
        "logit of at least 0, over documents; per term: documents in which a term has one, over U."
    )
    return Section("appendix-e", "Logit statistics (Appendix E)", (*shown, reading, words), tables)


def appendix_h_section(judged: Judged) -> Section:
    """List lengths against effectiveness and cost."""
    pictures = list_pictures(judged.evidence, judged.relations)
    found = [relation for relation in judged.relations if relation.x == VARIANCE]
    table = relation_table(found)
    blocks: tuple[Block, ...] = (*pictures, table if found else NOTHING_YET)
    return Section("appendix-h", "Postings lists (Appendix H)", blocks, {"appendix-h": table})


SECTIONS: Mapping[str, Callable[[Judged], Section]] = {
    "verdicts": verdict_section,
    "setting": lambda judged: setting_section(judged.evidence),
    "figure1": figure1_section,
    "cells": cells_section,
    "factors": factor_section,
    "emlm": emlm_section,
    "appendix-e": appendix_e_section,
    "appendix-h": appendix_h_section,
}
"""In the order of the report."""


def _training_tables(
    judged: Judged, specs: Sequence[Spec], caption: str, stem: str
) -> tuple[tuple[Table | str, ...], dict[str, Table]]:
    lines = training_lines(judged.results, [spec.key for spec in specs])
    if not any(any(line.values.values()) for line in lines):
        return (NOTHING_YET,), {}
    full = numeric_table(("cell",), specs, lines, caption)
    return (text_table(("cell",), specs, lines, caption),), {stem: full}


def _is_statistic(column: str) -> bool:
    return column.startswith(("doc-score-", "logit-score-", "non-neg-terms-"))


def _trend(judged: Judged) -> list[Verdict]:
    return [verdict for verdict in judged.verdicts if verdict.key in ("E", "E2")]
