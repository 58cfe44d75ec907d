"""Folders of vectors: JSON Lines shards that anyone reads, and packed arrays beside them.

::

    DIR/MANIFEST              schema, counts, checksums, encoder fingerprint, input digest
    DIR/part-00000.jsonl      readable by stock Pyserini (JsonVectorCollection)
    DIR/packed/*.npy, *.txt   the same as CSR arrays, memory-mapped, with ids and terms
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from ground.artifacts import MANIFEST, building, read_manifest, remember
from ground.errors import InputError, IntegrityError
from ground.reading.jsonlines import SUFFIXES, jsonl_files
from harness.vectors import lsr_benchmark, packed
from harness.vectors.jsonl import dump_rows, read_jsonl
from harness.vectors.model import Vectors

KIND = "vectors"
_COUNT = "count-"
_BLOCK = 1 << 20
"""Weights that are hashed at a time."""


class VectorWriter:
    """Writes shards; each is complete or absent, so that a killed encoding goes on where it was."""

    def __init__(self, folder: Path, terms: Sequence[str]) -> None:
        self.folder = folder
        self.packed = folder / packed.FOLDER
        self.packed.mkdir(exist_ok=True)
        order = sorted(range(len(terms)), key=terms.__getitem__)
        self.terms = [terms[i] for i in order]
        self._place = np.empty(len(terms), dtype=np.int32)
        self._place[order] = np.arange(len(terms), dtype=np.int32)
        self.shards = [p.stem for p in sorted(self.packed.glob("part-*.npz"))]

    @property
    def rows(self) -> int:
        """Rows in the shards that are complete."""
        return sum(len(packed.read_lines(self.packed / f"{name}.ids")) for name in self.shards)

    def write(
        self, ids: Sequence[str], matrix: sp.csr_array, counts: Mapping[str, int] | None = None
    ) -> None:
        """Append one shard.

        Args:
            ids: one per row.
            matrix: (rows, terms) over the terms in the order given to the constructor.
            counts: whatever is counted of its texts; kept with it, so that a resumed encoding
                has the counts of one that was never killed (see `counted`).
        """
        name = f"part-{len(self.shards):05d}"
        moved = sp.csr_array(
            (matrix.data, self._place[matrix.indices], matrix.indptr), shape=matrix.shape
        )
        moved.sort_indices()
        _check_weights(ids, moved)
        with (self.folder / f"{name}.jsonl").open("wb") as stream:
            dump_rows(stream, ids, self.terms, moved)
        packed.write_lines(self.packed / f"{name}.ids", ids)
        # Last, and by rename: this file is what makes the shard complete.
        partial = self.packed / f".{name}.npz"
        kept = {f"{_COUNT}{name}": np.int64(count) for name, count in (counts or {}).items()}
        arrays: dict[str, Any] = {
            "indptr": moved.indptr,
            "indices": moved.indices,
            "weights": moved.data,
            **kept,
        }
        np.savez(partial, **arrays)
        partial.rename(self.packed / f"{name}.npz")
        self.shards.append(name)

    def counted(self) -> dict[str, int]:
        """The sums of what was counted in the shards; call it before the end."""
        found: dict[str, int] = {}
        for name in self.shards:
            with np.load(self.packed / f"{name}.npz") as shard:
                for key in shard.files:
                    if key.startswith(_COUNT):
                        what = key.removeprefix(_COUNT)
                        found[what] = found.get(what, 0) + int(shard[key])
        return found

    def finish(self) -> dict[str, Any]:
        """Join the shards' arrays and return the facts for the manifest."""
        parts = [self.packed / f"{name}.npz" for name in self.shards]
        ids = [i for name in self.shards for i in packed.read_lines(self.packed / f"{name}.ids")]
        _refuse_repeated(ids)
        packed.write_lines(self.packed / packed.IDS, ids)
        packed.write_lines(self.packed / packed.TERMS, self.terms)
        nnz = packed.join(parts, self.packed, len(ids))
        # From the last to the first: whenever this is stopped, those that are left can be
        # gone on from.
        for part in reversed(parts):
            part.unlink()
            part.with_suffix(".ids").unlink()
        shards = [self.folder / f"{name}.jsonl" for name in self.shards]
        return {
            "rows": len(ids),
            "terms": len(self.terms),
            "nnz": nnz,
            "packed": packed.checksums(self.packed),
            "shards": [{"name": s.name, "bytes": s.stat().st_size} for s in shards],
        }


