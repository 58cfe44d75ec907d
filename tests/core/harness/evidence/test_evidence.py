"""Evidence of a small sweep, by hand: terms kept and dropped, shares of scores, costly lists."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp

import esplade
from ground.artifacts import read_manifest
from ground.errors import InputError, IntegrityError
from harness.evidence import KIND
from harness.evidence.asked import kept_of, own_terms
from harness.evidence.lists import _by_powers, _even
from harness.evidence.opened import query_rule
from harness.report.page.evidence import Evidence

TITLES = {"d1": "sort a list", "d2": "list of files", "d3": "read files"}
QUERIES = {"q1": "sort list", "q2": "files"}
DOCUMENTS = {
    "d1": {"sort": 2.0, "list": 1.0},
    "d2": {"list": 1.5, "files": 1.0},
    "d3": {"files": 3},
}
ASKED = {"q1": {"sort": 1.0, "list": 0.5, "order": 0.25}, "q2": {"files": 2.0}}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    for name, rows in (("docs", DOCUMENTS), ("queries", ASKED)):
        lines = [json.dumps({"id": i, "contents": "", "vector": v}) for i, v in rows.items()]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    judged = {"q1": {"d1": 1}, "q2": {"d2": 0, "d3": 2}}
    data = esplade.Dataset.from_dicts(TITLES, QUERIES, judged, name="three")
    made = esplade.sweep(
        data,
        grid="0:0,1:1",
        out=folder / "sweep",
        vectors=folder / "docs.jsonl",
        queries=folder / "queries.jsonl",
        name="mine",
        measures="RR@10",
        language="none",
    )
    return made.path


def rows(swept: Path, name: str, **wanted: str) -> list[dict]:
    found = pq.read_table(swept / "report.data" / f"{name}.parquet").to_pylist()
    return [row for row in found if all(row[k] == v for k, v in wanted.items())]


def test_terms_of_a_query_before_and_after_pruning(swept: Path) -> None:
    (full,) = rows(swept, "queries", query="q1", point="mine-q0-d0")
    assert full["text"] == "sort list"
    told = [(t["term"], t["weight"], t["impact"], t["known"], t["own"]) for t in full["terms"]]
    assert told == [
        ("sort", 1.0, 100, True, True),
        ("list", 0.5, 50, True, True),
        ("order", 0.25, 25, False, False),
    ]
    (strict,) = rows(swept, "queries", query="q1", point="mine-q1-d1")
    assert [t["impact"] for t in strict["terms"]] == [100, 0, 0]
    (words,) = rows(swept, "queries", query="q1", point="bm25")
    assert sorted(t["term"] for t in words["terms"]) == ["list", "sort"]


def test_results_are_judged_and_their_scores_taken_apart(swept: Path) -> None:
    first, second = rows(swept, "results", query="q1", point="mine-q0-d0")
    assert (first["document"], first["rank"], first["score"]) == ("d1", 1, 25_000)
    assert first["relevance"] == 1 and second["relevance"] is None
    assert first["terms"] == [
        {"term": "sort", "query": 100.0, "product": 20_000.0},
        {"term": "list", "query": 50.0, "product": 5_000.0},
    ]
    assert (second["document"], second["text"]) == ("d2", "list of files")
    grades = [r["relevance"] for r in rows(swept, "results", query="q2", point="mine-q0-d0")]
    assert grades == [2, 0]  # d3, then d2


def test_parts_of_bm25_add_up_to_lucenes_score(swept: Path) -> None:
    found = rows(swept, "results", point="bm25")
    assert len(found) == 4  # q1: d1, d2; q2: d2, d3
    for row in found:
        assert sum(t["product"] for t in row["terms"]) == pytest.approx(row["score"], rel=1e-5)


def test_lists_that_cost_most(swept: Path) -> None:
    lists = json.loads((swept / "report.data" / "lists.json").read_text())
    full = next(one for one in lists["indexes"] if one["points"] == ["mine-q0-d0"])
    # sort in one document; list and files in two each.
    assert (full["lists"], full["postings"], full["longest"]) == (3, 5, 2)
    assert full["lengths"] == [1, 2] and full["terms"]["counts"] == [0, 1, 2]
    point = lists["points"]["mine-q0-d0"]
    # q1 asks for sort (1) and list (2), q2 for files (2).
    assert point["postings"] == 5
    shares = {one["term"]: one["share"] for one in point["costly"]}
    assert shares == {"files": 0.4, "list": 0.4, "sort": 0.2}
    assert point["first"] == {"1": 0.4, "3": 1.0}
    assert lists["systems"]["mine"]["documents"] == 3
    assert lists["systems"]["mine"]["lengths"] == [1, 2]


def test_details_number_terms_and_documents_once(swept: Path) -> None:
    evidence = Evidence(swept / "report.data", ["bm25", "mine-q0-d0"])
    found = evidence.details(["q2"])["q2"]
    assert [place for place, _ in found["asked"]] == [0, 1]
    place, best = found["found"][1]
    number, score, grade, shares = best[0]
    assert place == 1 and found["documents"][number] == ["d3", "read files"]
    assert (score, grade) == (60_000, 2)
    assert [found["terms"][shares[0]], shares[1]] == ["files", 60_000]
    assert evidence.texts() == QUERIES


def test_evidence_is_kept_and_made_again_where_something_changed(swept: Path) -> None:
    folder = swept / "report.data"
    manifest = read_manifest(folder, KIND)
    assert manifest["names"] == ["bm25", "mine-q0-d0", "mine-q1-d1"]
    assert manifest["fields"] == "title"
    page = esplade.report(swept)  # the sweep's own, from what it kept: no data set is at hand
    assert page == swept / "report.html" and page.read_text().count("sort list") == 0
    assert rows(swept, "results", query="q1", point="mine-q0-d0")[0]["text"] == "sort a list"


def test_a_damaged_file_is_told_of(swept: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "report.data"
    damaged.mkdir()
    (damaged / "queries.parquet").write_bytes(b"PAR1nothing")
    with pytest.raises(InputError, match="queries.parquet cannot be read"):
        Evidence(damaged, []).texts()


def test_results_of_another_index_are_refused(swept: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from harness.evidence import Material, collect
    from harness.report.points import load_points

    point = next(p for p in load_points(swept) if p.name == "mine-q0-d0")
    other = tmp_path / "run.trec"
    other.write_text(point.run.read_text().replace(" 25000 ", " 25001 "))
    material = Material(QUERIES, TITLES, {}, "title")
    with pytest.raises(IntegrityError, match=r"'d1' add up to 25,000 for the query 'q1'"):
        collect([replace(point, run=other)], lambda ids: material)


def test_what_pruning_kept_is_found_at_its_place() -> None:
    whole = sp.csr_array(np.array([[0, 2.0, 3.0], [1.0, 0, 4.0]]))
    kept = sp.csr_array(np.array([[0, 0, 30], [0, 0, 40]]))
    assert kept_of(whole, kept).tolist() == [0, 30, 0, 40]


def test_pieces_of_words_are_looked_for_inside_words() -> None:
    found = own_terms("Sorting ﬁles", ["sort", "##ting", "▁files", "Ġorder", "sorting"])
    assert found == [True, True, True, False, True]


def test_bins() -> None:
    assert _by_powers(np.array([1, 2, 3, 4, 8])) == [1, 2, 1, 1]
    assert _even(np.array([0, 1, 1, 3]))["counts"] == [1, 2, 0, 1]
    assert _even(np.array([]))["counts"] == []


@pytest.mark.parametrize(
    ("pruning", "rule"),
    [
        ("", "none"),
        ("0:0", "none"),
        ("7:20", "top:7"),
        ("top:7+match:2/top:20", "top:7+match:2"),
        ("mass:0.9/share:0.4", "mass:0.9"),
    ],
)
def test_the_rule_of_queries_is_read_from_a_pruning(pruning: str, rule: str) -> None:
    assert str(query_rule(pruning)) == rule
