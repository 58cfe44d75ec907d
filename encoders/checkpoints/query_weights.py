"""Weights of inference-free queries: a ``SparseStaticEmbedding``, or an ``idf.json``.

A query is its pieces, each with a weight that was learned, or its idf: SPLADE-doc (naver) and the
document encoders of OpenSearch are of that kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor

from encoders.checkpoints.folders import read_json
from encoders.checkpoints.foreign import LONGEST
from encoders.checkpoints.modules import refused
from encoders.checkpoints.splade import read_tokenizer
from encoders.checkpoints.weights import checked_weights, read_pickle
from encoders.model.model import EspladeModel
from ground.errors import InputError

IDF = "idf.json"


class QueryWeights(NamedTuple):
    """What queries are made with.

    Attributes:
        path: the file of the weights.
        tokenizer: splits the queries.
        weights: (pieces,) float32, by id of the piece.
    """

    path: Path
    tokenizer: Any
    weights: Tensor


def static_embedding(folder: Path, root: Path) -> QueryWeights:
    """Read a ``SparseStaticEmbedding``.

    Args:
        folder: the module's.
        root: the encoder's, where an idf.json that the module names may lie as well.

    Raises:
        InputError: it is damaged.
    """
    tokenizer = read_tokenizer(folder)
    settings = folder / "config.json"
    named = read_json(settings).get("path") if settings.is_file() else None
    if isinstance(named, str) and named.endswith(".json"):
        places = [place / Path(named).name for place in (folder, root)]
        path = next((one for one in places if one.is_file()), places[0])
        return QueryWeights(path, tokenizer, _from_idf(path, tokenizer))
    path = checked_weights(folder)[0]
    try:
        state = read_pickle(path) if path.suffix == ".bin" else load_file(str(path))
        return QueryWeights(path, tokenizer, state["weight"].float())
    except InputError:
        raise
    except Exception as error:  # the libraries raise many kinds for a damaged file
        raise InputError(
            f"The weights of queries in {path} cannot be loaded ({type(error).__name__}: "
            f"{error}). Copy the encoder's folder again."
        ) from error


def idf_of(folder: Path, tokenizer: Any) -> QueryWeights:
    """The weights of an ``idf.json`` that lies beside a masked LM, as OpenSearch publishes it."""
    return QueryWeights(folder / IDF, tokenizer, _from_idf(folder / IDF, tokenizer))


def with_query_weights(model: EspladeModel, given: QueryWeights) -> EspladeModel:
    """Give a model of documents queries without inference.

    Raises:
        InputError: weights over another vocabulary, negative ones, or ones that are not finite.
    """
    own, size, weights = model.tokenizer, model.config.output_size, given.weights
    assert own is not None
    pieces = len(own.get_vocab())
    if len(weights) not in (pieces, size) or given.tokenizer.get_vocab() != own.get_vocab():
        raise refused(given.path, "has weights of queries over another vocabulary")
    check_weights(given)
    model.config.query_encoder = "inference-free"
    model.config.query_max_length = min(int(given.tokenizer.model_max_length), LONGEST)
    model.add_query_side()
    assert model.term_weights is not None
    # A head may have more rows than there are pieces.
    model.term_weights.start_from(torch.nn.functional.pad(weights, (0, size - len(weights))))
    model.train(False)
    return model


def check_weights(given: QueryWeights) -> None:
    """Refuse weights that an impact index cannot hold.

    Raises:
        InputError: some are negative, or not finite.
    """
    if not bool(torch.isfinite(given.weights).all()) or bool((given.weights < 0).any()):
        raise refused(given.path, "has weights of queries that are negative or not finite")


def _from_idf(path: Path, tokenizer: Any) -> Tensor:
    found = read_json(path)
    weights = torch.zeros(len(tokenizer.get_vocab()), dtype=torch.float32)
    try:
        for piece, weight in found.items():
            number = tokenizer.convert_tokens_to_ids(piece)
            if number is not None:
                weights[number] = float(weight)
    except (TypeError, ValueError, IndexError) as error:
        raise InputError(
            f"{path} does not give each piece of the tokenizer a number ({error}). Copy the "
            f"encoder's folder again."
        ) from None
    return weights
