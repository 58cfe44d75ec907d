"""How differences are tested, as arguments of several calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.comparison import Comparison
    from harness.report.points import Point

PAIRS = ("baseline", "all")


class How(TypedDict, total=False):
    """Arguments of `esplade.compare` that say how differences are tested."""

    test: str
    correction: str
    alpha: float
    margin: float | None
    pairs: str | None


def check_pairs(pairs: str | None) -> None:
    """Check which pairs are asked for.

    Raises:
        InputError: neither ``baseline`` nor ``all``.
    """
    if pairs is not None and pairs not in PAIRS:
        raise InputError(f"There are no pairs {pairs!r}. Choose one of: {', '.join(PAIRS)}.")


def compared_points(points: Sequence[Point], measures: Sequence[str], how: How) -> Comparison:
    """Points of one source with tests against BM25, or the first one.

    Raises:
        InputError: how they are to be tested means nothing.
    """
    from esplade.comparison import Comparison
    from harness.calibration.kept import own_calibration
    from harness.evaluation.significance import Settings
    from harness.report.comparison import default_baseline
    from harness.report.predictions import with_predictions

    given: dict[str, Any] = {name: value for name, value in how.items() if name != "pairs"}
    settings = Settings(**given)
    check_pairs(how.get("pairs"))
    shown = with_predictions(points, own_calibration())
    return Comparison(shown, measures, default_baseline(shown), "", settings, how.get("pairs"))
