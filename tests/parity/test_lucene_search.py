"""Every algorithm on an index of 3,000 documents: equal results, and what each of them touches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from impact_vectors import check, random_vectors

from ground.errors import InputError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex
from harness.lucene.index import open_kernel_index
from harness.lucene.results import search_batch
from harness.vectors.model import Vectors


@pytest.fixture(scope="module")
def documents() -> Vectors:
    return random_vectors(1, 3000, 4000, 60, 20, "d")


@pytest.fixture(scope="module")
def index(documents: Vectors, tmp_path_factory: pytest.TempPathFactory) -> ImpactIndex:
    return build_impact_index(documents, tmp_path_factory.mktemp("impact") / "index")


@pytest.mark.parametrize("algorithm", ["memory", "saat", "maxscore", "lucene"])
@pytest.mark.parametrize("k", [1, 10, 1000, 10_000])
def test_many_documents(index: ImpactIndex, documents: Vectors, k: int, algorithm: str) -> None:
    check(index, documents, random_vectors(2, 40, 4000, 12, 9, "q"), k, 2, algorithm)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["memory", "saat", "maxscore", "lucene"])
def test_several_segments(
    documents: Vectors, index: ImpactIndex, tmp_path: Path, algorithm: str
) -> None:
    order = np.argsort(documents.ids)
    for part, rows in enumerate(np.array_split(order, 4)):
        ids = [documents.ids[row] for row in rows]
        piece = Vectors(ids, documents.terms, documents.matrix[rows])
        build_impact_index(piece, tmp_path / f"part{part}").close()
    join_segments([tmp_path / f"part{part}" for part in range(4)], tmp_path / "joined")
    joined = open_kernel_index(tmp_path / "joined")
    assert joined.counts()[:2] == [3000, 4]
    queries = random_vectors(2, 40, 4000, 12, 9, "q")
    batch = index._batch(queries)
    for threads in (1, 3):
        packed = batch.pack(0, len(batch.ids))
        results = bytes(joined.search(packed, 100, threads, algorithm).tostring())
        hits = search_batch(lambda _, found=results: found, batch, 100)  # type: ignore[misc]
        expected = index.search(queries, k=100).run
        assert [index.doc_ids[i] for i in hits.documents] == expected.doc_ids.tolist()
        assert hits.scores.tolist() == expected.scores.tolist()
    joined.close()


def join_segments(folders: list[Path], out: Path) -> None:
    """Put the segments of several indexes into one index, without merging them."""
    from jnius import autoclass, cast

    lucene = "org.apache.lucene"
    directory, paths = autoclass(f"{lucene}.store.FSDirectory"), autoclass("java.nio.file.Paths")
    config = autoclass(f"{lucene}.index.IndexWriterConfig")()
    config.setMergePolicy(autoclass(f"{lucene}.index.NoMergePolicy").INSTANCE)
    writer = autoclass(f"{lucene}.index.IndexWriter")(directory.open(paths.get(str(out))), config)
    opened = [directory.open(paths.get(str(folder))) for folder in folders]
    writer.addIndexes(*[cast(f"{lucene}.store.Directory", each) for each in opened])
    writer.close()


def test_what_the_algorithms_touch(index: ImpactIndex) -> None:
    queries = random_vectors(2, 20, 4000, 12, 9, "q")
    exhaustive = index.touched(queries, 10, "saat")
    postings = index.search(queries, k=10).postings
    assert exhaustive.scored.tolist() == exhaustive.visited.tolist() == postings.tolist()
    assert exhaustive.blocks.tolist() == exhaustive.all_blocks.tolist()
    for algorithm in ("lucene", "maxscore", "memory"):
        skipping = index.touched(queries, 10, algorithm)
        assert (skipping.visited <= postings).all()
        assert (skipping.scored <= postings).all()
        assert (skipping.blocks <= skipping.all_blocks).all()
        assert skipping.all_blocks.tolist() == exhaustive.all_blocks.tolist()
        everything = index.touched(queries, index.num_docs, algorithm)
        assert everything.visited.tolist() == postings.tolist()
        assert everything.blocks.tolist() == everything.all_blocks.tolist()


def test_what_is_read_back(index: ImpactIndex, documents: Vectors) -> None:
    ids = [documents.ids[row] for row in (17, 3, 17, 2999)]
    assert (index.impacts(ids).matrix != documents.matrix[[17, 3, 17, 2999]]).nnz == 0
    starts, numbers, impacts = index.postings(100, 110)
    order = np.argsort(documents.ids)
    lists = documents.matrix[order].tocsc()[:, 100:110]
    assert starts.tolist() == lists.indptr.tolist()
    assert numbers.tolist() == lists.indices.tolist()
    assert impacts.tolist() == lists.data.tolist()
    with pytest.raises(InputError, match=r"no document 'd30000'.*'d3', 'd30'|near it"):
        index.impacts(["d30000"])


def test_unknown_algorithms(index: ImpactIndex) -> None:
    with pytest.raises(InputError, match="'wand' is no search algorithm.*Known: auto, memory"):
        index.search(random_vectors(2, 2, 4000, 12, 9, "q"), algorithm="wand")


def test_queries_of_1500_terms(index: ImpactIndex, documents: Vectors) -> None:
    queries = random_vectors(3, 4, 4000, 1500, 5, "q")
    assert queries.lengths().max() > 1500
    check(index, documents, queries, 100, 1)


@pytest.mark.slow
def test_one_segment_and_the_same_results_when_memory_is_small(
    documents: Vectors, tmp_path: Path, index: ImpactIndex
) -> None:
    ids = [f"{name}-{i}" for i in range(5) for name in documents.ids]
    matrix = sp.vstack([documents.matrix] * 5, format="csr")
    many = Vectors(ids, documents.terms, sp.csr_array(matrix))
    with build_impact_index(many, tmp_path / "index", memory_mb=1) as small:
        check(small, many, random_vectors(2, 10, 4000, 12, 9, "q"), 500, 2)
        assert not [f for f in (tmp_path / "index").iterdir() if f.name == "write.lock"]


def test_no_queries(index: ImpactIndex) -> None:
    none = Vectors([], ["t00000"], sp.csr_array((0, 1), dtype=np.int32))
    result = index.search(none)
    assert (result.run.query_ids, result.run.offsets.tolist()) == ([], [0])


def test_large_results_come_in_several_calls(
    index: ImpactIndex, documents: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.lucene.results._CALL_HITS", 300)
    check(index, documents, random_vectors(5, 11, 4000, 12, 9, "q"), 100, 2)
