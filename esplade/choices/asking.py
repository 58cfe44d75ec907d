"""A question as people put it, made into one that can be answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.choosing.preparing import Wanted
    from harness.quantisation.quantiser import Quantiser


def asked(
    not_worse_than: str | Path | None,
    within: str | float | None,
    names: Sequence[str],
    quantisers: tuple[Quantiser, ...],
    rules: tuple[str, str],
    minutes: float | None,
    **question: Any,
) -> Wanted:
    """Read what must not be lost against, or what may be spent.

    Args:
        not_worse_than: see `esplade.choose`.
        within: likewise; BM25 is the reference if neither is given.
        names: of the encoders.
        quantisers: how weights become impacts.
        rules: of queries and of documents.
        minutes: after which nothing new is begun.
        question: measure, cost, margin and confidence.

    Raises:
        InputError: both are given, or something cannot be read.
    """
    from harness.choosing import Question, Space, parse_rules
    from harness.choosing.preparing import Wanted, named
    from harness.choosing.reference import parse_budget, parse_reference
    from harness.choosing.sweeping import COSTS
    from harness.evaluation import is_effectiveness

    if not_worse_than is not None and within is not None:
        raise InputError(
            "--not-worse-than asks for the cheapest that is good enough, and --within for the "
            "best that can be afforded: give one of them."
        )
    if question["cost"] not in COSTS:
        raise InputError(f"--cost {question['cost']!r} is none of {', '.join(COSTS)}.")
    if not is_effectiveness(question["measure"]):
        raise InputError(f"--measure {question['measure']} is a cost, not what is to be kept.")
    if minutes is not None and minutes <= 0:
        raise InputError(f"--minutes {minutes:g}: give a time above 0.")
    systems = [named(name, one, quantisers) for name in names for one in quantisers]
    queries, documents = rules
    space = Space(
        tuple(systems),
        tuple(rule.check_queries() for rule in parse_rules(queries, "--query-rules")),
        parse_rules(documents, "--doc-rules"),
    )
    seconds = None if minutes is None else 60 * minutes
    if within is None:
        reference = parse_reference(str(not_worse_than or "bm25"), systems)
        made = Question(reference=reference.text, **question)
        return Wanted(made, reference, False, space, quantisers, seconds)
    budget = parse_budget(str(within))
    # What BM25 costs is measured first.
    made = Question(reference=None, within=budget or 1.0, **question)
    return Wanted(made, None, budget is None, space, quantisers, seconds)
