"""Verdicts of several studies side by side: where they agree and where not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ground.artifacts import atomic_text, write_json
from ground.errors import InputError
from harness.report.renderings import as_dict, to_markdown
from harness.report.study.judged import Judged
from harness.report.study.setting import lead
from harness.report.study.words import count_text, effect_text, outcome_text
from harness.report.study.writing import summary, write_study_report, write_table
from harness.report.tables import NOTHING, Column, Row, Table
from harness.study.verdicts.rules import NOT_TESTED, UNDECIDED, Part, Verdict
from harness.study.verdicts.settings import Settings


def write_side_by_side(
    outs: Sequence[Path], folder: Path, settings: Settings | None = None
) -> list[Judged]:
    """Write the report of every study into a folder of its own, and their verdicts together.

    Args:
        outs: studies, as `write_study_report` takes them.
        folder: ``<name>/`` for each, ``verdicts.*``, ``parts.*``, ``report.md``, ``report.json``.
        settings: the same for all.

    Raises:
        InputError: two studies have the same name, or one cannot be read.
    """
    from harness.study.verdicts.results import read_results

    names = [read_results(out).name for out in outs]
    if len(set(names)) < len(names):
        raise InputError(
            f"Studies need different names to stand side by side, not {', '.join(names)}: "
            f"change `name` in study.json of one."
        )
    judged = [
        write_study_report(out, folder / name, settings)
        for out, name in zip(outs, names, strict=True)
    ]
    outcomes, parts = outcome_table(judged), numbers_table(judged)
    write_table(outcomes, folder / "verdicts")
    write_table(parts, folder / "parts")
    write_json(folder / "report.json", all_summaries(judged))
    with atomic_text(folder / "report.md") as stream:
        stream.write(_markdown(judged, outcomes, parts))
    return judged


def all_summaries(judged: Sequence[Judged]) -> dict[str, Any]:
    """All studies and the table of their verdicts, for programs."""
    return {
        "studies": [summary(study) for study in judged],
        "side_by_side": as_dict(outcome_table(judged)),
    }


def outcome_table(judged: Sequence[Judged]) -> Table:
    """A row a claim, a column a study, and whether they agree."""
    names = [study.results.name for study in judged]
    columns = [Column("key", ""), Column("claim", "claim")]
    columns += [Column(f"study:{name}", name) for name in names] + [Column("agree", "agree?")]
    rows = []
    for verdicts in zip(*(study.verdicts for study in judged), strict=True):
        first: Verdict = verdicts[0]
        cells = {f"study:{n}": outcome_text(v) for n, v in zip(names, verdicts, strict=True)}
        agree = agreement([v.outcome for v in verdicts])
        rows.append(Row({"key": first.key, "claim": first.claim, **cells, "agree": agree}))
    note = "Agreement is of the studies that decide; undecided is neither agreement nor conflict."
    return Table(tuple(columns), tuple(rows), "Verdicts side by side", (note,))


def numbers_table(judged: Sequence[Judged]) -> Table:
    """A row a part of a claim, with every study's numbers; parts are matched by their words."""
    names = [study.results.name for study in judged]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for study in judged:
        for verdict in study.verdicts:
            for part in verdict.parts:
                cells = found.setdefault((verdict.key, part.says), {})
                cells[f"study:{study.results.name}"] = _numbers(part)
    columns = [Column("key", ""), Column("part", "part")]
    columns += [Column(f"study:{name}", name) for name in names]
    rows = [Row({"key": key, "part": says, **cells}) for (key, says), cells in found.items()]
    return Table(tuple(columns), tuple(rows), "What the verdicts are made of")


def agreement(outcomes: Sequence[str]) -> str:
    """Whether outcomes agree: ``agree``, ``conflict``, ``one decides`` or ``open``."""
    decided = [o for o in outcomes if o not in (UNDECIDED, NOT_TESTED)]
    if not decided:
        return "open"
    if len(set(decided)) > 1:
        return "conflict"
    return "agree" if len(decided) > 1 else "one decides"


def _numbers(part: Part) -> str:
    if part.count is not None:
        return f"{part.outcome}: {count_text(part.count)}"
    if part.effect is not None:
        return f"{part.outcome}: {effect_text(part.effect)}"
    return NOTHING


def _markdown(judged: Sequence[Judged], outcomes: Table, parts: Table) -> str:
    studies = [
        f"- [{study.results.name}]({study.results.name}/report.md): {lead(study.results)}"
        for study in judged
    ]
    blocks = ["# Studies side by side", "\n".join(studies)]
    blocks += [to_markdown(outcomes), to_markdown(parts)]
    return "\n\n".join(block.strip("\n") for block in blocks) + "\n"
