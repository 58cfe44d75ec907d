"""Rules that look at a collection or at a query log, from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from commandline import Collection, Esplade

import esplade as api

ALLOWED_BY_WINDOWS = re.compile(r"[^<>:\"/\\|?*]+(?<![. ])")


def points(out: Path) -> dict[str, dict[str, object]]:
    listed = json.loads((out / "sweep.json").read_text())["points"]
    return {point["pruning"]: point for point in listed if point["pruning"]}


@pytest.mark.slow
def test_a_sweep_over_them(esplade: Esplade, collection: Collection, tmp_path: Path) -> None:
    log, out = tmp_path / "asked.txt", tmp_path / "sweep"
    log.write_text("the\nt1\nt2\n")
    rules = [
        f"top:2/asked:{log}",
        "top:7/share:0.4",
        "common:1.5:0.9/top:3",
        "7/entropy:0.5+list:9",
    ]
    command = [
        *("sweep", "--dataset", str(collection.folder), "--out", str(out)),
        *("--vectors", str(collection.documents), "--queries", str(collection.queries)),
        *("--grid", ",".join(["0:3", *rules]), "--no-bm25", "--name", "mine"),
    ]
    answer = esplade(*command)
    assert answer.code == 0, answer.err
    found = points(out)
    assert set(found) == {
        "0:3",
        f"2/asked:{log}",
        "7/share:0.4",
        "common:1.5:0.9/3",
        "7/entropy:0.5+list:9",
    }
    for folder in (*(out / "points").iterdir(), *(out / "indexes" / "mine").iterdir()):
        assert ALLOWED_BY_WINDOWS.fullmatch(folder.name)

    # The same by hand: frequencies are those of the documents as they are searched, after top:3.
    documents = api.Vectors.read(collection.documents).prune("top:3")
    queries = api.Vectors.read(collection.queries)
    left = queries.prune("common:1.5:0.9", documents).to_dicts()
    assert 0 < sum(map(len, left.values())) < queries.nnz
    counts = {t: sum(t in d for d in documents.to_dicts().values()) for t in documents.terms}
    postings = [sum(counts.get(term, 0) for term in query) for query in left.values()]
    name = found["common:1.5:0.9/3"]["name"]
    costs = api.Sweep.open(out).per_query()
    costs = costs[(costs["system"] == name) & (costs["measure"] == "postings")]
    assert sorted(costs["value"]) == sorted(postings)

    # Another content under the same name is another index; the others are kept.
    log.write_text("the\nt1\n")
    again = esplade(*command)
    assert again.code == 0, again.err
    assert again.err.count(": done") == 2 and again.err.count(": kept") == 7
    # And another name for a content that was there is none.
    moved = tmp_path / "moved.txt"
    log.rename(moved)
    renamed = esplade(*(word.replace(str(log), str(moved)) for word in command))
    assert renamed.code == 0, renamed.err
    assert renamed.err.count(": done") == 0


@pytest.mark.slow
def test_an_index_outlives_its_query_log(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    log, index, run = tmp_path / "asked.txt", tmp_path / "index", tmp_path / "run.trec"
    log.write_text("the\nt1\nt2\n")
    made = esplade(
        *("index", "--vectors", str(collection.documents), "--index", str(index)),
        *("--prune", f"asked:{log}+top:5"),
    )
    assert made.code == 0, made.err
    log.unlink()
    searched = esplade(
        *("search", "--index", str(index), "--queries", str(collection.queries)),
        *("--run", str(run), "--prune", "common:1.2:1"),
    )
    assert searched.code == 0, searched.err
    metadata = (tmp_path / "run.trec.metadata.yaml").read_text()
    assert f"common:1.2:1/asked:{log}+top:5" in metadata.replace("\n", "").replace("  ", "")


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["share:0.5", "list:3"])
def test_queries_are_not_pruned_by_rules_of_collections(
    esplade: Esplade, collection: Collection, tmp_path: Path, rule: str
) -> None:
    refused = esplade(
        *("sweep", "--dataset", str(collection.folder), "--out", str(tmp_path / "sweep")),
        *("--vectors", str(collection.documents), "--queries", str(collection.queries)),
        *("--grid", f"{rule}/top:3"),
    )
    assert refused.code == 2 and "prunes a collection of documents" in refused.err
    assert not (tmp_path / "sweep").exists()
