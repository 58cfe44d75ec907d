"""The four jobs on vectors of another tool: index, search, score, compare; and what they cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade

from harness import pruning
from harness.quantisation.quantiser import Quantiser, quantise
from harness.retrieval import exact
from harness.runs.runfile import read_run
from harness.vectors import read_vectors


@pytest.fixture
def index(esplade: Esplade, collection: Collection, tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    answer = esplade("index", "--vectors", collection.documents, "--index", folder, "--dk", 4)
    assert answer.code == 0, answer.err
    assert "61 documents" in answer.err
    assert "1 documents without terms" in answer.err
    return folder


def test_a_run_is_what_brute_force_finds(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.trec"
    answer = esplade(
        "search", "--index", index, "--queries", collection.queries, "--run", run, "--qk", 3
    )
    assert answer.code == 0, answer.err
    scale = Quantiser.parse("scale:100")
    documents, queries = read_vectors(collection.documents), read_vectors(collection.queries)
    documents = documents.with_matrix(pruning.top_k(documents.matrix, 4))
    queries = queries.with_matrix(pruning.top_k(queries.matrix, 3))
    expected = exact.search(quantise(documents, scale)[0], quantise(queries, scale)[0], 1000)
    found = read_run(run)
    assert found.query_ids == queries.ids
    for (_, ids, scores), hits in zip(found, expected, strict=True):
        assert ids.tolist() == [documents.ids[row] for row in hits.rows]
        assert scores.tolist() == hits.scores.tolist()


def test_score_and_compare_know_our_costs(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    runs = [tmp_path / "one.trec", tmp_path / "two.trec"]
    for run, qk in zip(runs, (0, 1), strict=True):
        found = esplade(
            "search", "--index", index, "--queries", collection.queries, "--run", run, "--qk", qk
        )
        assert found.code == 0, found.err
    scored = esplade("score", "--run", runs[0], "--qrels", collection.qrels, "--json")
    assert scored.code == 0, scored.err
    assert "RR@10" in scored.out
    compared = esplade(
        "compare", *runs, "--qrels", collection.qrels, "--figure", tmp_path / "f", "--json"
    )
    assert compared.code == 0, compared.err
    rows = [row["values"] for row in json.loads(compared.out)["rows"]]
    assert [row["system"] for row in rows] == ["one", "two"]
    assert rows[0]["postings"] > rows[1]["postings"] > 0
    assert sorted(path.name for path in tmp_path.glob("f.*")) == ["f.pdf", "f.png", "f.svg"]


def test_cost_keeps_its_identity(esplade: Esplade, collection: Collection, index: Path) -> None:
    asked = ("cost", "--index", index, "--queries", collection.queries, "--repeats", 1)
    answer = esplade(*asked, "--json")
    assert answer.code == 0, answer.err
    facts = json.loads(answer.out)
    assert facts["documents"] == 61
    assert facts["flops"] * 61 == pytest.approx(facts["postings"]["mean"])
    assert facts["latency"]["measurements"] == 8
    assert "covariance share" in esplade(*asked).out


def test_bm25_is_a_system_too(esplade: Esplade, collection: Collection, tmp_path: Path) -> None:
    index, run = tmp_path / "bm25", tmp_path / "bm25.trec"
    built = esplade("index", "--bm25", "--dataset", collection.folder, "--index", index)
    assert built.code == 0, built.err
    found = esplade("search", "--index", index, "--dataset", collection.folder, "--run", run)
    assert found.code == 0, found.err
    assert len(read_run(run)) == 8
    priced = esplade("cost", "--index", index, "--dataset", collection.folder, "--repeats", 1)
    assert priced.code == 0, priced.err
    assert "postings per query" in priced.out
    tried = esplade("search", "--index", index, "--text", "t3 t4", "--k", 2)
    assert tried.code == 0, tried.err
    assert len(tried.out.splitlines()) == 2


def test_results_are_not_overwritten(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    asked = ("index", "--vectors", collection.documents, "--index", index)
    refused = esplade(*asked)
    assert refused.code == 2
    assert "--overwrite" in refused.err
    assert esplade(*asked, "--overwrite").code == 0
    run = tmp_path / "run.trec"
    search = ("search", "--index", index, "--queries", collection.queries, "--run", run)
    assert esplade(*search).code == 0
    assert esplade(*search).code == 2
    assert esplade(*search, "--overwrite").code == 0
