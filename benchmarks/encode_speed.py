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
from pathlib import Path
from typing import Any

import scipy.sparse as sp

from benchmarks.contenders import Contender
from benchmarks.encoders_compared import (
    CONTENDERS,
    HIDDEN,
    LAYERS,
    OUTPUTS,
    PRODUCTS,
    checkpoint,
    contender,
)
from benchmarks.material import CACHE, DATA
from benchmarks.measuring import ROUNDS, Spread, ratio, save, take_turns


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
