"""What must not differ between cells, verified from what the trainings themselves recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.artifacts import file_digest
from harness.study.accounting import accounting
from harness.study.plan import Plan
from harness.study.records import Finished, by_run, differences

FINETUNING = "identical fine-tuning"
_TOKEN_TOLERANCE = 0.005
"""Share by which tokens seen may differ between corpora."""


def controls(plan: Plan, done: Sequence[Finished]) -> list[dict[str, Any]]:
    """Check everything that is to be equal; each with whether it holds, and what was compared.

    Nothing holds of no records: then the list is empty.
    """
    if not done:
        return []
    checks: tuple[Callable[[Plan, Sequence[Finished]], tuple[str, bool, str]], ...] = (
        _finetuning,
        _finetuning_data,
        _pretraining,
        _initialisation,
        _words,
        _order,
        _tokens,
        _uniq,
        _indep,
        _held_out,
        _evaluation,
        _budget_line,
        _software,
        _convergence,
    )
    found = (check(plan, done) for check in checks)
    return [{"name": name, "holds": holds, "detail": text} for name, holds, text in found]


def _finetuning(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    varied = {
        name
        for levels in plan.study.factors.values()
        for overrides in levels.values()
        for name in overrides.get("finetune", {})
    }
    fixed = [
        (one.unit.name, {k: v for k, v in one.tuning["settings"].items() if k not in varied})
        for one in done
    ]
    seedless = [(n, {k: v for k, v in s.items() if k != "seed"}) for n, s in fixed]
    found = differences(seedless) + _unlike_declared(done, varied)
    for ones in by_run(done).values():
        found += differences((o.unit.name, {"seed": o.tuning["settings"]["seed"]}) for o in ones)
    apart = f"; varied as declared: {', '.join(sorted(varied))}" if varied else ""
    equal = f"{len(seedless[0][1])} settings are equal in the records of {len(done)} trainings"
    return FINETUNING, not found, "; ".join(found) or equal + apart


def _unlike_declared(done: Sequence[Finished], varied: set[str]) -> list[str]:
    """Settings of a factor that a training was not given."""
    found = []
    for one in done:
        for name in sorted(varied):
            wanted = getattr(one.unit.cell.settings.finetune, name)
            if one.tuning["settings"].get(name) != wanted:
                got = one.tuning["settings"].get(name)
                found.append(f"{name} is {got} in {one.unit.name}, where {wanted} is declared")
    return found


def _finetuning_data(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    records = [
        (
            one.unit.name,
            {**one.tuning["counts"], **{k: one.tuning["sources"][k] for k in ("dataset", "dev")}},
        )
        for one in done
    ]
    found = differences(records)
    counts = done[0].tuning["counts"]
    equal = (
        f"{counts['pairs']:,} pairs of {counts['documents']:,} documents, and one dev set, in all"
    )
    return "identical fine-tuning data", not found, "; ".join(found) or equal


def _pretraining(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    """Settings that no factor varies; longer trainings differ in their steps by design."""
    varied = {"seed"} | {
        name
        for levels in plan.study.factors.values()
        for overrides in levels.values()
        for name in overrides.get("pretrain", {})
    }
    records = [
        (one.unit.name, {k: v for k, v in one.pretraining["settings"].items() if k not in varied})
        for one in done
        if not one.unit.cell.longer_of
    ]
    found = differences(records)
    shown = ", ".join(sorted(varied - {"seed"})) or "nothing"
    return "identical pre-training", not found, "; ".join(found) or f"all is equal but {shown}"


def _initialisation(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    """One fingerprint of the start for each run and size of model and U."""
    found, starts = [], set()
    groups: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for one in done:
        if not one.unit.cell.longer_of:
            settings = one.unit.cell.settings
            group = f"{one.unit.run} {settings.model} {settings.vocabulary}"
            start = one.pretraining["sources"]["from"]["fingerprint"]
            groups[group].append((one.unit.name, {"start": start[:12]}))
            starts.add(start)
    for records in groups.values():
        found += differences(records)
    equal = f"cells of a run start from the same weights; {len(starts)} different ones in all"
    return "shared initialisation", not found, "; ".join(found) or equal


def _words(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    groups: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for one in done:
        model = one.folder("finetune") / "model"
        record = {n: _digest(model / f) for n, f in _WORD_FILES.items()}
        groups[str(one.unit.cell.settings.vocabulary)].append((one.unit.name, record))
    found = [text for records in groups.values() for text in differences(records)]
    equal = f"U and tokenizer are the same files in {len(done)} encoders"
    return "shared U and tokenizer", not found, "; ".join(found) or equal


_WORD_FILES = {"U": "output_vocabulary.txt", "tokenizer": "tokenizer.json"}


def _digest(path: Path) -> str:
    return file_digest(path)[:12] if path.is_file() else "missing"


def _order(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    found = []
    for ones in by_run(done).values():
        first = (one for one in ones if not one.unit.cell.longer_of)
        found += differences(
            (one.unit.name, {"seed": one.pretraining["settings"]["seed"]}) for one in first
        )
    pairs = ", ".join(f"{init}/{order}" for init, order in plan.study.seeds.pairs())
    return "shared order", not found, "; ".join(found) or f"seeds (init/order) of the runs: {pairs}"


def _tokens(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
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


def _uniq(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
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


def _indep(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    units = [one.unit for one in done if one.unit.cell.settings.corpus.source == "general"]
    bad = [u.name for u in units if u.stages["corpus"].facts()["overlap_share"] > 0]
    pools = {s.key: s for s in plan.stages() if s.kind == "general" and s.done}
    dropped = sum(stage.facts()["equal_to_titles"] for stage in pools.values())
    detail = f"{dropped:,} pieces of general text were titles of the collection and left out"
    return "indep holds no title", not bad, ", ".join(bad) or detail


def _held_out(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    bad = [o.unit.name for o in done if o.unit.stages["corpus"].facts()["held_out_share"] > 0]
    facts = plan.titles.facts()
    detail = (
        f"{facts['held_out']:,} titles, in no corpus, are what all pre-trainings are evaluated on; "
        f"{facts['held_out_trained']:,} of them answer a training query"
    )
    return "one held-out set", not bad, ", ".join(bad) or detail


def _evaluation(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    records = []
    for one in done:
        sweep = json.loads((one.folder("sweep") / "sweep" / "sweep.json").read_text())
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


def _budget_line(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    detail = "over the same text, once" if plan.bm25.done else "not done yet"
    return "BM25 as the budget line", plan.bm25.done, detail


def _software(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    records = [
        (f"{kind} of {one.unit.name}", record["environment"])
        for one in done
        for kind, record in (("EMLM", one.pretraining), ("fine-tuning", one.tuning))
    ]
    found = differences(records)
    shown = ", ".join(f"{k} {v}" for k, v in records[0][1].items())
    return "same software", not found, "; ".join(found) or shown


def _convergence(plan: Plan, done: Sequence[Finished]) -> tuple[str, bool, str]:
    late = [one.unit.name for one in done if not (one.tuning["convergence"] or {}).get("converged")]
    patience = plan.study.base.finetune.patience
    steps = [one.tuning["steps_done"] for one in done]
    rule = f"no better dev RR@10 for {max(1, patience)} evaluations"
    detail = (
        f"{len(done) - len(late)} of {len(done)} ({rule}); {min(steps):,} to {max(steps):,} steps"
    )
    return (
        "fine-tuned to convergence",
        not late,
        detail + ("; not: " + ", ".join(late) if late else ""),
    )


def refused(found: Sequence[Mapping[str, Any]]) -> str:
    """What makes a study's comparison meaningless, if anything."""
    return "; ".join(c["detail"] for c in found if c["name"] == FINETUNING and not c["holds"])
