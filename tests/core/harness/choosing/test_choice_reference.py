"""What must not be lost against, and what may be spent, as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ground.errors import InputError
from harness.choosing.preparing import named
from harness.choosing.reference import parse_budget, parse_reference
from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser


def test_references(tmp_path: Path) -> None:
    assert parse_reference(" BM25 ", ["A"]).is_bm25
    point = parse_reference("a@b@7:20", ["a@b"]).candidate
    assert point is not None and point.system == "a@b"
    assert (point.pruning.query, point.pruning.document) == (Rule.top(7), Rule.top(20))
    rules = parse_reference("A@top:7/ratio:0.1", ["A"]).candidate
    assert rules is not None and str(rules.pruning.document) == "ratio:0.1"
    run = tmp_path / "A@run"
    run.write_text("")
    assert parse_reference(str(run), ["A"]).run == run


@pytest.mark.parametrize("wrong", ["B@0:0", "A", "A@7", "A@0:0,7:20", "missing.trec"])
def test_what_is_no_reference(wrong: str) -> None:
    with pytest.raises(InputError):
        parse_reference(wrong, ["A"])


def test_budgets() -> None:
    assert parse_budget("5,000") == 5000.0 and parse_budget("0.5") == 0.5
    assert parse_budget("bm25") is None
    for wrong in ("0", "-1", "nan", "inf", "much"):
        with pytest.raises(InputError, match="no cost that may be spent"):
            parse_budget(wrong)


def test_a_quantisation_is_in_a_name_where_there_are_several() -> None:
    one, two = Quantiser.parse("scale:100"), Quantiser.parse("bits:8")
    assert named("A", one, [one]) == "A"
    assert [named("A", q, [one, two]) for q in (one, two)] == ["A-scale100", "A-bits8"]
