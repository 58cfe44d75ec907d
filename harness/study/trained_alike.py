"""Controls of trainings: that cells differ in nothing but what the study varies.

Each is a name, whether it holds, and what was compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ground.artifacts import file_digest
from harness.study.plan import Plan
from harness.study.records import Finished, by_run, differences

Control = tuple[str, bool, str]
FINETUNING = "identical fine-tuning"


def finetuning(plan: Plan, done: Sequence[Finished]) -> Control:
    """Settings of fine-tuning, but for declared factors of it; seeds, within a run."""
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


def finetuning_data(plan: Plan, done: Sequence[Finished]) -> Control:
    """Pairs, documents and dev set of fine-tuning."""
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


def pretraining(plan: Plan, done: Sequence[Finished]) -> Control:
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


def initialisation(plan: Plan, done: Sequence[Finished]) -> Control:
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


def words(plan: Plan, done: Sequence[Finished]) -> Control:
    """Files of U and of the tokenizer."""
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


def order(plan: Plan, done: Sequence[Finished]) -> Control:
    """Seeds of the order of pre-training, within a run."""
    found = []
    for ones in by_run(done).values():
        first = (one for one in ones if not one.unit.cell.longer_of)
        found += differences(
            (one.unit.name, {"seed": one.pretraining["settings"]["seed"]}) for one in first
        )
    pairs = ", ".join(f"{init}/{order}" for init, order in plan.study.seeds.pairs())
    return "shared order", not found, "; ".join(found) or f"seeds (init/order) of the runs: {pairs}"


def software(plan: Plan, done: Sequence[Finished]) -> Control:
    """Versions and threads."""
    records = [
        (f"{kind} of {one.unit.name}", record["environment"])
        for one in done
        for kind, record in (("EMLM", one.pretraining), ("fine-tuning", one.tuning))
    ]
    found = differences(records)
    shown = ", ".join(f"{k} {v}" for k, v in records[0][1].items())
    return "same software", not found, "; ".join(found) or shown


def convergence(plan: Plan, done: Sequence[Finished]) -> Control:
    """Whether each fine-tuning stopped for having converged."""
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
