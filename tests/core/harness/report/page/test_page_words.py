"""What a page says and chooses, by hand: the front, the summary, the queries that it opens."""

from __future__ import annotations

import base64
import gzip
import json

import numpy as np
import pytest

from harness.evaluation.pareto import pareto
from harness.evaluation.significance.all_pairs import all_pairs
from harness.report.page.chosen import as_many_as_fit, in_order
from harness.report.page.packing import packed
from harness.report.page.summary import Seen, sentences
from harness.report.page.values import MISSING, SCALE, matrix_of, scale_of, whole_numbers
from harness.report.points import Point
from harness.runs.perquery import make_values

QUERIES = [f"q{i:02}" for i in range(40)]


def point(name, system, values, postings, **more):
    table = make_values(QUERIES, {"RR@10": values, "postings": [postings] * 40})
    return Point(name, system, table, **more)


BM25 = point("bm25", "BM25", [0.2, 0.3] * 20, 1000)
FULL = point("a-0-0", "a", [0.6, 0.5] * 20, 4000, qk=0, dk=0)
LIKE = point("a-7-20", "a", [0.55, 0.55] * 20, 500, qk=7, dk=20)
HARD = point("a-1-1", "a", [0.1, 0.0] * 20, 50, qk=1, dk=1)


def seen(points, baseline):
    values = np.array([p.by_query("RR@10").to_numpy() for p in points])
    means = [p.mean("RR@10") for p in points]
    return Seen(points, "RR@10", means, all_pairs(values), 40, baseline)


def test_the_front_is_what_nothing_beats_at_a_lower_cost():
    assert pareto([10, 5, 7, 5], [0.4, 0.2, 0.1, 0.3]) == [3, 0]
    assert pareto([1, 2], [0.5, 0.5]) == [0]
    assert pareto([None, 3, 1], [0.9, None, 0.1]) == [2]
    assert pareto([], []) == []


def test_the_summary_says_what_the_tests_carry():
    said = " ".join(sentences(seen([BM25, FULL, LIKE, HARD], 0)))
    # .55 both: no query favours either on average; LIKE reads an eighth.
    assert "a 0:0 has the highest RR@10, 0.550, reading 4,000 postings a query" in said
    assert "1 other is not significantly below it" in said
    assert "The cheapest of those is a 7:20: 500 postings a query, 88% fewer" in said
    assert "the difference is +0.000" in said and "does not mean equal" in said
    # Cheapest first: 50, then 500; BM25 costs more than a 7:20 and is worse.
    assert "these: a 1:1 (50 postings, 0.050), a 7:20 (500 postings, 0.550)." in said
    assert "BM25 is not among them" in said
    assert "2 significantly above (a 0:0, a 7:20), 1 below (a 1:1), 0 undecided" in said
    assert "Holm over 3" in said


def test_a_clear_best_one_is_called_that():
    said = " ".join(sentences(seen([BM25, FULL, HARD], 0)))
    assert "On these 40 queries every other is significantly below it." in said


def test_a_lone_system_is_compared_with_nothing():
    said = sentences(seen([FULL], None))
    assert said == ["a 0:0 has the highest RR@10, 0.550, reading 4,000 postings a query."]


def test_values_are_whole_numbers_and_back():
    values = np.array([[0.25, np.nan, 1.0]])
    assert scale_of(values) == SCALE
    assert whole_numbers(values, SCALE) == [[2500, MISSING, 10_000]]
    counts = np.array([[3.0, 12.0, np.nan]])
    assert scale_of(counts) == 1 and whole_numbers(counts, 1) == [[3, 12, MISSING]]
    table = make_values(["a", "b"], {"RR@10": [0.5, 1.0]})
    assert matrix_of([Point("x", "x", table)], "RR@10", ["b", "c"])[0].tolist()[0] == 1.0


def test_data_is_unpacked_as_it_was():
    value = {"<b>": ["</script>", None, 1.5, "가"]}
    text = packed(value)
    assert "<" not in text and json.loads(gzip.decompress(base64.b64decode(text))) == value
    assert packed(value) == text
    with pytest.raises(ValueError):
        packed({"x": float("nan")})


def test_queries_that_tell_systems_apart_come_first():
    values = np.zeros((4, 6))
    values[1] = [0, 0, 0, 1, 0, 0]  # the first point of a gains most over BM25 on the fourth
    values[0] = [1, 0, 0, 0, 0, 0]  # and loses most on the first
    values[3] = [0, 0, 0, 1, 0, 0.5]  # the strictest pruning gains on the last
    order = in_order([BM25, FULL, LIKE, HARD], values)
    assert order[:2] == [3, 0] and 5 in order[:5]
    assert sorted(order) == list(range(6))


def test_as_many_are_opened_as_fit():
    rng = np.random.default_rng(0)
    blobs = {q: {"x": rng.bytes(500).hex()} for q in QUERIES}

    def details(wanted):
        return {q: blobs[q] for q in wanted}

    found = as_many_as_fit(QUERIES, details, budget=5_000)
    assert list(found) == QUERIES[: len(found)] and 5 <= len(found) <= 10
    assert as_many_as_fit(QUERIES, details, budget=10) == {}
    assert len(as_many_as_fit(QUERIES, details, budget=10**9)) == 40
