"""Rules of other packages with values of their own, and how they are spelled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.pruning import Columns, Rule
from harness.pruning.kinds import RULES, Kind
from harness.pruning.matching import match_postings
from harness.sweep.grid import parse_grid


class Span(NamedTuple):
    """First and last column that stay."""

    first: int
    last: int

    @classmethod
    def read(cls, text: str) -> Span:
        first, last = text.split("~")
        return cls(int(first), int(last))

    def __str__(self) -> str:
        return f"{self.first}~{self.last}"


def between(matrix: sp.csr_array, span: Span, columns: Columns) -> sp.csr_array:
    kept = matrix.copy()
    kept.data[(kept.indices < span.first) | (kept.indices > span.last)] = 0
    kept.eliminate_zeros()
    return kept


@pytest.fixture(autouse=True)
def span_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RULES, "_known", dict(RULES._known))
    kind = Kind(between, lambda span: span.first <= span.last, "span:1~2", read=Span.read)
    RULES.add("span", kind._replace(columns=True))


def test_a_value_of_its_own() -> None:
    rule = Rule.parse("span:1~2+top:1")
    matrix = sp.csr_array(np.asarray([[9, 1, 2, 9], [9, 4, 3, 9]], dtype=np.float32))
    assert rule.apply(matrix).toarray().tolist() == [[0, 0, 2, 0], [0, 4, 0, 0]]
    assert str(rule) == rule.identity == "span:1~2+top:1"
    # 1-2 may be a value, too: where a letter is changed, a digest tells the two apart.
    assert rule.file_name.startswith("span1-2~") and rule.file_name.endswith("+top1")
    assert str(parse_grid("span:1~2/3")[0]) == "span:1~2/3"
    assert rule.by_columns and rule.contents == {}
    assert match_postings("span:1~2+top:?", matrix, 2).rule == rule


@pytest.mark.parametrize("text", ["span:2~1", "span:1", "span:a~b", "span"])
def test_values_that_it_refuses(text: str) -> None:
    with pytest.raises(InputError, match="is no pruning rule.*span:1~2"):
        Rule.parse(text)
