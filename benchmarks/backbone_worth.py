"""A pre-trained backbone under the expanded head, beside what it has to beat.

    MINILM=... python -m benchmarks.backbone_worth [--work build/bench/backbone] [--only cppdocs]

Each recipe of runs/backbone is trained (killed, it goes on where it
was) and swept with matrices in float32 and int8, next to BM25 with and without stemming, the dense
model that the backbone comes from, and the sum of the two. Needs the extra sentence-transformers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import backbone_page
from benchmarks.material import CACHE, DATA
from benchmarks.measuring import by_collection

MEASURES = ("RR@10", "R@10", "nDCG@10")
GRID = "0:0,7:20,5:20,5:10"
RECIPES = backbone_page.FOLDER
BASELINE = "BM25"


class Collection(NamedTuple):
    """What is trained on.

    Attributes:
        dataset: as `esplade.load_dataset` takes it.
        fields: of its documents.
        encoders: such as ship; where there are none, the recipe is trained.
    """

    dataset: str
    fields: str = "title"
    encoders: tuple[str, ...] = ()


COLLECTIONS = {
    "pydoc": Collection("pydoc", encoders=("pydoc-small", "pydoc-tiny")),
    "cppdocs": Collection(str(DATA / "cppdocs")),
    "tldr_en": Collection(str(DATA / "tldr_en"), "title+text"),
    "acmcr": Collection(str(DATA / "acmcr")),
}


def measure(name: str, place: Path) -> dict[str, Any]:
    """Train, search, test; everything that is made lies in a folder of ``place``."""
    import esplade

    one, work = COLLECTIONS[name], place / name
    work.mkdir(parents=True, exist_ok=True)
    data = esplade.load_dataset(one.dataset, language="en")
    encoders = one.encoders or _trained(name, work)
    swept = esplade.sweep(data, encoders, GRID, work / "sweep", fields=one.fields, k=100)
    plain = esplade.bm25(
        data, work / "bm25-none", fields=one.fields, language="none", overwrite=True
    )
    words = plain.search(data.queries("test"), k=100)
    runs = {"swept": swept, "BM25, no stemming": words, **_dense(data, one.fields)}
    compared = esplade.compare(runs, baseline="bm25", qrels=data, measures=MEASURES)
    holm = {(test.system, test.measure): round(test.p_holm, 5) for test in compared.tests}
    rows = [
        {
            "system": point.name if point.qk is None else point.system,
            "pruning": point.pruning,
            **{m: round(point.mean(m) or 0.0, 5) for m in MEASURES},
            "postings": point.mean("postings"),
            "p": {m: holm.get((point.name, m)) for m in MEASURES},
        }
        for point in compared.points
    ]
    return {"collection": name, "queries": len(data.queries("test")), "rows": rows}


def _trained(name: str, work: Path) -> tuple[Path, ...]:
    """The recipe's encoder, and the same with matrices of 8-bit integers."""
    from encoders.checkpoints.loading import load_encoder, save_encoder
    from esplade.train import run_recipe

    run_recipe(RECIPES / f"{name}.toml", work / "trained", threads=1)
    whole, small = work / "trained" / "encoder", work / "int8"
    if not (small / "config.json").exists():
        save_encoder(load_encoder(whole), small, int8=True)
    return whole, small


def _dense(data: Any, fields: str) -> dict[str, Any]:
    """The dense model's hundred best documents a query, and those of its sum with BM25."""
    import esplade
    from encoders.teaching.dense import DenseTeacher
    from encoders.teaching.lexical import Bm25Teacher
    from encoders.teaching.scores import TeacherScores
    from encoders.teaching.search import best_documents
    from harness.datasets.contents import Contents

    contents, queries = dict(Contents(data, fields)), data.queries("test")
    ids, texts, asked = (
        sorted(contents),
        [contents[i] for i in sorted(contents)],
        list(queries.values()),
    )
    dense, lexical = (
        (one.queries(asked), one.documents(texts))
        for one in (DenseTeacher(Path(os.environ["MINILM"])), Bm25Teacher(texts))
    )
    found = {}
    for name, parts in (("dense", [dense]), ("dense + BM25", [dense, lexical])):
        best = best_documents(TeacherScores(parts), len(asked), len(ids), 100)
        ranked = {
            query: {ids[n]: float(score) for n, score in zip(numbers, scores, strict=True)}
            for query, (numbers, scores) in zip(queries, best, strict=True)
        }
        found[name] = esplade.Run.from_dicts(ranked, tag=name)
    return found


def main() -> None:
    """Measure collection by collection, save, and write the page."""
    by_collection("backbone_worth", CACHE / "backbone", COLLECTIONS, measure, backbone_page.write)


if __name__ == "__main__":
    main()
