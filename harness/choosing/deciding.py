"""The decision: candidates in an order that was fixed on other queries, until one fails.

A fixed sequence of tests needs no correction for their number: the chance that any claim of it is
false is that of one test (Maurer, Hothorn and Lehmacher, 1995), because the order does not depend
on the queries that decide, and nothing is tested after the first failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.choosing.bounds import Bound, bound, queries_needed
from harness.choosing.question import Question
from harness.choosing.space import Candidate
from harness.choosing.trials import Trial, Trials

LOOKS = 8
"""Most candidates that are confirmed, one after the other."""


@dataclass(frozen=True)
class Look:
    """One candidate on the queries that confirm.

    Attributes:
        candidate: what was tried.
        trial: what it did.
        reference: what the reference did there; None where a budget was asked for.
        difference: bounds of candidate - reference.
        holds: whether the margin is kept, with the confidence asked for.
        needed: queries that could have shown it, were the difference what it looks like.
    """

    candidate: Candidate
    trial: Trial
    reference: Trial | None
    difference: Bound | None
    holds: bool
    needed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "candidate": str(self.candidate),
            "value": self.trial.mean,
            "cost": self.trial.cost,
            "reference": self.reference and self.reference.mean,
            "difference": self.difference and self.difference.mean,
            "not_worse_than": self.difference and self.difference.lower,
            "queries": len(self.trial.values),
            "holds": self.holds,
            "queries_needed": self.needed,
        }


def sequence(
    question: Question, trials: Mapping[Candidate, Trial], reference: Trial, looks: int = LOOKS
) -> list[Candidate]:
    """What is to be confirmed, in which order: from the surest to the cheapest.

    First the candidate that is shown best not to be worse on these queries; then, among those
    that are cheaper, again the one that is shown best; and so on to the cheapest that looks good.

    Args:
        question: see `Question`.
        trials: on the queries that were searched on.
        reference: the same, of the reference.
        looks: most of them; those in the middle of a longer list are thinned out.
    """
    sure = {}
    for one, trial in trials.items():
        if trial.mean < reference.mean - question.margin:
            continue
        found = bound(trial.values - reference.values, question.confidence)
        # In standard errors, so that it orders as the test's p-value does.
        sure[one] = (found.mean + question.margin) / max(found.mean - found.lower, 1e-12)
    order: list[Candidate] = []
    left = dict(sure)
    while left:
        best = min(left, key=lambda one: (-left[one], trials[one].cost, one.order))
        order.append(best)
        left = {one: sure[one] for one in left if trials[one].cost < trials[best].cost}
    if len(order) > looks:
        order = [order[round(i * (len(order) - 1) / (looks - 1))] for i in range(looks)]
    return order


def confirm(question: Question, order: list[Candidate], trials: Trials) -> list[Look]:
    """Try candidates one after the other on queries that were not looked at, until one fails.

    Returns:
        The looks; the last one that holds is the answer.
    """
    looks: list[Look] = []
    reference = trials.reference()
    for one in order:
        trial = trials.run([one])[one]
        found = bound(trial.values - reference.values, question.confidence)
        distance = found.mean + question.margin
        needed = queries_needed(found.deviation, distance, question.confidence)
        holds = found.lower >= -question.margin
        looks.append(Look(one, trial, reference, found, holds, needed))
        if not holds:
            break
    return looks
