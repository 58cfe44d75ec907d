from __future__ import annotations

import math
import re
import subprocess

import ir_measures
import numpy as np
import pandas as pd
import pytest

from harness.datasets.qrels import read_qrels
from harness.errors import InputError, IntegrityError
from harness.evaluation import (
    aggregate,
    check_grades,
    coverage,
    evaluate,
    is_effectiveness,
    measure_names,
    parse_measures,
    split_measures,
)
from harness.evaluation.grades import greatest_grade
from harness.perquery import make_values
from harness.runfile import Run, read_run


def run_of(tmp_path, text):
    path = tmp_path / "run.trec"
    path.write_text("".join(f"{line} t\n" for line in text.split("\n")), encoding="utf-8")
    return read_run(path)


def judgments(*rows):
    return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])


def value(values, query, measure):
    row = values[(values["query"] == query) & (values["measure"] == measure)]
    return row["value"].item()


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


@pytest.mark.parametrize(
    "name", ["nope@10", "RR@", "RR(foo=1)", "RR@'x'", "P", "", "import os", "RR@10 R@10", "RR@-1@2"]
)
def test_a_bad_measure_is_named_with_examples(name):
    with pytest.raises(InputError) as error:
        parse_measures([name])
    assert repr(name) in str(error.value) and "nDCG@10" in str(error.value)


def test_names_are_those_of_ir_measures():
    assert [str(m) for m in parse_measures(["MRR@10", "RR@10", "P(rel=2)@5"])] == [
        "RR@10",
        "P(rel=2)@5",
    ]
    assert is_effectiveness("nDCG@10") and not is_effectiveness("postings")
    with pytest.raises(InputError, match="No measure"):
        parse_measures([])


def test_measures_split_outside_parentheses():
    assert split_measures(" RR@10, nDCG(dcg='exp-log2', gains={1: 2})@10  AP ") == [
        "RR@10",
        "nDCG(dcg='exp-log2', gains={1: 2})@10",
        "AP",
    ]


def test_gains_do_not_reach_the_plain_measure(tmp_path):
    run = run_of(tmp_path, "q1 Q0 dx 1 3\nq1 Q0 d1 2 2\nq1 Q0 d2 3 1")
    names = ["nDCG@10", "nDCG(gains={2:5})@10"]
    found = aggregate(evaluate(run, judgments(("q1", "d1", 1), ("q1", "d2", 2)), names))
    plain = (1 / math.log2(3) + 2 / math.log2(4)) / (2 + 1 / math.log2(3))
    mapped = (1 / math.log2(3) + 5 / math.log2(4)) / (5 + 1 / math.log2(3))
    assert found == pytest.approx(dict(zip(names, [plain, mapped], strict=True)))
    assert found == pytest.approx(dict(zip(names, [0.6199, 0.5560], strict=True)), abs=5e-5)


def test_a_recall_level_is_not_rounded(tmp_path):
    """Ten of a hundred relevant documents in front: recall 0.1 is reached there, 0.101 later."""
    found = [f"r{i:02}" for i in range(10)] + [f"x{i}" for i in range(10)] + ["r99"]
    run = run_of(tmp_path, "\n".join(f"q Q0 {d} 1 {100 - i}" for i, d in enumerate(found)))
    qrels = judgments(*(("q", f"r{i:02}", 1) for i in range(100)))
    values = aggregate(evaluate(run, qrels, ["IPrec@0.1", "IPrec@0.101", "IPrec@0.104"]))
    assert values == pytest.approx(
        {"IPrec@0.1": 1.0, "IPrec@0.101": 11 / 21, "IPrec@0.104": 11 / 21}
    )


IDS = [("q-1", "q-2"), ("Q1", "Q2"), ("q-1", "x-1"), ("01", "1"), ("é", "a\u00a0b"), ("-", "--")]


