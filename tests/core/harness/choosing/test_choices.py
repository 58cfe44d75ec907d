"""The search and the decision, on collections whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from simulated import Simulated, terms

from ground.errors import InputError
from harness.choosing import Candidate, Choice, Question, Space, choose, parse_rules
from harness.choosing.choice import front
from harness.choosing.deciding import sequence
from harness.choosing.halves import halves
from harness.choosing.space import between, neighbours
from harness.choosing.trials import Trial
from harness.pruning import NONE, Rule
from harness.sweep.grid import Pruning

SPACE = Space(("A",), parse_rules("0,20,10,7,5,3", "q"), parse_rules("0,40,20,10,5", "d"))


def at(query: int, document: int, system: str = "A") -> Candidate:
    return Candidate(system, Pruning(Rule.top(query), Rule.top(document)))


def cost(one: Candidate) -> float:
    return float(terms(one.pruning.query) * terms(one.pruning.document))


def steep(one: Candidate) -> float:
    """.6, less what pruning below 10 and 20 terms takes."""
    query, document = terms(one.pruning.query), terms(one.pruning.document)
    return 0.6 - 0.02 * max(0, 10 - query) - 0.01 * max(0, 20 - document)


def trial(cost: float, *values: float) -> Trial:
    return Trial(np.array(values), cost)


def asked(seed: int, queries: int = 1000, **question: object) -> Choice:
    rng = np.random.default_rng(seed)
    finding, confirming = (Simulated(steep, cost, 0.6, queries, rng) for _ in range(2))
    wanted = Question("RR@10", **{"margin": 0.05, **question})  # type: ignore[arg-type]
    made = choose(wanted, SPACE, finding, confirming)
    looked = [look.candidate for look in made.looks]
    plain = [at(0, 0)] if made.chosen else []
    # Of the other half nothing but what is confirmed is looked at.
    assert list(dict.fromkeys(confirming.tried)) == list(dict.fromkeys([*looked, *plain]))
    return made


def test_a_broken_margin_is_rarely_confirmed_and_what_is_cheap_is_found() -> None:
    """Of 200 draws at most 5% break the margin (and 3 standard errors of the simulation)."""
    broken, costs = 0, []
    for seed in range(200):
        chosen = asked(seed, 400).chosen
        if chosen is not None:
            broken += steep(chosen.candidate) < 0.6 - 0.05 - 1e-12
            costs.append(chosen.trial.cost)
    assert broken <= 10 + 9
    assert len(costs) >= 120 and np.median(costs) <= 250


def test_the_search_goes_on_between_the_neighbours_of_the_best() -> None:
    made = asked(1, 20_000)
    chosen = made.chosen
    assert chosen is not None
    # .55 is kept by 8 terms a query and 19 a document (.55), 9 and 17 (.55), 10 and 15 (.55).
    query, document = (terms(rule) for rule in chosen.candidate.pruning)
    assert chosen.candidate not in [at(q, d) for q in (0, 20, 10, 7, 5) for d in (0, 40, 20, 10)]
    assert chosen.trial.cost < 200 and steep(chosen.candidate) >= 0.55, (query, document)
    assert chosen.difference is not None and chosen.difference.lower >= -0.05


def test_what_is_clearly_lost_is_not_gone_on_from() -> None:
    made = asked(2, 20_000)
    tried = made.explored.trials
    assert at(5, 0) in tried  # .5: clearly below .55, which shorter documents cannot repair
    assert {at(5, 20), at(5, 5), at(3, 10)} <= set(made.explored.skipped)
    assert not set(made.explored.skipped) & set(tried)
    assert made.explored.complete


def test_too_few_queries_say_so_and_how_many_would_do() -> None:
    rng = np.random.default_rng(0)
    finding, confirming = (Simulated(lambda one: 0.6, cost, 0.6, 60, rng) for _ in range(2))
    made = choose(Question("RR@10", margin=0.001), SPACE, finding, confirming)
    assert made.chosen is None
    assert len(made.looks) == 1 and not made.looks[0].holds


def test_time_that_is_over_ends_the_search_and_not_the_answer() -> None:
    rng = np.random.default_rng(0)
    finding, confirming = (Simulated(steep, cost, 0.6, 500, rng) for _ in range(2))
    made = choose(Question("RR@10", margin=0.1), SPACE, finding, confirming, seconds=-1.0)
    assert not made.explored.complete and not made.explored.trials and made.chosen is None


def test_the_best_within_a_budget() -> None:
    made = asked(3, 20_000, reference=None, within=150.0)
    chosen = made.chosen
    assert chosen is not None and chosen.trial.cost <= 150
    # 10 terms a query and 15 a document (.55) are the best that 150 buys; 8 and 18 have .54.
    assert steep(chosen.candidate) >= 0.53
    assert made.reference is None and chosen.difference is None
    assert not asked(3, 100, reference=None, within=1.0).looks


def test_rules_that_take_nothing_away_end_the_search() -> None:
    rng = np.random.default_rng(0)
    finding, confirming = (Simulated(lambda one: 0.6, cost, 0.6, 500, rng, 0.0) for _ in range(2))
    for question in ({"reference": None, "within": 1e9}, {"margin": 0.5}):
        made = choose(Question("RR@10", **question), SPACE, finding, confirming)  # type: ignore[arg-type]
        assert made.explored.complete and made.chosen is not None
        assert max(terms(one.pruning.query) for one in made.explored.trials) == 40
        assert len(made.explored.trials) < 50


def test_the_order_of_the_looks_is_from_the_surest_to_the_cheapest() -> None:
    floor = trial(9, *[0.5] * 50)
    better, equal = [0.7] * 25 + [0.5] * 25, [0.6, 0.4] * 25
    trials = {
        at(0, 0): trial(100, *equal),
        at(20, 0): trial(50, *better),
        at(10, 0): trial(70, *better),
        at(7, 0): trial(20, *equal),
        at(5, 0): trial(10, *[0.0] * 50),
    }
    # The surest, at the lower cost; then what is cheaper still. The last is not good enough.
    assert sequence(Question("RR@10"), trials, floor) == [at(20, 0), at(7, 0)]
    many = {at(k, 0): trial(k, *[0.5 + k / 1000, 0.5] * 25) for k in range(1, 30)}
    order = sequence(Question("RR@10"), many, floor, looks=5)
    assert [one.pruning.query.k for one in order] == [29, 22, 15, 8, 1]


def test_the_front() -> None:
    trials = {at(k, 0): trial(c, v) for k, c, v in ((1, 5, 0.1), (2, 5, 0.2), (3, 7, 0.2))}
    trials[at(4, 0)] = trial(9, 0.3)
    assert front(trials) == [at(2, 0), at(4, 0)]


def test_halves_do_not_depend_on_the_order() -> None:
    names = [f"q{i}" for i in range(101)]
    one, other = halves(names, seed=1)
    assert halves(reversed(names), seed=1) == (one, other)
    assert (len(one), len(other)) == (50, 51) and not set(one) & set(other)
    assert halves(names, seed=2)[0] != one
    with pytest.raises(InputError, match="cannot be split"):
        halves(["q"], seed=1)


def test_rules_in_between() -> None:
    assert between(Rule.top(10), Rule.top(5)) == Rule.top(7)
    assert between(NONE, Rule.top(40)) == Rule.top(80)
    assert between(Rule.top(6), Rule.top(5)) is None
    assert between(Rule.parse("ratio:0.1"), Rule.parse("ratio:0.2")) == Rule.parse("ratio:0.15")
    assert between(Rule.parse("ratio:0.1"), Rule.top(5)) is None
    assert between(Rule.parse("list:1000"), Rule.parse("list:500")) == Rule.parse("list:750")
    assert between(Rule.parse("list:9"), Rule.parse("list:6")) == Rule.parse("list:7")
    assert between(Rule.parse("list:6"), Rule.parse("list:5")) is None
    two = Rule.parse("common:5:0.4"), Rule.parse("common:3:0.4")
    assert between(*two) is None
    rules = parse_rules("5,0,20", "--query-rules")
    assert [rule.k for rule in rules] == [0, 20, 5]
    assert neighbours(rules, Rule.top(20)) == (NONE, Rule.top(5))
    assert [str(r) for r in parse_rules("mass:0.9,mass:0.5", "q")] == ["mass:0.9", "mass:0.5"]
    with pytest.raises(InputError, match="twice"):
        parse_rules("5,top:5", "--query-rules")


@pytest.mark.parametrize(
    "wrong", [{"reference": None}, {"within": 5.0}, {"margin": 0.0}, {"confidence": 0.4}]
)
def test_questions_that_are_none(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Question("RR@10", **wrong)  # type: ignore[arg-type]
