"""Points of sweeps and lone runs, from their folders to one table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from some_points import BM25, FULL, HARD, point

from ground.errors import InputError
from harness.report.naming import distinct
from harness.report.points import load_points, with_effectiveness, write_sweep_file
from harness.runs.perquery import (
    find_sidecar,
    make_values,
    write_values,
)


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
