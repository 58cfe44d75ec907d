"""The packed half of a folder of vectors: CSR arrays with ids and terms, and their checksums.

Arrays are written in one pass through ordinary writes: a full disk is then an error, where a file
mapped into memory would end the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ground.artifacts import file_crc32, find_damage, matches
from ground.errors import InputError
from harness.vectors.model import Vectors

FOLDER = "packed"
IDS, TERMS = "ids.txt", "terms.txt"
ARRAYS = ("indptr", "indices", "weights")
_FILES = (IDS, TERMS, *(f"{name}.npy" for name in ARRAYS))


def join(parts: Sequence[Path], packed: Path, rows: int) -> int:
    """Concatenate shards' arrays shard by shard, so that memory stays that of one shard.

    Returns:
        The number of weights.
    """
    sizes, dtype = [], np.dtype(np.float32)
    for part in parts:
        with np.load(part) as shard:
            sizes.append(int(shard["indptr"][-1]))
            dtype = shard["weights"].dtype
    kinds: dict[str, tuple[np.dtype[Any], int]] = {
        "indptr": (np.dtype(np.int64), rows + 1),
        "indices": (np.dtype(np.int32), sum(sizes)),
        "weights": (dtype, sum(sizes)),
    }
    with ExitStack() as stack:
        out: dict[str, BinaryIO] = {}
        for name, (kind, length) in kinds.items():
            out[name] = stack.enter_context((packed / f"{name}.npy").open("wb"))
            header = {"descr": kind.str, "fortran_order": False, "shape": (length,)}
            np.lib.format.write_array_header_1_0(out[name], header)
        at = 0
        out["indptr"].write(np.zeros(1, np.int64).tobytes())
        for part, size in zip(parts, sizes, strict=True):
            with np.load(part) as shard:
                out["indptr"].write((shard["indptr"][1:].astype(np.int64) + at).tobytes())
                out["indices"].write(shard["indices"].astype(np.int32).tobytes())
                out["weights"].write(shard["weights"].tobytes())
            at += size
    return sum(sizes)


def checksums(packed: Path) -> dict[str, int]:
    """CRC-32 of the files, for the manifest."""
    return {name: file_crc32(packed / name) for name in _FILES}


def names() -> list[str]:
    """The files, as seen from the folder of vectors."""
    return [f"{FOLDER}/{name}" for name in _FILES]


def read_packed(path: Path, manifest: Mapping[str, Any]) -> Vectors:
    """Read the packed half of a folder of vectors, the arrays mapped into memory.

    Raises:
        InputError: a file is missing or damaged, or does not agree with the manifest.
    """
    packed = path / FOLDER
    recorded = manifest.get("packed")
    if recorded is not None:
        check_packed(path, recorded)
    try:
        arrays = {name: np.load(packed / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        ids, terms = read_lines(packed / IDS), read_lines(packed / TERMS)
    except (OSError, ValueError, EOFError, SyntaxError, TypeError) as error:
        raise InputError(f"{packed} cannot be read ({error}). Encode again.") from None
    found = (len(ids), len(terms), len(arrays["weights"]))
    if found != (manifest["rows"], manifest["terms"], manifest["nnz"]):
        raise InputError(f"{packed} does not agree with its MANIFEST. Encode again.")
    if recorded is None and (wrong := _fault(ids, terms, arrays)):
        raise InputError(f"{packed} is damaged: {wrong}. Copy it again, or encode again.")
    shape = (len(ids), len(terms))
    matrix = sp.csr_array((arrays["weights"], arrays["indices"], arrays["indptr"]), shape=shape)
    return Vectors(ids, terms, matrix)


def check_packed(path: Path, recorded: Mapping[str, int], *, always: bool = False) -> None:
    """Compare the files with their checksums, unless they are known to be whole.

    Raises:
        InputError: one is missing or damaged.
    """
    missing = set(names()) - {f"{FOLDER}/{name}" for name in recorded}
    if missing:
        raise InputError(f"{path}: its MANIFEST has no checksum of {min(missing)}. Encode again.")
    expected = {f"{FOLDER}/{name}": crc for name, crc in recorded.items()}
    damage = find_damage(path, names(), matches(expected, path), always=always)
    if damage is not None:
        raise InputError(
            f"{damage[0]} is damaged: {damage[1]}. Copy the vectors again from where they came, "
            f"or encode again with --overwrite."
        )


def _fault(ids: list[str], terms: list[str], arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """What is wrong with files that older versions wrote, of which no checksum was kept."""
    indptr, indices, weights = (arrays[name] for name in ARRAYS)
    if any(array.ndim != 1 for array in arrays.values()) or indptr.dtype.kind != "i":
        return "its arrays are of another shape or type"
    if indices.dtype.kind != "i" or weights.dtype.kind not in "if":
        return "its arrays are of another type"
    if len(indptr) != len(ids) + 1 or len(indices) != len(weights):
        return "its arrays are of different lengths"
    if indptr[0] != 0 or indptr[-1] != len(weights) or (np.diff(indptr) < 0).any():
        return "the places of its rows are out of order"
    if len(indices) and not 0 <= indices.min() <= indices.max() < len(terms):
        return "it has weights of terms that are not there"
    ends = np.zeros(max(len(indices) - 1, 0), bool)
    inner = indptr[1:-1]
    ends[inner[(inner > 0) & (inner < len(indices))] - 1] = True
    if ((np.diff(indices) <= 0) & ~ends).any():
        return "a row has a term twice, or its terms out of order"
    if len(weights) and not (np.isfinite(weights).all() and weights.min() >= 0):
        return "it has a weight that is negative or no number"
    if len(set(ids)) < len(ids) or any(name.split() != [name] for name in ids):
        return "it has an id twice, or one that is empty or holds white space"
    return None if sorted(set(terms)) == terms else "its terms are not in order"


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Write ids or terms, one a line."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def read_lines(path: Path) -> list[str]:
    """Read ids or terms."""
    # Not through text mode, which would change carriage returns that may be part of a term.
    return path.read_bytes().decode().split("\n")[:-1]
