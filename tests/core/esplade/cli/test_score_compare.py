"""The commands score and compare, as functions of files."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from esplade.cli import compare, score
from ground.errors import InputError
from harness.report.points import Point, write_sweep_file
from harness.runs.metadata import describe
from harness.runs.perquery import make_values, read_values, sidecar_path, write_values
from harness.runs.runfile import Run, write_run

QUERIES = [f"q{i}" for i in range(1, 21)]


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


def run_at_rank(rank, tag="sys", queries=QUERIES):
    """Every query finds its document at the same rank."""
    docs = [*(f"d{i}" for i in range(1, rank)), "rel"]
    scores = np.tile(np.arange(100, 100 - rank, -1), len(queries))
    offsets = np.arange(0, len(scores) + 1, rank)
    return Run(list(queries), offsets, np.array(docs * len(queries), dtype=object), scores, tag)


def invoke(app, *args, code=0):
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_score(app, tmp_path, qrels):
    write_run(tmp_path / "a.trec", run_at_rank(1))
    write_run(tmp_path / "b.trec", run_at_rank(4, queries=[*QUERIES[:10], "extra"]))
    args = ["score", "--run", tmp_path / "*.trec", "--qrels", qrels, "--measures", "RR@10, R@3"]
    found = json.loads(invoke(app, *args, "--json").stdout)
    assert found["measures"] == ["RR@10", "R@3"]
    a, b = found["runs"]
    assert a["values"] == {"RR@10": 1.0, "R@3": 1.0} and a["missing"] == []
    assert b["values"] == {"RR@10": 0.125, "R@3": 0.0}
    assert b["judged"] == 20 and b["answered"] == 10 and b["unjudged"] == ["extra"]
    shown = invoke(app, *args)
    assert "0.1250" in shown.stdout and "10 of 20 judged queries" in shown.stderr


def test_score_writes_per_query_values(app, tmp_path, qrels):
    write_run(tmp_path / "a.trec", run_at_rank(2))
    args = ["score", "--run", tmp_path / "a.trec", "--qrels", qrels, "--measures", "RR@10"]
    invoke(app, *args, "--per-query", tmp_path / "values.parquet")
    values = read_values(tmp_path / "values.parquet")
    assert values["query"].tolist() == sorted(QUERIES) and set(values["value"]) == {0.5}
    write_run(tmp_path / "b.trec", run_at_rank(4))
    invoke(app, *args, "--run", tmp_path / "b.trec", "--per-query", tmp_path / "folder")
    names = sorted(path.name for path in (tmp_path / "folder").iterdir())
    assert names == ["a.trec.perquery.parquet", "b.trec.perquery.parquet"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--run", "none*.trec", "--qrels", "q"], "no run file none"),
        (["--run", "none.trec"], "either as --qrels FILE or as --dataset D"),
        (["--run", "x", "--qrels", "q", "--measures", "XX@3"], "'XX@3' is not a measure"),
    ],
)
def test_score_faults(app, tmp_path, args, words):
    (tmp_path / "none.trec").write_text("")
    args = [a.replace("none.trec", str(tmp_path / "none.trec")) for a in args]
    result = invoke(app, "score", *args, code=1)
    assert isinstance(result.exception, InputError) and words in str(result.exception)


@pytest.fixture
def sweep(tmp_path):
    folder = tmp_path / "sweep"
    points = []
    for name, system, rank, postings, qk, dk in (
        ("bm25", "BM25", 2, 100, None, None),
        ("tiny-0-0", "tiny", 1, 5000, 0, 0),
        ("tiny-5-10", "tiny", 4, 50, 5, 10),
    ):
        place = folder / "points" / name
        write_run(place / "run.trec", run_at_rank(rank), describe(method={"system": system}))
        values = make_values(QUERIES, {"RR@10": [1 / rank] * 20, "postings": [postings] * 20})
        write_values(place / "perquery.parquet", values)
        points.append(Point(name, system, values, qk, dk, {"index_bytes": 1000 * postings}))
    write_sweep_file(folder, points)
    return folder


def test_compare_a_sweep_by_its_stored_values(app, sweep):
    found = json.loads(invoke(app, "compare", sweep, "--measures", "RR@10", "--json").stdout)
    rows = found["rows"]
    assert [row["values"]["RR@10"] for row in rows] == [0.5, 1.0, 0.25]
    assert [row["baseline"] for row in rows] == [True, False, False]
    assert [row["marks"].get("RR@10") for row in rows] == [None, "▲", "▼"]
    assert [c["system"] for c in found["comparisons"]] == ["tiny-0-0", "tiny-5-10"]
    result = invoke(app, "compare", sweep, "--measures", "AP", code=1)
    assert "--qrels" in str(result.exception)


def test_compare_runs_with_and_without_costs(app, tmp_path, sweep, qrels):
    foreign, ours = tmp_path / "foreign.txt.gz", tmp_path / "ours.trec"
    write_run(foreign, run_at_rank(5))
    write_run(ours, run_at_rank(1), describe(method={"qk": 7, "dk": 20}))
    write_values(sidecar_path(ours), make_values(QUERIES, {"postings": [10] * 20}))
    args = ["compare", sweep, foreign, ours, "--qrels", qrels, "--measures", "RR@10 AP"]
    found = json.loads(invoke(app, *args, "--json").stdout)
    values = [row["values"] for row in found["rows"]]
    assert [v["system"] for v in values] == ["BM25", "tiny", "tiny", "foreign", "ours"]
    assert [v["AP"] for v in values] == pytest.approx([0.5, 1.0, 0.25, 0.2, 1.0])
    assert values[3]["postings"] is None and values[4]["postings"] == 10
    assert values[4]["pruning"] == "7:20"
    result = invoke(app, "compare", ours, code=1)
    assert "judgments are needed" in str(result.exception)


@pytest.mark.slow
def test_compare_writes_files(app, tmp_path, sweep):
    figure, page = tmp_path / "out" / "v1.2", tmp_path / "out" / "page.html"
    args = ["compare", sweep, "--measures", "RR@10", "--baseline", "tiny-0-0"]
    result = invoke(app, *args, "--figure", figure, "--out", page)
    assert not result.stdout
    names = sorted(path.name for path in page.parent.iterdir())
    assert names == ["page.html", "v1.2.pdf", "v1.2.png", "v1.2.svg"]
    text = page.read_text()
    assert text.startswith("<!doctype html>") and "tiny (baseline)" in text
    result = invoke(app, *args, "--out", page, code=1)
    assert "--overwrite" in str(result.exception)
    invoke(app, *args, "--out", page, "--overwrite")
    result = invoke(app, *args, "--out", tmp_path / "table.pdf", code=1)
    assert "no format 'pdf'" in str(result.exception)
    markdown = invoke(app, *args, "--format", "md").stdout
    assert "| tiny (baseline) | 0:0 | **1.000** |" in markdown


def test_compare_tests_as_it_is_told(app, sweep):
    args = ["compare", sweep, "--measures", "RR@10"]
    how = ["--test", "t", "--correction", "bonferroni", "--alpha", "0.01", "--margin", "0.2"]
    found = json.loads(invoke(app, *args, *how, "--json").stdout)
    # Every query differs by the same: t is infinite, and 0.25 is no difference within 0.2.
    assert [c["p_corrected"] for c in found["comparisons"]] == [0.0, 0.0]
    assert [c["equivalent"] for c in found["comparisons"]] == [False, False]
    assert [c["not_worse"] for c in found["comparisons"]] == [True, False]
    assert found["statistics"]["alpha"] == 0.01
    pairs = json.loads(invoke(app, *args, "--pairs", "all", "--json").stdout)
    assert len(pairs["comparisons"]) == 3
    assert [row["marks"].get("RR@10") for row in pairs["rows"]] == ["c", "ac", None]
    shown = invoke(app, *args, "--details", "--format", "terminal").stdout
    assert "won/tied/lost" in shown and "20/0/0" in shown
    assert "won/tied/lost" not in invoke(app, *args).stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--test", "z"], "no test 'z'"),
        (["--correction", "z"], "no correction 'z'"),
        (["--pairs", "some"], "no pairs 'some'"),
        (["--margin", "-1"], "--margin is a difference above 0"),
        (["--format", "parquet"], "--out FILE.parquet"),
        (["--columns", "system,nonsense"], "no column 'nonsense'"),
        (["--width", "8cm"], "give --figure FILE, too"),
        (["--figure", "f", "--width", "8 parsecs"], "no width of a figure"),
        (["--format", "terminal", "--out", "x.md"], "leave --out out"),
    ],
)
def test_compare_options_that_mean_nothing(app, sweep, args, words):
    result = invoke(app, "compare", sweep, "--measures", "RR@10", *args, code=1)
    assert isinstance(result.exception, InputError) and words in str(result.exception)


def test_compare_writes_parquet_and_latex(app, tmp_path, sweep):
    import pyarrow.parquet as pq

    args = ["compare", sweep, "--measures", "RR@10", "--columns", "pruning,RR@10"]
    invoke(app, *args, "--out", tmp_path / "x.parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.column_names[:2] == ["pruning", "RR@10"]
    latex = invoke(app, *args, "--format", "latex").stdout
    assert r"\# & qk:dk & \multicolumn{2}{c}{RR@10} \\" in latex
    assert "b & 0:0 & \\textbf{1.000} & \\textsuperscript{ac} \\\\" in latex


@pytest.mark.slow
def test_compare_draws_what_is_asked_for(app, tmp_path, sweep):
    args = ["compare", sweep, "--measures", "RR@10"]
    invoke(app, *args, "--figure", tmp_path / "one.pdf", "--width", "8cm")
    assert [path.name for path in tmp_path.glob("one.*")] == ["one.pdf"]
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
