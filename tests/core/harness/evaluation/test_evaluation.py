from __future__ import annotations

import math
import subprocess

import ir_measures
import numpy as np
import pandas as pd
import pytest
from judged_runs import judgments, run_of, value

from ground.errors import InputError, IntegrityError
from harness.evaluation import (
    aggregate,
    coverage,
    evaluate,
)
from harness.runs.perquery import make_values
from harness.runs.runfile import Run


def test_values_worked_out_by_hand(tmp_path):
    run = run_of(tmp_path, "q1 Q0 x 1 9\nq1 Q0 a 2 5\nq1 Q0 b 3 4\nq2 Q0 c 1 1\nq2 Q0 y 2 0")
    qrels = judgments(("q1", "a", 2), ("q1", "b", 1), ("q1", "z", 0), ("q2", "c", 1))
    values = evaluate(run, qrels, ["RR@10", "R@2", "nDCG@10", "AP", "P@2"])
    assert value(values, "q1", "RR@10") == pytest.approx(1 / 2)
    assert value(values, "q1", "R@2") == pytest.approx(1 / 2)
    assert value(values, "q1", "P@2") == pytest.approx(1 / 2)
    assert value(values, "q1", "AP") == pytest.approx((1 / 2 + 2 / 3) / 2)
    dcg = 2 / math.log2(3) + 1 / math.log2(4)
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert value(values, "q1", "nDCG@10") == pytest.approx(dcg / ideal)
    assert value(values, "q2", "nDCG@10") == pytest.approx(1.0)
    assert aggregate(values)["RR@10"] == pytest.approx(0.75)
    assert list(aggregate(values)) == ["RR@10", "R@2", "nDCG@10", "AP", "P@2"]


def test_all_measures_see_one_ranking_where_scores_tie(tmp_path):
    run = run_of(tmp_path, "q Q0 a 1 7\nq Q0 b 2 7")
    qrels = judgments(("q", "a", 1))
    tied = {"q": {"a": 7.0, "b": 7.0}}
    plain = ir_measures.calc_aggregate([ir_measures.RR, ir_measures.RR @ 10], {"q": {"a": 1}}, tied)
    assert plain[ir_measures.RR] != plain[ir_measures.RR @ 10]  # why this has to be done
    values = aggregate(evaluate(run, qrels, ["RR", "RR@10", "P@1", "AP", "nDCG"]))
    assert values == dict.fromkeys(["RR", "RR@10", "P@1", "AP", "nDCG"], 1.0)
    values = aggregate(evaluate(run, judgments(("q", "b", 1)), ["RR", "RR@10", "P@1", "AP"]))
    assert values == {"RR": 0.5, "RR@10": 0.5, "P@1": 0.0, "AP": 0.5}


def test_long_ties_keep_the_order_of_the_run(tmp_path):
    ids = [f"d{i:04}" for i in range(2000)]
    run = run_of(tmp_path, "\n".join(f"q Q0 {d} 1 20000000" for d in reversed(ids)))
    values = aggregate(evaluate(run, judgments(("q", "d1499", 1)), ["RR", "RR@2000"]))
    assert values == {"RR": 1 / 1500, "RR@2000": 1 / 1500}


def test_judged_queries_without_results_count_as_zero(tmp_path):
    run = run_of(tmp_path, "q1 Q0 a 1 2\nq9 Q0 a 1 2")
    qrels = judgments(("q1", "a", 1), ("q2", "a", 1), ("q3", "b", 0))
    values = evaluate(run, qrels, ["RR@10", "R@10", "nDCG@10"])
    assert sorted(values["query"].unique()) == ["q1", "q2", "q3"]
    # q3 has no relevant document: it is zero too, and in the mean, as trec_eval -c has it.
    assert aggregate(values) == pytest.approx({"RR@10": 1 / 3, "R@10": 1 / 3, "nDCG@10": 1 / 3})
    found = coverage(run, qrels)
    assert (found.judged, found.answered) == (3, 1)
    assert found.missing == ("q2", "q3") and found.unjudged == ("q9",)
    zero, ignored = found.notes()
    assert "2 of 3 judged queries" in zero and "q2, q3" in zero
    assert "1 queries" in ignored and "q9" in ignored


def test_counts_are_summed_and_costs_are_averaged(tmp_path):
    run = run_of(tmp_path, "q1 Q0 a 1 2\nq1 Q0 b 2 1\nq2 Q0 a 1 1")
    values = evaluate(run, judgments(("q1", "a", 1), ("q2", "b", 1)), ["NumRet", "P@1"])
    costs = make_values(["q1", "q2"], {"postings": np.array([10, 30])})
    found = aggregate(pd.concat([values, costs]))
    assert found == {"NumRet": 3.0, "P@1": 0.5, "postings": 20.0}


