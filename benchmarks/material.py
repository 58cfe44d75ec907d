"""What is measured on: synthetic vectors of any size, and real ones of the acmcr titles."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
import scipy.sparse as sp

TERMS = 30_000
CACHE = Path(os.environ.get("ESPLADE_BENCH", "build/bench"))
DATA = Path(os.environ.get("ESPLADE_DATA", "../shared/data"))


@dataclass(frozen=True)
class Material:
    """Documents and queries as JSON Lines of integer vectors.

    Attributes:
        name: of the collection, with its size.
        documents: file of document vectors.
        queries: file of query vectors.
    """

    name: str
    documents: Path
    queries: Path


def synthetic(documents: int, length: int = 66, queries: int = 200, asked: int = 12) -> Material:
    """Zipfian terms with exponential impacts, the most frequent one in every vector.

    Args:
        documents: how many.
        length: terms drawn for each document; a few coincide.
        queries: how many.
        asked: terms drawn for each query.
    """
    name = f"synthetic-{documents}x{length}"
    folder = CACHE / name
    made = Material(name, folder / "docs.jsonl", folder / f"queries-{queries}x{asked}.jsonl")
    folder.mkdir(parents=True, exist_ok=True)
    if not made.documents.exists():
        write(made.documents, "d", draw(documents, length, seed=1))
    if not made.queries.exists():
        write(made.queries, "q", draw(queries, asked, seed=2))
    return made


def draw(rows: int, terms_a_row: int, seed: int) -> sp.csr_array:
    """Integer impacts 1..255; terms drawn from Zipf's law, the first one in every row."""
    generator = np.random.default_rng(seed)
    share = np.cumsum(1 / np.arange(1, TERMS + 1) ** 0.7)
    drawn = np.searchsorted(share / share[-1], generator.random((rows, terms_a_row)))
    drawn[:, 0] = 0
    columns = np.sort(drawn, axis=1)
    keep = np.ones_like(columns, dtype=bool)
    keep[:, 1:] = columns[:, 1:] != columns[:, :-1]
    indptr = np.concatenate(([0], np.cumsum(keep.sum(axis=1))))
    impacts = np.minimum(255, 1 + generator.exponential(40, size=int(indptr[-1])))
    return sp.csr_array((impacts.astype(np.int32), columns[keep], indptr), shape=(rows, TERMS))


def write(path: Path, prefix: str, matrix: sp.csr_array) -> None:
    """One JSON object a line, as Pyserini and others take it."""
    names = [f"t{column}" for column in range(matrix.shape[1])]
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        for row in range(matrix.shape[0]):
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            terms = [names[c] for c in matrix.indices[span].tolist()]
            vector = dict(zip(terms, matrix.data[span].tolist(), strict=True))
            record = {"id": f"{prefix}{row:08d}", "contents": "", "vector": vector}
            stream.write(orjson.dumps(record) + b"\n")
    partial.replace(path)


def acmcr(dk: int = 0, qk: int = 0, queries: int = 50) -> Material | None:
    """Titles of computer-science papers, encoded with the encoder that ships; None without data.

    Impacts are scale:100 of weights pruned to ``dk`` and ``qk`` (0: not at all); the queries are
    the first ones of the test split.
    """
    source = DATA / "acmcr"
    if not source.is_dir():
        return None
    folder = CACHE / "acmcr"
    for part in ("docs", "queries"):
        if not (folder / part).exists():
            common = ("--encoder", "pydoc-tiny", "--dataset", str(source), "--fields", "title")
            esplade("encode", *common, "--part", part, "--out", str(folder / part))
    name = "acmcr" + (f"-{qk}:{dk}" if dk or qk else "")
    made = Material(name, folder / f"docs-{dk}.jsonl", folder / f"queries-{queries}-{qk}.jsonl")
    if not made.documents.exists():
        _impacts(folder / "docs", dk, made.documents)
    if not made.queries.exists():
        _impacts(folder / "queries", qk, made.queries, queries)
    return made


def _impacts(vectors: Path, k: int, out: Path, most: int | None = None) -> None:
    from harness.pruning import Rule
    from harness.quantisation.quantiser import Quantiser, quantise
    from harness.vectors import read_vectors

    read = read_vectors(vectors)
    pruned = read.with_matrix(Rule.top(k).apply(read.matrix))
    write_impacts(quantise(pruned, Quantiser.parse("scale:100"))[0], out, most)


def write_impacts(impacts: Any, out: Path | BinaryIO, most: int | None = None) -> None:
    """Integer vectors, all or the first ones, as JSON Lines in a file or a stream."""
    if isinstance(out, Path):
        partial = out.with_suffix(".partial")
        with partial.open("wb") as stream:
            write_impacts(impacts, stream, most)
        partial.replace(out)
        return
    for row, name in enumerate(impacts.ids[:most]):
        span = slice(impacts.matrix.indptr[row], impacts.matrix.indptr[row + 1])
        terms = [impacts.terms[c] for c in impacts.matrix.indices[span].tolist()]
        vector = dict(zip(terms, impacts.matrix.data[span].tolist(), strict=True))
        out.write(orjson.dumps({"id": name, "contents": "", "vector": vector}) + b"\n")


def esplade(*arguments: str) -> None:
    """Run a command of ours; its messages are not shown unless it fails."""
    command = [sys.executable, "-m", "esplade.cli.main", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}")


def index_of(material: Material, quantise: str = "none") -> Path:
    """The index of a collection, built once."""
    suffix = quantise.replace(":", "")
    path = material.documents.with_name(f"{material.documents.stem}-{suffix}.index")
    if not path.exists():
        esplade(
            *("index", "--vectors", str(material.documents)),
            *("--quantize", quantise, "--index", str(path)),
        )
    return path


def ciff_of(index: Path) -> Path:
    """The CIFF file of an index, written once."""
    path = index.with_suffix(".ciff")
    if not path.exists():
        esplade("export", "--index", str(index), "--ciff", str(path))
    return path
