"""What explains and carries away results: explain, export, quantisation; rules of pruning mixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade

from harness.pruning import Rule
from harness.quantisation.quantiser import Quantiser, quantise
from harness.retrieval import exact
from harness.runs.runfile import read_run
from harness.vectors import read_vectors


@pytest.fixture
def index(esplade: Esplade, collection: Collection, tmp_path: Path) -> Path:
    built = esplade("index", "--vectors", collection.documents, "--index", tmp_path / "index")
    assert built.code == 0, built.err
    return tmp_path / "index"


def test_explain_adds_up_to_the_search(
    esplade: Esplade, collection: Collection, index: Path, tmp_path: Path
) -> None:
    given = ("--index", index, "--queries", collection.queries, "--qk", 3)
    assert esplade("search", *given, "--run", tmp_path / "run.trec").code == 0
    query, ids, scores = next(iter(read_run(tmp_path / "run.trec")))
    asked = ("explain", *given, "--query", query, "--doc", ids[2])
    answer = esplade(*asked, "--json")
    assert answer.code == 0, answer.err
    (found,) = json.loads(answer.out)["explanations"]
    assert (found["score"], found["rank"]) == (scores[2], 3)
    assert sum(term["product"] for term in found["shared"]) == found["score"]
    shown = esplade(*asked, "--all").out
    assert f"{ids[2]} for {query}: score {scores[2]:,.0f}, rank 3" in shown
    assert "other terms of the document" in shown


def test_explain_names_what_is_near(esplade: Esplade, collection: Collection, index: Path) -> None:
    given = ("explain", "--index", index, "--queries", collection.queries)
    wrong = esplade(*given, "--query", "q1", "--doc", "d0010")
    assert (wrong.code, "no document 'd0010'" in wrong.err) == (2, True)
    wrong = esplade(*given, "--query", "q99", "--doc", "d001")
    assert (wrong.code, "no query 'q99'" in wrong.err) == (2, True)
    wrong = esplade(*given, "--doc", "d001")
    assert (wrong.code, "--query ID" in wrong.err) == (2, True)


def test_export(esplade: Esplade, index: Path, tmp_path: Path) -> None:
    asked = ("export", "--index", index, "--ciff", tmp_path / "i.ciff")
    answer = esplade(*asked, "--json")
    assert answer.code == 0, answer.err
    facts = json.loads(answer.out)
    assert facts["documents"] == 61
    assert facts["bytes"] == (tmp_path / "i.ciff").stat().st_size
    refused = esplade(*asked)
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert esplade(*asked, "--overwrite").code == 0


def test_quantisation(esplade: Esplade, collection: Collection) -> None:
    asked = ("quantisation", "--vectors", collection.documents, "--queries", collection.queries)
    answer = esplade(*asked, "--quantize", "scale:100", "--quantize", "bits:1", "--json")
    assert answer.code == 0, answer.err
    fine, coarse = json.loads(answer.out)["losses"]
    # Weights are quarters: a scale of 100 changes nothing about them.
    assert (fine["overlap"], fine["first"], fine["documents"]["zeroed"]) == (1, 1, 0)
    assert fine["correlation"] == pytest.approx(1)
    assert coarse["overlap"] < 1
    assert coarse["documents"]["zeroed"] > 0
    table = esplade(*asked, "--format", "csv").out.splitlines()
    assert len(table) == 7
    assert esplade(*asked, "--quantize", "none").code == 2


@pytest.mark.slow
def test_a_grid_of_mixed_rules(esplade: Esplade, collection: Collection, tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    answer = esplade(
        *("sweep", "--dataset", collection.folder, "--out", out, "--no-bm25", "--name", "mine"),
        *("--vectors", collection.documents, "--queries", collection.queries),
        *("--grid", "0:0,top:3/mass:0.7+top:4,ratio:0.5/quantile:0.5", "--algorithm", "lucene"),
    )
    assert answer.code == 0, answer.err
    documents, queries = read_vectors(collection.documents), read_vectors(collection.queries)
    scale = Quantiser.parse("scale:100")
    for doc_rule, query_rule in (("mass:0.7+top:4", "top:3"), ("quantile:0.5", "ratio:0.5")):
        kept = documents.with_matrix(Rule.parse(doc_rule).apply(documents.matrix))
        asked = queries.with_matrix(Rule.parse(query_rule).apply(queries.matrix))
        wanted = exact.search(quantise(kept, scale)[0], quantise(asked, scale)[0], 1000)
        runs = [read_run(path) for path in (out / "points").glob("*/run.trec")]
        same = [
            all(
                ids.tolist() == [documents.ids[row] for row in hits.rows]
                for (_, ids, _), hits in zip(run, wanted, strict=True)
            )
            for run in runs
            if len(run.query_ids) == len(wanted)
        ]
        assert same.count(True) == 1
