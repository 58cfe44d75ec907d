"""What sentence-transformers builds and saves itself, read here: the same vectors, or a refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from foreign_families import FAMILIES, TEXTS, family
from foreign_models import save
from safetensors.torch import load_file

import esplade
from encoders.checkpoints.exporting import export_encoder
from encoders.checkpoints.loading import load_encoder, save_encoder
from encoders.encoding.encode import encode
from ground.errors import InputError

pytest.importorskip("sentence_transformers", reason="pip install 'esplade[sentence-transformers]'")
pytestmark = pytest.mark.slow

# Words that stand there again take room: of a cut query they are not the first different ones.
GIVEN = [*TEXTS, "the " * 30 + "cat", "MIXED Case ÄÖÜ"]


def both(folder: Path, theirs: Any) -> None:
    """Our vectors of a folder are those of sentence-transformers, queries and documents."""
    loaded = esplade.Encoder.load(folder)
    columns = {term: i for i, term in enumerate(loaded.terms)}
    for side, encoded in (("query", theirs.encode_query), ("doc", theirs.encode_document)):
        wanted = encoded(GIVEN).to_dense().numpy()
        got = np.zeros((len(GIVEN), len(columns)), dtype=np.float32)
        for row, weights in enumerate(loaded.encode(GIVEN, side).to_dicts().values()):  # type: ignore[arg-type]
            got[row, [columns[term] for term in weights]] = list(weights.values())
        np.testing.assert_allclose(got[:, : wanted.shape[1]], wanted, atol=1e-5)
        assert not got[:, wanted.shape[1] :].any() and wanted.any()


def splade_modules(name: str, folder: Path, activation: str = "relu", **settings: Any) -> list[Any]:
    from sentence_transformers.sparse_encoder.modules import SpladePooling, Transformer

    place = str(save(*family(name), folder / "given"))
    transformer = Transformer(place, transformer_task="fill-mask", **settings)
    return [transformer, SpladePooling("max", activation_function=activation)]  # type: ignore[arg-type]


def saved(modules: list[Any], folder: Path, **settings: Any) -> Any:
    from sentence_transformers import SparseEncoder

    model = SparseEncoder(modules=modules, similarity_fn_name="dot", device="cpu", **settings)
    model.save(str(folder))
    return model


@pytest.mark.parametrize("activation", ["relu", "log1p_relu"])
@pytest.mark.parametrize("name", FAMILIES)
def test_families(name: str, activation: str, tmp_path: Path) -> None:
    theirs = saved(splade_modules(name, tmp_path, activation), tmp_path / "saved")
    both(tmp_path / "saved", theirs)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_seq_length": 9},
        {"max_seq_length": 33},  # more than the tokenizer says, no more than there are positions
        {"query_length": 5, "document_length": 11},
        {"do_lower_case": True},
    ],
)
def test_lengths_and_lower_casing(settings: dict[str, Any], tmp_path: Path) -> None:
    modules = splade_modules("mbert", tmp_path, **settings)
    both_saved = tmp_path / "saved"
    theirs = saved(modules, both_saved)
    if settings.get("do_lower_case"):
        # The tokenizer that is saved lower-cases by itself; older folders have the setting alone.
        path = both_saved / "sentence_bert_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | settings))
        tokenizer = family("mbert")[1]
        tokenizer.backend_tokenizer.model = modules[0].tokenizer.backend_tokenizer.model
        tokenizer.save_pretrained(both_saved)
    both(both_saved, theirs)


def test_the_most_terms_of_a_text(tmp_path: Path) -> None:
    theirs = saved(splade_modules("distilbert", tmp_path), tmp_path / "saved", max_active_dims=6)
    both(tmp_path / "saved", theirs)


def test_weights_that_are_pickled(tmp_path: Path) -> None:
    theirs = saved(splade_modules("distilbert", tmp_path), tmp_path / "saved")
    weights = tmp_path / "saved" / "model.safetensors"
    torch.save(load_file(str(weights)), tmp_path / "saved" / "pytorch_model.bin")
    weights.unlink()
    both(tmp_path / "saved", theirs)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("source", ["idf.json", "weights"])
def test_inference_free_queries(name: str, source: str, tmp_path: Path) -> None:
    from sentence_transformers.sparse_encoder.modules import Router, SparseStaticEmbedding

    document = splade_modules(name, tmp_path, "log1p_relu")
    tokenizer = document[0].tokenizer
    if source == "weights":
        query = SparseStaticEmbedding(tokenizer, weight=torch.rand(len(tokenizer)) + 0.1)
    else:
        idf = {piece: 1.0 + i % 5 for piece, i in tokenizer.get_vocab().items() if i % 3}
        (tmp_path / "idf.json").write_text(json.dumps(idf))
        query = SparseStaticEmbedding.from_json(str(tmp_path / "idf.json"), tokenizer, frozen=True)
    theirs = saved([Router.for_query_document([query], document)], tmp_path / "saved")
    both(tmp_path / "saved", theirs)


def test_a_static_embedding_alone(tmp_path: Path) -> None:
    from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding

    tokenizer = family("xlm-roberta")[1]
    embedding = SparseStaticEmbedding(tokenizer, weight=torch.rand(len(tokenizer)))
    theirs = saved([embedding], tmp_path / "saved", max_active_dims=5)
    both(tmp_path / "saved", theirs)


def test_a_sparse_autoencoder_is_refused(tmp_path: Path) -> None:
    from sentence_transformers import SparseEncoder

    model, tokenizer = family("distilbert")
    save(model.distilbert, tokenizer, tmp_path / "given")
    SparseEncoder(str(tmp_path / "given"), device="cpu").save(str(tmp_path / "saved"))
    with pytest.raises(InputError, match="latents of an autoencoder"):
        esplade.Encoder.load(tmp_path / "saved")


def test_two_logarithms_survive_saving_and_exporting(tmp_path: Path) -> None:
    from sentence_transformers import SparseEncoder

    saved(splade_modules("distilbert", tmp_path, "log1p_relu"), tmp_path / "saved")
    model = load_encoder(tmp_path / "saved")
    save_encoder(model, tmp_path / "ours")
    again = load_encoder(tmp_path / "ours")
    np.testing.assert_array_equal(encode(again, GIVEN).toarray(), encode(model, GIVEN).toarray())
    assert export_encoder(again, tmp_path / "plain") == "plain"
    both(tmp_path / "plain", SparseEncoder(str(tmp_path / "plain"), device="cpu"))
    again.config.query_top_k = 3
    assert export_encoder(again, tmp_path / "custom") == "custom"
    theirs = SparseEncoder(str(tmp_path / "custom"), trust_remote_code=True, device="cpu")
    both(tmp_path / "custom", theirs)
