"""What stands in one table is of one kind, and is shown as it is."""

from __future__ import annotations

import csv
import io
import json

import pytest
from compared_runs import QUERIES, invoke, judged, run_of, write_qrels

from ground.errors import InputError
from harness.report.comparison import build_table
from harness.report.gathering import gather_points
from harness.report.points import Point, write_sweep_file
from harness.report.renderings import render
from harness.report.tables import Column, Row, Table, format_value, measure_column
from harness.runs.metadata import describe
from harness.runs.perquery import make_values, sidecar_path, write_values
from harness.runs.runfile import write_run


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


def test_more_results_or_judgments_are_no_merit():
    names = ["NumQ", "NumRet", "NumRel(rel=2)", "Judged@10", "NumRet(rel=1)", "P@5"]
    best = [measure_column(name, [3, 4]).higher_is_better for name in names]
    assert best == [None, None, None, None, True, True]


def test_graded_measures_are_compared_by_their_own_ids(tmp_path):
    """By hand: 0.08984 of query q-1, 7/32 of Q2; the better run finds both at the first rank."""
    (tmp_path / "qrels.txt").write_text("q-1 0 D1 0\nq-1 0 D2 1\nq-1 0 D5 2\nQ2 0 D1 3\n")
    (tmp_path / "a.trec").write_text(
        "q-1 Q0 D1 1 3 t\nq-1 Q0 D2 2 2 t\nq-1 Q0 D5 3 1 t\nQ2 Q0 D4 1 2 t\nQ2 Q0 D1 2 1 t\n"
    )
    (tmp_path / "b.trec").write_text("q-1 Q0 D5 1 3 t\nQ2 Q0 D1 1 2 t\n")
    runs = [tmp_path / "a.trec", tmp_path / "b.trec"]
    args = ["--qrels", tmp_path / "qrels.txt", "--measures", "ERR@5", "--json"]
    found = json.loads(invoke("compare", *runs, *args).stdout)
    values = [row["values"]["ERR@5"] for row in found["rows"]]
    assert values == pytest.approx([0.15430, (3 / 16 + 7 / 16) / 2], abs=1e-5)
    assert [c["queries"] for c in found["comparisons"]] == [2]


def compared(*args):
    return json.loads(invoke("compare", *args, "--measures", "RR@10", "--json").stdout)


def test_costs_and_metadata_of_a_run_that_was_replaced_are_left_out(tmp_path):
    qrels = write_qrels(tmp_path)
    path = tmp_path / "a.trec"
    facts = describe(method={"system": "ours", "qk": 5, "dk": 9}, resources={"index_bytes": 7})
    write_run(path, run_of(QUERIES, tag="ours"), facts)
    write_values(sidecar_path(path), make_values(QUERIES, {"postings": [10] * 40}))
    (row,) = compared(path, "--qrels", qrels)["rows"]
    assert row["values"]["system"] == "ours" and row["values"]["postings"] == 10
    assert row["values"]["pruning"] == "5:9" and row["notes"] == []
    lines = path.read_text()
    for changed in (lines.replace(" ours", " theirs"), lines + "q99 Q0 rel 1 1 ours\n"):
        path.write_text(changed)
        (row,) = compared(path, "--qrels", qrels)["rows"]
        assert row["values"]["system"] == "a" and "postings" not in row["values"]
        assert "are of another run" in row["notes"][0]


def test_two_runs_that_tie_are_two_rows(tmp_path):
    qrels = write_qrels(tmp_path)
    for folder in ("a", "b"):
        write_run(tmp_path / folder / "x.trec", run_of(QUERIES))
    one, two = tmp_path / "a" / "x.trec", tmp_path / "b" / "x.trec"
    rows = compared(one, two, one, "--qrels", qrels)["rows"]
    assert [row["values"]["system"] for row in rows] == ["a/x", "b/x"]
