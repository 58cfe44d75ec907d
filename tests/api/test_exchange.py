"""The tools that people use, themselves: PyTerrier, ranx, ir_measures, sentence-transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import esplade

pytestmark = pytest.mark.slow
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def index(
    dataset: esplade.Dataset, encoder: esplade.Encoder, tmp_path_factory: pytest.TempPathFactory
) -> esplade.Index:
    folder = tmp_path_factory.mktemp("exchange")
    return esplade.index(esplade.encode(encoder, dataset, folder / "docs"), folder / "index")


@pytest.fixture(scope="module")
def run(index: esplade.Index, dataset: esplade.Dataset, encoder: esplade.Encoder) -> esplade.Run:
    return index.search(dataset, 20, encoder=encoder)


def test_pyterrier_gives_our_numbers(
    index: esplade.Index, run: esplade.Run, encoder: esplade.Encoder, frames: Frames
) -> None:
    pt = pytest.importorskip("pyterrier")
    from esplade.pyterrier import Retriever, SparseEncoder

    _, topics, qrels = frames
    measures = [pt.measures.RR @ 10, pt.measures.nDCG @ 10]
    whole = Retriever(index, encoder, k=20)
    in_two = SparseEncoder(encoder) >> Retriever(index, k=20)
    found = pt.Experiment([whole, in_two], topics, qrels, measures)
    ours = esplade.score(run, qrels, "RR@10 nDCG@10")
    for row in range(2):
        assert found["RR@10"][row] == ours["RR@10"]
        assert found["nDCG@10"][row] == ours["nDCG@10"]
    results = whole.transform(topics)
    assert {"qid", "query", "docno", "score", "rank"} <= set(results.columns)
    pd.testing.assert_frame_equal(
        results[["qid", "docno", "score", "rank"]], run.to_pandas(), check_dtype=False
    )
    documents = SparseEncoder(encoder, "doc").transform(frames[0])
    assert documents["toks"].map(len).min() > 0


def test_ranx_reads_our_runs_and_judgments(
    run: esplade.Run, dataset: esplade.Dataset, tmp_path: Path
) -> None:
    ranx = pytest.importorskip("ranx")
    qrels = dataset.qrels()
    run.write(tmp_path / "run.trec")
    theirs = ranx.Run.from_file(str(tmp_path / "run.trec"), kind="trec")
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in qrels.itertuples(index=False):
        grades.setdefault(query, {})[document] = int(grade)
    ours = esplade.score(run, dataset, "RR@10 R@10 AP")
    found = ranx.evaluate(ranx.Qrels(grades), theirs, ["mrr@10", "recall@10", "map"])
    for name, value in zip(("mrr@10", "recall@10", "map"), ours.values(), strict=True):
        assert found[name] == pytest.approx(value, abs=1e-15)


def test_ir_measures_agrees_to_the_last_digit(
    run: esplade.Run, dataset: esplade.Dataset, tmp_path: Path
) -> None:
    import ir_measures

    names = "RR@10 R@10 nDCG@10 AP P@5"
    run.write(tmp_path / "run.trec")
    read = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    # Scores that tie: ir_measures orders them by its own rule, so they are told apart first.
    apart = [one._replace(score=-float(n)) for n, one in enumerate(read)]
    measures = [ir_measures.parse_measure(name) for name in names.split()]
    theirs = {
        (str(one.measure), one.query_id): one.value
        for one in ir_measures.iter_calc(measures, dataset.qrels(), apart)
    }
    ours = esplade.score(run, dataset, names).per_query
    assert {(row.measure, row.query): row.value for row in ours.itertuples()} == theirs


def test_a_sparse_encoder_object_is_an_encoder(tmp_path: Path) -> None:
    st = pytest.importorskip("sentence_transformers")
    from encoders.checkpoints.exporting import export_encoder
    from encoders.checkpoints.loading import load_encoder
    from esplade.loading import encoder_folder

    export_encoder(load_encoder(encoder_folder("pydoc-tiny")), tmp_path / "exported")
    model = st.SparseEncoder(str(tmp_path / "exported"), trust_remote_code=True, device="cpu")
    texts = ["how to sort a list", "read a file line by line"]
    for side in ("query", "doc"):
        theirs = esplade.Encoder.load(model).encode(texts, side=side).to_dicts()
        ours = esplade.Encoder.load("pydoc-tiny").encode(texts, side=side).to_dicts()
        for name, vector in ours.items():
            shared = {term: w for term, w in theirs[name].items() if w > 1e-4}
            assert shared.keys() == {term for term, w in vector.items() if w > 1e-4}
            weights = [vector[term] for term in shared]
            np.testing.assert_allclose(list(shared.values()), weights, atol=2e-5)


def test_hugging_face_data_sets_are_collections(frames: Frames, dataset: esplade.Dataset) -> None:
    datasets = pytest.importorskip("datasets")
    held = [datasets.Dataset.from_pandas(frame) for frame in frames]
    other = esplade.Dataset.from_frames(*held, name="small", language="en")
    assert other.digest() == dataset.digest()
