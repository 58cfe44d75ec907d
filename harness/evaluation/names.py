"""Names of measures: split, understood, checked, and written as ir_measures writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ground.errors import InputError
from harness.evaluation.notation import check_notation
from harness.evaluation.parameters import check_parameters
from harness.evaluation.tools import tools

_EXAMPLES = "RR@10, R@1000, nDCG@10, AP, P(rel=2)@5, Judged@10"
_LONGEST = 500
_FAULTS = (ValueError, NameError, AssertionError, TypeError, KeyError, AttributeError)

_OF_SUBTOPICS = (
    *("ERR_IA", "nERR_IA", "alpha_DCG", "alpha_nDCG", "NRBP", "nNRBP", "AP_IA", "P_IA"),
    "StRecall",
)


def split_measures(text: str) -> list[str]:
    """Split a list of measures at spaces and commas, except within parentheses."""
    return [part for part in re.split(r"[\s,]+(?![^()]*\))", text) if part]


def measure_names(text: str) -> tuple[str, ...]:
    """A list of measures as ir_measures writes them, each once: ``MRR@10`` is ``RR@10``.

    Raises:
        InputError: as `parse_measures`.
    """
    return tuple(str(measure) for measure in parse_measures(split_measures(text)))


def parse_measures(names: Iterable[str]) -> list[Any]:
    """Turn names such as ``nDCG@10`` into ir_measures objects; ``str()`` gives the name back.

    Raises:
        InputError: a name is not a measure, a parameter is out of its range, or nothing that is
            installed can compute it.
    """
    measures: list[Any] = []
    for name in names:
        measure = _parse(name)
        if measure not in measures:
            measures.append(measure)
    if not measures:
        raise InputError(f"No measure is given. Examples: {_EXAMPLES}.")
    return measures


def is_effectiveness(name: str) -> bool:
    """Whether ir_measures knows this name, rather than its being a cost."""
    import ir_measures

    try:
        ir_measures.parse_measure(name)
    except _FAULTS:
        return False
    return True


def _parse(name: str) -> Any:
    import ir_measures

    try:
        if len(name) > _LONGEST:
            raise ValueError(f"its name has {len(name):,} characters")
        check_notation(name)
        measure = check_parameters(ir_measures.parse_measure(name))
    except (*_FAULTS, RecursionError, MemoryError) as error:
        why = f"{error}{_similar(name)}" if isinstance(error, NameError) else str(error)
        raise InputError(_not_a_measure(name, why)) from None
    if why := _unsupported(measure):
        raise InputError(_not_a_measure(name, why))
    return measure


def _unsupported(measure: Any) -> str:
    """Why nothing that is installed computes a measure; empty if something does."""
    if measure.NAME in _OF_SUBTOPICS:
        return "it needs judgments of subtopics, which are not read here"
    if measure.NAME in ("NumQ", "NumRel") or tools().supports(measure):
        return ""
    if "cutoff" in measure.SUPPORTED_PARAMS and "cutoff" not in measure.params:
        with_cutoff = measure(cutoff=10)
        if tools().supports(with_cutoff):
            return f"it needs a cutoff, as in {with_cutoff}"
    able = [tool for tool in tools().providers if tool.supports(measure)]
    hints = [hint for tool in able if (hint := tool.install_instructions())]
    return "no installed package computes it" + (f"; {' or '.join(hints)}" if hints else "")


def _similar(name: str) -> str:
    """Measures are told apart by case: say which one was probably meant."""
    import ir_measures

    start = re.match(r"\s*(\w+)", name)
    known = ir_measures.measures.registry
    meant = [n for n in known if start and n.casefold() == start[1].casefold()]
    return f"; did you mean {meant[0]}?" if meant else ""


def _not_a_measure(name: str, why: str) -> str:
    shown = name if len(name) <= _LONGEST else f"{name[:50]}..."
    return (
        f"{shown!r} is not a measure that can be computed here ({why.strip() or 'bad parameters'})."
        f" Examples: {_EXAMPLES}. All of them: https://ir-measur.es"
    )
