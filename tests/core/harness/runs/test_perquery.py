"""Files of per-query values."""

from __future__ import annotations

import numpy as np
import pytest

from ground.errors import InputError
from harness.runs.perquery import (
    column,
    make_values,
    read_values,
    sidecar_path,
    write_values,
)


def test_per_query_values(tmp_path):
    path = sidecar_path(tmp_path / "run.trec.gz")
    assert path.name == "run.trec.gz.perquery.parquet"
    values = make_values(["b", "a"], {"RR@10": [0.5, 1], "postings": np.array([7, 2**53])})
    write_values(path, values)
    found = read_values(path)
    assert found["value"].dtype == np.float64 and found.equals(values)
    assert column(found, "postings").to_dict() == {"a": 2**53, "b": 7}
    assert not len(column(found, "AP"))
    with pytest.raises(ValueError, match="twice"):
        write_values(path, make_values(["a", "a"], {"AP": [1, 2]}))


def test_per_query_faults(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(InputError, match="query, measure, value"):
        read_values(path)
    path.write_text("no parquet")
    with pytest.raises(InputError, match="query, measure, value"):
        read_values(path)
