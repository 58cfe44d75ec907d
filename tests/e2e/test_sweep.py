"""A sweep from the command line: what it leaves, and how it goes on after a kill."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import Collection, Esplade

from ground.artifacts import MANIFEST

FILES = ("table.md", "table.csv", "table.json", "table.tex", "figure1.png", "figure1.svg")


def arguments(collection: Collection, out: Path) -> list[str]:
    return [
        *("sweep", "--dataset", str(collection.folder), "--out", str(out)),
        *("--vectors", str(collection.documents), "--queries", str(collection.queries)),
        *("--grid", "0:0,3:4,2:4,2:2", "--name", "mine"),
    ]


def effectiveness(out: Path) -> list[dict[str, str]]:
    """The table without what depends on the clock."""
    with (out / "table.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    return [{k: v for k, v in row.items() if not k.startswith("latency")} for row in rows]


@pytest.mark.slow
def test_a_sweep_leaves_table_figure_and_page(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    out = tmp_path / "sweep"
    answer = esplade(*arguments(collection, out))
    assert answer.code == 0, answer.err
    for name in (*FILES, "report.html", "sweep.json"):
        assert (out / name).stat().st_size > 0
    rows = effectiveness(out)
    assert [(row["system"], row["pruning"]) for row in rows] == [
        ("BM25", ""),
        ("mine", "0:0"),
        ("mine", "3:4"),
        ("mine", "2:4"),
        ("mine", "2:2"),
    ]
    # One index a dk: 0, 4 and 2.
    assert len(list((out / "indexes" / "mine").iterdir())) == 3
    postings = [float(row["postings"]) for row in rows[1:]]
    assert postings == sorted(postings, reverse=True)


@pytest.mark.slow
def test_a_killed_sweep_goes_on_where_it_was(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    out, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-m", "esplade.cli.main", *arguments(collection, out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("points/mine-q0-d0: done"):
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not (out / "table.csv").exists()
    finished = {p.parent: p.read_text() for p in out.rglob(MANIFEST)}
    assert {p.name for p in finished} >= {"bm25", "dk0", "mine-q0-d0"}

    resumed = esplade(*arguments(collection, out))
    assert resumed.code == 0, resumed.err
    for folder, manifest in finished.items():
        assert f"{folder.relative_to(out)}: kept" in resumed.err
        assert (folder / MANIFEST).read_text() == manifest
    assert "points/mine-q2-d2: done" in resumed.err
    assert esplade(*arguments(collection, whole)).code == 0
    assert effectiveness(out) == effectiveness(whole)


@pytest.mark.slow
def test_a_changed_setting_reruns_only_what_depends_on_it(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    out = tmp_path / "sweep"
    assert esplade(*arguments(collection, out)).code == 0
    again = esplade(*arguments(collection, out), "--measures", "RR@10 AP")
    assert again.code == 0, again.err
    assert "indexes/mine/dk0: kept" in again.err
    assert "points/mine-q0-d0: done" in again.err
    assert "AP" in json.loads((out / "table.json").read_text())["rows"][0]["values"]


@pytest.mark.slow
def test_a_folder_of_another_sweep_is_refused(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    out = tmp_path / "sweep"
    assert esplade(*arguments(collection, out)).code == 0
    refused = esplade(*arguments(collection, out), "--fields", "title+text")
    assert refused.code == 2
    assert "fields 'title', not 'title+text'" in refused.err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("precious")
    assert esplade(*arguments(collection, tmp_path / "mine")).code == 2
    assert (tmp_path / "mine" / "file").exists()


@pytest.mark.slow
def test_bm25_by_the_encoders_own_algorithm(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    out = tmp_path / "sweep"
    answer = esplade(*arguments(collection, out), "--bm25-impacts")
    assert answer.code == 0, answer.err
    lucene, ours = effectiveness(out)[:2]
    assert (lucene["system"], ours["system"]) == ("BM25", "impacts of BM25")
    for name in ("postings", "query_terms", "document_terms"):
        assert lucene[name] == ours[name]
    assert abs(float(lucene["RR@10"]) - float(ours["RR@10"])) < 0.05
    refused = esplade(*arguments(collection, tmp_path / "other"), "--bm25-impacts", "--no-bm25")
    assert refused.code == 2 and "--no-bm25" in refused.err
