"""How an encoder comes to encode queries by other means than documents."""

from __future__ import annotations

import torch

from encoders.encoding.query_words import idf, query_terms
from encoders.finetuning.pairs import RankingData
from encoders.model.model import EspladeModel
from encoders.training.settings import FinetuneSettings
from ground.errors import InputError


def set_query_encoder(model: EspladeModel, settings: FinetuneSettings) -> None:
    """Give a model the kind of query encoder that the settings ask for.

    A separate one starts as a copy of the encoder; weights of terms start in `start_term_weights`.

    Raises:
        InputError: the model has another kind than the shared one already.
    """
    wanted, config = settings.query_encoder or model.config.query_encoder, model.config
    if wanted == config.query_encoder:
        return
    if config.query_encoder != "shared":
        raise InputError(
            f"The encoder's queries are {config.query_encoder} already; they cannot become "
            f"{wanted}. Leave --query-encoder out, or start from an encoder with a shared one."
        )
    config.query_encoder = wanted
    model.add_query_side()
    if model.query_model is not None:
        own = {n: v for n, v in model.state_dict().items() if not n.startswith("query_model.")}
        model.query_model.load_state_dict(own)


def start_term_weights(model: EspladeModel, data: RankingData) -> None:
    """Set fresh weights of inference-free queries to their idf in the documents of ``data``.

    Weights that were trained before are left alone.
    """
    weights = model.term_weights
    if weights is None or bool(weights.raw.detach().any()):
        return
    documents = (query_terms(model, text) for text in data.documents.values())
    rarity = idf(documents, model.config.output_size)
    weights.start_from(torch.from_numpy(rarity).to(weights.raw.device))
