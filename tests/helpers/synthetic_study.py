"""Results folders of studies whose truth is known, in the files that `esplade study` leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

GRID = ("0:0", "7:20", "5:20", "5:10")
FACTORS = {"corpus": ["overlap", "indep"], "sampling": ["repeat", "uniq"], "lr": ["lr-l", "lr-h"]}
MEASURES = ("RR@10", "R@10", "nDCG@10")
COST = {"0:0": 40_000.0, "7:20": 6_000.0, "5:20": 4_500.0, "5:10": 2_200.0}
LOSS = {"0:0": 0.0, "7:20": 0.01, "5:20": 0.02, "5:10": 0.05}
DOCUMENTS = 100_000
TERMS = 20_000

Array = NDArray[np.float64]
Run = tuple[tuple[str, int, str], dict[str, Array]]
Shift = Callable[[str, str, str], float]
"""Corpus, sampling and lr to what they add."""


def names(factors: dict[str, list[str]] = FACTORS) -> list[str]:
    return ["-".join(levels) for levels in product(*factors.values())]


def levels_of(cell: str) -> tuple[str, str, str]:
    corpus, sampling, lr, kind = cell.split("-")[:4]
    return corpus, sampling, f"{lr}-{kind}"


def write_study(
    out: Path,
    *,
    seeds: Sequence[int] = (1, 2, 3),
    queries: int = 400,
    effect: Shift = lambda corpus, sampling, lr: 0.0,
    cost: Shift = lambda corpus, sampling, lr: 0.0,
    accuracy: Shift = lambda corpus, sampling, lr: 0.0,
    spread: Shift = lambda corpus, sampling, lr: 0.0,
    seed_noise: float = 0.004,
    query_noise: float = 0.1,
    skip: Sequence[tuple[str, int]] = (),
    longer: int = 0,
    name: str = "synthetic",
) -> Path:
    """Write ``out/results``; ``effect`` adds to RR@10, ``cost`` to the logarithm of postings."""
    rng = np.random.default_rng(7)
    folder = out / "results"
    folder.mkdir(parents=True)
    difficulty = rng.uniform(0.1, 0.6, queries)
    cells, curves, dev, points, values = [], [], [], [], []
    wanted = [(cell, "") for cell in names()]
    if longer:
        wanted.append((f"indep-uniq-lr-h-long{longer}", "indep-uniq-lr-h"))
    for cell, longer_of in wanted:
        levels = levels_of(cell)
        for seed in seeds:
            noise = rng.normal(0, 1, 3)
            if (cell, seed) in skip:
                continue
            gain, dear = effect(*levels) + seed_noise * noise[0], cost(*levels)
            score = 6 + spread(*levels) + 0.1 * noise[1]
            acc = 0.3 + accuracy(*levels) + 0.002 * noise[2]
            cells.append(_cell(cell, seed, levels, longer_of, score, acc, longer))
            curves += _curve(cell, seed, acc, longer if longer_of else 0)
            dev += [
                {"cell": cell, "seed": seed, "step": step, "RR@10": 0.3 * step / 900,
                 "nonzeros_query": 40, "nonzeros_doc": 90}
                for step in (300, 600, 900)
            ]  # fmt: skip
            for pruning in GRID:
                rr = difficulty + 0.05 + gain - LOSS[pruning]
                rr = np.clip(rr + rng.normal(0, query_noise, queries), 0, 1)
                shares = rng.gamma(20, 1 / 20, queries)
                postings = np.rint(COST[pruning] * np.exp(dear + 0.02 * noise[1]) * shares)
                values.append(_run(cell, seed, pruning, rr, postings))
                points.append(_point(cell, seed, pruning, float(postings.mean()), dear, noise[1]))
    values.append(_run("bm25", -1, "", np.clip(difficulty - 0.05, 0, 1), np.full(queries, 2_600.0)))
    points.append({"cell": "bm25", "seed": None, "pruning": None, "flops": 0.026})
    pd.DataFrame(cells).to_csv(folder / "cells.csv", index=False)
    pd.DataFrame(curves).to_csv(folder / "curves.csv", index=False)
    pd.DataFrame(dev).to_csv(folder / "devcurves.csv", index=False)
    pd.DataFrame(points).astype({"seed": "Int64"}).to_csv(folder / "points.csv", index=False)
    _write_values(folder / "perquery.parquet", values)
    (folder / "study.json").write_text(
        json.dumps(_study(name, seeds, queries, len(cells), len(wanted) * len(seeds)))
    )
    return out


def _study(
    name: str, seeds: Sequence[int], queries: int, done: int, planned: int
) -> dict[str, object]:
    corpora = [
        {"name": corpus, "texts": 1_000_000, "distinct_texts": distinct, "tokens_seen": 12_000_000,
         "distinct_tokens": 9_000_000, "passes": 1_000_000 / distinct, "overlap_share": share,
         "cells": [cell for cell in names() if cell.startswith(corpus)]}
        for corpus, distinct, share in (
            ("overlap-repeat", 100_000, 1.0),
            ("indep-uniq", 1_000_000, 0.01),
        )
    ]  # fmt: skip
    return {
        "schema": 1,
        "name": name,
        "config": {"finetune": {"steps": 900}},
        "dataset": {"name": "toy", "digest": "abc", "split": "test", "documents": DOCUMENTS,
                    "queries": queries},
        "grid": list(GRID),
        "measures": list(MEASURES),
        "factors": FACTORS,
        "seeds": list(seeds),
        "impossible": {},
        "accounting": corpora,
        "controls": [
            {"name": "same fine-tuning", "holds": True, "detail": "one configuration in all cells"}
        ],
        "complete": done == planned,
        "cells_done": done,
        "cells_planned": planned,
        "provenance": {"command": ["esplade", "study"]},
    }  # fmt: skip


def _cell(
    cell: str,
    seed: int,
    levels: tuple[str, str, str],
    longer_of: str,
    score: float,
    accuracy: float,
    longer: int,
) -> dict[str, object]:
    many = 9_000 - 600 * (score - 6)
    return {
        "cell": cell,
        "seed": seed,
        **dict(zip(FACTORS, levels, strict=True)),
        "longer_of": longer_of,
        "emlm_steps": longer if longer_of else 1000,
        "emlm_lr": 1e-3 if levels[2] == "lr-h" else 1e-4,
        "emlm_loss": 10 - 12 * accuracy,
        "emlm_accuracy": accuracy,
        **{f"doc-score-avg@{k}": score * s for k, s in (("10", 2), ("100", 1.4), ("all", -0.2))},
        **{f"doc-score-std@{k}": score * s for k, s in (("10", 0.4), ("100", 0.3), ("all", 0.4))},
        "logit-score-std": score,
        "logit-score-std (term means)": score * 0.8,
        "logit-score-std (within a term)": score * 0.5,
        "non-neg-terms-avg (per document)": many,
        "non-neg-terms-std (per document)": many * 0.8,
        "non-neg-terms-avg (per term)": many / 20,
        "non-neg-terms-std (per term)": many / 30,
        "dev_best": 0.3,
        "finetune_steps": 900,
        "converged": True,
        "pretrain_seconds": 60.0,
        "finetune_seconds": 120.0,
    }


def _curve(cell: str, seed: int, accuracy: float, longer: int) -> list[dict[str, object]]:
    steps = range(1000, longer + 1, 500) if longer else range(0, 1001, 200)
    return [
        {
            "cell": cell,
            "seed": seed,
            "step": step,
            "loss": 10 - 12 * accuracy * (1 - np.exp(-step / 300)),
            "accuracy": accuracy * (1 - np.exp(-step / 300)),
        }
        for step in steps
    ]


def _point(
    cell: str, seed: int, pruning: str, postings: float, dear: float, noise: float
) -> dict[str, object]:
    mean = {"0:0": 400.0, "7:20": 100.0, "5:20": 100.0, "5:10": 50.0}[pruning]
    variance = (6 * mean) ** 2 * np.exp(2 * dear + 0.05 * noise)
    return {
        "cell": cell,
        "seed": seed,
        "pruning": pruning,
        "flops": postings / DOCUMENTS,
        "covariance_share": float(np.clip(0.6 + 0.3 * dear, 0, 1)),
        "list_mean": mean,
        "list_variance": variance,
        "list_std": variance**0.5,
        "list_cv": variance**0.5 / mean,
        "list_gini": 0.8,
        "list_max": 9_000,
        "nonempty_lists": 15_000,
        "terms_per_doc": mean * TERMS / DOCUMENTS,
        "index_bytes": 10_000_000,
        "documents": DOCUMENTS,
    }


def _run(cell: str, seed: int, pruning: str, rr: Array, postings: Array) -> Run:
    columns = {
        "RR@10": rr,
        "R@10": np.minimum(1, rr * 1.3),
        "nDCG@10": np.minimum(1, rr * 1.1),
        "postings": postings,
        "query_terms": np.full(len(rr), 5.0),
        "latency_ms": np.full(len(rr), 1.5),
    }
    return (cell, seed, pruning), columns


def _write_values(path: Path, runs: Sequence[Run]) -> None:
    measures, queries = list(runs[0][1]), len(runs[0][1]["RR@10"])
    cells, seeds, prunings = (
        np.repeat(x, len(measures) * queries) for x in zip(*(k for k, _ in runs), strict=True)
    )
    table = pd.DataFrame(
        {
            "cell": pd.Categorical(cells),
            "seed": seeds.astype("int32"),
            "pruning": pd.Categorical(prunings),
            "query": np.tile([f"q{i:04}" for i in range(queries)], len(runs) * len(measures)),
            "measure": pd.Categorical(np.tile(np.repeat(measures, queries), len(runs))),
            "value": np.concatenate([v for _, columns in runs for v in columns.values()]),
        }
    )
    table.to_parquet(path, compression="zstd", index=False)


def indep_high(size: float) -> Shift:
    """A shift of the cells that the paper's findings are about."""
    return lambda corpus, sampling, lr: size if (corpus, lr) == ("indep", "lr-h") else 0.0
