"""Every tool behind ir_measures held against measures written from their definitions."""

from __future__ import annotations

import random

import measures_by_hand as hand
import pandas as pd
import pytest

from harness.evaluation import evaluate
from harness.runs.runfile import read_run

COUNTS = {
    "NumQ": lambda run, grades: 1,
    "NumRel": lambda run, grades: hand.number_relevant(grades),
    "NumRel(rel=2)": lambda run, grades: hand.number_relevant(grades, 2),
    "NumRet": lambda run, grades: len(run),
    "NumRet(rel=2)": lambda run, grades: sum(hand.relevant(run, grades, 2)),
}

BINARY = {
    "P@5": lambda run, grades: hand.precision(run, grades, 5),
    "P(rel=2)@3": lambda run, grades: hand.precision(run, grades, 3, 2),
    "R@4": lambda run, grades: hand.recall(run, grades, 4),
    "R(rel=2)@1000": lambda run, grades: hand.recall(run, grades, 1000, 2),
    "Success@3": lambda run, grades: hand.success(run, grades, 3),
    "Success(rel=3)@5": lambda run, grades: hand.success(run, grades, 5, 3),
    "RR": lambda run, grades: hand.reciprocal_rank(run, grades),
    "RR(rel=2)": lambda run, grades: hand.reciprocal_rank(run, grades, rel=2),
    "RR@3": lambda run, grades: hand.reciprocal_rank(run, grades, 3),
    "RR(rel=2)@10": lambda run, grades: hand.reciprocal_rank(run, grades, 10, 2),
    "AP": lambda run, grades: hand.average_precision(run, grades),
    "AP(rel=2)@5": lambda run, grades: hand.average_precision(run, grades, 5, 2),
    "Rprec": lambda run, grades: hand.r_precision(run, grades),
    "Rprec(rel=2)": lambda run, grades: hand.r_precision(run, grades, 2),
    "Bpref": lambda run, grades: hand.bpref(run, grades),
    "Bpref(rel=2)": lambda run, grades: hand.bpref(run, grades, 2),
    "infAP": lambda run, grades: hand.inferred_average_precision(run, grades),
    "infAP(rel=2)": lambda run, grades: hand.inferred_average_precision(run, grades, 2),
    "IPrec@0.0": lambda run, grades: hand.interpolated_precision(run, grades, 0.0),
    "IPrec@0.1": lambda run, grades: hand.interpolated_precision(run, grades, 0.1),
    "IPrec@0.35": lambda run, grades: hand.interpolated_precision(run, grades, 0.35),
    "IPrec(rel=2)@0.505": lambda run, grades: hand.interpolated_precision(run, grades, 0.505, 2),
    "IPrec@1.0": lambda run, grades: hand.interpolated_precision(run, grades, 1.0),
}

GRADED = {
    "nDCG": lambda run, grades: hand.ndcg(run, grades),
    "nDCG@5": lambda run, grades: hand.ndcg(run, grades, 5),
    "nDCG(gains={0:1,1:0,2:7})@4": lambda run, grades: hand.ndcg(
        run, grades, 4, lambda grade: {0: 1, 1: 0, 2: 7}.get(grade, grade)
    ),
    "nDCG(dcg='exp-log2')@5": lambda run, grades: hand.exponential_ndcg(run, grades, 5),
    "ERR@5": lambda run, grades: hand.expected_reciprocal_rank(run, grades, 5),
    "ERR@20": lambda run, grades: hand.expected_reciprocal_rank(run, grades, 20),
    "Compat": lambda run, grades: hand.compatibility(run, grades),
    "Compat(p=0.5,normalize=False)": lambda run, grades: hand.compatibility(
        run, grades, 0.5, False
    ),
}

SETS = {
    "SetP": lambda run, grades: hand.set_precision(run, grades),
    "SetP(rel=2)": lambda run, grades: hand.set_precision(run, grades, 2),
    "SetRelP": lambda run, grades: hand.set_relative_precision(run, grades),
    "SetR(rel=2)": lambda run, grades: hand.set_recall(run, grades, 2),
    "SetF": lambda run, grades: hand.set_f(run, grades),
    "SetF(beta=0.25,rel=2)": lambda run, grades: hand.set_f(run, grades, 0.25, 2),
    "SetF(beta=0)": lambda run, grades: hand.set_f(run, grades, 0.0),
    "SetAP": lambda run, grades: hand.set_average_precision(run, grades),
    "Judged": lambda run, grades: hand.judged_share(run, grades),
    "Judged@4": lambda run, grades: hand.judged_share(run, grades, 4),
}

