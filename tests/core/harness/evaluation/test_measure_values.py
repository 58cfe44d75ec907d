"""Values of measures by hand where tools differ, fail or answer nonsense."""

from __future__ import annotations

import math
import re

import ir_measures
import pytest
from judged_runs import judgments, run_of, value

from ground.errors import InputError
from harness.datasets.qrels import read_qrels
from harness.evaluation import (
    aggregate,
    check_grades,
    evaluate,
)
from harness.evaluation.grades import greatest_grade

PARTLY = ["P@2", "R@2", "RR", "RR@5", "AP", "nDCG@5", "Bpref", "Success@5", "SetF", "Judged@2"]


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


def test_the_greatest_grade_of_a_measure():
    measures = [ir_measures.ERR @ 5, ir_measures.nDCG(dcg="exp-log2") @ 5, ir_measures.nDCG @ 5]
    assert [greatest_grade(m) for m in measures] == [4, 4, 10**6]
    assert greatest_grade(ir_measures.BPM(max_rel=3) @ 5) == 3
