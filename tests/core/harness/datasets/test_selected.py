"""Some of a data set's queries, as a data set."""

from __future__ import annotations

import pytest

import esplade
from harness.datasets.model import Dataset
from harness.datasets.selected import Selected


@pytest.fixture
def whole() -> Dataset:
    texts = {"d1": "sort", "d2": "read"}
    asked = {"q2": "reading", "q1": "sorting", "q3": "both"}
    grades = {"q1": {"d1": 1}, "q2": {"d2": 1}, "q3": {"d1": 1, "d2": 0}}
    return esplade.Dataset.from_dicts(texts, asked, grades, name="two", language="en")


def test_queries_and_judgments_of_those_that_stay(whole: Dataset) -> None:
    some = Selected(whole, "test", ["q3", "q2"])
    assert isinstance(some, Dataset)
    assert list(some.queries("test")) == [q for q in whole.queries("test") if q != "q1"]
    assert sorted(some.qrels("test")["query_id"].unique()) == ["q2", "q3"]
    assert list(some.qrels("test").index) == [0, 1, 2]
    assert [d.id for d in some.docs()] == ["d1", "d2"]
    assert (some.name, some.language, some.splits) == ("two", "en", ("test",))


def test_the_digest_is_of_what_stays(whole: Dataset) -> None:
    digests = {Selected(whole, "test", kept).digest() for kept in (["q1"], ["q2"], ["q1", "q2"])}
    assert len(digests | {whole.digest()}) == 4
    assert Selected(whole, "test", ["q2", "q1"]).digest() in digests
