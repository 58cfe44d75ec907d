"""What must not differ between cells, verified from what the trainings themselves recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.study import trained_alike
from harness.study.accounting import accounting
from harness.study.plan import Plan
from harness.study.records import Finished, differences, read_json
from harness.study.trained_alike import FINETUNING, Control

_TOKEN_TOLERANCE = 0.005
"""Share by which tokens seen may differ between corpora."""


def controls(plan: Plan, done: Sequence[Finished]) -> list[dict[str, Any]]:
    """Check everything that is to be equal; each with whether it holds, and what was compared.

    Nothing holds of no records: then the list is empty.
    """
    if not done:
        return []
    checks: tuple[Callable[[Plan, Sequence[Finished]], Control], ...] = (
        trained_alike.finetuning,
        trained_alike.finetuning_data,
        trained_alike.pretraining,
        trained_alike.initialisation,
        trained_alike.words,
        trained_alike.order,
        _tokens,
        _uniq,
        _indep,
        _held_out,
        _evaluation,
        _budget_line,
        trained_alike.software,
        trained_alike.convergence,
    )
    found = (check(plan, done) for check in checks)
    return [{"name": name, "holds": holds, "detail": text} for name, holds, text in found]


def _tokens(plan: Plan, done: Sequence[Finished]) -> Control:
    """Tokens seen, among trainings of the same number of texts."""
    found, shown = [], []
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in accounting(plan):
        groups[entry["texts"]].append(entry)
    for texts, entries in sorted(groups.items()):
        tokens = [entry["tokens_seen"] for entry in entries]
        spread = max(tokens) / min(tokens) - 1
        each = ", ".join(f"{e['tokens_seen']:,} by {e['name']}" for e in entries)
        text = f"of {texts:,} texts: {each} (within {spread:.3%})"
        shown.append(text)
        if spread > _TOKEN_TOLERANCE:
            found.append(text)
    if len({entry.cell.first_steps for entry in plan.units}) > 1:
        shown.append("the number of steps is itself varied")
    return "equal tokens seen", not found, "; ".join(found or shown)


def _uniq(plan: Plan, done: Sequence[Finished]) -> Control:
    units = [one.unit for one in done if one.unit.cell.settings.corpus.sampling == "uniq"]
    bad = []
    for unit in units:
        facts, settings = unit.stages["corpus"].facts(), unit.stages["corpus"].settings
        if not facts["distinct_texts"] == facts["texts"] == settings["texts"]:
            bad.append(
                f"{unit.name}: {facts['texts']:,} texts, {facts['distinct_texts']:,} distinct"
            )
    detail = f"{len(units)} trainings saw each text once" if units else "no cell is uniq"
    return "uniq sees every text once", not bad, "; ".join(bad) or detail


def _indep(plan: Plan, done: Sequence[Finished]) -> Control:
    units = [one.unit for one in done if one.unit.cell.settings.corpus.source == "general"]
    bad = [u.name for u in units if u.stages["corpus"].facts()["overlap_share"] > 0]
    pools = {s.key: s for s in plan.stages() if s.kind == "general" and s.done}
    dropped = sum(stage.facts()["equal_to_titles"] for stage in pools.values())
    detail = f"{dropped:,} pieces of general text were titles of the collection and left out"
    return "indep holds no title", not bad, ", ".join(bad) or detail


def _held_out(plan: Plan, done: Sequence[Finished]) -> Control:
    bad = [o.unit.name for o in done if o.unit.stages["corpus"].facts()["held_out_share"] > 0]
    facts = plan.titles.facts()
    detail = (
        f"{facts['held_out']:,} titles, in no corpus, are what all pre-trainings are evaluated on; "
        f"{facts['held_out_trained']:,} of them answer a training query"
    )
    return "one held-out set", not bad, ", ".join(bad) or detail


def _evaluation(plan: Plan, done: Sequence[Finished]) -> Control:
    records = []
    for one in done:
        sweep = read_json(one.folder("sweep") / "sweep" / "sweep.json")
        points = [
            [p["qk"], p["dk"], p.get("pruning"), p["facts"]["queries"]] for p in sweep["points"]
        ]
        quantised = [p["facts"]["quantise"] for p in sweep["points"]]
        records.append(
            (one.unit.name, {"subject": sweep["subject"], "points": points, "quantise": quantised})
        )
    found = differences(records)
    equal = f"{len(records[0][1]['points'])} operating points over the same queries in all"
    return "identical evaluation", not found, "; ".join(found) or equal


def _budget_line(plan: Plan, done: Sequence[Finished]) -> Control:
    detail = f"over the same text, once{_analyzer(plan)}" if plan.bm25.done else "not done yet"
    return "BM25 as the budget line", plan.bm25.done, detail


def _analyzer(plan: Plan) -> str:
    """Which analyzer BM25 had, where its sweep says so."""
    points = read_json(plan.bm25.folder / "sweep" / "sweep.json")["points"]
    made = [note for point in points for note in point["facts"].get("made") or ()]
    return f": {made[0].removesuffix('.')}" if made else ""


def refused(found: Sequence[Mapping[str, Any]]) -> str:
    """What makes a study's comparison meaningless, if anything."""
    return "; ".join(c["detail"] for c in found if c["name"] == FINETUNING and not c["holds"])
