from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from ground.errors import InputError
from harness.report.comparison import build_table, compare_points, default_baseline
from harness.report.gathering import distinct
from harness.report.html import render_page
from harness.report.points import Point, load_points, with_effectiveness, write_sweep_file
from harness.report.renderings import RENDERERS, render, to_rich
from harness.report.tables import Column, Row, Table
from harness.runs.perquery import (
    column,
    find_sidecar,
    make_values,
    read_values,
    sidecar_path,
    write_values,
)

TABLE = Table(
    columns=(
        Column("system", "system"),
        Column("rr", "RR@10", 3, True),
        Column("postings", "postings", 0, False),
        Column("terms", "terms", 1),
    ),
    rows=(
        Row({"system": "BM25", "rr": 0.30, "postings": 93800.4, "terms": 3.0}, baseline=True),
        Row({"system": "a|b_<c>", "rr": 0.41239, "postings": 1200.0}, marks={"rr": "▲"}),
        Row({"system": "third", "rr": 0.41241, "postings": math.nan, "terms": 9.0}),
    ),
    caption="Caption",
    notes=("A note.",),
)


def test_best_is_found_as_shown_and_only_where_there_is_one():
    cells = TABLE.cells()
    assert [row[1].text for row in cells] == ["0.300", "0.412", "0.412"]
    assert [row[1].best for row in cells] == [False, True, True]
    assert [row[2].text for row in cells] == ["93,800", "1,200", "–"]
    assert [row[2].best for row in cells] == [False, True, False]
    assert not any(row[3].best for row in cells)
    assert cells[1][3].text == "–"


def test_markdown():
    assert render(TABLE, "md") == (
        "**Caption**\n\n"
        "| system | RR@10 | postings | terms |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| BM25 (baseline) | 0.300 | 93,800 | 3.0 |\n"
        "| a\\|b_<c> | **0.412**▲ | **1,200** | – |\n"
        "| third | **0.412** | – | 9.0 |\n"
        "\nA note.\n"
    )


def test_csv_has_full_precision():
    rows = list(csv.DictReader(io.StringIO(render(TABLE, "csv"))))
    assert rows[1]["rr"] == "0.41239" and rows[1]["rr_mark"] == "▲"
    assert rows[0]["baseline"] == "1" and rows[2]["postings"] == ""


def test_json_knows_no_nan():
    found = json.loads(render(TABLE, "json"), parse_constant=pytest.fail)
    assert found["rows"][2]["values"]["postings"] is None
    assert found["rows"][0]["baseline"] is True
    assert found["columns"][1] == {
        "key": "rr",
        "label": "RR@10",
        "digits": 3,
        "higher_is_better": True,
    }


def test_latex_and_html_are_escaped():
    latex = render(TABLE, "latex")
    assert r"a|b\_<c> & \textbf{0.412}$^{\blacktriangle}$ & \textbf{1,200} & -- \\" in latex
    assert r"\begin{tabular}{lrrr}" in latex
    html = render(TABLE, "html")
    assert "a|b_&lt;c&gt;" in html
    assert '<strong class="best">0.412</strong><sup>▲</sup>' in html
    assert '<tr class="baseline"><td>BM25 (baseline)</td>' in html


def test_terminal():
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(to_rich(TABLE))
    lines = console.export_text().splitlines()
    ends = {line.index(x) + len(x) for line in lines for x in ("0.300", "0.412") if x in line}
    assert len(ends) == 1  # digits stand below each other, mark or not
    assert any("a|b_<c>" in line and "▲ 0.412" in line for line in lines)


def test_unknown_format():
    with pytest.raises(InputError, match="md, csv, latex, html, json"):
        render(TABLE, "pdf")


QUERIES = [f"q{i:02}" for i in range(40)]


def point(name, system, rr, postings, **more):
    values = make_values(
        QUERIES,
        {"RR@10": np.full(40, rr), "postings": np.arange(40) + postings, "query_terms": [4] * 40},
    )
    return Point(name, system, values, **more)


BM25 = point("bm25", "BM25", 0.25, 100, facts={"index_bytes": 2_500_000})
FULL = point("tiny-0-0", "tiny", 0.5, 5000, qk=0, dk=0, facts={"document_terms": 88.0})
HARD = point("tiny-5-10", "tiny", 0.2, 50, qk=5, dk=10)


def test_build_table():
    table = build_table([BM25, FULL, HARD], ["RR@10"], "BM25")
    labels = [column.label for column in table.columns]
    assert labels == [
        "system",
        "qk:dk",
        "RR@10",
        "postings/query",
        "p95 postings",
        "terms/query",
        "terms/doc",
        "index MB",
    ]
    assert [row.values["pruning"] for row in table.rows] == ["", "0:0", "5:10"]
    assert [row.marks.get("RR@10") for row in table.rows] == [None, "▲", "▼"]
    assert [row.baseline for row in table.rows] == [True, False, False]
    assert table.rows[0].values["postings"] == 119.5
    assert table.rows[0].values["postings_p95"] == pytest.approx(100 + 0.95 * 39)
    assert table.rows[0].values["index_mb"] == 2.5
    assert "Holm over 2 comparisons" in table.notes[-1]


def test_build_table_without_baseline_has_no_marks():
    table = build_table([FULL, HARD], ["RR@10"])
    assert not any(row.marks or row.baseline for row in table.rows)


