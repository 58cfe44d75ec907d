"""Runs go to lsr-benchmark and come back, with what the search took."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from commandline import Esplade

import esplade
from esplade import InputError


@pytest.fixture
def searched(dataset: esplade.Dataset, encoder: esplade.Encoder, tmp_path: Path) -> esplade.Run:
    vectors = esplade.encode(encoder, dataset, tmp_path / "docs")
    index = esplade.index(vectors, tmp_path / "index")
    return index.search(dataset, encoder=encoder, k=5)


def test_a_run_is_written_as_lsr_benchmark_has_it(searched: esplade.Run, tmp_path: Path) -> None:
    folder = searched.write_lsr_benchmark(tmp_path / "theirs", dataset="small")
    assert sorted(path.name for path in folder.iterdir()) == [
        "retrieval-metadata.yml",
        "run.txt.gz",
    ]
    block = yaml.safe_load((folder / "retrieval-metadata.yml").read_text())
    runtime = block["resources"]["runtime"]
    assert sorted(runtime) == ["system", "user", "wallclock"]
    assert all(value.endswith(" ms") for value in runtime.values())
    assert block["resources"]["ram"]["used process"]["max"] > 1024
    assert block["data"]["test collection"]["name"] == "small"
    again = esplade.Run.read(folder / "run.txt.gz")
    assert again.to_dicts() == searched.to_dicts()
    assert again.cost()["runtime"] == runtime
    with pytest.raises(InputError, match="theirs"):
        searched.write_lsr_benchmark(folder)


def test_the_command_exports_a_run(
    searched: esplade.Run, esplade_command: Esplade, tmp_path: Path
) -> None:
    run = searched.write(tmp_path / "run.trec")
    assert (
        "runtime" in yaml.safe_load((tmp_path / "run.trec.metadata.yaml").read_text())["resources"]
    )
    answer = esplade_command("export", "--run", run, "--lsr-benchmark", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert (tmp_path / "out" / "retrieval-metadata.yml").is_file()


def test_a_run_of_unknown_making_is_refused(tmp_path: Path) -> None:
    run = esplade.Run.from_dicts({"q1": {"d1": 1.0}})
    with pytest.raises(InputError, match="Nothing says how this run was made"):
        run.write_lsr_benchmark(tmp_path / "out")
