"""What tables say of their runs: queries and documents that are not covered, and what differs."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from harness.cli import compare, score
from harness.datasets import load_dataset
from harness.errors import InputError
from harness.evaluation import coverage
from harness.perquery import make_values, read_values, sidecar_path, write_values
from harness.report.comparison import build_table
from harness.report.gathering import gather_points
from harness.report.points import Point, write_sweep_file
from harness.report.renderings import RENDERERS, render
from harness.report.sweep import write_report
from harness.report.tables import Column, Row, Table, format_value, measure_column
from harness.runfile import Run, write_run
from harness.runmetadata import describe
from harness.sweep import SweepSettings, parse_grid, prepare_folder

QUERIES = [f"q{i:02}" for i in range(1, 41)]


@pytest.fixture
def app():
    app = typer.Typer()
    app.command()(score.score)
    app.command()(compare.compare)
    return app


@pytest.fixture
def qrels(tmp_path):
    path = tmp_path / "qrels.txt"
    path.write_text("".join(f"{q} 0 rel 1\n" for q in QUERIES))
    return path


def run_of(queries, docs=("x", "rel"), tag="t"):
    scores = np.tile(np.arange(len(docs), 0, -1), len(queries))
    offsets = np.arange(len(queries) + 1) * len(docs)
    return Run(list(queries), offsets, np.array(list(docs) * len(queries), object), scores, tag)


def invoke(app, *args, code=0):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, (result.output, result.exception)
    return result


MISSING = "2 of 40 judged queries have no results and count as zero (q39, q40)."


@pytest.mark.parametrize("format", sorted(RENDERERS))
def test_unanswered_queries_are_noted_in_every_format(app, tmp_path, qrels, format):
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
    result = invoke(app, "compare", *args, "--format", format)
    assert MISSING in result.stdout
    out = tmp_path / f"table.{'tex' if format == 'latex' else format}"
    invoke(app, "compare", *args, "--out", out)
    assert MISSING in out.read_text()
    if format == "csv":
        whole, part = csv.DictReader(io.StringIO(result.stdout))
        assert (whole["notes"], part["notes"]) == ("", MISSING)
    elif format == "json":
        found = json.loads(result.stdout)
        assert [row["notes"] for row in found["rows"]] == [[], [MISSING]]
        assert f"part: {MISSING}" in found["notes"]
    else:
        assert f"part: {MISSING}" in result.stdout and f"whole: {MISSING}" not in result.stdout


def test_score_and_compare_say_so_where_they_print(app, tmp_path, qrels):
    write_run(tmp_path / "part.trec", run_of(QUERIES[:38]))
    args = ["--qrels", qrels, "--measures", "RR@10"]
    shown = invoke(app, "score", "--run", tmp_path / "part.trec", *args)
    assert " ".join(f"part.trec: {MISSING}".split()) in " ".join(shown.stdout.split())
    assert MISSING in shown.stderr
    found = json.loads(
        invoke(app, "score", "--run", tmp_path / "part.trec", *args, "--json").stdout
    )
    assert found["runs"][0]["notes"] == [MISSING]
    shown = invoke(app, "compare", tmp_path / "part.trec", *args)
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


def judged(*documents, query="q01"):
    rows = [(query, doc, 1) for doc in documents]
    return pd.DataFrame(rows, columns=["query_id", "doc_id", "relevance"])


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


def test_score_and_compare_ask_the_collection(app, tmp_path):
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "sort rows"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q01", "text": "sort"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq01\td1\t1\n")
    write_run(tmp_path / "r.trec", run_of(["q01"], ["doc-d1"]))
    args = ["--dataset", folder, "--measures", "RR@10", "--json"]
    (run,) = json.loads(invoke(app, "score", "--run", tmp_path / "r.trec", *args).stdout)["runs"]
    assert "none of them is in the collection" in run["notes"][0]
    found = json.loads(invoke(app, "compare", tmp_path / "r.trec", *args).stdout)
    assert "none of them is in the collection" in found["notes"][0]


@pytest.mark.parametrize("command", [["score", "--run"], ["compare"]])
@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("ERR@5", r"qrels.txt, line 2: query 'q-1' and document 'd2' are judged 5.*above 4"),
        ("P@0", "cutoffs start at 1"),
        ("AP(rel=0)", "rel starts at 1"),
        ("IPrec@1.5", "recall is between 0 and 1"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_runs_are_read(
    app, tmp_path, command, measure, words
):
    (tmp_path / "qrels.txt").write_text("q-1 0 d1 1\nq-1 0 d2 5\n")
    (tmp_path / "r.trec").write_text("this is no run\n")
    args = [tmp_path / "r.trec", "--qrels", tmp_path / "qrels.txt", "--measures", measure]
    result = invoke(app, *command, *args, code=1)
    with pytest.raises(InputError, match=words):
        raise result.exception


@pytest.mark.parametrize("measure", ["P@0", "ERR@5", "AP(rel=0)"])
def test_a_sweep_refuses_before_it_leaves_anything(tmp_path, measure):
    folder = tmp_path / "data"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "sort rows"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "sort"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t5\n")
    settings = SweepSettings(grid=parse_grid("0:0"), measures=(measure,))
    with pytest.raises(InputError):
        prepare_folder(tmp_path / "out", load_dataset(str(folder)), settings)
    assert not (tmp_path / "out").exists()


def point(name, queries, rr, system=None):
    return Point(name, system or name, make_values(queries, {"RR@10": [rr] * len(queries)}))


def test_means_over_different_queries_are_noted():
    points = [point("a", QUERIES, 0.5), point("b", QUERIES[:30], 0.4), point("c", ["z"], 0.1)]
    table = build_table(points, ["RR@10"], "a")
    rows = [" ".join(row.notes) for row in table.rows]
    assert [row[:39] for row in rows] == [
        f"It has values for {n} of the 41 queries " for n in (40, 30)
    ] + ["It has values for 1 of the 41 queries t"]
    assert "c: No query in common with a, so not tested." in table.notes
    assert "30 queries" in table.notes[0]
    assert "30 of the 41" in list(csv.DictReader(io.StringIO(render(table, "csv"))))[1]["notes"]
    alike = build_table([points[0], point("b", QUERIES, 0.4)], ["RR@10"], "a")
    assert len(alike.notes) == 1 and not any(row.notes for row in alike.rows)


def stored(folder, **subject):
    one = point("tiny", QUERIES, 0.5)
    write_values(folder / "points" / "tiny" / "perquery.parquet", one.values)
    write_sweep_file(folder, [one], subject={"dataset": "d", "split": "test", **subject})
    return folder


def test_stored_values_of_different_data_do_not_stand_side_by_side(tmp_path):
    one = stored(tmp_path / "one", digest="1", fields="title")
    gather_points([one, stored(tmp_path / "two", digest="1", fields="text")], None, ["RR@10"])
    for other in ({"digest": "2"}, {"digest": "1", "split": "dev"}, {"dataset": "e"}):
        changed = stored(tmp_path / "other", **other)
        with pytest.raises(InputError, match="do not belong in one table.*--qrels or --dataset"):
            gather_points([one, changed], None, ["RR@10"])
    with pytest.raises(InputError, match="tiny has no run file any more"):
        gather_points([one], judged("d1"), ["RR@10"])


def test_a_value_that_is_no_number_has_no_significance():
    points = [point("a", QUERIES, 0.5), point("b", QUERIES, float("nan"))]
    with pytest.raises(InputError, match="b has no number for RR@10 and query q01"):
        build_table(points, ["RR@10"], "a")


def test_what_is_there_is_not_rounded_to_nothing():
    column = Column("x", "x", 3, True)
    shown = [
        format_value(column, v) for v in (0.0, 0.0004, 0.00049, 0.00051, 1e-12, 0.9996, 12345.6)
    ]
    assert shown == ["0.000", "<0.001", "<0.001", "0.001", "<0.001", "1.000", "12,345.600"]
    assert format_value(Column("p", "p", 0, False), 0.4) == "<1"
    assert format_value(Column("p", "p", 0, False), 0) == "0"
    table = Table((column,), (Row({"x": 0.0004}), Row({"x": 0.5})))
    assert "$<$0.001" in render(table, "latex") and "| <0.001 |" in render(table, "md")
    almost = measure_column("nDCG", [1.0000000000000002, 0.7312])
    assert format_value(almost, 0.7312) == "0.731"  # a share, though its best is above 1
    assert measure_column("NumRet", [1000.0, 40.0]).digits == 0


def test_tables_without_notes_stay_as_they_are():
    table = Table((Column("system", "system"),), (Row({"system": "a"}),))
    assert render(table, "csv") == "system,baseline\na,0\n"


def test_two_runs_of_one_name_do_not_share_a_file_of_values(app, tmp_path, qrels):
    for folder in ("a", "b"):
        write_run(tmp_path / folder / "x.trec", run_of(QUERIES))
    args = ["--run", tmp_path / "*" / "x.trec", "--qrels", qrels, "--per-query", tmp_path / "out"]
    result = invoke(app, "score", *args, code=1)
    assert isinstance(result.exception, InputError) and "would both go to" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_broken_run_leaves_no_values_of_the_others(app, tmp_path, qrels):
    write_run(tmp_path / "a.trec", run_of(QUERIES))
    (tmp_path / "b.trec").write_text("no run\n")
    args = ["--run", tmp_path / "?.trec", "--qrels", qrels, "--per-query", tmp_path / "out"]
    assert isinstance(invoke(app, "score", *args, code=1).exception, InputError)
    assert not (tmp_path / "out").exists()


def test_more_results_or_judgments_are_no_merit():
    names = ["NumQ", "NumRet", "NumRel(rel=2)", "Judged@10", "NumRet(rel=1)", "P@5"]
    best = [measure_column(name, [3, 4]).higher_is_better for name in names]
    assert best == [None, None, None, None, True, True]


def test_judgments_without_anything_relevant_are_noted():
    qrels = judged("rel").assign(relevance=0)
    (note,) = coverage(run_of(["q01"]), qrels).notes()
    assert note.startswith("No judged document is relevant")


def test_values_of_labels_that_are_nearly_alike_are_kept_apart(app, tmp_path, qrels):
    write_run(tmp_path / "a.trec", run_of(QUERIES))
    args = ["score", "--run", tmp_path / "a.trec", "--qrels", qrels]
    names = "IPrec@0.101 IPrec@0.104 IPrec@0.1 NumRet P(judged_only=True)@5 P@5"
    out = tmp_path / "values.parquet"
    found = invoke(app, *args, "--measures", names, "--per-query", out, "--json")
    values = json.loads(found.stdout)["runs"][0]["values"]
    stored = read_values(out)
    assert list(values) == names.split() == list(stored["measure"].unique())
    assert len(stored) == 6 * len(QUERIES)
    assert values == pytest.approx(
        dict(zip(names.split(), [0.5, 0.5, 0.5, 80, 0.2, 0.2], strict=True))
    )


def test_graded_measures_are_compared_by_their_own_ids(app, tmp_path):
    """By hand: 0.08984 of query q-1, 7/32 of Q2; the better run finds both at the first rank."""
    (tmp_path / "qrels.txt").write_text("q-1 0 D1 0\nq-1 0 D2 1\nq-1 0 D5 2\nQ2 0 D1 3\n")
    (tmp_path / "a.trec").write_text(
        "q-1 Q0 D1 1 3 t\nq-1 Q0 D2 2 2 t\nq-1 Q0 D5 3 1 t\nQ2 Q0 D4 1 2 t\nQ2 Q0 D1 2 1 t\n"
    )
    (tmp_path / "b.trec").write_text("q-1 Q0 D5 1 3 t\nQ2 Q0 D1 1 2 t\n")
    runs = [tmp_path / "a.trec", tmp_path / "b.trec"]
    args = ["--qrels", tmp_path / "qrels.txt", "--measures", "ERR@5", "--json"]
    found = json.loads(invoke(app, "compare", *runs, *args).stdout)
    values = [row["values"]["ERR@5"] for row in found["rows"]]
    assert values == pytest.approx([0.15430, (3 / 16 + 7 / 16) / 2], abs=1e-5)
    assert [c["queries"] for c in found["comparisons"]] == [2]


def test_a_measure_deeper_than_the_run_is_noted(app, tmp_path, qrels):
    deep = ["rel", *(f"x{i}" for i in range(99))]
    write_run(tmp_path / "a.trec", run_of(QUERIES, deep))
    args = ["--run", tmp_path / "a.trec", "--qrels", qrels, "--json"]
    found = json.loads(invoke(app, "score", *args, "--measures", "R@100 R@1000 AP P@500").stdout)
    (note,) = found["runs"][0]["notes"]
    assert note == "The run ends at 100 results a query, and R@1000, P@500 cannot see further."
    uneven = Run(
        ["q01", "q02"], np.array([0, 60, 100]), np.array(deep, object), np.arange(100), "t"
    )
    assert not coverage(uneven, judged("rel"), measures=["R@1000"]).cut_short


def compared(app, *args):
    return json.loads(invoke(app, "compare", *args, "--measures", "RR@10", "--json").stdout)


def test_costs_and_metadata_of_a_run_that_was_replaced_are_left_out(app, tmp_path, qrels):
    path = tmp_path / "a.trec"
    facts = describe(method={"system": "ours", "qk": 5, "dk": 9}, resources={"index_bytes": 7})
    write_run(path, run_of(QUERIES, tag="ours"), facts)
    write_values(sidecar_path(path), make_values(QUERIES, {"postings": [10] * 40}))
    (row,) = compared(app, path, "--qrels", qrels)["rows"]
    assert row["values"]["system"] == "ours" and row["values"]["postings"] == 10
    assert row["values"]["pruning"] == "5:9" and row["notes"] == []
    lines = path.read_text()
    for changed in (lines.replace(" ours", " theirs"), lines + "q99 Q0 rel 1 1 ours\n"):
        path.write_text(changed)
        (row,) = compared(app, path, "--qrels", qrels)["rows"]
        assert row["values"]["system"] == "a" and "postings" not in row["values"]
        assert "are of another run" in row["notes"][0]


def test_two_runs_that_tie_are_two_rows(app, tmp_path, qrels):
    for folder in ("a", "b"):
        write_run(tmp_path / folder / "x.trec", run_of(QUERIES))
    one, two = tmp_path / "a" / "x.trec", tmp_path / "b" / "x.trec"
    rows = compared(app, one, two, one, "--qrels", qrels)["rows"]
    assert [row["values"]["system"] for row in rows] == ["a/x", "b/x"]
