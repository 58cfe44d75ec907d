"""The claims that a study can speak to: the paper's findings, and one that opposes them.

F1 to F3 are the findings of arXiv 2605.01407 (abstract), E the trend of its Appendix E; T is the
claim of Lassance et al. (arXiv 2301.10444). The factors and levels are the paper's names.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.runs.perquery import POSTINGS
from harness.study.verdicts.designs import (
    Design,
    factor_effect,
    group_against_rest,
    interaction,
    single_pairs,
)
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.parts import mostly, query_part, top_count, training_part
from harness.study.verdicts.rules import EQUIVALENT, HIGHER, LOWER, NOT_WORSE, Verdict

PAPER = "arXiv 2605.01407"
OPPOSITE = "arXiv 2301.10444"
KIND = {"corpus": "indep", "lr": "lr-h"}
"""The cells that the paper's F1 and F2 are about."""
ACCURACY = "emlm_accuracy"
VARIANCE = "list_variance"
SPREAD = "logit-score-std"
NON_NEGATIVE = tuple(
    f"non-neg-terms-{figure} ({reading})"
    for reading in ("per document", "per term")
    for figure in ("avg", "std")
)


def all_claims(evidence: Evidence) -> list[Verdict]:
    """The claims with what they are judged by; outcomes are not filled in yet."""
    return [
        effective(evidence),
        costly(evidence),
        repetition(evidence),
        target_alone(evidence),
        learning_rate(evidence),
        learning_rate_by_corpus(evidence),
    ]


def effective(evidence: Evidence) -> Verdict:
    """F1: who is among the best at both ends of the grid, and with what EMLM accuracy."""
    design = group_against_rest(evidence.levels, KIND)
    parts = []
    for pruning in evidence.ends:
        parts.append(mostly(evidence, KIND, pruning))
        says = f"{_kind()} cells have a higher {evidence.measure} than the others at {pruning}"
        parts.append(query_part(HIGHER, says, evidence, design, evidence.measure, pruning))
    says = f"{_kind()} cells have a lower held-out EMLM accuracy than the others"
    parts.append(training_part(LOWER, says, evidence, design, "cells", ACCURACY))
    return Verdict(
        "F1",
        f"The most effective models, unpruned and at the strictest pruning, are mostly {_kind()}, "
        "and have lower MLM accuracy.",
        PAPER,
        tuple(parts),
        notes=tuple(note for p in evidence.ends if (note := _order_note(evidence, p))),
    )


def costly(evidence: Evidence) -> Verdict:
    """F2: what those cells cost at the strictest pruning, and how uneven their lists are."""
    design = group_against_rest(evidence.levels, KIND)
    strictest = evidence.ends[-1] if evidence.ends else ""
    cost = f"{_kind()} cells read more postings per query than the others at {strictest}"
    variance = f"{_kind()} cells have a higher variance of list length at {strictest}"
    return Verdict(
        "F2",
        f"At the strictest pruning the {_kind()} models have a higher retrieval cost and a higher "
        "variance of postings-list length.",
        PAPER,
        (
            query_part(HIGHER, cost, evidence, design, POSTINGS, strictest),
            training_part(
                HIGHER, variance, evidence, design, "points", VARIANCE, strictest, ratio=True
            ),
        ),
        notes=tuple(_best_note(evidence, strictest)),
    )


def repetition(evidence: Evidence) -> Verdict:
    """F3: the general corpus repeated against read once, pair by pair so that nothing cancels."""
    pairs = single_pairs(evidence.levels, "sampling", "repeat", "uniq", {"corpus": "indep"})
    parts = []
    designs: list[Design | None] = [*pairs] or [None]
    for pruning in evidence.ends:
        for design in designs:
            what = design.name if design else "repeat − uniq in indep"
            says = f"{what}: little difference in {evidence.measure} at {pruning}"
            parts.append(query_part(EQUIVALENT, says, evidence, design, evidence.measure, pruning))
    return Verdict(
        "F3",
        "Repeating a sample of the general corpus or reading it once makes little difference.",
        PAPER,
        tuple(parts),
    )


def target_alone(evidence: Evidence) -> Verdict:
    """T: pre-training on the target collection, over pairs that differ in the corpus only."""
    design = factor_effect(evidence.levels, "corpus", "overlap", "indep")
    parts = [
        query_part(
            NOT_WORSE,
            f"overlap is at least as good as indep in {evidence.measure} at {pruning}",
            evidence,
            design,
            evidence.measure,
            pruning,
        )
        for pruning in evidence.ends
    ]
    return Verdict(
        "T",
        "Pre-training on the target collection alone is as good as, or better than, a general one.",
        OPPOSITE,
        tuple(parts),
    )


def learning_rate(evidence: Evidence) -> Verdict:
    """E: what a higher learning rate does to the logits, over pairs that differ in it only."""
    design = factor_effect(evidence.levels, "lr", "lr-h", "lr-l")
    parts = [
        training_part(
            kind, f"lr-h has a {kind} {column} than lr-l", evidence, design, "cells", column
        )
        for kind, column in _logit_columns()
    ]
    return Verdict(
        "E",
        "A higher learning rate raises logit-score-std and lowers both non-neg figures.",
        f"{PAPER}, Appendix E",
        tuple(parts),
    )


def learning_rate_by_corpus(evidence: Evidence) -> Verdict:
    """E2: whether the same effects are larger on a general corpus."""
    design = interaction(evidence.levels, ("lr", "lr-h", "lr-l"), ("corpus", "indep", "overlap"))
    parts = [
        training_part(
            kind,
            f"the learning rate {'raises' if kind == HIGHER else 'lowers'} {column} more in indep",
            evidence,
            design,
            "cells",
            column,
        )
        for kind, column in _logit_columns()
    ]
    return Verdict(
        "E2",
        "The learning rate changes the logits more on a general corpus.",
        f"{PAPER}, Appendix E",
        tuple(parts),
    )


def _order_note(evidence: Evidence, pruning: str) -> str:
    block = evidence.by_query(evidence.measure, pruning)
    if block is None:
        return ""
    means = block.values.mean(axis=(1, 2))
    order = [f"{block.cells[i]} {means[i]:.3f}" for i in np.argsort(-means, kind="stable")]
    return f"{evidence.measure} at {pruning}, best first: {', '.join(order)}"


def _best_note(evidence: Evidence, pruning: str) -> Iterator[str]:
    """Where the cells that really are the best stand in cost and list variance."""
    count = top_count(evidence, KIND, pruning)
    cost = evidence.by_query(POSTINGS, pruning)
    variance = evidence.by_training("points", VARIANCE, pruning)
    if count is None or cost is None or variance is None:
        return
    for what, block, means in (
        ("postings per query", cost, cost.values.mean(axis=(1, 2))),
        ("list-length variance", variance, variance.values.mean(axis=1)),
    ):
        order = [block.cells[i] for i in np.argsort(-means, kind="stable")]
        places = [f"{c} is number {order.index(c) + 1}" for c in count.best if c in order]
        if places:
            yield f"of the best cells at {pruning}, by {what}, highest first: {', '.join(places)}"


def _logit_columns() -> Iterator[tuple[str, str]]:
    yield HIGHER, SPREAD
    for column in NON_NEGATIVE:
        yield LOWER, column


def _kind() -> str:
    return " + ".join(KIND.values())
