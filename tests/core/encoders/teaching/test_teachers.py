from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoder import TEXTS, tiny_encoder

from encoders.teaching.dense import DenseTeacher
from encoders.teaching.lexical import Bm25Teacher
from encoders.teaching.scores import TeacherScores
from encoders.teaching.search import best_documents
from ground.errors import InputError

DOCUMENTS = ["sort a list", "sort sort a file", "read"]


def test_bm25_by_hand() -> None:
    teacher = Bm25Teacher(DOCUMENTS, k1=0.9, b=0.4)
    scores = (
        teacher.queries(["sort file", "unknown", "Read"]) @ teacher.documents(DOCUMENTS).T
    ).toarray()
    # Three documents of 3, 4 and 1 words; n(sort) = 2, n(file) = 1.
    sort, file = math.log(1 + 1.5 / 2.5), math.log(1 + 2.5 / 1.5)
    norms = [0.9 * (0.6 + 0.4 * length / (8 / 3)) for length in (3, 4, 1)]
    first = sort / (sort + file) / (1 + norms[0])
    second = (sort * 2 / (2 + norms[1]) + file / (1 + norms[1])) / (sort + file)
    np.testing.assert_allclose(scores[0], [first, second, 0], rtol=1e-6)
    assert not scores[1].any()
    np.testing.assert_allclose(scores[2], [0, 0, 1 / (1 + norms[2])], rtol=1e-6)


def test_scores_of_several_are_added() -> None:
    dense = (np.eye(2, dtype=np.float32), np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32))
    teacher = Bm25Teacher(DOCUMENTS)
    sparse = (teacher.queries(["sort", "read"]), teacher.documents(DOCUMENTS))
    numbers = np.array([1, 0]), np.array([2, 2, 0])
    both = TeacherScores([dense, sparse])(*numbers)
    parts = [TeacherScores([part])(*numbers) for part in (dense, sparse)]
    assert both.shape == (2, 3) and both.dtype == torch.float32
    torch.testing.assert_close(both, parts[0] + parts[1])
    assert parts[0].tolist() == [[6, 6, 2], [5, 5, 1]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dense model that sentence-transformers itself made."""
    library = pytest.importorskip("sentence_transformers")
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    folder = tmp_path_factory.mktemp("dense")
    tiny = tiny_encoder()
    assert tiny.tokenizer is not None
    tiny.backbone.save_pretrained(folder / "bert")
    tiny.tokenizer.save_pretrained(folder / "bert")
    word = modules.Transformer(str(folder / "bert"), max_seq_length=24)
    pooling = modules.Pooling(16, pooling_mode="mean")
    library.SentenceTransformer(modules=[word, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_a_dense_teacher_keeps_its_vectors(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path))
    said: list[str] = []
    vectors = DenseTeacher(model, note=said.append).documents(TEXTS)
    assert vectors.shape == (len(TEXTS), 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    again = DenseTeacher(model, note=said.append)
    np.testing.assert_array_equal(again.documents(TEXTS), vectors)
    assert len(said) == 1 and again._model is None
    kept = next(tmp_path.rglob("*.npy"))
    kept.write_bytes(kept.read_bytes()[:40])
    np.testing.assert_array_equal(again.documents(TEXTS), vectors)
    assert len(said) == 2


def test_the_best_documents_by_brute_force() -> None:
    rng = np.random.default_rng(1)
    queries = rng.integers(0, 3, (7, 4)).astype(np.float32)
    documents = rng.integers(0, 3, (50, 4)).astype(np.float32)
    scores = TeacherScores([(queries, documents)])
    done: list[int] = []
    for k in (1, 8, 60):
        found = list(best_documents(scores, 7, 50, k, done.append))
        for (numbers, values), row in zip(found, queries @ documents.T, strict=True):
            wanted = np.lexsort((np.arange(50), -row))[:k]
            np.testing.assert_array_equal(numbers, wanted)
            np.testing.assert_array_equal(values, row[wanted])
    assert sum(done) == 21


def test_no_model_no_teacher(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder .*bm25 is BM25"):
        DenseTeacher(tmp_path / "none")
