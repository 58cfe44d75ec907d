"""A study with encoders that learn nothing: stages, controls, results, and what is left on disk."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from small_study import small_plan
from studies import FakeEncoders

from harness.study.building import Builder
from harness.study.controls import refused
from harness.study.joined_controls import SAME
from harness.study.plan import Plan
from harness.study.results import write_results
from harness.study.run import Runner


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    return small_plan(tmp_path)


def _run(made: Plan, encoders: FakeEncoders | None = None) -> tuple[dict[str, Any], FakeEncoders]:
    encoders = encoders or FakeEncoders()
    builder = Builder(made, encoders, lambda text: None)
    Runner(made, builder, lambda text: None).run(made.units)
    return write_results(made, builder.dataset, made.root / "results"), encoders


@pytest.mark.slow
def test_results_are_there_after_every_cell(made: Plan) -> None:
    builder = Builder(made, FakeEncoders(), lambda text: None)
    published: list[int] = []

    def publish() -> None:
        found = write_results(made, builder.dataset, made.root / "results")
        published.append(found["cells_done"])

    Runner(made, builder, lambda text: None, publish).run(made.units[:3])
    assert published == [1, 2, 3]
    Runner(made, builder, lambda text: None, publish).run(made.units[:3])
    assert published == [1, 2, 3]


def _rows(made: Plan, name: str) -> list[dict[str, str]]:
    with (made.root / "results" / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_a_whole_study(made: Plan) -> None:
    found, encoders = _run(made)
    assert found["complete"] and found["cells_done"] == found["cells_planned"] == 8
    assert found["grid"] == ["0:0", "2:3"] and found["seeds"] == [1]
    assert not found["impossible"]
    assert set(SAME) <= {control["name"] for control in found["controls"]}
    cells = _rows(made, "cells.csv")
    assert len(cells) == 8 and cells[0]["cell"] == "overlap-repeat-lr-l"
    assert cells[0]["logit-score-std"] == "5.5" and cells[0]["converged"] == "true"
    assert len(_rows(made, "points.csv")) == 1 + 8 * 2
    assert _rows(made, "points.csv")[0]["cell"] == "bm25"
    assert _rows(made, "curves.csv")[0]["step"] == "8"
    assert _rows(made, "devcurves.csv")[0]["nonzeros_doc"] == "3"
    _check_per_query(made)
    _check_accounting(found)
    assert not [c for c in found["controls"] if not c["holds"] and c["name"] != "equal tokens seen"]
    # Nothing needs weights any more, and vectors, indexes and runs are gone.
    left = {p.name for p in made.root.rglob("*")}
    assert not left & {"model.safetensors", "vectors", "indexes", "run.trec"}
    count = len(encoders.calls)
    _run(made, encoders)
    assert len(encoders.calls) == count


def _check_per_query(made: Plan) -> None:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(made.root / "results" / "perquery.parquet").read()
    names = ["cell", "seed", "pruning", "query", "measure", "value"]
    assert table.column_names == names and str(table.schema.field("seed").type) == "int32"
    values = table.to_pandas()
    # 10 test queries, 6 measures, 8 cells at 2 points and BM25.
    assert len(values) == 10 * 6 * 17
    assert set(values["measure"]) == {
        *("RR@10", "R@10", "nDCG@10", "postings", "query_terms", "latency_ms")
    }
    assert set(values[values["cell"] == "bm25"]["seed"]) == {-1}


def _check_accounting(found: dict[str, Any]) -> None:
    entries = {entry["name"]: entry for entry in found["accounting"]}
    assert set(entries) == {"overlap-repeat", "overlap-uniq", "indep-repeat", "indep-uniq"}
    assert {entry["texts"] for entry in entries.values()} == {32}
    assert (entries["overlap-repeat"]["passes"], entries["overlap-uniq"]["passes"]) == (4, 1)
    assert entries["overlap-repeat"]["distinct_texts"] == 8
    # All titles have two words, so all tokens are equal.
    assert entries["overlap-repeat"]["tokens_seen"] == entries["overlap-uniq"]["tokens_seen"] == 64
    # Of 36 titles that are not held out all 10 of training are there; 32 are seen.
    assert 0.5 < entries["overlap-uniq"]["overlap_share"] <= 1
    assert entries["indep-uniq"]["overlap_share"] == 0


@pytest.mark.slow
def test_too_small_a_collection_is_impossible_and_said_so(tmp_path: Path) -> None:
    made = small_plan(tmp_path, pretrain={"steps": 10, "batch": 4, "max_length": 16})
    found, _ = _run(made)
    assert found["impossible"] == {
        "overlap-uniq": "it needs 40 distinct titles to see once each, and only 36 with a word of "
        "U are there"
    }
    assert found["complete"] and found["cells_planned"] == 6


@pytest.mark.slow
def test_weights_stay_where_they_are_to_be_kept_or_needed(tmp_path: Path) -> None:
    made = small_plan(tmp_path, keep=["weights", "runs"])
    _, encoders = _run(made)
    assert len(list(made.root.rglob("model.safetensors"))) == 1 + 8 + 8
    assert len(list(made.root.rglob("run.trec"))) == 17
    calls = len(encoders.calls)
    # With weights at hand another grid trains nothing.
    _run(small_plan(tmp_path, sweep={"grid": "0:0"}, keep=["weights"]), encoders)
    assert len(encoders.calls) == calls


@pytest.mark.slow
def test_records_that_differ_are_found(made: Plan) -> None:
    found, _ = _run(made, FakeEncoders(tuned={"joint_flops": 0.5}))
    control = found["controls"][0]
    assert not control["holds"] and "joint_flops is" in control["detail"]
    assert "0.5 in" in refused(found["controls"])
