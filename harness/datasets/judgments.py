"""What holds of judgments whatever they come from: whole grades, and one for each pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

LARGEST_GRADE = 1_000_000
"""Tools keep a table with a row for every grade up to the largest."""
Judgment = tuple[int, str, str, int]
"""Number of a line or a record, query id, document id, grade."""
Place = Callable[[int], str]
"""Where a line or a record of this number stands, in words."""


def judgment_table(judgments: Iterable[Judgment], place: Place) -> pd.DataFrame:
    """Judgments as a table; one that is repeated with the same grade is kept once.

    Returns:
        Columns ``query_id`` (str), ``doc_id`` (str), ``relevance`` (int64), in their order.

    Raises:
        InputError: two grades for one pair.
    """
    import pandas as pd

    grades: dict[tuple[str, str], int] = {}
    for number, query, document, grade in judgments:
        before = grades.setdefault((query, document), grade)
        if before != grade:
            raise InputError(
                f"{place(number)}: query {query!r} and document {document!r} are judged "
                f"{grade} here and {before} before. Keep one of the two."
            )
    return pd.DataFrame(
        {
            "query_id": pd.Series([q for q, _ in grades], dtype=object),
            "doc_id": pd.Series([d for _, d in grades], dtype=object),
            "relevance": pd.Series(list(grades.values()), dtype="int64"),
        }
    )


def whole_grade(value: object, place: str) -> int:
    """A grade that comes as a value, not as text.

    Raises:
        InputError: it is no whole number, or beyond `LARGEST_GRADE`.
    """
    number: Any = value
    if isinstance(value, bool) or not isinstance(value, Real) or number != number // 1:
        raise InputError(
            f"{place}: the grade {str(value)[:40]!r} is not a whole number. Write the judgments "
            f"that you mean to a file, and use the collection as a folder in BEIR's layout."
        )
    if abs(number) > LARGEST_GRADE:
        raise InputError(f"{place}: the grade {value!s:.20} is beyond {LARGEST_GRADE:,}.")
    return int(number)
