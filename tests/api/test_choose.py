"""A configuration is found on half of the queries and confirmed on the other, in every form."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from commandline import Esplade

import esplade
from ground.errors import InputError

pytestmark = pytest.mark.slow
QUERIES = 240


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every query asks for the one document that has its name; all other terms are noise."""
    folder = tmp_path_factory.mktemp("choose")
    rng = np.random.default_rng(3)
    names = [f"n{i:03d}" for i in range(QUERIES)]

    def vector(name: str, weight: float, noise: int) -> dict[str, float]:
        others = rng.choice([f"x{i}" for i in range(40)], noise, replace=False)
        return {name: weight, **{str(term): 0.25 for term in others}}

    texts = {f"d{n}": f"{n} title" for n in names}
    asked = {f"q{n}": f"{n} title" for n in names}
    grades = {f"q{n}": {f"d{n}": 1} for n in names}
    esplade.Dataset.from_dicts(texts, asked, grades).write(folder / "data")
    for part, side in (("docs", "d"), ("queries", "q")):
        made = {f"{side}{n}": vector(n, 2.0, 9 if side == "d" else 4) for n in names}
        esplade.Vectors.from_dicts(made).write(folder / part)
    return folder


def choose(place: Path, out: Path, **options: object) -> esplade.Chosen:
    vectors = {"vectors": place / "docs", "queries": place / "queries"}
    return esplade.choose(place / "data", out=out, **{**vectors, "margin": 0.05, **options})  # type: ignore[arg-type]


def test_the_cheapest_that_loses_nothing(
    place: Path, tmp_path: Path, esplade_command: Esplade
) -> None:
    rules = {"query_rules": "0,4,2", "doc_rules": "0,4,2"}
    chosen = choose(place, tmp_path / "out", not_worse_than="vectors@0:0", **rules)
    # One term on either side finds everything, and its list has one posting.
    assert chosen.configuration in ("vectors@1:2", "vectors@2:1")
    look = chosen.choice.chosen
    assert look is not None and look.trial.cost == 1.0 and look.trial.mean == 1.0
    assert (
        "terms of vectors: 1 postings" in chosen.answer and "on 120 unseen queries" in chosen.answer
    )
    assert chosen.choice.explored.complete
    found, confirmed = chosen.found(), chosen.confirmed()
    assert not set(found.per_query()["query"]) & set(confirmed.per_query()["query"])
    assert chosen.front()["system"].tolist()[0] == "BM25"
    for name in ("choice.md", "choice.json", "front.md", "front.tex", "front.csv", "front.svg"):
        assert (tmp_path / "out" / name).stat().st_size
    # The commands do what they say.
    for command in chosen.commands:
        words = command.replace("run.trec", str(tmp_path / "run.trec")).split()[1:]
        places = (str(tmp_path / w) if i and w == "index" else w for i, w in enumerate(words))
        done = esplade_command(*places)
        assert done.code == 0, done.err
    assert esplade.score(tmp_path / "run.trec", place / "data/qrels/test.tsv")["RR@10"] == 1.0


def test_the_command_line_says_the_same_and_goes_on_where_it_was(
    place: Path, tmp_path: Path, esplade_command: Esplade
) -> None:
    made = choose(place, tmp_path / "api", query_rules="0,2", doc_rules="0,2").to_dict()
    command = (
        *("choose", "--dataset", place / "data", "--vectors", place / "docs", "--json"),
        *("--queries", place / "queries", "--margin", 0.05, "--out", tmp_path / "cli"),
        *("--query-rules", "0,2", "--doc-rules", "0,2"),
    )
    said = esplade_command(*command)
    assert said.code == 0, said.err
    assert json.loads(said.out) == made
    # As a killed one leaves it: a point is not there, nor the answer.
    for path in (tmp_path / "cli" / "finding" / "points").glob("*-q2-d2"):
        shutil.rmtree(path)
    for file in (tmp_path / "cli").glob("choice.*"):
        file.unlink()
    again = esplade_command(*command, "--verbose")
    assert json.loads(again.out) == made
    assert "points/vectors-q2-d2: done" in again.err and "points/vectors-q0-d0: kept" in again.err
    # Who asks something else has looked at these queries already.
    other = esplade_command(*(0.06 if part == 0.05 else part for part in command))
    assert other.code == 2 and "holds" in other.err and "--overwrite" in other.err


def test_a_budget_and_several_quantisations(place: Path, tmp_path: Path) -> None:
    asked = {"within": 100.0, "quantise": "scale:100,bits:2", "bm25": False}
    chosen = choose(place, tmp_path / "out", query_rules="0,2", doc_rules="0,5", **asked)
    look = chosen.choice.chosen
    assert look is not None and look.trial.cost <= 100 and look.trial.mean == 1.0
    assert {one.system for one in chosen.choice.explored.trials} == {
        "vectors-scale100",
        "vectors-bits2",
    }
    assert "that may be spent" in chosen.answer
    bm25 = choose(place, tmp_path / "bm25", within="bm25", query_rules="0", doc_rules="0,5")
    assert bm25.choice.question.within is not None and bm25.choice.question.within > 1


def test_a_run_from_elsewhere_is_held_against(place: Path, tmp_path: Path) -> None:
    run = tmp_path / "other.trec"
    lines = [f"qn{i:03d} Q0 dn{i:03d} 1 1.0 other" for i in range(QUERIES)]
    run.write_text("\n".join(lines) + "\n")
    chosen = choose(place, tmp_path / "out", not_worse_than=run, query_rules="2", doc_rules="2")
    assert chosen.configuration is not None
    assert str(run) in chosen.answer


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"not_worse_than": "nothing@0:0"}, "nothing that a configuration"),
        ({"not_worse_than": "bm25", "within": 5}, "give one of them"),
        ({"within": "cheap"}, "no cost that may be spent"),
        ({"margin": 0}, "--margin"),
        ({"cost": "euros"}, "--cost"),
        ({"find": "dev"}, "no such split"),
        ({"query_rules": "5,5"}, "twice"),
        ({"minutes": 0}, "--minutes"),
        ({"measure": "nDCG@1000"}, "1000"),
    ],
)
def test_questions_that_cannot_be_asked(
    place: Path, tmp_path: Path, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        choose(place, tmp_path / "out", **wrong)
    assert not (tmp_path / "out" / "choice.json").exists()
