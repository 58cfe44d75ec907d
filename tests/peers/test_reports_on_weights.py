"""Weights arrive in the index, and the scores are the sums that they should be."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp
from jobs import Job, lines

pytestmark = pytest.mark.slow

LONG = "a" * 255 + "X"


# anserini #1843: a term of 256 characters was cut, and its last letter raised another term
def test_long_terms_are_terms_of_their_own(job: Job) -> None:
    index = job.index(
        job.vectors("d.jsonl", {"problem": {LONG: 200, "X": 200}, "other": {"X": 7}}),
        *("--quantize", "none"),
    )
    queries = job.vectors(
        "q.jsonl", {"short": {"X": 1}, "long": {LONG: 1}, "both": {"X": 1, LONG: 2}}
    )
    assert job.search(index, "--queries", queries) == {
        "short": [("problem", 200), ("other", 7)],
        "long": [("problem", 200)],
        "both": [("problem", 600), ("other", 7)],
    }


# anserini #1890 and #2080, lucene #11799: a weight of n was indexed as n copies of the word
def test_a_large_weight_is_one_posting(job: Job) -> None:
    index = job.index(
        job.vectors("d.jsonl", {"d": {"t": 16_777_215, "u": 1}}), "--quantize", "none"
    )
    manifest = json.loads((index / "MANIFEST").read_text())
    assert (manifest["postings"], manifest["impact_sum"]) == (2, 16_777_216)
    assert sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) < 20_000
    found = job.search(index, "--queries", job.vectors("q.jsonl", {"q": {"t": 1}}))
    assert found == {"q": [("d", 16_777_215)]}


# pyserini #981: floats became whole numbers by cutting off what is behind the point
def test_fractions_are_quantised_as_asked_and_never_cut(job: Job) -> None:
    documents = job.vectors("d.jsonl", {"d1": {"a": 0.7}, "d2": {"a": 2.9, "b": 0.004}})
    asked = ("index", "--vectors", documents, "--index", job.folder / "no", "--quantize", "none")
    job.refuses(*asked, words=["'d1'", "0.7", "scale:100"])
    index = job.index(documents, "--quantize", "scale:100")
    queries = job.vectors("q.jsonl", {"q": {"a": 1.0}})
    # 290 and 70 times 100: queries are quantised as the documents were
    assert job.search(index, "--queries", queries) == {"q": [("d2", 29_000), ("d1", 7_000)]}
    answer = json.loads(job.run("cost", "--index", index, "--queries", queries, "--json").out)
    assert answer["document_loss"]["zeroed"] == 1  # 0.004 is 0 on this scale, and counted


# pyserini #889: is the score the sum of the quantised impacts of the terms they share?
def test_the_score_is_the_sum_of_products(job: Job) -> None:
    documents = job.vectors("d.jsonl", {"d": {"a": 3, "b": 5, "c": 7}, "e": {"b": 11}})
    queries = job.vectors("q.jsonl", {"q": {"a": 2, "b": 4, "z": 9}})
    found = job.search(job.index(documents, "--quantize", "none"), "--queries", queries)
    assert found == {"q": [("e", 44), ("d", 2 * 3 + 4 * 5)]}


# pyserini #1362: topics that carry weights as repetitions of a word
def test_topics_of_repeated_words_are_not_taken_for_vectors(job: Job) -> None:
    index = job.index(job.vectors("d.jsonl", {"d": {"the": 1}}), "--quantize", "none")
    topics = job.file("topics.tsv", "1\tthe the the cat\n")
    asked = ("search", "--index", index, "--queries", topics, "--run", job.folder / "r")
    job.refuses(*asked, words=["topics.tsv"])


# pyserini #792 and #793: terms of queries that the index does not have
def test_terms_that_no_document_has(job: Job) -> None:
    index = job.index(job.vectors("d.jsonl", {"d": {"a": 1}}), "--quantize", "none")
    queries = job.vectors("q.jsonl", {"some": {"a": 2, "##zz": 5}, "none": {"##zz": 5}})
    assert job.search(index, "--queries", queries) == {"some": [("d", 2)]}
    foreign = job.vectors("f.jsonl", {"none": {"##zz": 5}})
    asked = ("search", "--index", index, "--queries", foreign, "--run", job.folder / "r")
    job.refuses(*asked, words=["##zz", "another vocabulary"])


# pyserini #850: terms of many documents were left out of queries by their idf
def test_terms_of_every_document_count(job: Job) -> None:
    documents = job.vectors("d.jsonl", {f"d{i}": {"the": i} for i in range(1, 4)})
    queries = job.vectors("q.jsonl", {"q": {"the": 1}})
    found = job.search(job.index(documents, "--quantize", "none"), "--queries", queries)
    assert found == {"q": [("d3", 3), ("d2", 2), ("d1", 1)]}


# anserini #1480: women^4 number^0.3
def test_weights_of_query_terms(job: Job) -> None:
    documents = job.vectors("d.jsonl", {"d1": {"women": 0.5}, "d2": {"number": 1.5}})
    queries = job.vectors("q.jsonl", {"q": {"women": 4, "number": 0.3}})
    found = job.search(job.index(documents, "--quantize", "scale:10"), "--queries", queries)
    assert found == {"q": [("d1", 40 * 5), ("d2", 3 * 15)]}


# pyserini #1461, #1383 and #1124: the score of one document, found or not
def test_the_score_of_a_pair(job: Job) -> None:
    documents = job.vectors("d.jsonl", {"d1": {"a": 3, "b": 5}, "d2": {"b": 9}, "d3": {"c": 1}})
    queries = job.vectors("q.jsonl", {"q": {"a": 2, "b": 4}})
    index = job.index(documents, "--quantize", "none")
    asked = ("--queries", queries, "--query", "q")
    pairs = job.run("explain", "--index", index, *asked, "--doc", "d1", "--doc", "d3", "--json")
    found = {one["document"]: one["score"] for one in json.loads(pairs.out)["explanations"]}
    assert found == {"d1": 26, "d3": 0}
    wrong = ("explain", "--index", index, *asked, "--doc", "d4")
    job.refuses(*wrong, words=["'d4'", "'d3'"])


# naver/splade #12: the lengths of the lists that a query walks, beside the estimate by FLOPS
def test_cost_is_the_length_of_the_lists(job: Job) -> None:
    rows = {"d1": {"c": 1, "a": 1, "e": 1}, "d2": {"a": 1}, "d3": {"a": 1, "e": 1}, "d4": {"x": 1}}
    queries = job.vectors("q.jsonl", {"q": {"a": 1, "b": 1, "c": 1}})
    index = job.index(job.vectors("d.jsonl", rows), "--quantize", "none")
    answer = job.run("cost", "--index", index, "--queries", queries, "--json", "--repeats", 1)
    cost = json.loads(answer.out)
    assert cost["postings"]["mean"] == 3 + 0 + 1
    assert cost["flops"] == pytest.approx((3 + 1) / 4)


# anserini #745: "maxClauseCount is set to 1024"
def test_queries_of_thousands_of_terms(job: Job) -> None:
    terms = [f"w{i}" for i in range(3000)]
    documents = {"all": dict.fromkeys(terms, 1), "last": {"w2999": 5}}
    queries = job.vectors("q.jsonl", {"q": dict.fromkeys(terms, 1)})
    index = job.index(job.vectors("d.jsonl", documents), "--quantize", "none")
    assert job.search(index, "--queries", queries) == {"q": [("all", 3000), ("last", 5)]}
    data = job.data({"d1": "w7 w2999", "d2": "w1"}, {"q1": "w1"}, "q1\td1\t1\n")
    topics = job.file("t.tsv", "q\t" + " ".join(terms) + "\n")
    found = job.search(job.bm25(data), "--queries", topics)
    assert sorted(name for name, _ in found["q"]) == ["d1", "d2"]


# sentence-transformers #3852: keeping the largest weights changed the vectors that were given
def test_pruning_leaves_its_input_alone() -> None:
    from harness.pruning import Rule

    matrix = sp.csr_array(np.array([[3, 0, 1, 2], [0, 5, 0, 4]], dtype=np.float32))
    kept = Rule.top(1).apply(matrix)
    assert kept.toarray().tolist() == [[3, 0, 0, 0], [0, 5, 0, 0]]
    assert matrix.toarray().tolist() == [[3, 0, 1, 2], [0, 5, 0, 4]]
    assert Rule.top(0).apply(matrix).toarray().tolist() == matrix.toarray().tolist()


# naver/splade #9: weights were multiplied by 100, and one had to know
def test_an_index_knows_its_own_scale(job: Job) -> None:
    index = job.index(job.vectors("d.jsonl", {"d": {"a": 0.5}}), "--quantize", "scale:8")
    queries = job.file("q.jsonl", lines([{"id": "q", "vector": {"a": 1.5}}]))
    assert job.search(index, "--queries", queries) == {"q": [("d", 4 * 12)]}
    metadata = (job.folder / "run.trec.metadata.yaml").read_text()
    assert "scale:8" in metadata


# pyserini #723 and #1560: impact search was slow; every fast way finds what brute force finds
def test_every_algorithm_finds_what_brute_force_finds(job: Job) -> None:
    generator = np.random.default_rng(3)
    terms = [f"t{i}" for i in range(12)]

    def rows(letter: str, number: int) -> dict[str, dict[str, float]]:
        weights = generator.integers(0, 4, (number, len(terms)))
        return {
            f"{letter}{i:03d}": {t: int(w) for t, w in zip(terms, row, strict=True) if w}
            for i, row in enumerate(weights.tolist())
        }

    documents, queries = rows("d", 200), rows("q", 5)
    expected = {}
    for query, weights in queries.items():
        scores = {d: sum(w * v.get(t, 0) for t, w in weights.items()) for d, v in documents.items()}
        best = sorted(((d, s) for d, s in scores.items() if s), key=lambda hit: (-hit[1], hit[0]))
        expected[query] = best[:10]
    index = job.index(job.vectors("d.jsonl", documents), "--quantize", "none")
    asked = ("--queries", job.vectors("q.jsonl", queries), "--k", 10)
    for algorithm in ("auto", "memory", "saat", "maxscore", "lucene"):
        assert job.search(index, *asked, "--algorithm", algorithm) == expected