@contextmanager
def writing_vectors(
    out: Path,
    terms: Sequence[str],
    *,
    facts: Mapping[str, Any],
    key: str | None = None,
    overwrite: bool = False,
) -> Iterator[VectorWriter]:
    """Write a folder of vectors that appears when it is complete.

    Args:
        out: the folder.
        terms: the vocabulary, in the order of the matrices' columns.
        facts: what to record in the manifest (encoder fingerprint, input digest, ...).
        key: digest of inputs and configuration; with it a killed encoding can be resumed:
            the writer then starts with the shards that were complete.
        overwrite: replace a finished folder.
    """
    resume = key is not None
    with building(out, KIND, key=key, overwrite=overwrite, resume=resume) as build:
        writer = VectorWriter(build.path, terms)
        yield writer
        build.facts.update(facts)
        build.facts.update(writer.finish())
        remember(build.path, packed.names())


def read_vectors(path: Path, progress: Callable[[int], None] | None = None) -> Vectors:
    """Read vectors from our folder, any folder of JSON Lines, or one JSON Lines file.

    Args:
        path: a ``.jsonl`` or ``.jsonl.gz`` file or a folder; or arrays of lsr-benchmark
            (``doc-embeddings.npz``, or the folder that it is in).
        progress: called with the number of vectors parsed since the last call.

    Raises:
        InputError: nothing there, or something in it cannot be used (file, line, id).
    """
    # Not pathlib's: a name that is too long is no file either.
    if os.path.exists(path) and (arrays := lsr_benchmark.embeddings(path)) is not None:
        return lsr_benchmark.read(arrays)
    if os.path.isfile(path):
        if not path.name.endswith(SUFFIXES):
            raise InputError(
                f"{path} is not a {' or '.join(SUFFIXES)} file. Vectors are JSON Lines: "
                f'{{"id": "d1", "contents": "", "vector": {{"term": 1.25}}}}.'
            )
        return read_jsonl([path], progress)
    if not os.path.isdir(path):
        raise InputError(f"{path} does not exist; a file or a folder of vectors is needed.")
    if (path / MANIFEST).exists():
        return _read_folder(path)
    files = jsonl_files(path)
    if not files:
        raise InputError(f"{path} holds no vectors: there is no {' or '.join(SUFFIXES)} file.")
    return read_jsonl(files, progress)


def vectors_facts(path: Path) -> dict[str, Any]:
    """The manifest of a folder of ours; empty for vectors that other tools wrote."""
    if path.is_dir() and (path / MANIFEST).exists():
        return read_manifest(path, KIND)
    return {}


def vectors_digest(vectors: Vectors) -> str:
    """SHA-256 (hex) of ids, used terms and weights: the same for JSON Lines and packed arrays."""
    is_used = np.bincount(vectors.matrix.indices, minlength=len(vectors.terms)) > 0
    used = np.flatnonzero(is_used)
    place = np.cumsum(is_used, dtype=np.int32) - 1
    state = hashlib.sha256()
    state.update("\n".join(vectors.ids).encode())
    state.update("\n".join(vectors.terms[i] for i in used).encode())
    state.update(vectors.matrix.indptr.astype(np.int64).tobytes())
    for start in range(0, vectors.nnz, _BLOCK):
        state.update(place[vectors.matrix.indices[start : start + _BLOCK]].tobytes())
    for start in range(0, vectors.nnz, _BLOCK):
        state.update(vectors.matrix.data[start : start + _BLOCK].tobytes())
    return state.hexdigest()


def _read_folder(path: Path) -> Vectors:
    manifest = read_manifest(path, KIND)
    for shard in manifest["shards"]:
        file = path / shard["name"]
        if not file.exists() or file.stat().st_size != shard["bytes"]:
            raise InputError(
                f"{file} was changed or removed after it was written, so that it no longer agrees "
                f"with {path / packed.FOLDER}. Encode again, or give the .jsonl files as a folder "
                f"without {MANIFEST}."
            )
    return packed.read_packed(path, manifest)


def _check_weights(ids: Sequence[str], matrix: sp.csr_array) -> None:
    usable = np.isfinite(matrix.data) & (matrix.data >= 0)
    if usable.all():
        return
    place = int(np.flatnonzero(~usable)[0])
    row = int(np.searchsorted(matrix.indptr, place, side="right")) - 1
    raise IntegrityError(
        f"The encoder gave {ids[row]!r} a weight of {matrix.data[place]}, where weights are "
        f"numbers from 0 up. Its own weights are damaged, or its training went astray."
    )


def _refuse_repeated(ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen or name.split() != [name]:
            what = "occurs twice" if name in seen else "is empty or holds white space"
            raise InputError(f"The id {name!r} {what}. Ids are unique and without white space.")
        seen.add(name)
