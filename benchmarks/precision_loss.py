"""What bfloat16, float16, int8 change in vectors and ranks: `python -m benchmarks.precision_loss`.

The encoder that ships, its own built-in collection (a pool of it that holds every relevant
document) and its test queries, each side encoded with each precision, searched exactly.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from typing import Any

import numpy as np

from benchmarks.measuring import save

PRECISIONS = ("float32", "int8", "bfloat16", "float16")


def main() -> None:
    """Encode, rank, compare, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="pydoc-tiny")
    parser.add_argument("--dataset", default="pydoc")
    parser.add_argument("--documents", type=int, default=5000)
    options = parser.parse_args()
    documents, queries, relevant = pool(options.dataset, options.documents)
    found = {
        precision: encoded(options.encoder, documents, queries, precision)
        for precision in PRECISIONS
    }
    exact = found["float32"]
    facts = {
        "encoder": options.encoder,
        "dataset": options.dataset,
        "documents": len(documents),
        "queries": len(queries),
        "precisions": {name: losses(one, exact, relevant) for name, one in found.items()},
    }
    print(json.dumps(facts, indent=1))
    save("precision_loss", facts)


def pool(dataset: str, size: int) -> tuple[list[str], list[str], list[set[int]]]:
    """Texts of documents and of test queries, and the numbers of each query's answers."""
    from harness.datasets import load_dataset

    data = load_dataset(dataset)
    judged = data.qrels("test")
    judged = judged[judged["relevance"] > 0]
    needed = set(judged["doc_id"])
    texts = {d.id: d.content("title") for d in data.docs()}
    others = sorted(texts.keys() - needed)
    extra = random.Random(0).sample(others, max(0, min(len(others), size - len(needed))))
    ids = sorted((needed & texts.keys()) | set(extra))
    number = {name: i for i, name in enumerate(ids)}
    answers = judged.groupby("query_id")["doc_id"].apply(list).to_dict()
    queries = {q: text for q, text in data.queries("test").items() if q in answers}
    relevant = [{number[d] for d in answers[q] if d in number} for q in queries]
    return [texts[i] for i in ids], list(queries.values()), relevant


def encoded(
    encoder: str, documents: list[str], queries: list[str], precision: Any
) -> tuple[Any, Any, float]:
    """Document rows, query rows, and the seconds that the documents took."""
    from encoders.checkpoints.loading import load_encoder
    from encoders.encoding.encode import encode
    from esplade.loading import encoder_folder

    model = load_encoder(encoder_folder(encoder))
    start = time.process_time()
    rows = encode(model, documents, precision=precision)
    seconds = time.process_time() - start
    return rows, encode(model, queries, side="query", precision=precision), seconds


def losses(
    one: tuple[Any, Any, float], exact: tuple[Any, Any, float], relevant: list[set[int]]
) -> dict[str, float]:
    """RR@10, and how much of weights, terms and the ten best is that of float32."""
    from encoders.finetuning.ranking import Best

    documents, queries, seconds = one
    ranked = Best(queries)
    ranked.add(documents, 0)
    best, wanted = (_ten_best(queries, documents), _ten_best(exact[1], exact[0]))
    shared = [len(a & b) / max(1, len(b)) for a, b in zip(best, wanted, strict=True)]
    changed = abs(documents - exact[0])
    both = (documents > 0).multiply(exact[0] > 0).nnz
    return {
        "rr_at_10": round(ranked.mean_reciprocal_rank(relevant), 4),
        "overlap_at_10": round(float(np.mean(shared)), 4),
        "largest_weight_difference": float(f"{changed.max() if changed.nnz else 0:.1e}"),
        "terms_shared": round(both / exact[0].nnz, 4),
        "cpu_seconds_times_float32": round(seconds / exact[2], 2),
    }


def _ten_best(queries: Any, documents: Any, k: int = 10) -> list[set[int]]:
    columns = documents.T.tocsr()
    found = []
    for low in range(0, queries.shape[0], 256):
        for row in (queries[low : low + 256] @ columns).toarray():
            order = np.lexsort((np.arange(len(row)), -row))[:k]
            found.append({int(i) for i in order if row[i] > 0})
    return found


if __name__ == "__main__":
    main()
