from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import esplade
from esplade import train
from esplade.train.recipes.reading import parse_recipe, read_recipe
from ground.errors import InputError

SMALL = {"steps": 2, "batch": 4, "evaluate_every": 2, "log_every": 1}


def collection(folder: Path) -> str:
    titles = {f"d{n}": f"how to sort list number {n} in the shell" for n in range(20)}
    queries = {f"q{n}": f"list {n}" for n in range(20)}
    qrels = {
        "train": {f"q{n}": {f"d{n}": 1} for n in range(12)},
        "dev": {f"q{n}": {f"d{n}": 1} for n in range(12, 16)},
        "test": {f"q{n}": {f"d{n}": 1} for n in range(16, 20)},
    }
    data = esplade.Dataset.from_dicts(titles, queries, qrels, name="lists", language="en")
    return str(data.write(folder / "lists"))


def recipe(dataset: str, **tables: Any) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "vocab": {"size": 30},
        "pretrain": {"layers": 1, "hidden": 16, "wordpieces": 100, **SMALL},
        "mine": {"teacher": ["bm25"], "depth": 3, "scores": True},
        "finetune": {
            "hard_negatives": 1,
            "distillation": "margin-mse",
            "start_terms": 8,
            "int8": True,
            **SMALL,
        },
    } | tables


def test_what_a_recipe_may_say(tmp_path: Path) -> None:
    found = parse_recipe(recipe("pydoc", sweep={"grid": "0:0"}))
    assert [one.name for one in found.steps] == ["vocab", "pretrain", "mine", "finetune", "sweep"]
    changed = found.with_changes("other", "minilm", ("bm25", "dense"))
    assert changed.dataset == "other"
    names = [getattr(one.options, "teacher", None) for one in changed.steps]
    # Where the recipe has no teacher there is none.
    assert names == [None, None, ("bm25", "dense"), (), None]
    assert changed.to_dict()["pretrain"]["backbone"] == "minilm"
    assert parse_recipe(recipe("pydoc")).to_dict()["finetune"]["lr"] == 5e-4
    file = tmp_path / "r.toml"
    file.write_text('dataset = "pydoc"\n[vocab]\n[pretrain]\nsteps = 3\n[finetune]\nlr = 1\n')
    assert read_recipe(file).to_dict()["pretrain"]["steps"] == 3


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"vocabulary": {}}, "has no setting 'vocabulary'. Did you mean vocab?"),
        ({"finetune": {"learning_rate": 1}}, r"\[finetune\] has no setting 'learning_rate'"),
        ({"finetune": {"lr": "high"}}, r"\[finetune\], lr: 'high' is not a number"),
        ({"pretrain": {"layers": -1}}, r"\[pretrain\], layers: -1 is too small"),
        ({"finetune": {"distillation": "mse"}}, "distillation: 'mse' is none of"),
        ({"dataset": ""}, "lacks dataset"),
        ({"pretrain": {"backbone": "$NOWHERE_SET/x"}}, "environment variable NOWHERE_SET"),
        ({"mine": {"teacher": "bm25"}}, "is not a list"),
    ],
)
def test_mistakes_are_named(tables: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_recipe(recipe("pydoc") | tables)


def test_a_recipe_needs_its_trainings() -> None:
    content = recipe("pydoc")
    del content["pretrain"]
    with pytest.raises(InputError, match=r"lacks \[pretrain\]"):
        parse_recipe(content)


@pytest.mark.slow
def test_steps_that_are_done_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = collection(tmp_path), tmp_path / "out"

    def said(*args: Any, **changes: Any) -> list[str]:
        train.run_recipe(*args, out, **changes)
        lines = capsys.readouterr().err.splitlines()
        return [line for line in lines if line.endswith((": kept", " ..."))]

    with monkeypatch.context() as patch:
        patch.setattr("esplade.train.finetuning.finetune", _killed)
        patch.setitem(vars(train), "finetune", _killed)
        with pytest.raises(KeyboardInterrupt):
            train.run_recipe(recipe(data), out)
    capsys.readouterr()
    assert said(recipe(data)) == ["vocab: kept", "pretrain: kept", "mine: kept", "finetune ..."]
    assert said(recipe(data))[-1] == "finetune: kept"
    record = json.loads((out / "encoder" / "recipe.json").read_text())
    assert record["finetune"]["int8"] and record["vocab"]["size"] == 30
    assert len(esplade.Encoder.load(out / "encoder").encode(["list 3"])) == 1
    other = recipe(data, finetune={**recipe(data)["finetune"], "lr": 1e-3})
    with pytest.raises(InputError, match="encoder was made by other settings"):
        train.run_recipe(other, out)
    capsys.readouterr()
    assert said(other, overwrite=True) == [
        "vocab: kept",
        "pretrain: kept",
        "mine: kept",
        "finetune ...",
    ]


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt
