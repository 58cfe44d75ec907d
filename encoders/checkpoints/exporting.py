"""Save an encoder so that sentence-transformers loads it and computes the same vectors.

Where U is the tokenizer's pieces and nothing else differs from a SPLADE model, the folder is a
plain masked LM with a ``SpladePooling``. Everywhere else it is one of ours with
`encoders.checkpoints.sentence_transformers_module` beside it: esplade and sentence-transformers
both load it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import torch

from encoders.checkpoints.foreign import to_masked_lm
from encoders.checkpoints.loading import quiet, save_encoder
from encoders.model.fresh import untied
from encoders.model.model import EspladeModel
from encoders.model.text import require_text
from encoders.vocabulary.given_words import piece_vocabulary
from ground.artifacts import atomic_folder, write_json

MODULE_FILE = "esplade_encoder.py"
Form = Literal["plain", "custom"]
_TRANSFORMER = "sentence_transformers.base.modules.transformer.Transformer"
_POOLING = "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling"
_CARD = """---
library_name: sentence-transformers
pipeline_tag: feature-extraction
tags: [sentence-transformers, sparse-encoder, sparse, splade]
---
# A learned sparse encoder

{terms:,} output terms; saved by esplade.

```python
from sentence_transformers import SparseEncoder

model = SparseEncoder("PATH OF THIS FOLDER"{trust})
documents = model.encode_document(["a title"])
queries = model.encode_query(["a query"])
print(model.similarity(queries, documents), model.decode(queries[0], top_k=10))
```
"""


def export_encoder(model: EspladeModel, out: Path) -> Form:
    """Write an encoder for sentence-transformers; the folder appears whole or not at all.

    Args:
        model: an encoder with its tokenizer and vocabulary.
        out: folder to write; one that exists is replaced.

    Returns:
        "plain", or "custom" where loading needs ``trust_remote_code=True``.

    Raises:
        InputError: the model has no tokenizer or no vocabulary.
    """
    _, vocabulary = require_text(model)
    model = untied(model)
    masked_lm = to_masked_lm(model) if is_plain(model) else None
    with atomic_folder(out) as folder:
        if masked_lm is not None:
            _write_plain(model, masked_lm, folder)
        else:
            _write_custom(model, folder)
        trust = "" if masked_lm is not None else ", trust_remote_code=True"
        card = _CARD.format(terms=len(vocabulary), trust=trust)
        (folder / "README.md").write_text(card, encoding="utf-8")
    return "custom" if masked_lm is None else "plain"


def is_plain(model: EspladeModel) -> bool:
    """Whether a model is a SPLADE like others': U is its pieces, and nothing else is special."""
    tokenizer, vocabulary = require_text(model)
    config = model.config
    return (
        not config.special_token_ids
        and config.query_top_k == config.doc_top_k
        and getattr(config, "query_encoder", "shared") == "shared"
        and config.backbone_config.vocab_size == config.output_size
        and vocabulary == piece_vocabulary(tokenizer, config.output_size)
    )


def _write_plain(model: EspladeModel, masked_lm: Any, folder: Path) -> None:
    config = model.config
    with quiet():
        masked_lm.save_pretrained(str(folder))
    tokenizer, _ = require_text(model)
    tokenizer.save_pretrained(str(folder))
    _write_modules(folder, [("0", "", _TRANSFORMER), ("1", "1_SpladePooling", _POOLING)])
    settings: dict[str, Any] = {"max_active_dims": config.doc_top_k} if config.doc_top_k else {}
    _write_settings(folder, settings)
    lengths = {"query_length": config.query_max_length, "document_length": config.doc_max_length}
    transformer = {
        "transformer_task": "fill-mask",
        "modality_config": {"text": {"method": "forward", "method_output_name": "logits"}},
        "module_output_name": "token_embeddings",
        "max_seq_length": max(lengths.values()),
        **lengths,
    }
    write_json(folder / "sentence_bert_config.json", transformer)
    pooling = {"pooling_strategy": "max", "activation_function": config.weight_activation}
    size = {"embedding_dimension": config.output_size}
    write_json(folder / "1_SpladePooling" / "config.json", {**pooling, **size})


def _write_custom(model: EspladeModel, folder: Path) -> None:
    save_encoder(model, folder)
    source = Path(__file__).with_name("sentence_transformers_module.py")
    (folder / MODULE_FILE).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    kind = f"{MODULE_FILE.removesuffix('.py')}.EspladeEncoder"
    _write_modules(folder, [("0", "", kind)])
    _write_settings(folder, {})


def _write_modules(folder: Path, modules: list[tuple[str, str, str]]) -> None:
    entries = [
        {"idx": i, "name": name, "path": path, "type": kind}
        for i, (name, path, kind) in enumerate(modules)
    ]
    (folder / "modules.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def _write_settings(folder: Path, settings: dict[str, Any]) -> None:
    versions = {"pytorch": torch.__version__}
    common = {
        "model_type": "SparseEncoder",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "dot",
        "__version__": versions,
    }
    write_json(folder / "config_sentence_transformers.json", {**common, **settings})