def test_baseline_must_be_clear():
    assert default_baseline([BM25, FULL]) == "bm25"
    assert default_baseline([FULL, HARD]) == "tiny-0-0"
    assert default_baseline([FULL]) is None
    with pytest.raises(InputError, match="2 points have the system 'tiny'"):
        build_table([BM25, FULL, HARD], ["RR@10"], "tiny")
    with pytest.raises(InputError, match="bm25, tiny-0-0"):
        build_table([BM25, FULL], ["RR@10"], "nope")
    with pytest.raises(InputError, match="--qrels"):
        build_table([BM25, FULL], ["AP"])


def test_page_is_self_contained():
    points = [BM25, FULL, HARD]
    tests = compare_points(points, ["RR@10"], "bm25")
    table = build_table(points, ["RR@10"], "bm25", tests)
    page = render_page(
        table, points, title="<T>", figure_measures=["RR@10", "none"], comparisons=tests
    )
    assert page.count("<svg") == 1 and "<h1>&lt;T&gt;</h1>" in page
    assert "index_bytes</dt><dd>2,500,000" in page
    for loads in ("<script", "<link", "src=", "@import", "url(http"):
        assert loads not in page


def test_sweep_folder_round_trip(tmp_path):
    for p in (BM25, HARD):
        write_values(tmp_path / "points" / p.name / "perquery.parquet", p.values)
    (tmp_path / "points" / "bm25" / "run.trec").write_text("q Q0 d 1 1 t\n")
    write_sweep_file(tmp_path, [BM25, HARD], dataset="pydoc")
    found = load_points(tmp_path)
    assert [(p.name, p.system, p.qk, p.dk) for p in found] == [
        ("bm25", "BM25", None, None),
        ("tiny-5-10", "tiny", 5, 10),
    ]
    assert found[0].facts == BM25.facts and found[0].run and not found[1].run
    assert found[1].values.equals(HARD.values)
    assert find_sidecar(found[0].run) == tmp_path / "points/bm25/perquery.parquet"


def test_sweep_folder_faults(tmp_path):
    with pytest.raises(InputError, match="not the folder of a finished sweep"):
        load_points(tmp_path)
    (tmp_path / "sweep.json").write_text('{"points": [{"name": "x"}]}')
    with pytest.raises(InputError, match="needs name, system, qk and dk"):
        load_points(tmp_path)
    write_sweep_file(tmp_path, [BM25])
    with pytest.raises(InputError, match=r"perquery.parquet cannot be read"):
        load_points(tmp_path)


def test_new_effectiveness_replaces_old_and_keeps_costs():
    new = with_effectiveness(FULL, make_values(["q00"], {"AP": [0.5]}))
    assert new.values["measure"].unique().tolist() == ["AP", "postings", "query_terms"]


def test_points_of_several_sweeps_stay_apart(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    other = point("tiny-0-0", "tiny", 0.4, 4000, qk=0, dk=0)
    found = distinct([(one, BM25), (one, FULL), (one, HARD), (two, BM25), (two, other)])
    assert [(p.name, p.system) for p in found] == [
        ("bm25", "BM25"),  # the same in both: once
        ("one/tiny-0-0", "one/tiny"),
        ("one/tiny-5-10", "one/tiny"),
        ("two/tiny-0-0", "two/tiny"),
    ]


def test_systems_that_only_their_indexes_tell_apart(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    other = replace(FULL, facts={**FULL.facts, "document_terms": 1234.5})
    found = distinct([(one, FULL), (one, HARD), (two, other), (two, HARD)])
    assert [p.name for p in found] == ["one/tiny-0-0", "one/tiny-5-10", "two/tiny-0-0"]


def test_lone_runs_of_one_name_are_told_apart(tmp_path):
    a, b = tmp_path / "a" / "run.txt", tmp_path / "b" / "run.txt"
    runs = [(a, point("run", "run", 0.1, 1)), (b, point("run", "run", 0.2, 2))]
    assert [(p.name, p.system) for p in distinct(runs)] == [("a/run", "a/run"), ("b/run", "b/run")]
    same = [(a, runs[0][1]), (a, runs[1][1])]
    assert [p.name for p in distinct(same)] == ["a/run", "a/run (2)"]


def test_per_query_values(tmp_path):
    path = sidecar_path(tmp_path / "run.trec.gz")
    assert path.name == "run.trec.gz.perquery.parquet"
    values = make_values(["b", "a"], {"RR@10": [0.5, 1], "postings": np.array([7, 2**53])})
    write_values(path, values)
    found = read_values(path)
    assert found["value"].dtype == np.float64 and found.equals(values)
    assert column(found, "postings").to_dict() == {"a": 2**53, "b": 7}
    assert not len(column(found, "AP"))
    with pytest.raises(ValueError, match="twice"):
        write_values(path, make_values(["a", "a"], {"AP": [1, 2]}))


def test_per_query_faults(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(InputError, match="query, measure, value"):
        read_values(path)
    path.write_text("no parquet")
    with pytest.raises(InputError, match="query, measure, value"):
        read_values(path)


def test_every_format_is_rendered_without_rows():
    for format in RENDERERS:
        render(Table(TABLE.columns, ()), format)