ONLY_JUDGED = {
    "P(judged_only=True)@5": lambda run, grades: hand.precision(run, grades, 5),
    "R(judged_only=True)@3": lambda run, grades: hand.recall(run, grades, 3),
    "Success(judged_only=True)@1": lambda run, grades: hand.success(run, grades, 1),
    "RR(judged_only=True)": lambda run, grades: hand.reciprocal_rank(run, grades),
    "AP(judged_only=True,rel=2)": lambda run, grades: hand.average_precision(run, grades, rel=2),
    "Rprec(judged_only=True)": lambda run, grades: hand.r_precision(run, grades),
    "nDCG(judged_only=True)@5": lambda run, grades: hand.ndcg(run, grades, 5),
    "IPrec(judged_only=True)@0.2": lambda run, grades: hand.interpolated_precision(
        run, grades, 0.2
    ),
    "SetP(judged_only=True)": lambda run, grades: hand.set_precision(run, grades),
    "SetF(judged_only=True)": lambda run, grades: hand.set_f(run, grades),
    "SetAP(judged_only=True)": lambda run, grades: hand.set_average_precision(run, grades),
}

MEASURES = {**COUNTS, **BINARY, **GRADED, **SETS, **ONLY_JUDGED}
FIVE_DIGITS = {"ERR@5", "ERR@20", "nDCG(dcg='exp-log2')@5"}
"""gdeval prints no more."""


def collection(seed, queries=60):
    """Graded judgments and a run with ties; some queries lack results, others relevance."""
    draw = random.Random(seed)
    # Ids that tools take apart: hyphens, letters, leading zeros, more than ASCII.
    names = [f"{draw.choice(['q-', 'Q', '0', '', 'ü.', 'x-1-'])}{i}" for i in range(queries)]
    documents = [f"{draw.choice(['D', 'd-', '00', 'é'])}{i}" for i in range(40)]
    grades, lines = {}, []
    for name in names:
        low, high = draw.choice([(0, 1), (0, 4), (-2, 4), (-1, 3), (0, 0), (1, 4)])
        judged = draw.sample(documents, draw.randint(1, 20))
        grades[name] = {doc: draw.randint(low, high) for doc in judged}
        depth = draw.choice([0, 1, 5, 20, 30])
        scores = [draw.choice([9, 7, 7, 7, 2.5, 1, 0, -3]) for _ in range(depth)]
        found = zip(draw.sample(documents, depth), scores, strict=True)
        lines += [f"{name} Q0 {doc} 1 {score} t\n" for doc, score in found]
    return grades, lines


def ranked(lines):
    """Rankings by query: score, then id by code point."""
    runs = {}
    for name, _, doc, _, score, _ in map(str.split, lines):
        runs.setdefault(name, []).append((-float(score), doc))
    return {name: [doc for _, doc in sorted(found)] for name, found in runs.items()}


def by_hand(name, run, grades):
    if not run and not name.startswith(("NumQ", "NumRel")):
        return 0.0  # a query without results counts as zero
    if "judged_only" in name:
        run = hand.only_judged(run, grades)
    return MEASURES[name](run, grades)


@pytest.mark.parametrize("seed", [0, *(pytest.param(i, marks=pytest.mark.slow) for i in (1, 2))])
def test_every_measure_has_the_value_of_its_definition(tmp_path, seed):
    grades, lines = collection(seed)
    (tmp_path / "run.trec").write_text("".join(lines), encoding="utf-8")
    rows = [(q, doc, grade) for q, docs in grades.items() for doc, grade in docs.items()]
    qrels = pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])
    values = evaluate(read_run(tmp_path / "run.trec"), qrels, list(MEASURES))
    assert len(values) == len(MEASURES) * len(grades)
    labels = values["measure"].unique()
    for name, label in zip(MEASURES, labels, strict=True):
        found = values[values["measure"] == label].set_index("query")["value"]
        assert set(found.index) == set(grades)
        runs = ranked(lines)
        wanted = {q: by_hand(name, runs.get(q, []), judged) for q, judged in grades.items()}
        close = 6e-6 if name in FIVE_DIGITS else 1e-9
        assert found.to_dict() == pytest.approx(wanted, abs=close), name


def test_the_share_of_pairs_in_the_right_order(tmp_path):
    lines = [f"q Q0 {doc} 1 {9 - i} t\n" for i, doc in enumerate("axbcyd")]
    (tmp_path / "run.trec").write_text("".join(lines))
    grades = {"a": 1, "b": 2, "d": 2, "y": 0}
    rows = [("q", doc, grade) for doc, grade in grades.items()]
    qrels = pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])
    names = ["Accuracy", "Accuracy@3", "Accuracy(rel=2)@5"]
    values = evaluate(read_run(tmp_path / "run.trec"), qrels, names)["value"].tolist()
    run = list("axbcyd")
    assert values == pytest.approx(
        [
            hand.ordered_pairs(run, grades),
            hand.ordered_pairs(run, grades, 3),
            hand.ordered_pairs(run, grades, 5, 2),
        ]
    )
    assert values[0] == pytest.approx(5 / 9)  # a before x, c, y; b before c, y; d before none