@pytest.mark.parametrize(("one", "two"), IDS)
def test_graded_measures_take_ids_as_they_are(tmp_path, one, two):
    lines = f"{one} Q0 D1 1 9\n{one} Q0 D2 2 8\n{one} Q0 D5 3 7\n{two} Q0 D4 1 9\n{two} Q0 D1 2 8"
    qrels = judgments((one, "D1", 0), (one, "D2", 1), (one, "D5", 2), (two, "D1", 3))
    values = evaluate(run_of(tmp_path, lines), qrels, ["ERR@5", "nDCG(dcg='exp-log2')@5"])
    assert sorted(set(values["query"])) == sorted([one, two]) and len(values) == 4
    # Satisfied with (2^grade - 1) / 16; 1/2 * 1/16 + 1/3 * 15/16 * 3/16, and 1/2 * 7/16.
    assert value(values, one, "ERR@5") == pytest.approx(0.08984, abs=1e-5)
    assert value(values, two, "ERR@5") == pytest.approx(0.21875, abs=1e-5)
    assert aggregate(values)["ERR@5"] == pytest.approx(0.15430, abs=1e-5)
    ideal = 3 + 1 / math.log2(3)
    gained = 1 / math.log2(3) + 3 / math.log2(4)
    assert value(values, one, "nDCG(dcg='exp-log2')@5") == pytest.approx(gained / ideal, abs=1e-5)
    assert value(values, two, "nDCG(dcg='exp-log2')@5") == pytest.approx(1 / math.log2(3), abs=1e-5)


@pytest.mark.parametrize("name", ["ERR@5", "nDCG(dcg='exp-log2')@5"])
def test_grades_above_four_are_refused_with_the_line(tmp_path, name):
    path = tmp_path / "qrels.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq1\td1\t4\nq1\td2\t5\n")
    qrels = read_qrels(path)
    words = "query 'q1' and document 'd2' are judged 5.*grades above 4"
    with pytest.raises(InputError, match=words):
        evaluate(run_of(tmp_path, "q1 Q0 d1 1 2"), qrels, ["P@5", name])
    with pytest.raises(InputError, match=f"{re.escape(str(path))}, line 3: {words}"):
        check_grades(["P@5", name], qrels, path)
    check_grades(["P@5", "nDCG@10", "nDCG(gains={2:5})@10"], qrels, path)
    check_grades([name], qrels[:1], path)


@pytest.mark.parametrize("grade", [1_000_001, 2**31, 2**62, -1_000_001, -(2**40)])
def test_grades_that_no_tool_takes_are_refused(tmp_path, grade):
    with pytest.raises(InputError, match="grades above 1,000,000"):
        evaluate(run_of(tmp_path, "q1 Q0 d1 1 2"), judgments(("q1", "d1", grade)), ["P@5"])
    found = evaluate(run_of(tmp_path, "q1 Q0 d1 1 2"), judgments(("q1", "d1", 10**6)), ["nDCG@5"])
    assert aggregate(found) == {"nDCG@5": 1.0}


PARTLY = ["P@2", "R@2", "RR", "RR@5", "AP", "nDCG@5", "Bpref", "Success@5", "SetF", "Judged@2"]


@pytest.mark.parametrize("grade", [0, -1, -2, -9])
def test_queries_with_nothing_relevant_are_zero_and_harm_no_other(tmp_path, grade):
    """trec_eval itself crashes, or reads another query's counts, where all grades are negative."""
    run = run_of(tmp_path, "\n".join(f"q{i} Q0 d{j} 1 {9 - j}" for i in range(4) for j in range(3)))
    qrels = judgments(
        ("q0", "d1", 3), ("q1", "d0", grade), ("q2", "d2", 1), ("q2", "d0", 0), ("q3", "d9", grade)
    )
    names = [*PARTLY, "infAP", "IPrec@0.5", "Compat", "ERR@5", "P(judged_only=True)@1"]
    values = evaluate(run, qrels, [*names, "IPrec(judged_only=True)@0.5"])
    assert not values["value"].isna().any() and len(values) == 4 * (len(names) + 1)
    for query in ("q1", "q3"):
        rest = values[(values["query"] == query) & (values["measure"] != "Judged@2")]
        assert set(rest["value"]) == {0.0}
    assert value(values, "q1", "Judged@2") == 0.5 and value(values, "q3", "Judged@2") == 0
    assert value(values, "q0", "RR") == 0.5 and value(values, "q2", "RR") == pytest.approx(1 / 3)
    assert value(values, "q2", "P(judged_only=True)@1") == 0
    assert value(values, "q0", "P(judged_only=True)@1") == 1


