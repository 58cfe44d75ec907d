"""What encodes titles in `benchmarks.encode_speed`, all of one checkpoint with a large U."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import scipy.sparse as sp

from benchmarks.contenders import converted
from benchmarks.material import CACHE

OUTPUTS = 100_000
HIDDEN, LAYERS = 256, 4
TERMS = 150
"""Terms of a title; the output bias is set so."""
LENGTH = 64
PEER = "sentence-transformers"
PRODUCTS = "matrix products"
CONTENDERS = ("esplade", "esplade int8", PEER, f"{PEER} batch_size=128", PRODUCTS)


def checkpoint(
    titles: list[str],
    outputs: int = OUTPUTS,
    hidden: int = HIDDEN,
    layers: int = LAYERS,
    name: str = "masked-lm-100k",
) -> Path:
    """A masked LM with random weights and its tokenizer, in the folder of generated things."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    from encoders.vocabulary.tokenizer import train_wordpiece

    folder = CACHE / name
    if (folder / "model.safetensors").exists():
        return folder
    tokenizer = train_wordpiece(titles, outputs, min_frequency=1, max_length=LENGTH)
    missing = outputs - len(tokenizer)
    tokenizer.add_tokens([f"unused{i:06d}" for i in range(missing)])
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=outputs,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=max(4, hidden // 64),
        intermediate_size=4 * hidden,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    model = BertForMaskedLM(config).eval()
    _calibrate(model, tokenizer, titles[:64])
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _calibrate(model: Any, tokenizer: Any, titles: list[str]) -> None:
    """Spread the logits as a trained model's, and lower the bias until a title has TERMS terms."""
    import torch

    with torch.no_grad():
        model.cls.predictions.decoder.weight *= 20
        batch = tokenizer(titles, padding=True, return_tensors="pt")
        logits = model(batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        logits -= (1 - batch["attention_mask"])[:, :, None] * 1e9
        cut = logits.amax(dim=1).kthvalue(logits.shape[2] - TERMS, dim=1).values.mean()
        model.cls.predictions.decoder.bias -= cut


def contender(name: str, folder: str, titles: list[str], out: str) -> Callable[[], Any]:
    """What a round of a contender calls; the first round leaves its vectors in ``out``.npz."""
    if name == PRODUCTS:
        return products(folder, titles)
    work = peer(name, folder, titles) if name.startswith(PEER) else ours(name, folder, titles)

    def once() -> None:
        rows = work()
        if not Path(f"{out}.npz").exists():
            sp.save_npz(f"{out}.npz", _csr(rows))

    return once


def _csr(rows: Any) -> Any:
    if sp.issparse(rows):
        return rows
    at = rows.coalesce()
    return sp.coo_array((at.values().numpy(), at.indices().numpy()), shape=rows.shape).tocsr()


def ours(name: str, folder: str, titles: list[str]) -> Callable[[], Any]:
    """`encoders.encoding.encode.encode` on the checkpoint."""
    from encoders.encoding.encode import encode

    model = our_model(folder)
    precision: Any = "int8" if "int8" in name else "float32"
    return lambda: encode(model, titles, precision=precision)


def our_model(folder: str) -> Any:
    """The checkpoint as an encoder of ours; special tokens count, as they do for the peer."""
    from transformers import AutoTokenizer, BertForMaskedLM

    theirs = BertForMaskedLM.from_pretrained(folder)
    model = converted(theirs)
    model.config.doc_max_length = LENGTH
    model.tokenizer = AutoTokenizer.from_pretrained(folder)
    return model.eval()


def peer(name: str, folder: str, titles: list[str]) -> Callable[[], Any]:
    """`SparseEncoder.encode_document` on the checkpoint."""
    model = sparse_encoder(folder, "cpu")
    size = 128 if "128" in name else 32
    return lambda: model.encode_document(titles, batch_size=size, show_progress_bar=False)


def sparse_encoder(folder: str, device: str) -> Any:
    """The checkpoint as sentence-transformers has it, on a device."""
    from sentence_transformers import SparseEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sparse_encoder.modules import SpladePooling

    modules = [Transformer(folder, transformer_task="fill-mask"), SpladePooling("max")]
    model = SparseEncoder(modules=modules, device=device)
    model.max_seq_length = LENGTH
    return model


def products(folder: str, titles: list[str]) -> Callable[[], int]:
    """Every real token times E, in blocks of a size that suits this machine, and nothing else."""
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(titles, truncation=True, max_length=LENGTH)["input_ids"]
    tokens = sum(map(len, ids))
    block, width = 2048, 2048
    table = torch.randn(OUTPUTS, HIDDEN)
    vectors = torch.randn(tokens, HIDDEN)

    @torch.inference_mode()
    def once() -> int:
        for part in vectors.split(block):
            buffer = torch.empty(len(part), width)
            for rows in table.split(width):
                torch.mm(part, rows.T, out=buffer[:, : len(rows)])
        return tokens

    return once
