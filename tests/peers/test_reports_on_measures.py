"""What a measure is worth: the same beside others, for all queries, on any run that is one."""

from __future__ import annotations

import json
import math

import pytest
from jobs import Job, trec

QRELS = "q1 0 d1 0\nq1 0 d2 1\nq1 0 d3 0\nq2 0 d2 1\nq2 0 d3 1\n"
RUN = trec("q1", ("d3", 1.5), ("d1", 1.0), ("d2", 0.0)) + trec(
    "q2", ("d1", 1.5), ("d3", 0.5), ("d2", 0.2)
)
Q2 = (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3))


# pytrec_eval #22, ir_measures #42 and #49: the second evaluation had only one of the cutoffs
def test_several_cutoffs_for_several_runs(job: Job) -> None:
    for name in ("a.trec", "b.trec"):
        job.file(name, RUN)
    measures = "nDCG@1 nDCG@2 nDCG@10 nDCG@100 P@10 AP@10 AP@100"
    qrels = job.file("qrels", QRELS)
    asked = ("--run", job.folder / "a.trec", "--run", job.folder / "b.trec", "--qrels", qrels)
    answer = job.run("score", *asked, "--measures", measures, "--json")
    first, second = (run["values"] for run in json.loads(answer.out)["runs"])
    assert first == second
    assert first["nDCG@10"] == first["nDCG@100"] == pytest.approx((0.5 + Q2) / 2)
    assert first["nDCG@2"] == pytest.approx((0 + (1 / math.log2(3)) / (1 + 1 / math.log2(3))) / 2)
    assert first["AP@100"] == pytest.approx((1 / 3 + (1 / 2 + 2 / 3) / 2) / 2)
    assert first["P@10"] == pytest.approx((0.1 + 0.2) / 2)
    assert first["nDCG@1"] == 0


# pytrec_eval #57, mteb #3030: values that change from one evaluation to the next, some above 1
def test_the_same_values_every_time(job: Job) -> None:
    measures = ("nDCG@10", "AP", "R@10", "P@5", "RR@10")
    found = [job.score(RUN, QRELS, *measures) for _ in range(4)]
    assert all(values == found[0] for values in found)
    assert all(0 <= value <= 1 for value in found[0].values())


# pytrec_eval #49: a query without judgments spoilt those after it
def test_a_query_without_relevant_documents_leaves_the_others_alone(job: Job) -> None:
    qrels = "q1 0 d2 1\nq2 0 d1 0\nq3 0 d2 1\nq3 0 d3 1\n"
    run = "".join(trec(q, ("d2", 2), ("d3", 1)) for q in ("q1", "q2", "q3"))
    values = job.score(run, qrels, "AP", "nDCG@10", "RR")
    assert values == pytest.approx(dict.fromkeys(("AP", "nDCG@10", "RR"), 2 / 3))


# pytrec_eval #6: whole numbers are scores too
def test_whole_numbers_and_fractions_as_scores(job: Job) -> None:
    qrels = "151 0 x 1\n"
    whole = job.score(trec("151", ("y", 10001), ("x", 10000)), qrels, "RR", "AP")
    fraction = job.score(trec("151", ("y", 10001.0), ("x", 1e4)), qrels, "RR", "AP")
    assert whole == fraction == {"RR": 0.5, "AP": 0.5}


# ranx #27 and retriv #12: query ids of judgments and run that do not all match
def test_queries_that_only_one_side_has_are_counted(job: Job) -> None:
    run = job.file("r.trec", trec("q1", ("d2", 1)) + trec("q9", ("d1", 1)))
    qrels = job.file("qrels", QRELS)
    answer = job.run("score", "--run", run, "--qrels", qrels, "--measures", "RR", "--json")
    one = json.loads(answer.out)["runs"][0]
    assert (one["values"], one["missing"], one["unjudged"]) == ({"RR": 0.5}, ["q2"], ["q9"])
    answer = job.run("score", "--run", run, "--qrels", qrels, "--measures", "RR")
    assert "1 of 2 judged queries have no results and count as zero (q2)" in answer.err
    assert "1 queries of the run have no judgments and are ignored (q9)" in answer.err


# trec_eval #18, trec-cast-tools #24: the mean was taken over the queries that a run answers
def test_judged_queries_without_results_count_as_zero(job: Job) -> None:
    assert job.score(trec("q1", ("d2", 1)), QRELS, "P@1", "AP") == {"P@1": 0.5, "AP": 0.5}


