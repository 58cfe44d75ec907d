"""Search in two steps on the command line and in Python: costs, metadata, tables, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from commandline import Collection, Esplade

from harness.runs.metadata import metadata_path
from harness.runs.perquery import column, read_values, sidecar_path
from harness.runs.runfile import read_run


@pytest.fixture
def indexes(esplade: Esplade, collection: Collection, tmp_path: Path) -> tuple[Path, Path]:
    """A pruned index and a full one."""
    built = tmp_path / "pruned", tmp_path / "full"
    for index, dk in zip(built, (2, 0), strict=True):
        given = ("index", "--vectors", collection.documents, "--index", index)
        assert esplade(*given, "--dk", dk).code == 0
    return built


def test_a_search_and_its_files(
    esplade: Esplade, collection: Collection, indexes: tuple[Path, Path], tmp_path: Path
) -> None:
    pruned, full = indexes
    run = tmp_path / "run.trec"
    given = ("--index", pruned, "--queries", collection.queries, "--k", 5, "--qk", 2)
    two_steps = (*given, "--rescore", full, "--candidates", 61)
    found = esplade("search", *two_steps, "--run", run, "--json")
    assert found.code == 0, found.err
    facts = json.loads(found.out)
    metadata = yaml.safe_load(metadata_path(run).read_text())
    values = read_values(sidecar_path(run))
    assert facts["lookups_per_query"] == pytest.approx(column(values, "lookups").mean())
    assert facts["certified"] == column(values, "certified").sum()
    assert metadata["method"]["rescored"]["candidates"] == 61
    assert metadata["method"]["rescored"]["prune"] == "none"
    assert metadata["method"]["dk"] == 2
    assert metadata["resources"]["lookups"]["mean"] == facts["lookups_per_query"]
    assert metadata["resources"]["rescored_with"]["postings"] > 0
    # The scores are those of the full vectors and the unpruned queries.
    exact = tmp_path / "exact.trec"
    whole = ("search", "--index", full, "--queries", collection.queries, "--k", 61)
    assert esplade(*whole, "--run", exact).code == 0
    scores = {
        (query, doc): score
        for query, docs, all_scores in read_run(exact)
        for doc, score in zip(docs, all_scores, strict=True)
    }
    for query, docs, ours in read_run(run):
        assert [scores[query, doc] for doc in docs] == ours.tolist()


def test_costs_and_a_table(
    esplade: Esplade, collection: Collection, indexes: tuple[Path, Path], tmp_path: Path
) -> None:
    pruned, full = indexes
    given = ("--queries", collection.queries, "--k", 3)
    two_steps = ("--index", pruned, *given, "--rescore", full, "--candidates", 10)
    shown = esplade("cost", *two_steps, "--repeats", 1)
    assert shown.code == 0, shown.err
    for label in ("lookups per query", "certified to lose nothing", "of which rescoring"):
        assert label in shown.out
    needed = json.loads(esplade("cost", *two_steps, "--json").out)["candidates_needed"]
    assert set(needed) == {"mean", "median", "p95", "p99", "max", "never"}
    runs = tmp_path / "two.trec", tmp_path / "one.trec"
    assert esplade("search", *two_steps, "--run", runs[0]).code == 0
    assert esplade("search", "--index", full, *given, "--run", runs[1]).code == 0
    judged = ("--dataset", collection.folder, "--measures", "RR@10", "--format", "md")
    table = esplade("compare", *runs, *judged)
    assert table.code == 0, table.err
    assert "lookups" in table.out and "certified" in table.out
    assert "Two steps: 10 candidates, rescored with full vectors." in table.out


def test_one_more_candidate_where_the_query_itself_is_left_out(
    esplade: Esplade, collection: Collection, indexes: tuple[Path, Path], tmp_path: Path
) -> None:
    pruned, full = indexes
    given = ("--index", pruned, "--queries", collection.queries, "--k", 3, "--candidates", 3)
    run = tmp_path / "run.trec"
    found = esplade("search", *given, "--rescore", full, "--drop-self", "--run", run)
    assert found.code == 0, found.err
    assert yaml.safe_load(metadata_path(run).read_text())["method"]["rescored"]["candidates"] == 4


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (("--candidates", 5), "Name the index of the unpruned vectors with --rescore"),
        (("--rescore", "FULL", "--candidates", 2), "2 candidates are fewer than the 3 results"),
        (("--rescore", "BM25"), "is a BM25 index; candidates are found and rescored by impact"),
        (("--rescore", "SMALLER"), "is no pruning of it"),
    ],
)
def test_refusals(
    esplade: Esplade,
    collection: Collection,
    indexes: tuple[Path, Path],
    tmp_path: Path,
    extra: tuple[object, ...],
    words: str,
) -> None:
    places = {"FULL": indexes[1], "BM25": tmp_path / "bm25", "SMALLER": tmp_path / "smaller"}
    if "BM25" in extra:
        topics = ("index", "--bm25", "--dataset", collection.folder, "--index", places["BM25"])
        assert esplade(*topics).code == 0
    if "SMALLER" in extra:
        built = ("index", "--vectors", collection.documents, "--index", places["SMALLER"])
        assert esplade(*built, "--dk", 1).code == 0
    given = ("--index", indexes[0], "--queries", collection.queries, "--k", 3)
    wrong = esplade(
        "search", *given, *(places.get(str(one), one) for one in extra), "--run", tmp_path / "r"
    )
    assert (wrong.code, words in wrong.err) == (2, True), wrong.err
    assert not (tmp_path / "r").exists()
