from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from ground.errors import InputError
from harness.datasets import Document
from harness.inspection.examples import draw_examples, expansion_table
from harness.inspection.expansion import expansions
from harness.pruning import Rule
from harness.report.renderings import render


class Letters:
    """Every text becomes a 0.5, b 2.0, c 1.0, d 1.0."""

    name = fingerprint = "letters"
    terms = ("a", "b", "c", "d")

    def encode(
        self, texts: Sequence[str], side: str, progress: Callable[[int], None]
    ) -> sp.csr_array:
        return sp.csr_array(np.tile(np.asarray([0.5, 2.0, 1.0, 1.0], np.float32), (len(texts), 1)))


class Worded(Letters):
    name = "worded"

    def words_of(self, text: str) -> set[str]:
        return set(text.split())


RULES = (Rule.top(0), Rule.top(2), Rule.parse("mass:0.4"))


def test_own_terms_are_told_from_added_ones() -> None:
    (found,) = expansions(Letters(), ["A bee"], "query", 2)
    assert [tuple(t) for t in found.terms] == [("b", 2.0, True), ("c", 1.0, False)]
    assert (found.total, found.own, found.left) == (4, 2, ())
    assert found.own_share == 2.5 / 4.5
    (whole,) = expansions(Letters(), ["A bee"], "query", 0)
    assert whole.line() == "b 2.00  +c 1.00  +d 1.00  a 0.50"


def test_an_encoder_that_knows_words_is_asked() -> None:
    (found,) = expansions(Worded(), ["a bee"], "query", 0)
    assert [t.term for t in found.terms if t.own] == ["a"]


def test_what_prunings_leave() -> None:
    (found,) = expansions(Worded(), ["a c"], "doc", 0, RULES)
    everything, two, mass = found.left
    assert (len(everything.terms), everything.added, everything.share) == (4, 2, 1.0)
    assert (two.terms, two.added, two.share) == ({"b", "c"}, 1, pytest.approx(3 / 4.5))
    assert (mass.terms, mass.added, mass.share) == ({"b"}, 1, pytest.approx(2 / 4.5))
    facts = json.loads(json.dumps(found.to_dict()))
    assert facts["terms"][1]["kept_by"] == ["0", "2"]
    assert facts["prunings"][2] == {
        "rule": "mass:0.4",
        "terms": 1,
        "added": 1,
        "weight_share": 0.4444,
    }


def test_a_rule_over_many_vectors_is_refused() -> None:
    with pytest.raises(InputError, match="quantile:0.5 leaves of a vector depends"):
        expansions(Letters(), ["a"], "doc", 0, [Rule.parse("quantile:0.5")])


def test_encoders_stand_side_by_side() -> None:
    found = {
        one.name: expansions(one, ["a b", "c"], "query", 3, RULES[:2])
        for one in (Letters(), Worded())
    }
    assert render(expansion_table(found, "query", RULES[:2]), "csv").splitlines() == [
        "text,rule,letters,worded,baseline",
        'a b,0,"b 2.00, +c 1.00, +d 1.00, … (4; 100%)","b 2.00, +c 1.00, +d 1.00, … (4; 100%)",0',
        ',2,"b 2.00, +c 1.00 (2; 67%)","b 2.00, +c 1.00 (2; 67%)",0',
        'c,0,"+b 2.00, c 1.00, +d 1.00, … (4; 100%)","+b 2.00, c 1.00, +d 1.00, … (4; 100%)",0',
        ',2,"+b 2.00, c 1.00 (2; 67%)","+b 2.00, c 1.00 (2; 67%)",0',
    ]
    for format in ("md", "latex", "html", "json"):
        assert "2.00" in render(expansion_table(found, "query", RULES[:2]), format)


class Judged:
    name = "judged"

    def docs(self) -> list[Document]:
        return [Document("d1", "one", ""), Document("d2", "two", ""), Document("d3", "", "")]

    def queries(self, split: str) -> dict[str, str]:
        return {"q1": "first", "q2": "second", "q3": "third", "q4": "fourth"}

    def qrels(self, split: str) -> pd.DataFrame:
        rows = [("q1", "d1", 1), ("q1", "d2", 2), ("q2", "d1", 1), ("q2", "d2", 1)]
        rows += [("q3", "d1", 0), ("q4", "d3", 3)]
        return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])


def test_examples_are_queries_with_their_best_answers() -> None:
    data: Any = Judged()
    # d2 is the best of q1, d1 the first of q2's two; q3 has none, and q4's answer has no title.
    assert draw_examples(data, "test", 5, "title") == [("first", "two"), ("second", "one")]
    assert draw_examples(data, "test", 1, "title") == [("first", "two")]
    with pytest.raises(InputError, match="no example"):
        draw_examples(data, "test", 5, "text")