# trec_eval #46: no topic in common was a segmentation fault, or a lot of zeros
def test_a_run_of_other_queries_is_refused(job: Job) -> None:
    run = job.file("r.trec", trec("2024-105741", ("d", 1)))
    qrels = job.file("qrels", "2024-105741.X 0 d 1\n")
    asked = ("score", "--run", run, "--qrels", qrels)
    job.refuses(*asked, words=["share no query", "2024-105741", "2024-105741.X"])


# trec_eval #49: grades such as 0.7 were cut to 0 in silence
@pytest.mark.parametrize("grade", ["0.7", "1.0", "1e0", "high", "", "２"])
def test_grades_that_are_no_whole_numbers(job: Job, grade: str) -> None:
    run = job.file("r.trec", trec("q1", ("d2", 1)))
    qrels = job.file("qrels.tsv", f"query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t{grade}\n")
    asked = ("score", "--run", run, "--qrels", qrels)
    job.refuses(*asked, words=["qrels.tsv, line 3", "not an integer"])


# ranx #58: may grades be negative, and scores below 0 or above 1?
def test_negative_grades_and_scores_of_any_size(job: Job) -> None:
    run = trec("q", ("junk", -0.5), ("good", -3e30), ("none", -4e30))
    qrels = "q 0 junk -2\nq 0 good 2\nq 0 none 0\n"
    values = job.score(run, qrels, "RR", "AP", "P@1", "nDCG@10")
    assert values == pytest.approx({"RR": 0.5, "AP": 0.5, "P@1": 0, "nDCG@10": 1 / math.log2(3)})


# ranx #29: from which grade on a document is relevant
def test_the_level_of_relevance_is_the_measures_own(job: Job) -> None:
    qrels = "q 0 a 1\nq 0 b 2\nq 0 c 3\n"
    run = trec("q", ("a", 3), ("b", 2), ("c", 1))
    values = job.score(run, qrels, "P@2", "P(rel=2)@2", "AP(rel=2)", "RR(rel=3)@10", "nDCG@10")
    gain = (1 + 2 / math.log2(3) + 3 / 2) / (3 + 2 / math.log2(3) + 1 / 2)
    assert values == pytest.approx(
        {
            **{"P@2": 1, "P(rel=2)@2": 0.5, "AP(rel=2)": (1 / 2 + 2 / 3) / 2},
            **{"RR(rel=3)@10": 1 / 3, "nDCG@10": gain},
        }
    )


# ranx #5: judgments that list relevant documents and no grades
def test_judgments_without_grades(job: Job) -> None:
    run = job.file("r.trec", trec("q1", ("d2", 1)))
    qrels = job.file("qrels", "q1\td1\nq1\td2\n")
    job.refuses("score", "--run", run, "--qrels", qrels, words=["qrels, line 1", "columns"])


# beir #66: "Unable to resolve all measures"
@pytest.mark.parametrize("measure", ["map_cut.1,3,5", "ndcg_cut_10", "MRR10", "recall.100"])
def test_names_of_measures_of_other_tools(job: Job, measure: str) -> None:
    run, qrels = job.file("r.trec", RUN), job.file("qrels", QRELS)
    asked = ("score", "--run", run, "--qrels", qrels, "--measures", measure)
    job.refuses(*asked, words=["not a measure", "nDCG@10"])


# ir_measures #50: ERR failed for ids like Q0, and its tool knows grades up to 4
def test_expected_reciprocal_rank_for_any_ids(job: Job) -> None:
    qrels = "Q0 0 D0 0\nQ0 0 D1 1\nQ1 0 D0 0\nQ1 0 D3 2\n"
    run = trec("Q0", ("D0", 1.2), ("D1", 1.0)) + trec("Q1", ("D3", 3.6), ("D0", 2.4))
    values = job.score(run, qrels, "ERR@10", "AP", "P(rel=2)@10")
    # (2^grade - 1) / 16 for the grade, over the rank
    assert values["ERR@10"] == pytest.approx(((1 / 16) / 2 + 3 / 16) / 2, abs=1e-5)
    assert values["AP"] == pytest.approx(0.75)
    asked = ("score", "--run", job.folder / "given.trec", "--measures", "ERR@10", "--qrels")
    job.refuses(*asked, job.file("five", "Q0 0 D1 5\n"), words=["five", "4"])
