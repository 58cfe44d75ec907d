"""What the parameters of measures may be; the tools themselves abort, hang or answer nonsense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GREATEST_GRADE = 1_000_000
"""trec_eval keeps an array with a place for each grade."""

GREATEST_CUTOFF = 2**31 - 1
_PERSISTENT = "is above 0 and below 1"
_LEVEL = f"starts at 1 and ends at {GREATEST_GRADE:,}"
_GAINS = f"map grades to gains, both whole numbers from 0 to {GREATEST_GRADE:,}"

Rule = tuple[str, Callable[[Any], bool]]


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _share(value: Any) -> bool:
    return bool(0 <= value <= 1)


def _within(value: Any) -> bool:
    return bool(0 < value < 1)


def _are_gains(value: Any) -> bool:
    fits = _whole(0, GREATEST_GRADE)
    return isinstance(value, dict) and all(fits(k) and fits(v) for k, v in value.items())


_RULES: dict[str, Rule] = {
    "cutoff": (
        f"cutoffs start at 1 and end at {GREATEST_CUTOFF:,}, whole numbers",
        _whole(1, GREATEST_CUTOFF),
    ),
    "rel": (f"rel {_LEVEL}, a whole number", _whole(1, GREATEST_GRADE)),
    "min_rel": (f"min_rel starts at 0 and ends at {GREATEST_GRADE:,}", _whole(0, GREATEST_GRADE)),
    "max_rel": (f"max_rel {_LEVEL}", _whole(1, GREATEST_GRADE)),
    "recall": ("recall is between 0 and 1", _share),
    "p": (f"p {_PERSISTENT}", _within),
    "alpha": ("alpha is between 0 and 1", _share),
    "T": ("T is above 0 and at most 1,000,000", lambda value: 0 < value <= 1e6),
    "gains": (f"gains {_GAINS}", _are_gains),
}

_BETAS: dict[str, Rule] = {
    # The tool reads no exponents: it would take 1e-07 for 1.
    "SetF": ("beta is 0, or from 0.0001 to 10,000", lambda b: b == 0 or 1e-4 <= b <= 1e4),
}
_BETA: Rule = (f"beta {_PERSISTENT}", _within)


def check_parameters(measure: Any) -> Any:
    """Check a measure's parameters.

    Args:
        measure: as ir_measures has parsed it.

    Returns:
        The measure, with whole numbers as floats where floats belong (``IPrec@1``).

    Raises:
        ValueError: with the parameter and its range.
    """
    known = measure.SUPPORTED_PARAMS
    unknown = [name for name in measure.params if name not in known]
    if unknown:
        having = f"it has {', '.join(known)}" if known else "it has none"
        raise ValueError(f"{measure.NAME} has no parameter {unknown[0]!r}; {having}")
    missing = [n for n, info in known.items() if info.required and n not in measure.params]
    if missing:
        raise ValueError(_needs(measure, missing[0]))
    for name, value in measure.params.items():
        _check(measure, name, value)
    low, high = measure.params.get("min_rel", 0), measure.params.get("max_rel")
    if high is not None and low >= high:
        raise ValueError(f"min_rel {low} is not below max_rel {high}")
    floats = {n for n, info in known.items() if info.dtype is float}
    return measure(**{n: float(v) for n, v in measure.params.items() if n in floats})


def _check(measure: Any, name: str, value: Any) -> None:
    info = measure.SUPPORTED_PARAMS[name]
    number = type(value) in (int, float) and info.dtype is float
    rule = _BETAS.get(measure.NAME, _BETA) if name == "beta" else _RULES.get(name)
    words, fits = rule if rule else (f"{name} is {_kind(measure, name)}", info.validate)
    right_kind = number or (type(value) is info.dtype if info.dtype else True)
    if not right_kind or not fits(value):
        raise ValueError(f"{words}, not {value!r}")


def _kind(measure: Any, name: str) -> str:
    info = measure.SUPPORTED_PARAMS[name]
    if isinstance(info.choices, list | tuple):
        return " or ".join(repr(choice) for choice in info.choices)
    return "True or False" if info.dtype is bool else f"of type {info.dtype.__name__}"


def _needs(measure: Any, parameter: str) -> str:
    if parameter == measure.AT_PARAM:
        example = "0.5" if parameter == "recall" else "10"
        return f"it needs a {parameter}, as in {measure.NAME}@{example}"
    return f"it needs {parameter}, as in {measure.NAME}({parameter}=1)"
