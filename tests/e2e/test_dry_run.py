"""``--dry-run``: the real command's checks and words, and not a byte written anywhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from commandline import Collection, Esplade

import esplade as api


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that also holds all caches."""
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tree(*folders: Path) -> dict[str, str]:
    """Every file and folder, with a digest of what it holds and when it was changed."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            seal = hashlib.sha256(content).hexdigest()
            found[str(path)] = f"{seal} {path.stat().st_mtime_ns}"
    return found


def planned(esplade: Esplade, place: Path, collection: Collection, *words: object) -> Any:
    before = tree(place, collection.folder)
    answer = esplade(*words, "--dry-run", "--json")
    assert answer.code == 0, answer.err
    text = esplade(*words, "--dry-run")
    assert text.code == 0 and text.out.startswith("Dry run: nothing was written.")
    assert tree(place, collection.folder) == before
    return json.loads(answer.out)


def steps(plan: Any) -> dict[str, str]:
    return {one["what"]: one["state"] for one in plan["steps"]}


def sweep_words(collection: Collection, out: Path, grid: str = "0:0,3:4") -> list[object]:
    return [
        *("sweep", "--dataset", collection.folder, "--out", out, "--grid", grid),
        *("--vectors", collection.documents, "--queries", collection.queries),
    ]


def test_index_search_and_export(esplade: Esplade, place: Path, collection: Collection) -> None:
    index, run = place / "deep" / "index", place / "run.trec"
    words = ("index", "--vectors", collection.documents, "--index", index, "--dk", 4)
    plan = planned(esplade, place, collection, *words)
    assert plan["counts"]["vectors"] == 61 and plan["writes"] == [str(index)]
    assert len(plan["unknown"]) == 1
    assert esplade(*words).code == 0
    again = esplade(*words, "--dry-run")
    assert (again.code, again.err) == (2, esplade(*words).err)

    words = ("search", "--index", index, "--queries", collection.queries, "--run", run)
    plan = planned(esplade, place, collection, *words)
    assert plan["counts"] == {"documents": 61, "queries": 8}
    names = ("run.trec", "run.trec.metadata.yaml", "run.trec.perquery.parquet")
    assert plan["writes"] == [str(place / name) for name in names]
    for wrong in (
        ["--algorithm", "fastest"],
        ["--prune", "top"],
        ["--qk", "3", "--prune", "top:2"],
    ):
        dry = esplade(*words, *wrong, "--dry-run")
        assert (dry.code, dry.err) == (2, esplade(*words, *wrong).err)

    words = ("export", "--index", index, "--ciff", place / "index.ciff")
    assert planned(esplade, place, collection, *words)["counts"]["documents"] == 61


def test_a_sweep_and_a_choice(esplade: Esplade, place: Path, collection: Collection) -> None:
    out = place / "sweep"
    plan = planned(esplade, place, collection, *sweep_words(collection, out))
    names = ["indexes/bm25", "points/bm25", "indexes/vectors/dk0", "points/vectors-q0-d0"]
    names += ["indexes/vectors/dk4", "points/vectors-q3-d4"]
    assert steps(plan) == dict.fromkeys(names, "to do")
    assert plan["counts"] == {"documents": 61, "queries": 8}
    assert esplade(*sweep_words(collection, out)).code == 0
    plan = planned(esplade, place, collection, *sweep_words(collection, out, "0:0,2:4"))
    assert steps(plan) == {
        **dict.fromkeys(names[:5], "kept"),
        "points/vectors-q2-d4": "to do",
    }
    for wrong in (["--measures", "nDCG@2000"], ["--fields", "text"], ["--grid", "1:"]):
        dry = esplade(*sweep_words(collection, out), *wrong, "--dry-run")
        assert (dry.code, dry.err) == (2, esplade(*sweep_words(collection, out), *wrong).err)

    words = [
        *("choose", "--dataset", collection.folder, "--out", place / "choice"),
        *("--vectors", collection.documents, "--queries", collection.queries),
        *("--query-rules", "0,2", "--doc-rules", "0,3"),
    ]
    plan = planned(esplade, place, collection, *words)
    assert plan["counts"] == {"configurations to begin with": 4}
    assert "depends on what is found" in plan["unknown"][0]


def test_mine(esplade: Esplade, place: Path, collection: Collection) -> None:
    words = ("mine", "--dataset", collection.folder, "--bm25", "--split", "test")
    plan = planned(esplade, place, collection, *words, "--out", place / "negatives.jsonl")
    assert plan["counts"]["queries"] == 8


def test_an_encoder_of_the_hub_is_not_asked_for(
    esplade: Esplade, place: Path, collection: Collection
) -> None:
    words = ("encode", "--dataset", collection.folder, "--out", place / "docs", "--online")
    plan = planned(esplade, place, collection, *words, "--encoder", "nobody/has-this")
    assert plan["unknown"] == [
        "nobody/has-this is downloaded first: what it is, and all that depends on it."
    ]


@pytest.mark.slow
def test_encoding_goes_on(esplade: Esplade, place: Path, collection: Collection) -> None:
    words = ("encode", "--dataset", collection.folder, "--encoder", "pydoc-tiny")
    plan = planned(esplade, place, collection, *words, "--out", place / "docs")
    assert plan["counts"] == {"documents": 61} and steps(plan) == {str(place / "docs"): "to do"}
    sweep = ("sweep", "--dataset", collection.folder, "--encoder", "pydoc-tiny", "--out", "sweep")
    assert steps(planned(esplade, place, collection, *sweep, "--grid", "5:5")) == {
        "vectors/pydoc-tiny/docs": "to do",
        "vectors/pydoc-tiny/queries": "to do",
        "indexes/bm25": "to do",
        "points/bm25": "to do",
        "indexes/pydoc-tiny/dk5": "to do",
        "points/pydoc-tiny-q5-d5": "to do",
    }


def _training_set(folder: Path) -> Path:
    titles = {f"d{n}": f"how to sort list number {n}" for n in range(20)}
    queries = {f"q{n}": f"list {n}" for n in range(20)}
    judged = {"train": {f"q{n}": {f"d{n}": 1} for n in range(20)}}
    made = api.Dataset.from_dicts(titles, queries, judged, name="lists", language="en")
    return made.write(folder)


@pytest.mark.slow
def test_trainings(esplade: Esplade, place: Path, collection: Collection) -> None:
    data = _training_set(place / "lists")
    assert esplade("vocab", "--dataset", data, "--out", "words.txt").code == 0
    tiny = ("--steps", 4, "--batch", 4, "--threads", 1)
    words = (
        *("pretrain", "--dataset", data, "--vocab", "words.txt", "--out", place / "emlm", *tiny),
        *("--layers", 1, "--hidden", 16, "--wordpieces", 100, "--max-length", 16),
    )
    before = tree(place)
    answer = esplade(*words, "--dry-run")
    assert answer.code == 0, answer.err
    assert f"to do    training {place / 'emlm'}, 4 steps" in answer.out
    assert tree(place) == before
    for wrong in (["--batch", "64"], ["--vocab", "nothing.txt"], ["--tied"]):
        dry = esplade(*words, *wrong, "--dry-run")
        assert (dry.code, dry.err) == (2, esplade(*words, *wrong).err)

    words = ("finetune", "--from", "pydoc-tiny", "--dataset", data, "--out", place / "tuned", *tiny)
    answer = esplade(*words, "--budget", "bm25", "--dry-run")
    assert answer.code == 0, answer.err
    assert "pairs      20" in answer.out and "4 steps" in answer.out
    recipe = place / "recipe.toml"
    recipe.write_text(
        f"dataset = '{data}'\n[vocab]\n[pretrain]\nlayers = 1\nhidden = 16\nwordpieces = 100\n"
        "steps = 2\nbatch = 4\n[finetune]\nsteps = 2\nbatch = 4\nstart_terms = 8\n"
    )
    before = tree(place)
    answer = esplade("train", recipe, "--out", place / "trained", "--dry-run")
    assert answer.code == 0, answer.err
    assert [line.split()[:3] for line in answer.out.splitlines()[1:4]] == [
        ["to", "do", "vocab"],
        ["to", "do", "pretrain"],
        ["to", "do", "finetune"],
    ]
    assert tree(place) == before


def test_in_python(place: Path) -> None:
    vectors = api.Vectors.from_dicts({"d1": {"sort": 2.0}})
    with api.dry_run() as plan:
        api.index(vectors, "index")
        raise AssertionError("the block ends where the work begins")
    assert plan.writes == ["index"] and not Path("index").exists()
    with pytest.raises(RuntimeError, match="about to write"), api.dry_run():
        api.Dataset.from_dicts({"d1": "sort"}).write("data")
