"""Calibrating from the command line, and what shows predictions then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade

PARTS = ("memory", "saat", "maxscore", "lucene")


@pytest.mark.slow
def test_counts_become_milliseconds(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    answer = esplade("calibrate", "--seconds", 1, "--json")
    assert answer.code == 0, answer.err
    made = json.loads(answer.out)
    assert set(made["algorithms"]) == set(PARTS)
    for fit in made["algorithms"].values():
        assert all(time >= 0 for time in fit["milliseconds"].values())
        assert sum(fit["milliseconds"].values()) > 0
        assert (fit["of_points"]["measurements"], fit["of_queries"]["measurements"]) == (10, 30)
    index = tmp_path / "index"
    vectors = ("--vectors", collection.documents, "--index", index)
    assert esplade("index", *vectors).code == 0
    asked = ("cost", "--index", index, "--queries", collection.queries, "--repeats", 1)
    shown = esplade(*asked)
    assert "predicted, 1 thread, ms" in shown.out
    assert f"{made['machine']['cores']} cores" in shown.out
    facts = json.loads(esplade(*asked, "--json").out)
    assert facts["latency"]["measurements"] > 0
    assert facts["predicted"]["mean_ms"] > 0
    assert facts["predicted"]["algorithm"] == "maxscore"
    grid = ("--vectors", collection.documents, "--queries", collection.queries, "--grid", "0:0")
    out = tmp_path / "sweep"
    swept = esplade("sweep", "--dataset", collection.folder, "--out", out, *grid, "--json")
    assert swept.code == 0, swept.err
    table = json.loads(swept.out)
    bm25, ours = (row["values"] for row in table["rows"])
    assert bm25["predicted_ms"] is None
    assert ours["predicted_ms"] > 0
    assert ours["latency_mean_ms"] > 0
    assert any(note.startswith("Predicted ms: mean of maxscore") for note in table["notes"])


def test_without_a_calibration_cost_says_so(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    assert esplade("index", "--vectors", collection.documents, "--index", index).code == 0
    shown = esplade("cost", "--index", index, "--queries", collection.queries, "--repeats", 0)
    assert "predicted" in shown.out
    assert "was not calibrated (esplade calibrate)" in shown.out


def test_bad_input_is_refused(esplade: Esplade, tmp_path: Path) -> None:
    assert esplade("calibrate", "--seconds", "0.5").code == 2
    missing = esplade("compare", tmp_path, "--calibration", tmp_path / "none.json")
    assert missing.code == 2
    assert "none.json" in missing.err
