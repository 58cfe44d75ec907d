"""Names of measures: what is understood, and what is refused before anything is done."""

from __future__ import annotations

import re

import ir_measures
import pytest

from ground.errors import InputError
from harness.evaluation import (
    is_effectiveness,
    measure_names,
    parse_measures,
    split_measures,
)


@pytest.mark.parametrize(
    "name", ["nope@10", "RR@", "RR(foo=1)", "RR@'x'", "P", "", "import os", "RR@10 R@10", "RR@-1@2"]
)
def test_a_bad_measure_is_named_with_examples(name):
    with pytest.raises(InputError) as error:
        parse_measures([name])
    assert repr(name) in str(error.value) and "nDCG@10" in str(error.value)


def test_names_are_those_of_ir_measures():
    assert [str(m) for m in parse_measures(["MRR@10", "RR@10", "P(rel=2)@5"])] == [
        "RR@10",
        "P(rel=2)@5",
    ]
    assert is_effectiveness("nDCG@10") and not is_effectiveness("postings")
    with pytest.raises(InputError, match="No measure"):
        parse_measures([])


def test_measures_split_outside_parentheses():
    assert split_measures(" RR@10, nDCG(dcg='exp-log2', gains={1: 2})@10  AP ") == [
        "RR@10",
        "nDCG(dcg='exp-log2', gains={1: 2})@10",
        "AP",
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((f"{m}@0", "cutoffs start at 1") for m in ("P", "R", "RR", "AP", "nDCG", "Judged")),
        *((m, "cutoffs start at 1") for m in ("ERR@0", "Success@0", "P@-1", "P(cutoff=0)")),
        ("nDCG(dcg='exp-log2')@0", "cutoffs start at 1"),
        *((f"P@{c}", "cutoffs start at 1") for c in ("5.0", "True", "'5'", "1e3", 2**31, 10**30)),
        *((m, "rel starts at 1") for m in ("P(rel=0)@5", "AP(rel=0)", "R(rel=0)@5", "RR(rel=-1)")),
        *((m, "rel starts at 1") for m in ("NumRel(rel=0)", "NumRet(rel=0)", "Bpref(rel=0)")),
        *((f"P(rel={r})@5", "rel starts at 1") for r in ("True", 2**31, 2**64, "1.0", "'1'")),
        *((f"IPrec@{r}", "recall is between 0 and 1") for r in ("1.5", "-0.1", "1e400", "True")),
        *((f"Compat(p={p})", "p is above 0 and below 1") for p in ("1.0", "0", "0.0", "1.5")),
        ("RBP(p=1.5)", "p is above 0 and below 1"),
        ("RBP(rel=1)", "no installed package computes it; pip install"),
        ("SetF(beta=-1.0)", "no parameter is negative"),
        ("SetF(beta=1e-07)", "beta is 0, or from 0.0001"),
        ("SetF(beta=1e+20)", "beta is 0, or from 0.0001"),
        ("nDCG(gains={1:-5})@10", "no parameter is negative"),
        ("nDCG(gains={1:2147483648})@10", "gains map grades"),
        ("nDCG(gains={1:0.5})@10", "gains map grades"),
        ("nDCG(gains={'1':2})@10", "gains map grades"),
        ("nDCG(gains={1:True})@10", "gains map grades"),
        ("nDCG(gains={1:2,1:3})@10", "two gains"),
        ("nDCG(gains={1:2},dcg='exp-log2')@10", "no installed package"),
        ("nDCG(dcg='exp-log2')", "it needs a cutoff"),
        ("nDCG(dcg='natural')@10", "dcg is 'log2' or 'exp-log2'"),
        ("ERR", "it needs a cutoff, as in ERR@10"),
        ("P", "it needs a cutoff, as in P@10"),
        ("P(judged_only=1)@5", "judged_only is True or False"),
        ("P(cutoff=3)@5", "cutoff is given twice"),
        ("P(rel=1,rel=2)@5", "rel is given twice"),
        ("P(level=2)@5", "no parameter 'level'; it has cutoff, rel, judged_only"),
        ("BPM(max_rel=1,min_rel=2)@5", "min_rel 2 is not below max_rel 1"),
        ("alpha_nDCG@10", "subtopics"),
        ("ndcg@10", "did you mean nDCG?"),
        ("(" * 400, "too many nested parentheses"),
        ("P@" + "9" * 1000, "characters"),
        ("P@5\0", "null"),
    ],
)
def test_parameters_out_of_their_range_are_refused(name, why):
    with pytest.raises(InputError, match=re.escape(why)) as error:
        parse_measures([name])
    assert "is not a measure that can be computed here" in str(error.value)
    assert len(str(error.value)) < 1500


def test_one_measure_in_several_spellings_is_one():
    assert measure_names("MRR@10, RR(rel=1)@10 RR(cutoff=10)") == ("RR@10",)
    assert measure_names("IPrec@1 IPrec@1.0 IPrec(recall=1)") == ("IPrec@1.0",)
    assert measure_names("SetF(beta=1) MAP NumRelRet") == ("SetF", "AP", "NumRet(rel=1)")
    odd = "SetF(beta=0.3) IPrec@1e-05 nDCG(gains={2:5,1:0})@3 nDCG(gains={1:1}) SetRelP"
    for name in measure_names(odd):
        assert measure_names(name) == (name,)


def test_a_tool_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(ir_measures.gdeval, "_is_available", False)
    with pytest.raises(InputError, match="no installed package computes it; Install perl"):
        parse_measures(["ERR@5"])
