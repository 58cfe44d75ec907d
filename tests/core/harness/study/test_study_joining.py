"""Results of one study that lie in several folders, as one."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from synthetic_study import write_study

from ground.errors import InputError
from harness.study.joined_controls import SAME, joined_controls
from harness.study.joining import join_results
from harness.study.verdicts.results import read_results

TABLES = ("cells", "curves", "devcurves", "points")


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return write_study(tmp_path / "whole", seeds=(1, 2), queries=20) / "results"


def _rows(file: Path) -> list[list[str]]:
    with file.open(newline="") as stream:
        return list(csv.reader(stream))


def _part(whole: Path, keep: Callable[[str, str], bool]) -> Path:
    """What a machine has that trained only some cells (cell, seed)."""
    out = Path(f"{whole.parent}-{len(list(whole.parent.parent.iterdir()))}") / "results"
    shutil.copytree(whole, out)
    for name in TABLES:
        head, *rows = _rows(out / f"{name}.csv")
        kept = [row for row in rows if row[0] == "bm25" or keep(row[0], row[1])]
        with (out / f"{name}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([head, *kept])
    values = pd.read_parquet(out / "perquery.parquet")
    pairs = zip(values["cell"], values["seed"], strict=True)
    chosen = [cell == "bm25" or keep(cell, str(seed)) for cell, seed in pairs]
    values[chosen].to_parquet(out / "perquery.parquet")
    done = len(_rows(out / "cells.csv")) - 1
    _change(out, complete=False, cells_done=done)
    return out


def _seed(whole: Path, number: int) -> Path:
    return _part(whole, lambda cell, seed: seed == str(number))


def _change(folder: Path, **changes: Any) -> None:
    file = folder / "study.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def _values(folder: Path) -> list[list[Any]]:
    table = pd.read_parquet(folder / "perquery.parquet")
    return sorted(table.astype({"seed": int}).astype(str).values.tolist())


def test_seeds_of_two_machines_are_the_study_of_one(whole: Path, tmp_path: Path) -> None:
    # In whatever order they are given, and given as an output folder or as its results.
    parts = [_seed(whole, 2).parent, _seed(whole, 1)]
    found = join_results(parts, tmp_path / "joined")
    assert found["complete"] and found["cells_done"] == found["cells_planned"] == 16
    assert found == json.loads((tmp_path / "joined" / "study.json").read_text())
    for name in TABLES:
        head, *rows = _rows(whole / f"{name}.csv")
        joined = _rows(tmp_path / "joined" / f"{name}.csv")
        assert joined[0] == head and sorted(joined[1:]) == sorted(rows)
    assert _values(tmp_path / "joined") == _values(whole)
    assert all(control["holds"] for control in found["controls"])
    assert found["accounting"] == json.loads((whole / "study.json").read_text())["accounting"]
    assert read_results(tmp_path / "joined").seeds == [1, 2]


def test_the_first_folder_that_has_a_training_counts(whole: Path, tmp_path: Path) -> None:
    other = write_study(tmp_path / "other", seeds=(1, 2), queries=20, seed_noise=0.1) / "results"
    join_results([_seed(whole, 1), other], tmp_path / "joined")
    joined = pd.read_csv(tmp_path / "joined" / "cells.csv")
    for seed, source in ((1, whole), (2, other)):
        expected = pd.read_csv(source / "cells.csv")
        wanted = expected[expected["seed"] == seed]["emlm_loss"].tolist()
        assert joined[joined["seed"] == seed]["emlm_loss"].tolist() == wanted


def test_a_seed_that_is_split_is_a_control_that_fails(whole: Path, tmp_path: Path) -> None:
    parts = [
        _part(whole, lambda cell, seed, high=high: ("lr-h" in cell) == high) for high in (0, 1)
    ]
    found = join_results(parts, tmp_path / "joined")
    control = found["controls"][-1]
    assert not control["holds"] and "seed 1 is in" in control["detail"]


def test_what_must_be_said_alike_is_compared() -> None:
    def said(version: str) -> list[dict[str, Any]]:
        return [
            {"name": "same software", "holds": True, "detail": f"torch {version}"},
            {"name": "converged", "holds": version == "2.9", "detail": f"with {version}"},
        ]

    taken = {"a": [("c", "1", "")], "b": [("c", "2", ""), ("c-long9", "1", "c")]}
    alike = joined_controls({"a": said("2.9"), "b": said("2.9")}, taken)
    assert all(c["holds"] for c in alike) and alike[0]["detail"] == "torch 2.9"
    assert alike[-1]["detail"] == "seed 1: a; seed 2: b; c-long9 of seed 1: b"
    unlike = joined_controls({"a": said("2.9"), "b": said("2.10")}, taken)
    assert [c["holds"] for c in unlike] == [False, False, True, True]
    assert unlike[0]["detail"] == "a: torch 2.9; b: torch 2.10"
    assert "same software" in SAME and "converged" not in SAME


def _other_corpus(folder: Path) -> None:
    study = json.loads((folder / "study.json").read_text())
    study["accounting"][0]["tokens_seen"] += 1
    _change(folder, accounting=study["accounting"])


def _other_bm25(folder: Path) -> None:
    values = pd.read_parquet(folder / "perquery.parquet")
    values.loc[(values["cell"] == "bm25") & (values["query"] == "q0003"), "value"] += 1
    values.to_parquet(folder / "perquery.parquet")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: _change(f, config={"finetune": {"steps": 901}}), "config.finetune.steps is 900"),
        (lambda f: _change(f, dataset={"digest": "other"}), 'dataset.digest is "abc"'),
        (_other_corpus, "corpus overlap-repeat: tokens_seen is 12000000"),
        (_other_bm25, "BM25 differs between .* of query q0003"),
        (lambda f: (f / "study.json").unlink(), "holds no study"),
        (lambda f: (f / "study.json").write_text("{"), "study.json.*malformed JSON"),
        (lambda f: _change(f, cells_done=7), "says 7 trainings, cells.csv has 8"),
        (lambda f: (f / "perquery.parquet").unlink(), "may have others"),
    ],
)
def test_other_studies_are_refused(
    whole: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    parts = [_seed(whole, 1), _seed(whole, 2)]
    spoil(parts[1])
    with pytest.raises(InputError, match=words):
        join_results(parts, tmp_path / "joined")
    assert not (tmp_path / "joined").exists()


def test_nothing_is_replaced_unasked(whole: Path, tmp_path: Path) -> None:
    parts, out = [_seed(whole, 1), _seed(whole, 2)], tmp_path / "joined"
    out.mkdir()
    (out / "thesis.tex").write_text("x")
    with pytest.raises(InputError, match="not a study's results"):
        join_results(parts, out)
    (out / "thesis.tex").unlink()
    join_results(parts, out)
    (out / ".study.json.partial-lock").touch()  # of a process that was killed when it had finished
    with pytest.raises(InputError, match="--overwrite"):
        join_results(parts, out)
    assert not [entry.name for entry in out.iterdir() if entry.name.startswith(".")]
    # Into one of those that are joined, too.
    assert join_results([out, parts[0]], out, overwrite=True)["complete"]
    assert _values(out) == _values(whole)
