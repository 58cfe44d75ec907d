"""A measure's value does not depend on what else is measured, nor on the order of a set."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import ir_measures
import measures_together as together
import pytest
from repository import ROOT

from ground.errors import InputError
from harness.evaluation import parse_measures

LATER = [pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 8)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2, *LATER])
def test_every_pair_of_measures_has_the_values_that_each_has_alone(tmp_path, seed):
    script = together.__file__
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    found = subprocess.run(
        [sys.executable, script, str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": path},
        capture_output=True,
        check=True,
        text=True,
    )
    result = json.loads(found.stdout)
    assert result["other"] == [] and not found.stderr
    assert result["pairs"] > 1_900 and len(result["alone"]) == len(together.QUICK + together.SLOW)


@pytest.mark.parametrize(
    "names",
    [
        ["nDCG@10", "nDCG(gains={2:5})@10"],
        ["NumRet", "P(judged_only=True)@5"],
        ["IPrec@0.101", "IPrec@0.104"],
        ["nDCG@10", "nDCG(judged_only=True)@10", "P(rel=2)@5"],
        ["SetF", "SetF(beta=2.0)"],
        ["ERR@1", "ERR@5", "nDCG(dcg='exp-log2')@5"],
    ],
)
def test_measures_that_share_a_tool_do_not_share_its_settings(tmp_path, names):
    run, qrels = together.data(tmp_path)
    for chosen in (names, names[::-1]):
        found = together.values(run, qrels, chosen)
        for name in names:
            assert found[name] == together.values(run, qrels, [name])[name]


def test_the_list_has_every_measure_that_can_be_computed_here():
    listed = {measure.NAME for measure in parse_measures([*together.QUICK, *together.SLOW])}
    for name, measure in ir_measures.measures.registry.items():
        parameters = {"cutoff": 5, "recall": 0.5, "max_rel": 4, "rel": 2}
        fitting = {k: v for k, v in parameters.items() if k in measure.SUPPORTED_PARAMS}
        try:
            parse_measures([str(measure(**fitting))])
        except InputError:
            continue
        assert measure.NAME in listed, name
