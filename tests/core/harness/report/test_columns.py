"""Columns that are asked for, and those that are left out where there is little room."""

from __future__ import annotations

import pytest

from ground.errors import InputError
from harness.report.columns import LETTER, major_columns, select_columns
from harness.report.tables import Column, Row, Table

GAIN = "nDCG(dcg='exp-log2',x=1)@10"
TABLE = Table(
    (
        Column("system", "system"),
        Column("pruning", "qk:dk"),
        Column(GAIN, GAIN, 3, True),
        Column("flops", "FLOPS", 3, False, minor=True),
    ),
    (Row({"system": "a", "name": "one", "pruning": "5:5", GAIN: 0.5, "flops": 2.0}),),
)


def keys(table):
    return [column.key for column in table.columns]


def test_by_key_or_label_in_order():
    assert keys(select_columns(TABLE, f"flops, {GAIN},qk:dk")) == ["flops", GAIN, "pruning"]
    assert keys(select_columns(TABLE, ["name", "FLOPS"])) == ["name", "flops"]


def test_what_is_asked_for_has_room():
    assert keys(major_columns(TABLE)) == ["system", "pruning", GAIN]
    assert keys(major_columns(select_columns(TABLE, "system,flops"))) == ["system", "flops"]


def test_letters_stay():
    lettered = Table((LETTER, *TABLE.columns), TABLE.rows)
    assert keys(select_columns(lettered, "system")) == ["letter", "system"]
    assert keys(select_columns(lettered, "system,letter")) == ["system", "letter"]


def test_columns_that_are_not_there():
    with pytest.raises(InputError, match=r"no column 'x'.*system, pruning \(qk:dk\), .*, name\."):
        select_columns(TABLE, "system,x")
    with pytest.raises(InputError, match="flops is asked for twice"):
        select_columns(TABLE, "flops,FLOPS")
