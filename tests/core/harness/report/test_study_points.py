"""Studies beside sweeps and runs: their cells are points."""

from __future__ import annotations

import pytest
from synthetic_study import GRID, names, write_study

from esplade.comparing import compare
from ground.artifacts import write_json
from ground.errors import InputError
from harness.report.points import write_sweep_file
from harness.report.sources import is_study
from harness.report.study_points import load_study_points
from harness.runs.perquery import write_values
from harness.runs.runfile import write_run


@pytest.fixture
def study(tmp_path):
    return write_study(tmp_path / "work", seeds=(1,), queries=30)


def test_a_point_a_cell_and_pruning(study):
    points = load_study_points(study)
    assert (points[0].name, points[0].is_bm25, points[0].pruning) == ("BM25", True, "")
    assert len(points) == 1 + len(names()) * len(GRID)
    first = points[1]
    assert (first.system, first.qk, first.dk) == (names()[0], 0, 0)
    assert first.name == f"{names()[0]}-0-0" and first.run is None
    assert first.facts["document_terms"] == 400 * 20_000 / 100_000
    assert first.facts["documents"] == 100_000 and "index_mb" not in first.facts
    assert len(first.by_query("RR@10")) == len(first.by_query("postings")) == 30
    assert [p.name for p in load_study_points(study / "results")] == [p.name for p in points]


def test_several_seeds_are_several_systems(tmp_path):
    points = load_study_points(write_study(tmp_path, seeds=(1, 2), queries=5))
    assert len(points) == 1 + 2 * len(names()) * len(GRID)
    assert {p.system for p in points if p.system.startswith(names()[0])} == {
        f"{names()[0]} seed 1",
        f"{names()[0]} seed 2",
    }


def test_folders_are_told_apart(study, tmp_path):
    assert is_study(study) and is_study(study / "results")
    assert not is_study(tmp_path)


def test_a_study_beside_a_sweep(study, tmp_path):
    """BM25 stands in both, with the same values: once."""
    points = load_study_points(study)
    sweep = tmp_path / "sweep"
    for point in points[:2]:
        write_values(sweep / "points" / point.name / "perquery.parquet", point.values)
    write_sweep_file(sweep, points[:2])
    found = compare([sweep, study], measures="RR@10")
    assert [p.system for p in found.points[:2]] == ["BM25", f"sweep/{names()[0]}"]
    assert sum(p.is_bm25 for p in found.points) == 1
    assert found.points[2].system == f"work/{names()[0]}"
    assert len(found.tests) == len(found.points) - 1


def test_runs_that_the_study_kept_are_scored(study):
    point = load_study_points(study)[1]
    stage = study / "stages" / "sweep" / "0123"
    write_json(stage / "MANIFEST", {"label": f"sweep of {names()[0]}, seed 1"})
    folder = stage / "sweep" / "points" / point.name
    write_values(folder / "perquery.parquet", point.values)
    write_sweep_file(stage / "sweep", [point])
    (folder / "run.trec").write_text("q0001 Q0 rel 1 2.0 t\n")
    found = load_study_points(study)
    assert [p.run for p in found[:3]] == [None, folder / "run.trec", None]
    # A stage of other settings has other values.
    other = point.values.assign(value=point.values["value"] + 1)
    write_values(folder / "perquery.parquet", other)
    assert load_study_points(study)[1].run is None


def test_judgments_need_runs(study):
    with pytest.raises(InputError, match=r'kept no run of BM25.*keep = \["runs"\]'):
        compare([study], qrels={"q0001": {"d": 1}}, measures="RR@10")


def test_a_plain_run_is_not_compared_with_stored_values(study, tmp_path):
    from compared_runs import run_of

    write_run(tmp_path / "a.trec", run_of(["q0001"]))
    with pytest.raises(InputError, match="judgments are needed"):
        compare([study, tmp_path / "a.trec"], measures="RR@10")