def test_a_negative_grade_is_not_relevant_and_not_judged(tmp_path):
    """Spam (-2) above the good document: no gain; Bpref and ``judged_only`` do not see it."""
    run = run_of(tmp_path, "q Q0 spam 1 3\nq Q0 good 2 2\nq Q0 bad 3 1")
    qrels = judgments(("q", "spam", -2), ("q", "good", 1), ("q", "bad", 0))
    names = ["nDCG@5", "RR", "RR@5", "P(judged_only=True)@1", "Bpref", "Judged@3", "NumRel"]
    assert aggregate(evaluate(run, qrels, names)) == pytest.approx(
        {
            "nDCG@5": 1 / math.log2(3),
            "RR": 0.5,
            "RR@5": 0.5,
            "P(judged_only=True)@1": 1.0,
            "Bpref": 1.0,
            "Judged@3": 1.0,
            "NumRel": 1.0,
        }
    )


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


def test_what_does_not_depend_on_the_run_is_counted_for_unanswered_queries_too(tmp_path):
    run = run_of(tmp_path, "q1 Q0 a 1 2\nq1 Q0 b 2 1\nq9 Q0 a 1 1")
    qrels = judgments(("q1", "a", 2), ("q2", "a", 1), ("q2", "b", 2), ("q2", "c", 0))
    names = ["NumQ", "NumRel", "NumRel(rel=2)", "NumRet", "NumRelRet"]
    assert list(aggregate(evaluate(run, qrels, names)).values()) == [2, 3, 2, 2, 1]


def test_compatibility_prefers_the_run_among_equal_grades(tmp_path):
    """Ideal: a (retrieved) before b (not), both 1; overlap 1/1 + p * 1/2, of 1 + p."""
    run = run_of(tmp_path, "q Q0 a 1 -5")
    values = aggregate(evaluate(run, judgments(("q", "b", 1), ("q", "a", 1)), ["Compat(p=0.5)"]))
    assert values == {"Compat(p=0.5)": pytest.approx((1 + 0.5 / 2) / 1.5)}


