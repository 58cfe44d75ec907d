"""The four jobs from Python and from the command line: the same numbers to the last digit."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from commandline import Esplade

import esplade
from harness.runs.runfile import read_run

pytestmark = pytest.mark.slow
GRID = "0:0,3:5"


def test_encode_index_search_score(
    dataset: esplade.Dataset, encoder: esplade.Encoder, tmp_path: Path, esplade_command: Esplade
) -> None:
    folder = dataset.write(tmp_path / "data")
    for part in ("docs", "queries"):
        esplade.encode(encoder, dataset, tmp_path / part, part=part)
        done = esplade_command(
            *("encode", "--encoder", "pydoc-tiny", "--dataset", folder, "--part", part),
            *("--out", tmp_path / f"{part}-cli"),
        )
        assert done.code == 0, done.err
        ours = (tmp_path / part / "part-00000.jsonl").read_bytes()
        assert ours == (tmp_path / f"{part}-cli" / "part-00000.jsonl").read_bytes()
    vectors = esplade.Vectors.read(tmp_path / "docs")
    with esplade.index(vectors, tmp_path / "index", dk=20) as index:
        run = index.search(esplade.Vectors.read(tmp_path / "queries"), 10, qk=5)
        by_text = index.search(dataset, 10, qk=5, encoder=encoder)
    pd.testing.assert_frame_equal(run.to_pandas(), by_text.to_pandas())
    commands = (
        (
            "index",
            "--vectors",
            tmp_path / "docs-cli",
            "--index",
            tmp_path / "index-cli",
            "--dk",
            20,
        ),
        *(
            ("search", "--index", tmp_path / "index-cli", "--queries", tmp_path / "queries-cli")
            + ("--k", 10, "--qk", 5, "--run", tmp_path / "cli.trec"),
        ),
    )
    for command in commands:
        done = esplade_command(*command)
        assert done.code == 0, done.err
    run.write(tmp_path / "api.trec")
    assert (tmp_path / "api.trec").read_bytes() == (tmp_path / "cli.trec").read_bytes()
    scored = esplade_command("score", "--run", tmp_path / "cli.trec", "--dataset", folder, "--json")
    values = json.loads(scored.out)["runs"][0]["values"]
    assert dict(esplade.score(run, dataset)) == values
    assert dict(esplade.score(tmp_path / "api.trec", tmp_path / "data/qrels/test.tsv")) == values
    assert run.cost()["postings"] == esplade.Run.read(tmp_path / "cli.trec").cost()["postings"]


def test_a_sweep_and_a_comparison(
    dataset: esplade.Dataset, encoder: esplade.Encoder, tmp_path: Path, esplade_command: Esplade
) -> None:
    folder = dataset.write(tmp_path / "data")
    sweep = esplade.sweep(dataset, encoder, GRID, tmp_path / "api", k=20)
    done = esplade_command(
        *("sweep", "--dataset", folder, "--encoder", "pydoc-tiny", "--grid", GRID, "--k", 20),
        *("--out", tmp_path / "cli"),
    )
    assert done.code == 0, done.err
    ours, theirs = sweep.per_query(), esplade.Sweep.open(tmp_path / "cli").per_query()
    pd.testing.assert_frame_equal(untimed(ours), untimed(theirs))
    for point in ("bm25", "pydoc-tiny-q0-d0", "pydoc-tiny-q3-d5"):
        runs = [read_run(tmp_path / one / "points" / point / "run.trec") for one in ("api", "cli")]
        assert runs[0].doc_ids.tolist() == runs[1].doc_ids.tolist()
        assert runs[0].scores.tolist() == runs[1].scores.tolist()
    table = sweep.table()
    assert table["system"].tolist() == ["BM25", "pydoc-tiny", "pydoc-tiny"]
    assert len(sweep.figure().axes) == 1
    assert "<table" in sweep._repr_html_()
    files = [tmp_path / "cli/points" / name / "run.trec" for name in ("bm25", "pydoc-tiny-q3-d5")]
    compared = esplade.compare(files, qrels=dataset)
    done = esplade_command("compare", *files, "--dataset", folder, "--json")
    assert json.loads(compared.text("json")) == json.loads(done.out)
    held = esplade.compare(
        {"one": esplade.Run.read(files[0]), "two": {"q0": {"d0-0": 2.0}}}, qrels=dataset
    )
    assert held.table()["RR@10"].tolist()[0] == compared.table()["RR@10"].tolist()[0]


def test_bm25_and_explanations(
    dataset: esplade.Dataset, encoder: esplade.Encoder, tmp_path: Path
) -> None:
    with esplade.bm25(dataset, tmp_path / "bm25") as index:
        run = index.search(dataset, 5)
        assert run.to_dicts()["q0"]
        with pytest.raises(esplade.InputError, match="BM25 index"):
            index.explain("sort", "d0-0", encoder=encoder)
    vectors = encoder.encode({"d1": "sort a list", "d2": "read a file"})
    with esplade.index(vectors, tmp_path / "index") as index:
        found = index.explain("sort", "d1", encoder=encoder)[0]
        best = index.search(["sort"], 5, encoder=encoder).to_dicts()["q1"]
    assert found.score == best["d1"]


def untimed(values: pd.DataFrame) -> pd.DataFrame:
    return values[~values["measure"].str.startswith("latency")].reset_index(drop=True)
