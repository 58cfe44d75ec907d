"""What stands beside a value: signs against a baseline, or letters of what it is above."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.evaluation.significance import Comparison, Settings

BETTER, WORSE = "▲", "▼"
EQUIVALENT, NOT_WORSE = "≈", "≥"
MOST_LETTERS = 26
"""Systems that have letters without being asked for: beyond the alphabet nobody reads them."""
_MOST_PAIRS = 12
"""Pairs that are named; of more, how many there are is said."""

Marks = dict[tuple[str, str], str]
"""System and measure to what stands beside the value."""


def baseline_marks(comparisons: Sequence[Comparison]) -> Marks:
    """▲ or ▼ for what differs from the baseline; ≈ for what is shown to be equivalent to it.

    ≥ stands for what is shown not to be worse by the margin, where it is not ▲ or ≈ already.
    """
    return {(c.system, c.measure): _mark(c) for c in comparisons}


def letters(names: Sequence[str]) -> dict[str, str]:
    """A letter a name: a to z, then aa, ab and so on."""
    return {name: _letter(i) for i, name in enumerate(names)}


def letter_marks(comparisons: Sequence[Comparison], letter_of: Mapping[str, str]) -> Marks:
    """The letters of the systems that one is better than, in order, by system and measure."""
    better: dict[tuple[str, str], set[str]] = {}
    for c in comparisons:
        if c.significant and c.difference:
            winner, other = (c.system, c.baseline) if c.difference > 0 else (c.baseline, c.system)
            better.setdefault((winner, c.measure), set()).add(other)
    between = "" if len(letter_of) <= MOST_LETTERS else ","
    return {
        key: between.join(letter for name, letter in letter_of.items() if name in others)
        for key, others in better.items()
    }


def baseline_legend(
    baseline: str, comparisons: Sequence[Comparison], settings: Settings
) -> list[str]:
    """What the signs mean, and how they were tested."""
    return _legend(
        comparisons,
        settings,
        f"{BETTER} {WORSE}: above or below {baseline}",
        lambda within: (
            f"{EQUIVALENT}: equivalent to {baseline} {within}; {NOT_WORSE}: not worse by "
            f"{settings.margin:g} or more."
        ),
    )


def letter_legend(
    comparisons: Sequence[Comparison], settings: Settings, letter_of: Mapping[str, str]
) -> list[str]:
    """What the letters mean, how they were tested, and which pairs are shown to be equivalent."""
    return _legend(
        comparisons,
        settings,
        "Superscripts: above the system of that letter",
        lambda within: f"Equivalent {within}: {_equivalent(comparisons, letter_of)}.",
    )


def _legend(
    comparisons: Sequence[Comparison],
    settings: Settings,
    marked: str,
    equivalent: Callable[[str], str],
) -> list[str]:
    """What marks mean and how that was tested; with a margin, what is said of being within it."""
    if not comparisons:
        return []
    words = settings.words(len(comparisons), max(c.queries for c in comparisons))
    found = [f"{marked}, p < {settings.alpha:g} ({words})."]
    if settings.margin is not None:
        tested = f"two one-sided paired t-tests, {settings.corrected(len(comparisons))}"
        found.append(equivalent(f"within {settings.margin:g} ({tested})"))
    return found


def _equivalent(comparisons: Sequence[Comparison], letter_of: Mapping[str, str]) -> str:
    """Pairs of letters by measure, or how many there are."""
    pairs: dict[str, list[str]] = {}
    for c in comparisons:
        if c.equivalent:
            both = sorted((letter_of[c.system], letter_of[c.baseline]), key=_place)
            pairs.setdefault(c.measure, []).append("-".join(both))
    number = sum(map(len, pairs.values()))
    if number > _MOST_PAIRS:
        return f"{number:,} of {len(comparisons):,} pairs"
    listed = [f"{', '.join(found)} in {measure}" for measure, found in pairs.items()]
    return "; ".join(listed) or "no pair"


def _mark(c: Comparison) -> str:
    sign = (BETTER if c.difference > 0 else WORSE) if c.significant and c.difference else ""
    if c.equivalent:
        return sign + EQUIVALENT
    return sign + NOT_WORSE if c.not_worse and sign != BETTER else sign


def _letter(number: int) -> str:
    first, last = divmod(number, MOST_LETTERS)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _place(letter: str) -> tuple[int, str]:
    return len(letter), letter
