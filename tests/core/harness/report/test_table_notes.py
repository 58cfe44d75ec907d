"""What tables say of their runs: queries and documents that are not covered."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from compared_runs import QUERIES, invoke, judged, run_of, write_qrels

from harness.evaluation import coverage
from harness.report.comparison import build_table
from harness.report.points import Point, write_sweep_file
from harness.report.renderings import RENDERERS, render
from harness.report.sweep import write_report
from harness.report.tables import Column, Row, Table
from harness.runs.perquery import make_values, write_values
from harness.runs.runfile import Run, write_run

MISSING = "2 of 40 judged queries have no results and count as zero (q39, q40)."


@pytest.mark.parametrize("format", sorted(RENDERERS))
def test_unanswered_queries_are_noted_in_every_format(tmp_path, format):
    qrels = write_qrels(tmp_path)
    write_run(tmp_path / "whole.trec", run_of(QUERIES))
    write_run(tmp_path / "part.trec", run_of(QUERIES[:38]))
    args = [
        tmp_path / "whole.trec",
        tmp_path / "part.trec",
        "--qrels",
        qrels,
        "--measures",
        "RR@10",
    ]
    result = invoke("compare", *args, "--format", format)
    assert MISSING in result.stdout
    if format == "csv":
        whole, part = csv.DictReader(io.StringIO(result.stdout))
        assert (whole["notes"], part["notes"]) == ("", MISSING)
    elif format == "json":
        found = json.loads(result.stdout)
        assert [row["notes"] for row in found["rows"]] == [[], [MISSING]]
        assert f"part: {MISSING}" in found["notes"]
    else:
        assert f"part: {MISSING}" in result.stdout and f"whole: {MISSING}" not in result.stdout


def test_score_and_compare_say_so_where_they_print(tmp_path):
    qrels = write_qrels(tmp_path)
    write_run(tmp_path / "part.trec", run_of(QUERIES[:38]))
    args = ["--qrels", qrels, "--measures", "RR@10"]
    shown = invoke("score", "--run", tmp_path / "part.trec", *args)
    assert " ".join(f"part.trec: {MISSING}".split()) in " ".join(shown.stdout.split())
    assert MISSING in shown.stderr
    found = json.loads(invoke("score", "--run", tmp_path / "part.trec", *args, "--json").stdout)
    assert found["runs"][0]["notes"] == [MISSING]
    shown = invoke("compare", tmp_path / "part.trec", *args)
    assert f"part: {MISSING}" in " ".join(shown.stdout.split())


@pytest.mark.slow
def test_a_sweep_keeps_the_notes_of_its_points(tmp_path):
    values = make_values(QUERIES, {"RR@10": [0.5] * 40, "postings": [9.0] * 40})
    noted = {"notes": [MISSING]}
    points = [
        Point("bm25", "BM25", values),
        *(Point(f"tiny-0-{i}", "tiny", values, 0, i, noted) for i in (5, 10)),
    ]
    for point in points:
        write_values(tmp_path / "points" / point.name / "perquery.parquet", values)
    write_sweep_file(tmp_path, points)
    table = write_report(tmp_path, ["RR@10"])
    assert f"tiny-0-5, tiny-0-10: {MISSING}" in table.notes
    for name in ("table.md", "table.csv", "table.json", "table.tex", "report.html"):
        assert MISSING in (tmp_path / name).read_text()
    alike = [Point(name, name, values, notes=(MISSING,)) for name in ("a", "b")]
    assert f"All systems: {MISSING}" in build_table(alike, ["RR@10"]).notes


def test_documents_of_another_scheme_are_noted():
    run = run_of(["q01"], [f"doc-d{i}" for i in range(200)])
    there = judged(*(f"d{i}" for i in range(150)))
    (note,) = coverage(run, there).notes()
    assert note.startswith("None of the run's documents is judged for any query")
    assert "'doc-d0' here, 'd0' there" in note
    nearly = pd.concat([there, judged("doc-d7")], ignore_index=True)
    (note,) = coverage(run, nearly).notes()
    assert note.startswith("Only 1 of the 151 documents judged for these queries are in the run")
    found = coverage(run, pd.concat([there, judged("doc-d7", "doc-d8")], ignore_index=True))
    assert not found.notes()  # two of 152 are more than one in a hundred


def test_a_bad_run_of_known_documents_is_not_called_strange():
    """Nothing good was found for its query, but what was found is judged for another."""
    qrels = pd.concat([judged("d1"), judged("d2", query="q02")])
    found = coverage(run_of(["q01", "q02"], ["d2", "d3"]), qrels)
    assert not found.strange and not found.notes()
    assert not coverage(run_of(["q01"], ["d2", "d3"]), qrels).strange


def test_the_collection_is_asked_only_about_strange_documents():
    run, there = run_of(["q01"], ["doc-d1", "doc-d2"]), judged("d1")

    def never():
        raise AssertionError("the collection was read")

    assert not coverage(run, judged("doc-d2"), never).notes()
    (note,) = coverage(run, there, lambda: iter(["d1", "d2"])).notes()
    assert note.endswith("; none of them is in the collection.")
    (note,) = coverage(run, there, lambda: iter(["d1", "doc-d2"])).notes()
    assert note.endswith("; 1 of 2 of them are in the collection.")


def test_score_and_compare_ask_the_collection(tmp_path):
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "sort rows"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q01", "text": "sort"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq01\td1\t1\n")
    write_run(tmp_path / "r.trec", run_of(["q01"], ["doc-d1"]))
    args = ["--dataset", folder, "--measures", "RR@10", "--json"]
    (run,) = json.loads(invoke("score", "--run", tmp_path / "r.trec", *args).stdout)["runs"]
    assert "none of them is in the collection" in run["notes"][0]
    found = json.loads(invoke("compare", tmp_path / "r.trec", *args).stdout)
    assert "none of them is in the collection" in found["notes"][0]


def test_tables_without_notes_stay_as_they_are():
    table = Table((Column("system", "system"),), (Row({"system": "a"}),))
    assert render(table, "csv") == "system,baseline\na,0\n"


def test_judgments_without_anything_relevant_are_noted():
    qrels = judged("rel").assign(relevance=0)
    (note,) = coverage(run_of(["q01"]), qrels).notes()
    assert note.startswith("No judged document is relevant")


def test_a_measure_deeper_than_the_run_is_noted(tmp_path):
    qrels = write_qrels(tmp_path)
    deep = ["rel", *(f"x{i}" for i in range(99))]
    write_run(tmp_path / "a.trec", run_of(QUERIES, deep))
    args = ["--run", tmp_path / "a.trec", "--qrels", qrels, "--json"]
    found = json.loads(invoke("score", *args, "--measures", "R@100 R@1000 AP P@500").stdout)
    (note,) = found["runs"][0]["notes"]
    assert note == "The run ends at 100 results a query, and R@1000, P@500 cannot see further."
    uneven = Run(
        ["q01", "q02"], np.array([0, 60, 100]), np.array(deep, object), np.arange(100), "t"
    )
    assert not coverage(uneven, judged("rel"), measures=["R@1000"]).cut_short