def test_rows_come_by_measure_then_query(tmp_path):
    run = run_of(tmp_path, "q2 Q0 a 1 2\nq1 Q0 a 1 2")
    values = evaluate(run, judgments(("q2", "a", 1), ("q1", "a", 1)), ["RR@10", "AP"])
    assert list(zip(values["measure"], values["query"], strict=True)) == [
        ("RR@10", "q1"),
        ("RR@10", "q2"),
        ("AP", "q1"),
        ("AP", "q2"),
    ]


def test_no_common_query_is_an_error(tmp_path):
    run = run_of(tmp_path, "1 Q0 a 1 2")
    with pytest.raises(InputError, match="share no query") as error:
        evaluate(run, judgments(("q1", "a", 1)))
    assert "q1" in str(error.value) and "same data set" in str(error.value)


PARTLY = ["P@2", "R@2", "RR", "RR@5", "AP", "nDCG@5", "Bpref", "Success@5", "SetF", "Judged@2"]


def test_a_query_searched_in_vain_is_zero(tmp_path):
    """What searching gives has queries with no results, which no run file has."""
    run = Run(["q1", "q2"], np.array([0, 0, 1]), np.array(["d"], object), np.array([1]), "t")
    qrels = judgments(("q1", "d", 1), ("q2", "d", 1))
    names = [*PARTLY, "infAP", "Compat", "ERR@5", "SetP", "IPrec@0.0"]
    values = evaluate(run, qrels, names)
    assert set(values[values["query"] == "q1"]["value"]) == {0.0}
    assert value(values, "q2", "Judged@2") == 1.0 and value(values, "q2", "AP") == 1.0
    assert coverage(run, qrels).missing == ("q1",)


def test_no_result_at_all_is_not_called_another_data_set():
    run = Run(["q1"], np.array([0, 0]), np.array([], object), np.array([], int), "t")
    with pytest.raises(InputError, match="No query has any result: 1 of 2 judged") as error:
        evaluate(run, judgments(("q1", "d", 1), ("q2", "d", 1)))
    assert "share no query" not in str(error.value)


def test_what_a_tool_leaves_out_is_no_zero(tmp_path, monkeypatch):
    """A tool that forgets a query, renames it, or fails, is an error of ours and not a value."""
    run = run_of(tmp_path, "q1 Q0 a 1 2\nq2 Q0 a 1 2")
    qrels = judgments(("q1", "a", 1), ("q2", "a", 1))
    plain = ir_measures.providers.base.Evaluator.iter_calc

    def pretend(change):
        def iter_calc(self, ranking):
            return (m for metric in plain(self, ranking) for m in change(metric))

        monkeypatch.setattr(ir_measures.providers.base.Evaluator, "iter_calc", iter_calc)

    def fail(metric):
        raise subprocess.CalledProcessError(25, ["perl", "/tmp/tmp123"])

    for change, words in (
        (lambda m: [] if m.query_id == "1" else [m], "returned 0 queries that are not judged"),
        (lambda m: [m._replace(query_id=m.query_id + "x")], "2 queries that are not judged"),
        (lambda m: [m, m], "returned a query twice"),
        (lambda m: [m._replace(value=math.nan)], "no value for query 'q1', which has results"),
        (fail, "failed with exit code 25"),
    ):
        pretend(change)
        with pytest.raises(IntegrityError, match=words) as error:
            evaluate(run, qrels, ["R@5"])
        assert "/tmp" not in str(error.value)


def test_a_mean_is_exact(tmp_path):
    queries = [f"q{i}" for i in range(1500)]
    run = run_of(tmp_path, "\n".join(f"{q} Q0 a 1 2" for q in queries))
    qrels = judgments(*((q, f"d{i}" if i else "a", 1) for q in queries for i in range(10)))
    assert aggregate(evaluate(run, qrels, ["R@5", "NumRet"])) == {"R@5": 0.1, "NumRet": 1500}


def test_two_grades_for_one_document_are_refused(tmp_path):
    run = run_of(tmp_path, "q Q0 a 1 2")
    with pytest.raises(InputError, match="Query 'q' and document 'a' are judged 1 and 0"):
        evaluate(run, judgments(("q", "a", 1), ("q", "a", 0)))
    assert len(evaluate(run, judgments(("q", "a", 1), ("q", "a", 1)))) == 3
