"""Tables as text, in every format."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from rich.console import Console

from ground.errors import InputError
from harness.report.renderings import RENDERERS, render, to_rich
from harness.report.tables import Column, Row, Table

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


def test_html_is_escaped():
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


def test_every_format_is_rendered_without_rows():
    for format in RENDERERS:
        render(Table(TABLE.columns, ()), format)
