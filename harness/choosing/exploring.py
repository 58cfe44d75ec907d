"""The search: a coarse grid, then between the neighbours of the best, and never what cannot win.

What cannot win: a configuration that keeps no more, on either side, than one that is already
clearly (by its bound) less effective than needed. That less is no better is an assumption, which
is why only the clear cases are left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harness.choosing.bounds import bound
from harness.choosing.question import Question
from harness.choosing.space import Candidate, Space, between, neighbours
from harness.choosing.trials import Trial, Trials
from harness.pruning import Rule
from harness.sweep.grid import Pruning

Say = Callable[[str], None]


@dataclass
class Explored:
    """What was tried.

    Attributes:
        trials: by candidate, in the order in which they were tried.
        skipped: candidates of the grid that could not win.
        complete: whether nothing better is left; false where the time was over.
        queries: rules from mild to strict, those in between included.
        documents: the same for documents.
    """

    queries: list[Rule]
    documents: list[Rule]
    trials: dict[Candidate, Trial] = field(default_factory=dict)
    skipped: list[Candidate] = field(default_factory=list)
    complete: bool = True


class Explorer:
    """Searches a space on one half of the queries.

    Args:
        space: where it begins.
        question: what is asked.
        trials: see `Trials`.
        seconds: after which nothing new is begun; None for no end.
        say: told what is done.
    """

    def __init__(
        self,
        space: Space,
        question: Question,
        trials: Trials,
        seconds: float | None = None,
        say: Say = lambda message: None,
    ) -> None:
        self.space, self.question, self.oracle, self.say = space, question, trials, say
        self.found = Explored(list(space.queries), list(space.documents))
        self._bounds: dict[tuple[Candidate, Candidate | None], float] = {}
        self.end = None if seconds is None else time.monotonic() + seconds
        self.floor = None if question.reference is None else trials.reference()

    def explore(self) -> Explored:
        """Try what could win."""
        for system in self.space.systems:
            for document in self.space.documents:
                row = [Candidate(system, Pruning(q, document)) for q in self.space.queries]
                if not self._try(row):
                    return self.found
        while steps := list(self._steps()):
            self.say(f"between neighbours: {', '.join(map(str, steps))}")
            if not self._try(steps):
                break
        return self.found

    def _try(self, candidates: list[Candidate]) -> bool:
        """Try those that can win; false where the time is over."""
        left = [one for one in candidates if one not in self.found.trials]
        hopeless = [one for one in left if self._hopeless(one)]
        self.found.skipped += [one for one in hopeless if one not in self.found.skipped]
        left = [one for one in left if one not in hopeless]
        if left and self.end is not None and time.monotonic() > self.end:
            self.found.complete = False
            self.say("the time given is over")
            return False
        self.found.trials.update(self.oracle.run(left) if left else {})
        return True

    def _steps(self) -> Iterator[Candidate]:
        """What lies between the best of each system and its neighbours, and is not tried yet."""
        best = {system: self._best(system) for system in self.space.systems}
        costs = [self.found.trials[one].cost for one in best.values() if one is not None]
        offered: set[Candidate] = set()
        for one in best.values():
            if one is None:
                continue
            for step, beyond in self._around(one):
                known = self.found.trials.get(beyond)
                # What lies between costs at least what the stricter neighbour does.
                late = self.question.within is None and known and known.cost >= min(costs)
                new = step not in self.found.trials and step not in self.found.skipped
                # Where nothing was taken away, nothing lies between.
                same = known and known.cost == self.found.trials[one].cost
                if not new or step in offered or late or same:
                    continue
                if not self._hopeless(step):
                    offered.add(step)
                    yield step

    def _around(self, one: Candidate) -> Iterator[tuple[Candidate, Candidate]]:
        """Candidates half way to a neighbour, each with that neighbour."""
        for side, rules in (("query", self.found.queries), ("document", self.found.documents)):
            rule = getattr(one.pruning, side)
            known = {getattr(c.pruning, side) for c in self._known(one.system)}
            mild, strict = neighbours([r for r in rules if r in known], rule)
            if strict is None and self.floor is not None and (rule.k or 0) > 1:
                # The strictest does: it may be too mild.
                strict = Rule.top((rule.k or 0) // 2)
                rules.insert(rules.index(rule) + 1, strict)
                yield _with(one, side, strict), _with(one, side, strict)
                continue
            pairs = [(rule, strict, strict)]
            if self.question.within is not None:
                pairs.append((mild, rule, mild))
            for a, b, beyond in pairs:
                if a is None or b is None or beyond is None:
                    continue
                middle = between(a, b)
                if middle is not None and middle not in rules:
                    rules.insert(rules.index(b), middle)
                if middle is not None:
                    yield _with(one, side, middle), _with(one, side, beyond)

    def _known(self, system: str) -> Iterator[Candidate]:
        for one in (*self.found.trials, *self.found.skipped):
            if one.system == system:
                yield one

    def _best(self, system: str) -> Candidate | None:
        own = {one: trial for one, trial in self.found.trials.items() if one.system == system}
        return self.leading(own)

    def leading(self, trials: dict[Candidate, Trial]) -> Candidate | None:
        """The one of some that answers the question, as far as these queries can tell."""
        if self.floor is not None:
            needed = self.floor.mean - self.question.margin
            good = {one: t for one, t in trials.items() if t.mean >= needed}
            return min(good, key=lambda one: (good[one].cost, one.order), default=None)
        assert self.question.within is not None
        paid = {one: t for one, t in trials.items() if t.cost <= self.question.within}
        return min(paid, key=lambda one: (-paid[one].mean, paid[one].cost, one.order), default=None)

    def _hopeless(self, one: Candidate) -> bool:
        leader = None if self.floor else self.leading(self.found.trials)
        needed = self.floor or (leader and self.found.trials[leader])
        if needed is None:
            return False
        shift = self.question.margin if self.floor else 0.0
        for other, trial in self.found.trials.items():
            if other.system == one.system and self._keeps_more(other, one):
                if self.question.within is not None and trial.cost > self.question.within:
                    continue  # it is only too dear
                if self._most(other, leader, needed) < -shift:
                    return True
        return False

    def _most(self, one: Candidate, leader: Candidate | None, needed: Trial) -> float:
        """How much better than what is needed a candidate can be."""
        if (one, leader) not in self._bounds:
            differences = self.found.trials[one].values - needed.values
            self._bounds[one, leader] = bound(differences, self.question.confidence).upper
        return self._bounds[one, leader]

    def _keeps_more(self, mild: Candidate, strict: Candidate) -> bool:
        def at(rules: list[Rule], rule: Rule) -> int:
            return rules.index(rule)

        return at(self.found.queries, mild.pruning.query) <= at(
            self.found.queries, strict.pruning.query
        ) and at(self.found.documents, mild.pruning.document) <= at(
            self.found.documents, strict.pruning.document
        )


def _with(one: Candidate, side: str, rule: Rule) -> Candidate:
    return Candidate(one.system, one.pruning._replace(**{side: rule}))
