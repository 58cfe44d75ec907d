"""Impact indexes against brute force: the same documents, in the same order, with equal scores."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import ImpactIndex, open_impact_index
from harness.lucene.index import open_kernel_index
from harness.lucene.results import search_batch
from harness.retrieval import exact
from harness.vectors.model import Vectors

TERMS = sorted(
    {"|", "##ing", "a", "b", "검색", "검", "😀", "👩‍👩‍👧", "\ufffd", "ﬀ", "the", "A", "\u0001"}
)
IDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\u0085"),
    min_size=1,
    max_size=3,
).filter(lambda name: name.split() == [name])
ROW = st.dictionaries(st.sampled_from(TERMS), st.integers(1, 3), max_size=len(TERMS))


def vectors(rows: dict[str, dict[str, int]], terms: list[str] = TERMS) -> Vectors:
    dense = np.zeros((len(rows), len(terms)), dtype=np.int32)
    for place, row in enumerate(rows.values()):
        for term, weight in row.items():
            dense[place, terms.index(term)] = weight
    return Vectors(list(rows), terms, sp.csr_array(dense))


ALGORITHM = st.sampled_from(["memory", "saat", "maxscore", "lucene"])


def check(
    index: ImpactIndex,
    documents: Vectors,
    queries: Vectors,
    k: int,
    threads: int,
    algorithm: str = "auto",
) -> None:
    run = index.search(queries, k=k, threads=threads, algorithm=algorithm).run
    assert run.query_ids == queries.ids
    assert run.scores.dtype == np.int64
    expected = exact.search(documents, queries, k)
    for (_, ids, scores), hits in zip(run, expected, strict=True):
        assert ids.tolist() == [documents.ids[row] for row in hits.rows]
        assert scores.tolist() == hits.scores.tolist()


COLLECTIONS = given(
    rows=st.dictionaries(IDS, ROW, min_size=1, max_size=40),
    common=st.none() | st.sampled_from(TERMS),
    queries=st.lists(ROW, min_size=1, max_size=5),
    k=st.integers(1, 60),
    threads=st.integers(1, 3),
    algorithm=ALGORITHM,
    memory_mb=st.sampled_from([0, 1024]),
    kept_mb=st.sampled_from([0, 1]),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@COLLECTIONS
def test_some_collections(**case: Any) -> None:
    check_collection(**case)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@COLLECTIONS
def test_any_collection(**case: Any) -> None:
    check_collection(**case)


def check_collection(
    rows: dict[str, dict[str, int]],
    common: str | None,
    queries: list[dict[str, int]],
    k: int,
    threads: int,
    algorithm: str,
    memory_mb: int,
    kept_mb: int,
) -> None:
    if common is not None:
        rows = {name: {**row, common: 1} for name, row in rows.items()}
    documents = vectors(rows)
    asked = vectors({f"q{i}": row for i, row in enumerate(queries)})
    with (
        tempfile.TemporaryDirectory() as folder,
        build_impact_index(documents, Path(folder) / "index", memory_mb=memory_mb) as index,
    ):
        assert index.num_docs == len(rows)
        assert index.doc_ids == sorted(rows)
        index.keep_decoded(kept_mb)
        check(index, documents, asked, k, threads, algorithm)


def random_vectors(seed: int, rows: int, terms: int, length: int, high: int, name: str) -> Vectors:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 2 * length, rows)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    chosen = [np.sort(random.choice(terms, n, replace=False)) for n in lengths]
    columns = np.concatenate(chosen).astype(np.int32)
    data = random.integers(1, high, len(columns)).astype(np.int32)
    matrix = sp.csr_array((data, columns, indptr), shape=(rows, terms))
    ids = [f"{name}{i}" for i in random.permutation(rows)]
    return Vectors(ids, [f"t{i:05d}" for i in range(terms)], matrix)


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
def test_documents_in_several_windows(tmp_path: Path, algorithm: str) -> None:
    # Lists that skip whole windows of 65,536 documents, end at a border, and begin behind one.
    size, terms = 200_000, ["all", "border", "last", "some"]
    dense = np.zeros((size, 4), dtype=np.int32)
    dense[:, 0] = 1 + np.arange(size) % 3
    dense[[65_535, 65_536, 131_071, 131_072], 1] = 7
    dense[-1, 2] = 100
    dense[70_000:70_100, 3] = 5
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    queries = vectors(
        {"q1": {"all": 2, "border": 1}, "q2": {"border": 3, "last": 1}, "q3": {"some": 1}}, terms
    )
    with build_impact_index(documents, tmp_path / "index") as index:
        check(index, documents, queries, 1000, 1, algorithm)
        check(index, documents, queries, size, 2, algorithm)


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


@pytest.mark.slow
def test_lists_that_are_only_probed(tmp_path: Path) -> None:
    # A common, light list and rare, heavy ones: after the first window the former is only probed.
    generator = np.random.default_rng(4)
    size, terms = 100_000, ["common", "light", "rare", "scarce"]
    dense = np.zeros((size, 4), dtype=np.int32)
    dense[:, 0] = generator.integers(1, 4, size)
    dense[:, 1] = generator.integers(0, 3, size)
    for column, share in ((2, 0.02), (3, 0.001)):
        dense[:, column] = generator.integers(1, 60, size) * (generator.random(size) < share)
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    asked = {f"q{i}": {"common": i, "light": 2, "rare": 3, "scarce": 1} for i in range(1, 9)}
    queries = vectors(asked, terms)
    with build_impact_index(documents, tmp_path / "index") as index:
        for k in (1, 10, 100, 3000):
            check(index, documents, queries, k, 1, "maxscore")
        touched = index.touched(queries, 10, "maxscore")
        assert (touched.scored < index.touched(queries, 10, "saat").scored // 2).all()


@pytest.mark.slow
@pytest.mark.parametrize("kept_mb", [0, 3, 1024])
def test_lists_that_memory_has_no_room_for(tmp_path: Path, kept_mb: int) -> None:
    # 1.4 million postings: kept, kept in part, or too many to decode for each query anew.
    generator = np.random.default_rng(6)
    size, terms = 200_000, [f"t{i}" for i in range(8)]
    dense = generator.integers(1, 40, (size, 8)).astype(np.int32)
    dense[:, 7] *= np.arange(size) % 50 == 0
    documents = Vectors([f"d{i:06d}" for i in range(size)], terms, sp.csr_array(dense))
    asked = {f"q{i}": {t: 1 + i + j for j, t in enumerate(terms)} for i in range(2)}
    queries = vectors({**asked, "rare": {"t7": 1}}, terms)
    with build_impact_index(documents, tmp_path / "index") as index:
        index.keep_decoded(kept_mb)
        for _ in range(2):
            check(index, documents, queries, 100, 2, "memory")
        touched = index.touched(queries, 100, "memory")
        assert (touched.blocks <= touched.all_blocks).all()
        wanted = index.touched(queries, 100, "saat").all_blocks
        assert touched.all_blocks.tolist() == wanted.tolist()


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
    with pytest.raises(InputError, match="'wand' is no search algorithm; use one of auto, memory"):
        index.search(random_vectors(2, 2, 4000, 12, 9, "q"), algorithm="wand")


def test_queries_of_1500_terms(index: ImpactIndex, documents: Vectors) -> None:
    queries = random_vectors(3, 4, 4000, 1500, 5, "q")
    assert queries.lengths().max() > 1500
    check(index, documents, queries, 100, 1)


def test_scores_up_to_the_bound(tmp_path: Path) -> None:
    high = 2**24 - 1
    documents = vectors({"a": {"a": high}, "b": {"a": high - 1, "b": 1}, "c": {"b": 1}}, ["a", "b"])
    queries = vectors({"q": {"a": 1}}, ["a", "b"])
    with build_impact_index(documents, tmp_path / "index") as index:
        check(index, documents, queries, 3, 1)


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


def test_what_an_index_knows(tmp_path: Path) -> None:
    rows = {"d2": {"a": 3, "b": 1}, "d1": {}, "d10": {"a": 5}}
    documents = vectors(rows, ["a", "b", "unused"])
    done: list[int] = []
    built = build_impact_index(
        documents, tmp_path / "i", key="k", facts={"dk": 5}, progress=done.append
    )
    assert sum(done) == 3
    built.close()
    index = open_impact_index(tmp_path / "i")
    assert index.doc_ids == ["d1", "d10", "d2"]
    assert index.terms == ["a", "b", "unused"]
    assert index.document_frequency.tolist() == [2, 1, 0]
    assert index.max_impact.tolist() == [5, 1, 0]
    assert (index.num_docs, index.nnz) == (3, 3)
    facts = {"dk": 5, "key": "k", "documents": 3, "empty_documents": 1, "terms": 2}
    facts |= {"postings": 3, "impact_sum": 9}
    assert facts.items() <= index.manifest.items()
    lucene = [f for f in (tmp_path / "i").iterdir() if f.is_file() and f.name != "MANIFEST"]
    assert index.bytes == sum(f.stat().st_size for f in lucene)
    index.check_integrity()


def test_what_a_search_reports(tmp_path: Path) -> None:
    documents = vectors({"d1": {"a": 3, "b": 1}, "d2": {"a": 5}}, ["a", "b", "unused"])
    queries = vectors(
        {"q1": {"a": 1, "new": 2}, "q2": {}, "q3": {"b": 1, "a": 1, "unused": 9}},
        ["a", "b", "new", "unused"],
    )
    with build_impact_index(documents, tmp_path / "i") as index:
        result = index.search(queries, tag="mine")
        assert result.run.tag == "mine"
        assert result.run.offsets.tolist() == [0, 2, 2, 4]
        assert result.run.doc_ids.tolist() == ["d2", "d1", "d2", "d1"]
        assert result.run.scores.tolist() == [5, 3, 5, 4]
        assert result.unknown_terms == 1
        assert result.postings.tolist() == [2, 0, 3]
        assert result.query_terms.tolist() == [1, 0, 3]
        assert result.seconds.shape == (3,)
        assert index.latency(queries, k=1, repeats=4).shape == (4, 3)


def test_a_collection_without_any_term(tmp_path: Path) -> None:
    documents = vectors({"d1": {}, "d2": {}}, ["a"])
    with build_impact_index(documents, tmp_path / "i") as index:
        assert (index.num_docs, index.nnz) == (2, 0)
        assert len(index.search(vectors({"q": {"a": 1}}, ["a"])).run.doc_ids) == 0


def test_no_queries(index: ImpactIndex) -> None:
    none = Vectors([], ["t00000"], sp.csr_array((0, 1), dtype=np.int32))
    result = index.search(none)
    assert (result.run.query_ids, result.run.offsets.tolist()) == ([], [0])


def test_large_results_come_in_several_calls(
    index: ImpactIndex, documents: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.lucene.results._CALL_HITS", 300)
    check(index, documents, random_vectors(5, 11, 4000, 12, 9, "q"), 100, 2)
