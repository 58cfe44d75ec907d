"""A question asked of a space of candidates, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.choosing.deciding import Look, confirm, sequence
from harness.choosing.exploring import Explored, Explorer
from harness.choosing.question import Question
from harness.choosing.space import Candidate, Space
from harness.choosing.trials import Trial, Trials
from harness.evaluation.pareto import pareto


@dataclass(frozen=True)
class Choice:
    """An answer.

    Attributes:
        question: what was asked.
        explored: what was tried on the queries that were searched on.
        reference: the reference there; None where a budget was asked for.
        looks: what was confirmed on the others, in order.
        unpruned: what the chosen system's unpruned configuration cost there; None if not tried.
    """

    question: Question
    explored: Explored
    reference: Trial | None
    looks: tuple[Look, ...]
    unpruned: Mapping[str, Trial] = field(default_factory=dict)

    @property
    def chosen(self) -> Look | None:
        """The last look that holds."""
        return next((look for look in reversed(self.looks) if look.holds), None)

    @property
    def front(self) -> list[Candidate]:
        """What no other candidate beats in both, on the queries that were searched on, by cost."""
        return front(self.explored.trials)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        chosen = self.chosen
        trials = self.explored.trials.items()
        return {
            "question": self.question.to_dict(),
            "chosen": chosen and chosen.to_dict(),
            "looks": [look.to_dict() for look in self.looks],
            "front": [str(one) for one in self.front],
            "tried": [{"candidate": str(c), "value": t.mean, "cost": t.cost} for c, t in trials],
            "skipped": [str(one) for one in self.explored.skipped],
            "complete": self.explored.complete,
            "reference": self.reference and self.reference.mean,
            "queries": len(next(iter(self.explored.trials.values())).values) if trials else 0,
        }


def front(trials: Mapping[Candidate, Trial]) -> list[Candidate]:
    """Candidates that none beats in effectiveness at the same cost or less, by cost."""
    ordered = sorted(trials, key=lambda c: c.order)
    found = pareto([trials[c].cost for c in ordered], [trials[c].mean for c in ordered])
    return [ordered[place] for place in found]


def choose(
    question: Question,
    space: Space,
    finding: Trials,
    confirming: Trials,
    *,
    reference: Candidate | None = None,
    seconds: float | None = None,
    say: Callable[[str], None] = lambda message: None,
) -> Choice:
    """Search on some queries and confirm on others.

    Args:
        question: what is asked.
        space: where the search begins.
        finding: the queries that are searched on.
        confirming: the others; nothing of them is looked at before the search has ended.
        reference: the candidate that is the reference, if it is one: it is never tested.
        seconds: after which nothing new is begun.
        say: told what is done.
    """
    explorer = Explorer(space, question, finding, seconds, say)
    explored = explorer.explore()
    floor = explorer.floor
    if floor is not None:
        others = {one: t for one, t in explored.trials.items() if one != reference}
        order = sequence(question, others, floor)
        say(f"to be confirmed: {', '.join(map(str, order)) or 'nothing'}")
        looks: Sequence[Look] = confirm(question, order, confirming)
    else:
        best = explorer.leading(explored.trials)
        looks = () if best is None else _looked(best, confirming)
    unpruned = _unpruned(looks, confirming)
    return Choice(question, explored, floor, tuple(looks), unpruned)


def _looked(best: Candidate, trials: Trials) -> tuple[Look, ...]:
    return (Look(best, trials.run([best])[best], None, None, True),)


def _unpruned(looks: Sequence[Look], trials: Trials) -> dict[str, Trial]:
    """What the chosen system does unpruned, on the queries that confirmed it."""
    chosen = next((look for look in reversed(looks) if look.holds), None)
    if chosen is None:
        return {}
    from harness.pruning import NONE
    from harness.sweep.grid import Pruning

    plain = Candidate(chosen.candidate.system, Pruning(NONE, NONE))
    found = {plain: chosen.trial} if plain == chosen.candidate else trials.run([plain])
    return {plain.system: found[plain]}