def test_a_query_without_pairs_has_no_accuracy(tmp_path):
    run = run_of(tmp_path, "q1 Q0 a 1 2\nq1 Q0 b 2 1\nq2 Q0 b 1 1")
    answered = judgments(("q1", "a", 1))
    assert aggregate(evaluate(run, answered, ["Accuracy"])) == {"Accuracy": 1.0}
    for more in (("q1", "b", 1), ("q2", "b", 1), ("q2", "c", 1), ("q3", "b", 1)):
        query = more[0]
        with pytest.raises(InputError, match=f"no value for query '{query}'"):
            evaluate(run, judgments(("q1", "a", 1), more), ["Accuracy"])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((f"{m}@0", "cutoffs start at 1") for m in ("P", "R", "RR", "AP", "nDCG", "Judged")),
        *((m, "cutoffs start at 1") for m in ("ERR@0", "Success@0", "P@-1", "P(cutoff=0)")),
        ("nDCG(dcg='exp-log2')@0", "cutoffs start at 1"),
        *((f"P@{c}", "cutoffs start at 1") for c in ("5.0", "True", "'5'", "1e3", 2**31, 10**30)),
        *((m, "rel starts at 1") for m in ("P(rel=0)@5", "AP(rel=0)", "R(rel=0)@5", "RR(rel=-1)")),
        *((m, "rel starts at 1") for m in ("NumRel(rel=0)", "NumRet(rel=0)", "Bpref(rel=0)")),
        *((f"P(rel={r})@5", "rel starts at 1") for r in ("True", 2**31, 2**64, "1.0", "'1'")),
        *((f"IPrec@{r}", "recall is between 0 and 1") for r in ("1.5", "-0.1", "1e400", "True")),
        *((f"Compat(p={p})", "p is above 0 and below 1") for p in ("1.0", "0", "0.0", "1.5")),
        ("RBP(p=1.5)", "p is above 0 and below 1"),
        ("RBP(rel=1)", "no installed package computes it; pip install"),
        ("SetF(beta=-1.0)", "no parameter is negative"),
        ("SetF(beta=1e-07)", "beta is 0, or from 0.0001"),
        ("SetF(beta=1e+20)", "beta is 0, or from 0.0001"),
        ("nDCG(gains={1:-5})@10", "no parameter is negative"),
        ("nDCG(gains={1:2147483648})@10", "gains map grades"),
        ("nDCG(gains={1:0.5})@10", "gains map grades"),
        ("nDCG(gains={'1':2})@10", "gains map grades"),
        ("nDCG(gains={1:True})@10", "gains map grades"),
        ("nDCG(gains={1:2,1:3})@10", "two gains"),
        ("nDCG(gains={1:2},dcg='exp-log2')@10", "no installed package"),
        ("nDCG(dcg='exp-log2')", "it needs a cutoff"),
        ("nDCG(dcg='natural')@10", "dcg is 'log2' or 'exp-log2'"),
        ("ERR", "it needs a cutoff, as in ERR@10"),
        ("P", "it needs a cutoff, as in P@10"),
        ("P(judged_only=1)@5", "judged_only is True or False"),
        ("P(cutoff=3)@5", "cutoff is given twice"),
        ("P(rel=1,rel=2)@5", "rel is given twice"),
        ("P(level=2)@5", "no parameter 'level'; it has cutoff, rel, judged_only"),
        ("BPM(max_rel=1,min_rel=2)@5", "min_rel 2 is not below max_rel 1"),
        ("alpha_nDCG@10", "subtopics"),
        ("ndcg@10", "did you mean nDCG?"),
        ("(" * 400, "too many nested parentheses"),
        ("P@" + "9" * 1000, "characters"),
        ("P@5\0", "null"),
    ],
)
def test_parameters_out_of_their_range_are_refused(name, why):
    with pytest.raises(InputError, match=re.escape(why)) as error:
        parse_measures([name])
    assert "is not a measure that can be computed here" in str(error.value)
    assert len(str(error.value)) < 1500


def test_one_measure_in_several_spellings_is_one():
    assert measure_names("MRR@10, RR(rel=1)@10 RR(cutoff=10)") == ("RR@10",)
    assert measure_names("IPrec@1 IPrec@1.0 IPrec(recall=1)") == ("IPrec@1.0",)
    assert measure_names("SetF(beta=1) MAP NumRelRet") == ("SetF", "AP", "NumRet(rel=1)")
    odd = "SetF(beta=0.3) IPrec@1e-05 nDCG(gains={2:5,1:0})@3 nDCG(gains={1:1}) SetRelP"
    for name in measure_names(odd):
        assert measure_names(name) == (name,)


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


def test_a_tool_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(ir_measures.gdeval, "_is_available", False)
    with pytest.raises(InputError, match="no installed package computes it; Install perl"):
        parse_measures(["ERR@5"])


def test_the_greatest_grade_of_a_measure():
    measures = [ir_measures.ERR @ 5, ir_measures.nDCG(dcg="exp-log2") @ 5, ir_measures.nDCG @ 5]
    assert [greatest_grade(m) for m in measures] == [4, 4, 10**6]
    assert greatest_grade(ir_measures.BPM(max_rel=3) @ 5) == 3
