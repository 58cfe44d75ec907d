"""Equal scores: the order is that of document ids, in every run, measure and index alike."""

from __future__ import annotations

import math

import pytest
from jobs import Job, read, trec

DISCOUNT = 1 / math.log2(3)
"""What nDCG gives a relevant document at rank 2."""


# ir_measures #18: trec_eval puts the later id first, other tools the earlier one
def test_every_measure_sees_the_same_order_of_tied_documents(job: Job) -> None:
    run, qrels = trec("0", ("0", 0), ("1", 0)), "0 0 0 0\n0 0 1 1\n"
    values = job.score(run, qrels, "P@1", "Success@1", "RR", "RR@10", "AP", "nDCG@10", "Rprec")
    assert values == pytest.approx(
        {
            **{"P@1": 0, "Success@1": 0, "RR": 0.5, "RR@10": 0.5, "AP": 0.5, "Rprec": 0},
            "nDCG@10": DISCOUNT,
        }
    )


# beir #105: with one relevant document a query, MAP and MRR are the same number
def test_average_precision_is_reciprocal_rank_where_one_document_is_relevant(job: Job) -> None:
    run = trec("q1", ("a", 1), ("b", 1), ("c", 1)) + trec("q2", ("c", 2), ("b", 2), ("a", 2))
    values = job.score(run, "q1 0 b 1\nq2 0 c 1\n", "AP", "RR", "RR@10", "AP@10")
    assert values == pytest.approx(dict.fromkeys(values, (1 / 2 + 1 / 3) / 2))


# trec_eval #22: two runs that only differ in the name of the other document
def test_the_rank_column_does_not_break_ties(job: Job) -> None:
    qrels = "1 0 a 0\n1 0 b 1\n1 0 c 0\n"
    first = job.score(trec("1", ("b", 1.0), ("a", 1.0)), qrels, "nDCG")
    second = job.score(trec("1", ("b", 1.0), ("c", 1.0)), qrels, "nDCG")
    assert (first["nDCG"], second["nDCG"]) == pytest.approx((DISCOUNT, 1.0))
    turned = job.score(trec("1", ("c", 1.0), ("b", 1.0)), qrels, "nDCG")
    assert turned == second


# pytrec_eval #56: three tied documents, the relevant one written last, scored as if it were first
def test_tied_documents_in_the_order_of_their_ids(job: Job) -> None:
    run = trec("q1", ("d1", 1), ("d2", 1), ("d3", 1)) + trec("q2", ("d3", 1), ("d2", 1))
    qrels = "q1 0 d3 1\nq2 0 d2 1\nq2 0 d3 1\n"
    values = job.score(run, qrels, "AP", "nDCG")
    assert values == pytest.approx({"AP": (1 / 3 + 1) / 2, "nDCG": (1 / 2 + 1) / 2})


# mteb #5092: one score for every candidate gave MRR 1.0 and nDCG 0.0
def test_a_constant_score_is_worth_the_same_in_any_order_of_lines(job: Job) -> None:
    names = [f"d{i:02d}" for i in range(12)]
    qrels = "q 0 d11 1\n"
    measures = ("RR@10", "nDCG@10", "R@10", "AP")
    forwards = job.score(trec("q", *((name, 1) for name in names)), qrels, *measures)
    backwards = job.score(trec("q", *((name, 1) for name in names[::-1])), qrels, *measures)
    assert forwards == backwards
    assert forwards == pytest.approx({"RR@10": 0, "nDCG@10": 0, "R@10": 0, "AP": 1 / 12})


# anserini #476: the second of two equal scores is written a little lower
@pytest.mark.slow
def test_equal_scores_are_written_as_equal(job: Job) -> None:
    documents = job.vectors("d.jsonl", {f"d{i}": {"t": 100_003} for i in range(5)})
    found = job.search(job.index(documents, "--quantize", "none"), "--queries",
                       job.vectors("q.jsonl", {"q": {"t": 1}}))  # fmt: skip
    assert found == {"q": [(f"d{i}", 100_003.0) for i in range(5)]}


# anserini #258: internal document numbers differ from one indexing to the next
@pytest.mark.slow
def test_the_order_of_the_collection_does_not_show_in_the_run(job: Job) -> None:
    rows = {f"d{i:02d}": {"t": 1 + i % 2} for i in range(40)}
    turned = dict(sorted(rows.items(), key=lambda row: row[0][::-1]))
    queries = job.vectors("q.jsonl", {"q1": {"t": 3}, "q2": {"t": 1}})
    runs = set()
    for name, documents in (("one", rows), ("two", turned)):
        index = job.index(job.vectors(f"{name}.jsonl", documents), "--quantize", "none", name=name)
        for algorithm in ("memory", "saat", "maxscore", "lucene"):
            options = ("--queries", queries, "--k", 25, "--threads", 3, "--algorithm", algorithm)
            job.search(index, *options)
            runs.add((job.folder / "run.trec").read_bytes())
    assert len(runs) == 1
    best = [f"d{i:02d}" for i in range(1, 40, 2)] + [f"d{i:02d}" for i in range(0, 10, 2)]
    assert [name for name, _ in read(job.folder / "run.trec")["q1"]] == best
