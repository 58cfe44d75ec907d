"""A comparison in Python: its tests, formats and files."""

from __future__ import annotations

import json

import numpy as np
import pytest

import esplade
from esplade.comparison import Comparison
from ground.errors import InputError
from harness.evaluation.significance import Settings
from harness.report.points import Point
from harness.runs.perquery import make_values

QUERIES = [f"q{i:02}" for i in range(40)]


def point(name, shift, **more):
    rng = np.random.default_rng(len(name))
    values = {"RR@10": 0.4 + shift + rng.normal(0, 0.05, 40), "postings": [100.0] * 40}
    return Point(name, name, make_values(QUERIES, values), **more)


POINTS = [point("BM25", 0.0), point("tiny", 0.1, qk=5, dk=9), point("large", 0.2)]


def compared(pairs=None, **settings):
    return Comparison(POINTS, ["RR@10"], "BM25", "", Settings(**settings), pairs)


def test_json_has_all_of_it():
    found = json.loads(compared(test="t", correction="bh", alpha=0.01, margin=0.02).text("json"))
    assert found["statistics"]["test"] == "t" and found["statistics"]["correction"] == "bh"
    assert found["statistics"]["margin"] == 0.02 and found["statistics"]["pairs"] == "baseline"
    first = found["comparisons"][0]
    wanted = {"p_t", "p_wilcoxon", "p_permutation", "p_holm", "p_corrected", "significant"}
    wanted |= {"effect_size", "ci_low", "ci_high", "wins", "ties", "losses", "deviation"}
    wanted |= {"detectable", "queries_needed", "p_tost", "p_not_worse", "equivalent", "not_worse"}
    assert wanted <= set(first)
    assert [c["system"] for c in found["comparisons"]] == ["tiny", "large"]


def test_all_pairs_are_marked_by_letters():
    found = compared("all")
    assert [(t.system, t.baseline) for t in found.tests] == [
        ("tiny", "BM25"),
        ("large", "BM25"),
        ("large", "tiny"),
    ]
    assert [row.marks.get("RR@10") for row in found.rendered.rows] == [None, "a", "ab"]
    assert "| # | system |" in found.text("md")
    assert "BM25 (baseline)" in found.text("html")


def test_latex_has_letters_unless_told_otherwise():
    assert r"\textsuperscript{ab}" in compared().text("latex")
    assert r"\blacktriangle" in compared("baseline").text("latex")
    assert "▲" in compared().text("md")
    wide = compared().text("latex", "system,RR@10,postings_p95")
    assert r"\# & system & \multicolumn{2}{c}{RR@10} & p95 postings \\" in wide


def test_many_systems_have_no_letters_unless_asked():
    names = [f"system{i:03}" for i in range(27)]
    many = [Point(n, n, make_values(QUERIES[:3], {"RR@10": [0.1, 0.2, 0.3]})) for n in names]
    assert r"\#" not in Comparison(many, ["RR@10"], names[0], "").text("latex")


def test_files(tmp_path):
    import pyarrow.parquet as pq

    found = compared()
    table = pq.read_table(found.write(tmp_path / "x.parquet"))
    assert table.column("RR@10").to_pylist() == [
        pytest.approx(float(p.by_query("RR@10").mean())) for p in POINTS
    ]
    assert table.column("RR@10_mark").to_pylist() == ["", "▲", "▲"]
    assert table.column("baseline").to_pylist() == [True, False, False]
    assert table.column("pruning").to_pylist() == ["", "5:9", ""]
    held = json.loads(table.schema.metadata[b"esplade"])
    assert held == json.loads(found.text("json"))
    short = found.write(tmp_path / "y.parquet", columns="postings,system")
    assert pq.read_table(short).column_names == ["postings", "system", "baseline", "notes"]
    assert found.write(tmp_path / "x.tex").read_text() == found.text("latex")
    with pytest.raises(InputError, match="--overwrite"):
        found.write(tmp_path / "x.tex")
    with pytest.raises(InputError, match="no format 'doc'.*parquet"):
        found.write(tmp_path / "x.doc")
    with pytest.raises(InputError, match="Parquet is no text"):
        found.text("parquet")


def test_frames_of_tests():
    frame = compared(margin=0.05).to_pandas()
    assert frame["system"].tolist() == ["tiny", "large"] and frame["significant"].all()
    assert [row.values["record"] for row in compared().differences.rows] == [
        f"{t.wins}/{t.ties}/{t.losses}" for t in compared().tests
    ]


def test_settings_are_checked_before_anything_is_read():
    for wrong in ({"pairs": "x"}, {"test": "x"}, {"correction": "x"}, {"alpha": 2}, {"margin": -1}):
        with pytest.raises(InputError):
            esplade.compare(["nowhere.trec"], **wrong)


def test_a_figure_for_a_column():
    figure = compared().figure(width="8cm")
    assert figure.get_size_inches()[0] == pytest.approx(8 / 2.54)
