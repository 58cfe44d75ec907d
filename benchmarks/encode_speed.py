"""Titles to sparse vectors: ours, sentence-transformers, and the matrix products alone.

`python -m benchmarks.encode_speed`. One checkpoint, a BertForMaskedLM whose WordPiece vocabulary
of 100,000 is U, encodes titles of acmcr in every contender, each in a process of its own. The
vectors are compared before they are timed. Then peak memory of `esplade encode` on a small and a
large collection, and what a second worker process gives.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import scipy.sparse as sp

from benchmarks.contenders import Contender, converted
from benchmarks.material import CACHE, DATA
from benchmarks.measuring import ROUNDS, Spread, ratio, save, take_turns

OUTPUTS = 100_000
HIDDEN, LAYERS = 256, 4
TERMS = 150
"""Terms of a title; the output bias is set so."""
LENGTH = 64
PEER = "sentence-transformers"
PRODUCTS = "matrix products"
CONTENDERS = ("esplade", "esplade int8", PEER, f"{PEER} batch_size=128", PRODUCTS)


def main() -> None:
    """Compare, measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--titles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--collection", type=int, default=40_000)
    options = parser.parse_args()
    titles = all_titles()
    folder = checkpoint(titles)
    chosen = random.Random(0).sample(titles, options.titles)
    facts = {"rounds": options.rounds, **side_by_side(folder, chosen, options.rounds)}
    print(json.dumps(facts, indent=1), flush=True)
    facts["collections"] = [collection(titles[:n]) for n in (10_000, options.collection)]
    facts["workers"] = collection(titles[: options.collection], workers=2)
    print(json.dumps(facts, indent=1))
    save("encode_speed", facts)


def all_titles() -> list[str]:
    """Titles of acmcr."""
    from harness.datasets import load_dataset

    return [document.title for document in load_dataset(str(DATA / "acmcr")).docs()]


def checkpoint(titles: list[str]) -> Path:
    """A masked LM with random weights and its tokenizer, in the folder of generated things."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    from encoders.vocabulary.tokenizer import train_wordpiece

    folder = CACHE / "masked-lm-100k"
    if (folder / "model.safetensors").exists():
        return folder
    tokenizer = train_wordpiece(titles, OUTPUTS, min_frequency=1, max_length=LENGTH)
    missing = OUTPUTS - len(tokenizer)
    tokenizer.add_tokens([f"unused{i:06d}" for i in range(missing)])
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=OUTPUTS,
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=4 * HIDDEN,
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
        cut = logits.amax(dim=1).kthvalue(OUTPUTS - TERMS, dim=1).values.mean()
        model.cls.predictions.decoder.bias -= cut


def side_by_side(folder: Path, titles: list[str], rounds: int) -> dict[str, Any]:
    """Documents a second of every contender, and whether their vectors are ours."""
    with tempfile.TemporaryDirectory() as out:
        contenders = {
            name: Contender(contender, name, str(folder), titles, str(Path(out, name)))
            for name in CONTENDERS
        }
        taken = take_turns(contenders, rounds)
        same = {
            name: _compared(Path(out, "esplade"), Path(out, name))
            for name in CONTENDERS
            if name != PRODUCTS
        }
    found = {}
    for name, one in contenders.items():
        found[name] = {
            "documents_per_second": Spread.of([len(titles) / s for s in taken[name]]).to_dict(),
            "times_ours": ratio(taken[name], taken["esplade"]).to_dict(),
            "cpu_times_ours": ratio(_cpu(one), _cpu(contenders["esplade"])).to_dict(),
            "peak_mb": round(one.peak_mb),
            **same.get(name, {}),
        }
    tokens = contenders[PRODUCTS].rounds[0].result
    for one in contenders.values():
        one.close()
    return {
        "titles": len(titles),
        "tokens": tokens,
        "model": {"hidden": HIDDEN, "layers": LAYERS, "outputs": OUTPUTS},
        "gigaflops": Spread.of(
            [2e-9 * tokens * HIDDEN * OUTPUTS / s for s in taken[PRODUCTS]]
        ).to_dict(),
        "contenders": found,
    }


def _cpu(one: Contender) -> list[float]:
    return [r.cpu_seconds for r in one.rounds[1:]]


def _compared(ours: Path, theirs: Path) -> dict[str, Any]:
    """Largest absolute difference of a weight, and the share of our terms that are theirs too."""
    a, b = (sp.load_npz(path.with_suffix(".npz")).tocsr() for path in (ours, theirs))  # type: ignore[misc]
    both = (a > 0).multiply(b > 0).nnz
    return {
        "largest_difference": float(f"{abs(a - b).max():.1e}"),
        "terms_shared": both / max(a.nnz, 1),
        "terms_per_title": a.nnz / a.shape[0],
    }


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
    from sentence_transformers import SparseEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sparse_encoder.modules import SpladePooling

    modules = [Transformer(folder, transformer_task="fill-mask"), SpladePooling("max")]
    model = SparseEncoder(modules=modules, device="cpu")
    model.max_seq_length = LENGTH
    size = 128 if "128" in name else 32
    return lambda: model.encode_document(titles, batch_size=size, show_progress_bar=False)


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


def collection(titles: list[str], workers: int = 1) -> dict[str, Any]:
    """`esplade encode` on a collection with the encoder that ships: speed and peak memory."""
    from harness.vectors import vectors_facts

    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        lines = [{"_id": f"d{i:06d}", "title": t, "text": ""} for i, t in enumerate(titles)]
        write_dataset(folder / "data", lines)
        command = [sys.executable, "-m", "esplade.cli.main", "encode", "--encoder", "pydoc-tiny"]
        command += ["--dataset", str(folder / "data"), "--out", str(folder / "vectors")]
        start = time.perf_counter()
        peak = _peak_mb([*command, "--workers", str(workers)])
        seconds = time.perf_counter() - start
        facts = vectors_facts(folder / "vectors")
        size = sum(p.stat().st_size for p in (folder / "vectors").rglob("*") if p.is_file())
        shutil.rmtree(folder / "vectors")
    return {
        "documents": facts["rows"],
        "workers": workers,
        "seconds": round(seconds, 1),
        "documents_per_second": round(facts["rows"] / seconds),
        "peak_mb": round(peak),
        "vectors_mb": round(size / 1e6),
    }


def write_dataset(folder: Path, documents: list[dict[str, str]]) -> None:
    """A folder in BEIR's layout with one query."""
    (folder / "qrels").mkdir(parents=True)
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(one) + "\n" for one in documents)
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "query"}\n')
    judged = f"query-id\tcorpus-id\tscore\nq\t{documents[0]['_id']}\t1\n"
    (folder / "qrels" / "test.tsv").write_text(judged)


def _peak_mb(command: list[str]) -> float:
    """Peak resident memory of the largest process that a command ran as."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
