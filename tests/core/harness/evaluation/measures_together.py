"""All pairs of measures on a tiny run, printed as JSON; run anew under each hash seed."""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd

from harness.evaluation import evaluate, parse_measures
from harness.evaluation.computing import compute
from harness.evaluation.numbered import number
from harness.runs.runfile import Run, read_run

QUICK = [
    *("NumQ", "NumRel", "NumRel(rel=2)", "NumRet", "NumRet(rel=1)", "NumRet(rel=2)"),
    *("P@1", "P@5", "P(rel=2)@5", "P(judged_only=True)@5", "P(rel=2,judged_only=True)@2"),
    *("R@1", "R@5", "R(rel=2)@5", "R(judged_only=True)@1", "Success@1", "Success(rel=2)@3"),
    *("RR", "RR@10", "RR(rel=2)", "RR(rel=2)@2", "RR(judged_only=True)"),
    *("AP", "AP@2", "AP(rel=2)", "AP(judged_only=True)", "Rprec", "Rprec(rel=2)"),
    *("nDCG", "nDCG@10", "nDCG@2", "nDCG(judged_only=True)@10", "nDCG(gains={2:5})@10"),
    *("nDCG(gains={1:3})@10", "nDCG(gains={1:3},judged_only=True)", "nDCG(gains={})@10"),
    *("Bpref", "Bpref(rel=2)", "infAP", "infAP(rel=2)"),
    *("IPrec@0.101", "IPrec@0.104", "IPrec@0.1", "IPrec@0.505", "IPrec(rel=2)@0.5"),
    *("IPrec(judged_only=True)@0.5", "SetP", "SetP(relative=True)", "SetP(judged_only=True)"),
    *("SetR", "SetR(rel=2)", "SetF", "SetF(beta=2.0)", "SetF(beta=0.5,rel=2)", "SetAP"),
    *("Judged", "Judged@2", "Compat", "Compat(p=0.5)", "Compat(normalize=False)"),
    *("Accuracy", "Accuracy@3", "Accuracy(rel=2)"),
]
SLOW = ["ERR@5", "ERR@1", "nDCG(dcg='exp-log2')@5", "nDCG(dcg='exp-log2')@1"]
"""Each starts a process."""

_PARTNERS = ("nDCG@10", "nDCG(gains={2:5})@10", "P@5", "RR@10", "NumRet")

_RUN = """q1 Q0 x 1 9 t
q1 Q0 d1 2 8 t
q1 Q0 y 3 7 t
q1 Q0 d2 4 7 t
q1 Q0 d0 5 6 t
q-2 Q0 d3 1 9 t
q-2 Q0 x 2 8 t
q-2 Q0 d2 3 7 t
"""
_JUDGED = {
    "q1": {"d1": 1, "d2": 2, "d0": 0, "d9": 3},
    "q-2": {"d2": 2, **{f"r{i}": 1 for i in range(12)}, "x": -1},
}


def data(folder: Path) -> tuple[Run, pd.DataFrame]:
    path = folder / "run.trec"
    path.write_text(_RUN)
    rows = [(q, doc, grade) for q, docs in _JUDGED.items() for doc, grade in docs.items()]
    return read_run(path), pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])


def pairs() -> list[tuple[str, str]]:
    """Pairs of different measures, each in the order of the list and its opposite by turns."""
    among = [*combinations(QUICK, 2), *((slow, other) for slow in SLOW for other in _PARTNERS)]
    among += combinations(SLOW, 2)
    return [pair if i % 2 else pair[::-1] for i, pair in enumerate(among)]


def values(run: Run, qrels: pd.DataFrame, names: list[str]) -> dict[str, dict[str, float]]:
    found = evaluate(run, qrels, names)
    return {m: dict(zip(t["query"], t["value"], strict=True)) for m, t in found.groupby("measure")}


def main(folder: Path) -> None:
    """Print each measure's value alone, and the sets of measures in which one has another."""
    run, qrels = data(folder)
    alone: dict[str, dict[str, float]] = {}
    for name in [*QUICK, *SLOW]:
        alone.update(values(run, qrels, [name]))
    other = []
    for names in ([*QUICK, *SLOW], [*SLOW, *reversed(QUICK)]):
        other += [m for m, found in values(run, qrels, names).items() if found != alone[m]]
    numbered = number(run, qrels)
    parsed = {name: parse_measures([name])[0] for name in alone}
    for pair in pairs():
        for name, found in zip(pair, compute([parsed[m] for m in pair], numbered), strict=True):
            if {numbered.queries[n]: value for n, value in found.items()} != alone[name]:
                other.append(f"{name} of {pair}")
    print(json.dumps({"alone": alone, "other": other, "pairs": len(pairs())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
