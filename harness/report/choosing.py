"""The answer to a choice, in words and as files.

::

    OUT/choice.md        the answer, the front, what was confirmed, the commands that build it
    OUT/choice.json      the same for programs: every candidate that was tried, every look
    OUT/front.{md,csv,json,tex,png,svg}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ground.artifacts import atomic_text, write_json
from harness.choosing import Candidate, Choice
from harness.report.comparison import build_table, default_baseline
from harness.report.figures import draw_figure
from harness.report.points import Point, load_points
from harness.report.renderings import RENDERERS
from harness.report.sweep import FORMATS
from harness.report.tables import Table

_UNITS = {"postings": "postings", "query_terms": "terms", "latency_ms": "ms"}


def paragraph(choice: Choice) -> str:
    """The answer in words: what to keep, what it saves, and how sure that is."""
    looked = f"Searched among {_configurations(choice)} on {_found_on(choice)} queries"
    if not choice.looks:
        return f"{_nothing(choice)} {looked}."
    if not choice.explored.complete:
        looked += ", until the time given was over"
    confirmed = f"{len(choice.looks)} of them tried on queries that the search had not seen"
    answer = _kept(choice) if choice.chosen else _undecided(choice)
    return f"{answer} {looked}; {confirmed}."


def write_choice(
    out: Path, choice: Choice, points: Mapping[str, str], commands: Sequence[str]
) -> Table:
    """Write the answer's files beside the sweeps that it comes from.

    Args:
        out: folder of the choice.
        choice: the answer.
        points: names of the points of ``out/finding`` by candidate.
        commands: that build what was chosen.

    Returns:
        The front as a table: BM25, and what no other candidate beats, on the queries that were
        searched on.
    """
    shown = front_points(out, choice, points)
    measure = choice.question.measure
    table = build_table(shown, [measure], default_baseline(shown), caption=_caption(choice))
    for kind, suffix in FORMATS.items():
        with atomic_text(out / f"front.{suffix}") as stream:
            stream.write(RENDERERS[kind](table))
    if any(point.mean("postings") is not None for point in shown):
        draw_figure(shown, measure, out / "front")
    words = paragraph(choice)
    write_json(out / "choice.json", {"answer": words, "commands": commands, **choice.to_dict()})
    with atomic_text(out / "choice.md") as stream:
        stream.write(_page(words, RENDERERS["md"](table), choice, commands))
    return table


def front_points(out: Path, choice: Choice, points: Mapping[str, str]) -> list[Point]:
    """BM25, if it was searched, and the front, by cost."""
    loaded = {point.name: point for point in load_points(out / "finding")}
    front = [loaded[points[str(one)]] for one in choice.front]
    return [point for point in loaded.values() if point.is_bm25] + front


def _kept(choice: Choice) -> str:
    look, question = choice.chosen, choice.question
    assert look is not None
    queries = f"{len(look.trial.values):,} unseen queries"
    words = f"Keep {_terms(look.candidate)}: {_spent(choice, look.candidate.system)}"
    if look.reference is None or look.difference is None:
        budget = f"of the {_cost(choice, question.within or 0.0)} that may be spent"
        return f"{words} {budget}, {question.measure} {_value(look.trial.mean)} on {queries}."
    against = f"{_value(look.trial.mean)} against {_value(look.reference.mean)} of "
    if look.difference.lower >= 0:
        sure = f"better than it by at least {_value(look.difference.lower)}"
    else:
        sure = f"not worse than {_value(look.reference.mean + look.difference.lower)}"
    level = f"with {question.confidence:.0%} confidence on {queries}"
    asked = f"(asked for: {_value(look.reference.mean - question.margin)})"
    return f"{words}, {question.measure} {against}{question.reference}, {sure} {level} {asked}."


def _undecided(choice: Choice) -> str:
    look, question = choice.looks[0], choice.question
    assert look.difference is not None and look.reference is not None
    lost = -look.difference.lower
    words = (
        f"These {look.difference.queries:,} queries cannot decide. The surest candidate, "
        f"{look.candidate}, has {question.measure} {_value(look.trial.mean)} against "
        f"{_value(look.reference.mean)} of {question.reference}, and with "
        f"{question.confidence:.0%} confidence may lose up to {_value(lost)}, more than the "
        f"margin of {question.margin:g}."
    )
    if look.needed is None:
        return f"{words} No number of queries would help: it looks worse than that."
    return (
        f"{words} About {look.needed:,} queries to confirm with could decide (with a chance of "
        f"80%, were it what it looks like)."
    )


def _nothing(choice: Choice) -> str:
    question = choice.question
    if not choice.explored.trials:
        return "The time given was over before anything was tried."
    if question.within is not None:
        return f"Nothing that was tried costs {_cost(choice, question.within)} or less."
    best = max(choice.explored.trials.values(), key=lambda trial: trial.mean)
    floor = choice.reference.mean if choice.reference else 0.0
    return (
        f"Nothing that was tried comes within {question.margin:g} of {question.reference} in "
        f"{question.measure}: it has {_value(floor)}, the best of them {_value(best.mean)}."
    )


def _spent(choice: Choice, system: str) -> str:
    look = choice.chosen
    assert look is not None
    words = _cost(choice, look.trial.cost)
    unpruned = choice.unpruned.get(system)
    if unpruned is None or not unpruned.cost or unpruned.cost <= look.trial.cost:
        return f"{words} a query"
    share = 1 - look.trial.cost / unpruned.cost
    return f"{words} a query, {share:.0%} fewer than unpruned"


def _terms(candidate: Candidate) -> str:
    query, document = candidate.pruning
    if query.k is None or document.k is None:
        return f"{query.short} of queries and {document.short} of documents of {candidate.system}"
    parts = [f"{k or 'all'} {side}" for k, side in ((query.k, "query"), (document.k, "document"))]
    return f"{' and '.join(parts)} terms of {candidate.system}"


def _cost(choice: Choice, value: float) -> str:
    unit = _UNITS.get(choice.question.cost, choice.question.cost)
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _value(value: float) -> str:
    return f"{value:.3f}"


def _configurations(choice: Choice) -> str:
    tried, skipped = len(choice.explored.trials), len(choice.explored.skipped)
    also = f" ({skipped} more could not win)" if skipped else ""
    return f"{tried} configurations{also}"


def _found_on(choice: Choice) -> str:
    first = next(iter(choice.explored.trials.values()), None)
    return f"{len(first.values):,}" if first else "0"


def _caption(choice: Choice) -> str:
    return f"What no other configuration beats, on the {_found_on(choice)} queries searched on"


def _page(words: str, table: str, choice: Choice, commands: Sequence[str]) -> str:
    parts = ["# The choice", words, "## The front", table.strip(), "## On unseen queries"]
    looks = json.dumps([look.to_dict() for look in choice.looks], indent=1)
    parts.append(f"```json\n{looks}\n```")
    if commands:
        parts += ["## What builds it", "```bash\n" + "\n".join(commands) + "\n```"]
    return "\n\n".join(parts) + "\n"
