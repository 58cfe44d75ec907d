"""Documents, queries and splits of pydoc, by hand."""

from __future__ import annotations

import pytest

from harness.datasets.pydoc.collection import choose_queries, entries, split_of, suits
from harness.datasets.pydoc.general import general_texts


def test_entries_leave_out_pointers_signatures_and_boilerplate() -> None:
    docs = {f"p.M{i}.forward": "Runs the forward pass." for i in range(5)}
    docs |= {"p.a": "See torch.abs.", "p.b": "Word.", "p.c": "x : int", "p.d": "Sort the list."}
    assert [e.title for e in entries(docs)] == ["p d: Sort the list"]


@pytest.mark.parametrize(
    ("sentence", "good"),
    [
        ("Every worker process receives an equal share of the remaining tasks.", True),
        ("Too short a sentence.", False),
        ("Every worker process receives x = 3 tasks from the parent.", False),
        ("See the documentation of worker processes for further details here.", False),
        ("Sort the list of numbers in place quickly.", False),  # repeats the title
        ("every worker process receives an equal share of remaining tasks.", False),
        ("Every worker process receives an equal share of remaining tasks:", False),
    ],
)
def test_suits(sentence: str, good: bool) -> None:
    assert suits(sentence, {"sort", "list", "numbers", "place"}) is good


def test_a_sentence_of_two_titles_is_nobodys_query() -> None:
    own = "Equal elements keep their former order relative to each other."
    shared = "Temporary memory grows linearly with the number of elements."
    docs = {"p.sort": f"Sort a list.\n\n{shared} {own}", "p.rank": f"Rank a list.\n\n{shared}"}
    found = entries(docs)
    choose_queries(found)
    queries = {e.name: e.queries for e in found}
    assert queries == {"p.sort": [own], "p.rank": []}
    assert {e.name: e.text() for e in found} == {"p.sort": shared, "p.rank": shared}


def test_same_title_shares_split_and_queries() -> None:
    sentence = "Equal elements keep their former order relative to each other."
    doc = f"Sort a list.\n\n{sentence}"
    found = entries({"p.list_sort": doc, "p.ListSort": doc})
    choose_queries(found)
    assert [e.queries for e in found] == [[sentence], [sentence]]
    assert len({e.split for e in found}) == 1


def test_splits_follow_the_hash() -> None:
    counts = {"train": 0, "dev": 0, "test": 0}
    for number in range(5000):
        counts[split_of(f"title {number}")] += 1
    assert counts["train"] == pytest.approx(3600, abs=120)
    assert counts["dev"] == pytest.approx(400, abs=80)
    assert split_of("title 1") == split_of("title 1")


def test_general_text_holds_no_query_and_no_body_outside_train() -> None:
    sentence = "Equal elements keep their former order relative to each other."
    rest = "The algorithm needs linear memory and is used by many others."
    docs = {f"p.f{i}": f"Sort a list {i}.\n\n{sentence[:-1]} {i}. {rest} {i}" for i in range(40)}
    found = entries(docs)
    choose_queries(found)
    texts = list(general_texts([], found, {}))
    taken = {q for e in found for q in e.queries}
    assert not any(q in t for q in taken for t in texts)
    kept = {e.name for e in found if e.split == "train"}
    assert 0 < len(kept) < 40
    for entry in found:
        mine = any(t.endswith(f" {entry.name[3:]}") and rest in t for t in texts)
        assert mine == (entry.name in kept)
