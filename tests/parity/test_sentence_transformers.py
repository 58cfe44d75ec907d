"""The same vectors from esplade and from sentence-transformers, in both directions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from foreign_models import masked_lm, save
from tiny_encoder import TEXTS, tiny_encoder

from encoders.checkpoints.exporting import export_encoder
from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.encoding.encode import encode
from encoders.model.model import EspladeModel

pytest.importorskip("sentence_transformers", reason="pip install 'esplade[sentence-transformers]'")
pytestmark = pytest.mark.slow

GIVEN = [*TEXTS, "", "👍 unseen", "the " * 60]


def both(model: EspladeModel, theirs: Any) -> None:
    """Our vectors of a model are those of sentence-transformers, queries and documents."""
    for side, encoded in (("query", theirs.encode_query), ("doc", theirs.encode_document)):
        got = encoded(GIVEN).to_dense().numpy()
        wanted = encode(model, GIVEN, side=side).toarray()  # type: ignore[arg-type]
        np.testing.assert_allclose(got, wanted, atol=1e-5)
        assert ((got > 0) == (wanted > 0)).all() and wanted.any()


@pytest.mark.parametrize("name", ["bert", "distilbert", "roberta", "modernbert"])
def test_what_sentence_transformers_saves_is_read(name: str, tmp_path: Path) -> None:
    from sentence_transformers import SparseEncoder

    theirs = SparseEncoder(str(save(*masked_lm(name), tmp_path / "given")))
    theirs.max_active_dims = 50
    theirs.save(str(tmp_path / "saved"))
    both(load_encoder(tmp_path / "saved"), theirs)


def test_pieces_as_vocabulary_are_exported_as_a_plain_model(tmp_path: Path) -> None:
    from sentence_transformers import SparseEncoder

    model = load_encoder(save(*masked_lm("bert"), tmp_path / "given"))
    model.head.weight.data += 0.1  # as training would pull it away from the input embeddings
    model.config.query_top_k = model.config.doc_top_k = 20
    model.config.query_max_length = 7
    save_encoder(model, tmp_path / "ours")
    loaded = load_encoder(tmp_path / "ours")
    assert export_encoder(loaded, tmp_path / "out") == "plain"
    theirs = SparseEncoder(str(tmp_path / "out"))
    both(loaded, theirs)
    both(load_encoder(tmp_path / "out"), theirs)


def test_a_vocabulary_of_words_is_exported_with_its_module(tmp_path: Path) -> None:
    from sentence_transformers import SparseEncoder

    model = tiny_encoder()
    model.config.query_top_k, model.config.doc_top_k = 9, 20
    model.config.query_max_length = 7
    assert export_encoder(model, tmp_path / "out") == "custom"
    theirs = SparseEncoder(str(tmp_path / "out"), trust_remote_code=True)
    both(model, theirs)
    both(load_encoder(tmp_path / "out"), theirs)
    (best, _), *_ = theirs.decode(theirs.encode_query("the cat"), top_k=3)
    assert model.vocabulary is not None and best in model.vocabulary
    theirs.save(str(tmp_path / "again"))
    both(load_encoder(tmp_path / "again"), theirs)


def routed(query: list[Any], document: list[Any], folder: Path) -> Any:
    from sentence_transformers import SparseEncoder
    from sentence_transformers.sparse_encoder.modules import Router

    router = Router.for_query_document(query_modules=query, document_modules=document)
    theirs = SparseEncoder(modules=[router], similarity_fn_name="dot")
    theirs.save(str(folder))
    return theirs


def test_separate_encoders_of_both_sides(tmp_path: Path) -> None:
    from sentence_transformers.sparse_encoder.modules import SpladePooling, Transformer

    sides = [
        [Transformer(str(save(*masked_lm("bert", seed), tmp_path / f"given{seed}")),
                     transformer_task="fill-mask"), SpladePooling("max")]
        for seed in (1, 2)
    ]  # fmt: skip
    theirs = routed(*sides, tmp_path / "routed")
    model = load_encoder(tmp_path / "routed")
    both(model, theirs)
    assert abs(encode(model, TEXTS) - encode(model, TEXTS, side="query")).max() > 0.1
    exported_again(model, tmp_path)


@pytest.mark.parametrize("least", [0.0, 0.5])
def test_inference_free_queries(least: float, tmp_path: Path) -> None:
    from sentence_transformers.sparse_encoder.modules import (
        SparseStaticEmbedding,
        SpladePooling,
        Transformer,
    )

    _, tokenizer = masked_lm("bert")
    folder = str(save(*masked_lm("bert"), tmp_path / "given"))
    document = [Transformer(folder, transformer_task="fill-mask"), SpladePooling("max")]
    weights = torch.rand(len(tokenizer)) * (torch.arange(len(tokenizer)) % 3 > 0) + least
    query = SparseStaticEmbedding(tokenizer, weight=weights, frozen=True)
    theirs = routed([query], document, tmp_path / "routed")
    model = load_encoder(tmp_path / "routed")
    both(model, theirs)
    assert (encode(model, TEXTS, side="query").data > 0).all()
    exported_again(model, tmp_path)


def exported_again(model: EspladeModel, folder: Path) -> None:
    """Saved by us and exported with its module, a model of two sides stays what it is."""
    from sentence_transformers import SparseEncoder

    save_encoder(model, folder / "ours")
    loaded = load_encoder(folder / "ours")
    assert export_encoder(loaded, folder / "out") == "custom"
    both(model, SparseEncoder(str(folder / "out"), trust_remote_code=True))


ALONE = """
import json, sys
sys.modules["encoders"] = None
from sentence_transformers import SparseEncoder
model = SparseEncoder(sys.argv[1], trust_remote_code=True, local_files_only=True)
print(json.dumps(model.encode_document(json.loads(sys.argv[2])).to_dense().tolist()))
"""


def test_the_module_needs_nothing_of_esplade(tmp_path: Path) -> None:
    export_encoder(tiny_encoder(), tmp_path / "out")
    command = [sys.executable, "-c", ALONE, str(tmp_path / "out"), json.dumps(GIVEN)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    wanted = encode(tiny_encoder(), GIVEN).toarray()
    np.testing.assert_allclose(np.array(json.loads(result.stdout)), wanted, atol=1e-5)
