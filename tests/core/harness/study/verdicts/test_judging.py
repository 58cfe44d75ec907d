"""Claims judged on studies that are made up: what is true of them is found, and nothing else."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic_study import indep_high, write_study

from ground.errors import InputError
from harness.study.verdicts.designs import factor_effect
from harness.study.verdicts.effects import (
    query_effect,
    training_effect,
)
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.judging import factor_effects, family_size, judge, relations
from harness.study.verdicts.results import read_results
from harness.study.verdicts.rules import (
    CONTRADICTED,
    NOT_TESTED,
    SUPPORTED,
    UNDECIDED,
    Verdict,
)
from harness.study.verdicts.settings import Settings

QUICK = Settings(resamples=400, permutations=400)


def study(out: Path, **truth: object) -> Evidence:
    write_study(out, **truth)  # type: ignore[arg-type]
    return Evidence(read_results(out), QUICK)


def outcomes(evidence: Evidence) -> dict[str, str]:
    return {verdict.key: verdict.outcome for verdict in judge(evidence)}


def by_key(evidence: Evidence, key: str) -> Verdict:
    return next(verdict for verdict in judge(evidence) if verdict.key == key)


def rate(corpus: str, sampling: str, lr: str) -> float:
    return (lr == "lr-h") * (2.0 if corpus == "indep" else 1.0)


def test_the_papers_findings_are_found_where_they_are_true(tmp_path: Path) -> None:
    evidence = study(
        tmp_path,
        queries=200,
        query_noise=0.03,
        seed_noise=0.001,
        effect=indep_high(0.05),
        cost=indep_high(0.3),
        accuracy=indep_high(-0.03),
        spread=rate,
    )
    assert outcomes(evidence) == {
        "F1": SUPPORTED,
        "F2": SUPPORTED,
        "F3": SUPPORTED,
        "T": CONTRADICTED,
        "E": SUPPORTED,
        "E2": SUPPORTED,
    }
    verdict = by_key(evidence, "F2")
    assert verdict.parts[0].effect is not None
    assert verdict.parts[0].effect.estimate == pytest.approx(math.exp(0.3), rel=0.03)
    assert family_size(judge(evidence)) == 3 + 2 + 5 + 5


def test_the_opposite_is_found_where_it_is_true(tmp_path: Path) -> None:
    evidence = study(
        tmp_path,
        queries=200,
        query_noise=0.03,
        effect=indep_high(-0.05),
        cost=indep_high(-0.3),
        accuracy=indep_high(0.03),
        spread=lambda *levels: -rate(*levels),
    )
    found = outcomes(evidence)
    assert {found[key] for key in ("F1", "F2", "E", "E2")} == {CONTRADICTED}
    assert found["T"] == SUPPORTED


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    evidence = study(tmp_path, queries=100, query_noise=0.3, seed_noise=0.02)
    found = outcomes(evidence)
    assert found == dict.fromkeys(found, UNDECIDED)


def test_a_difference_between_repeat_and_uniq_contradicts_little_difference(
    tmp_path: Path,
) -> None:
    evidence = study(
        tmp_path,
        queries=200,
        query_noise=0.03,
        seed_noise=0.001,
        effect=lambda corpus, sampling, lr: 0.06 if sampling == "uniq" else 0.0,
    )
    assert outcomes(evidence)["F3"] == CONTRADICTED


def test_opposite_differences_do_not_cancel(tmp_path: Path) -> None:
    signs = {("uniq", "lr-h"): 0.05, ("uniq", "lr-l"): -0.05}
    evidence = study(
        tmp_path,
        queries=200,
        query_noise=0.03,
        seed_noise=0.001,
        effect=lambda corpus, sampling, lr: signs.get((sampling, lr), 0.0),
    )
    assert outcomes(evidence)["F3"] == CONTRADICTED


def test_one_seed_speaks_of_queries_only(tmp_path: Path) -> None:
    evidence = study(
        tmp_path, seeds=(4,), queries=200, query_noise=0.03, effect=indep_high(0.05), spread=rate
    )
    verdict = by_key(evidence, "F1")
    assert verdict.one_seed and verdict.outcome == UNDECIDED
    effects = [part.effect for part in verdict.parts if part.effect is not None]
    assert [effect.over for effect in effects] == ["queries", "queries", "nothing"]
    assert [part.outcome for part in verdict.parts] == [*[SUPPORTED] * 4, UNDECIDED]
    assert by_key(evidence, "E").outcome == UNDECIDED


def test_cells_that_are_missing_are_not_tested(tmp_path: Path) -> None:
    evidence = study(
        tmp_path,
        skip=[(f"{c}-uniq-{lr}", s) for c in ("indep", "overlap") for lr in ("lr-l", "lr-h")
              for s in (1, 2, 3)],
    )  # fmt: skip
    verdict = by_key(evidence, "F3")
    assert verdict.outcome == NOT_TESTED
    assert "no trained cells" in verdict.parts[0].missing


def test_seeds_that_are_missing_are_left_out_and_said(tmp_path: Path) -> None:
    evidence = study(tmp_path, queries=50, skip=[("indep-uniq-lr-h", 3)])
    block = evidence.by_query("RR@10", "0:0")
    assert block is not None and block.seeds == (1, 2) and len(block.cells) == 8
    assert "without seed 3" in block.left_out


def test_without_values_per_query_only_trainings_are_judged(tmp_path: Path) -> None:
    write_study(tmp_path, queries=30, spread=rate)
    (tmp_path / "results" / "perquery.parquet").unlink()
    evidence = Evidence(read_results(tmp_path), QUICK)
    found = outcomes(evidence)
    assert found["F3"] == found["T"] == NOT_TESTED and found["E"] == SUPPORTED
    assert factor_effects(evidence) == []


def test_a_study_without_trainings_is_no_error(tmp_path: Path) -> None:
    write_study(tmp_path, queries=20)
    results = tmp_path / "results"
    for path in results.iterdir():
        if path.name != "study.json":
            path.unlink()
    evidence = Evidence(read_results(results), QUICK)
    found = outcomes(evidence)
    assert found == dict.fromkeys(found, NOT_TESTED) and relations(evidence) == []


def test_effects_by_hand(tmp_path: Path) -> None:
    evidence = study(tmp_path, queries=40, seeds=(1, 2))
    panel = evidence.results.panels["RR@10"]
    design = factor_effect(evidence.levels, "lr", "lr-h", "lr-l", {"corpus": "indep"})
    assert design is not None
    effect = query_effect(evidence, design, "RR@10", "5:10")
    assert effect is not None
    difference = np.mean(
        [
            panel.values[panel.rows[f"indep-{sampling}-lr-h", seed, "5:10"]]
            - panel.values[panel.rows[f"indep-{sampling}-lr-l", seed, "5:10"]]
            for sampling in ("repeat", "uniq")
            for seed in (1, 2)
        ],
        axis=0,
    )
    assert effect.estimate == pytest.approx(difference.mean())
    assert effect.effect_size == pytest.approx(difference.mean() / difference.std(ddof=1))
    assert effect.relative == pytest.approx(difference.mean() / effect.reference)
    cells = evidence.results.cells.set_index(["cell", "seed"])["logit-score-std"]
    number = training_effect(evidence, design, "cells", "logit-score-std")
    assert number is not None and number.estimate == pytest.approx(
        np.mean(
            [
                cells[f"indep-{sampling}-lr-h", seed] - cells[f"indep-{sampling}-lr-l", seed]
                for sampling in ("repeat", "uniq")
                for seed in (1, 2)
            ]
        )
    )


def test_longer_trainings_are_no_cells_of_the_grid(tmp_path: Path) -> None:
    evidence = study(tmp_path, queries=20, longer=3000)
    assert len(evidence.levels) == 8
    assert evidence.results.longer() == {"indep-uniq-lr-h-long3000": "indep-uniq-lr-h"}


def test_the_same_results_give_the_same_verdicts(tmp_path: Path) -> None:
    one = study(tmp_path / "one", queries=50)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    other = Evidence(read_results(tmp_path / "two"), QUICK)
    assert [v.to_dict() for v in judge(one)] == [v.to_dict() for v in judge(other)]


def test_broken_results_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no study"):
        read_results(tmp_path)
    write_study(tmp_path, queries=5)
    results = tmp_path / "results"
    table = pd.read_parquet(results / "perquery.parquet")
    pd.concat([table, table.head(1)]).to_parquet(results / "perquery.parquet")
    with pytest.raises(InputError, match="stands there twice"):
        read_results(tmp_path)
    table.drop(columns="query").to_parquet(results / "perquery.parquet")
    with pytest.raises(InputError, match="column query is missing"):
        read_results(tmp_path)
    (results / "study.json").write_text("{")
    with pytest.raises(InputError, match="malformed JSON"):
        read_results(tmp_path)
