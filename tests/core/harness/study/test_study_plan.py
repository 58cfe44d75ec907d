"""Stages of a study: what they are keyed by, what they share, and what a change repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from studies import CONTENT, plan, study

from ground.errors import InputError
from harness.study.estimate import estimate, needs, parameters, too_small
from harness.study.plan import Plan, Unit
from harness.study.run import select


def _unit(made: Plan, name: str) -> Unit:
    return next(unit for unit in made.units if unit.name == name)


def _keys(made: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for stage in made.stages():
        found.setdefault(stage.kind, set()).add(stage.key)
    return found


def _changed(tmp_path: Path, **changes: Any) -> set[str]:
    """Kinds of stages that a change of the file repeats, all of them."""
    before, after = _keys(plan(tmp_path)), _keys(plan(tmp_path, **changes))
    changed = {kind for kind in before if before[kind] != after[kind]}
    assert all(before[kind].isdisjoint(after[kind]) for kind in changed)
    return changed


def test_what_cells_share(tmp_path: Path) -> None:
    made = plan(tmp_path)
    counts = {kind: len(keys) for kind, keys in _keys(made).items()}
    assert counts == {
        **{"titles": 1, "general": 1, "words": 1, "bm25": 1},
        # Seeds of the order do not change the start; two of init do.
        **{"start": 2, "corpus": 4},
        **{"emlm": 16, "statistics": 16, "finetune": 16, "sweep": 16},
    }
    one, two = _unit(made, "1/indep-uniq-lr-l"), _unit(made, "1/overlap-repeat-lr-h")
    assert one.stages["start"] is two.stages["start"]
    assert one.stages["emlm"].settings["seed"] == two.stages["emlm"].settings["seed"] == 7
    assert one.stages["corpus"] is _unit(made, "2/indep-uniq-lr-h").stages["corpus"]


def test_a_factor_of_finetuning_shares_the_pretraining(tmp_path: Path) -> None:
    levels = {"weak": {"finetune": {"joint_flops": 0.001}}, "strong": {}}
    made = plan(tmp_path, factors={**CONTENT["factors"], "regulariser": levels})
    counts = {kind: len(keys) for kind, keys in _keys(made).items()}
    assert (counts["emlm"], counts["statistics"], counts["finetune"]) == (16, 16, 32)


LATER = {"emlm", "statistics", "finetune", "sweep"}


@pytest.mark.parametrize(
    ("changes", "repeated"),
    [
        ({"sweep": {"grid": "0:0"}}, {"sweep", "bm25"}),
        ({"dev": {"pool": 7}}, {"finetune", "sweep"}),
        ({"finetune": {"lr": 0.1}}, {"finetune", "sweep"}),
        ({"pretrain": {"weight_decay": 0.1}}, LATER),
        ({"seeds": {"init": [8, 9]}}, {"start", *LATER}),
        ({"corpus": {"repeat_texts": 16}}, set()),
        ({"vocabulary": {"size": 60}}, {"words", "start", "corpus", *LATER}),
        ({"vocabulary": {"whole_words": True}}, {"words", "start", "corpus", *LATER}),
        ({"corpus": {"held_out": 5}}, {"titles", "general", "words", "start", "corpus", *LATER}),
        ({"keep": ["weights"]}, set()),
        ({"name": "other"}, set()),
    ],
)
def test_a_change_repeats_what_depends_on_it(
    tmp_path: Path, changes: dict[str, Any], repeated: set[str]
) -> None:
    if changes == {"corpus": {"repeat_texts": 16}}:
        # Only repeated samples change.
        before, after = _keys(plan(tmp_path)), _keys(plan(tmp_path, **changes))
        assert len(before["corpus"] & after["corpus"]) == 2
        assert len(before["sweep"] & after["sweep"]) == 8
    else:
        assert _changed(tmp_path, **changes) == repeated


def test_another_query_log_under_the_same_name_repeats_the_sweep(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("list\n")
    grid = {"sweep": {"grid": f"0:0,7/asked:{log}"}}
    one = _keys(plan(tmp_path, **grid))
    log.write_text("list\nsort\n")
    two = _keys(plan(tmp_path, **grid))
    assert {kind for kind in one if one[kind] != two[kind]} == {"sweep", "bm25"}


def test_other_data_is_another_study(tmp_path: Path) -> None:
    from harness.study.plan import Inputs

    one = Plan(study(), Inputs("data", {"": "general"}), tmp_path)
    two = Plan(study(), Inputs("other", {"": "general"}), tmp_path)
    three = Plan(study(), Inputs("data", {"": "more"}), tmp_path)
    assert not {s.key for s in one.stages()} & {s.key for s in two.stages()}
    same = {s.kind for s in one.stages()} - {
        s.kind for s in one.stages() if s.key not in {o.key for o in three.stages()}
    }
    assert same == {"titles", "bm25"}


def test_longer_trainings_take_new_texts_and_new_orders(tmp_path: Path) -> None:
    longer = {"indep-uniq-lr-h": [10], "indep-repeat-lr-h": [12]}
    made = plan(tmp_path, longer=longer)
    uniq = _unit(made, "1/indep-uniq-lr-h-long10").stages
    assert (uniq["corpus"].settings["first"], uniq["corpus"].settings["texts"]) == (16, 24)
    before = _unit(made, "1/indep-uniq-lr-h").stages
    assert uniq["emlm"].needs["start"] is before["emlm"]
    assert uniq["emlm"].settings["seed"] != before["emlm"].settings["seed"]
    repeat = _unit(made, "1/indep-repeat-lr-h-long12").stages
    assert repeat["corpus"] is _unit(made, "1/indep-repeat-lr-h").stages["corpus"]
    # What a longer training adds leaves the shorter one as it was.
    assert {s.key for s in plan(tmp_path).stages()} < {s.key for s in made.stages()}


def test_selections(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert len(select(made.units, [])) == 16
    assert {u.run for u in select(made.units, ["2/*"])} == {2}
    assert len(select(made.units, ["1/indep-*", "1/*-uniq-lr-h"])) == 5
    with pytest.raises(InputError, match=r"--only 3/\*: no cell is called so"):
        select(made.units, ["3/*"])


def test_a_collection_that_is_too_small_is_seen_at_once(tmp_path: Path) -> None:
    found = dict(too_small(plan(tmp_path), documents=15))
    assert list(found) == ["overlap-uniq-lr-l", "overlap-uniq-lr-h"]
    assert found["overlap-uniq-lr-l"].startswith("it needs 16 distinct titles")
    assert not dict(too_small(plan(tmp_path), documents=16))
    assert not dict(too_small(plan(tmp_path), documents=None))


def test_estimates_come_from_measurements_where_nothing_is_done(tmp_path: Path) -> None:
    made = plan(tmp_path)
    asked: list[str] = []

    def measure(stage: Any, unit: Unit) -> float | None:
        asked.append(stage.kind)
        return 0.5 if stage.kind in ("emlm", "finetune") else None

    parts = {part.kind: part for part in estimate(made, made.units, measure)}
    assert parts["emlm"].seconds == 16 * 4 * 0.5 and parts["emlm"].left == 16
    assert parts["finetune"].seconds == 16 * 5 * 0.5
    assert parts["sweep"].seconds is None and parts["sweep"].measured == "unknown"
    assert asked.count("emlm") == 1


def test_parameters_are_those_of_the_model() -> None:
    from tiny_encoder import tiny_encoder

    from harness.study.sections import ModelSection

    model = tiny_encoder()
    read = study(
        vocabulary={"size": model.config.output_size, "wordpieces": len(model.tokenizer or ())},
        pretrain={"max_length": 24},
    )
    settings = read.base
    object.__setattr__(settings, "model", ModelSection(layers=1, hidden=16, heads=2))
    # The tiny encoder has 32 positions, where studies have at least 128.
    counted = sum(p.numel() for p in model.parameters()) + (128 - 32) * 16
    assert abs(parameters(settings) - counted) <= 0.01 * counted
    assert needs([])[:1] == []
