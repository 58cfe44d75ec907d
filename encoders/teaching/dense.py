"""A dense bi-encoder as a teacher: vectors by sentence-transformers, kept from one run to the next.

Encoding is most of its price, and a training that goes on after a kill needs the same vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoders.checkpoints.folders import fingerprint
from encoders.devices.choosing import choose
from ground.artifacts import atomic_binary
from ground.errors import InputError
from ground.machine import cache_root

Vectors = NDArray[np.float32]
_BATCH = 64


class DenseTeacher:
    """A sentence-transformers model of dense vectors.

    Args:
        folder: of the model; nothing is downloaded, and no code of the folder is run.
        batch: texts encoded at a time.
        note: told when something is encoded.
        device: where it computes; see `encoders.devices.choosing.choose`.

    Raises:
        InputError: there is none, or sentence-transformers is not installed.

    Attributes:
        name: of its folder.
        fingerprint: SHA-256 (hex) of its files.
    """

    def __init__(
        self,
        folder: Path,
        batch: int = _BATCH,
        note: Callable[[str], None] = print,
        device: str = "auto",
    ) -> None:
        self.folder, self.batch, self.note, self.device = folder, batch, note, device
        if not folder.is_dir():
            raise InputError(
                f"There is no folder {folder}. A dense teacher is the folder of a "
                f"sentence-transformers model; bm25 is BM25."
            )
        self.name, self.fingerprint = folder.resolve().name, fingerprint(folder)
        self._model: Any = None

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, H) float32 of queries; of unit length where the model compares by cosine."""
        return self._vectors(texts, "encode_query")

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, H) float32 of documents, likewise."""
        return self._vectors(texts, "encode_document")

    def _vectors(self, texts: Sequence[str], method: str) -> Vectors:
        kept = _kept(self.fingerprint, method, texts)
        try:
            found: Vectors = np.load(kept, allow_pickle=False)
            if len(found) == len(texts):
                return found
        except (OSError, ValueError, EOFError):
            pass  # not there, or not whole
        self.note(f"{self.name}: encoding {len(texts):,} texts for the teacher ...")
        model = self._loaded()
        encode = getattr(model, method, model.encode)
        cosine = str(model.similarity_fn_name) == "cosine"
        found = np.asarray(
            encode(
                list(texts),
                batch_size=self.batch,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=cosine,
            ),
            dtype=np.float32,
        )
        with atomic_binary(kept) as stream:
            np.save(stream, found)
        return found

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self.folder, choose(self.device))
        return self._model


def _load(folder: Path, device: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise InputError(
            "A dense teacher needs sentence-transformers: "
            "pip install 'esplade[sentence-transformers]'."
        ) from None
    try:
        return SentenceTransformer(
            str(folder), device=device, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # the libraries raise many kinds for a damaged folder
        raise InputError(
            f"{folder} cannot be loaded as a sentence-transformers model ({error}). Give the "
            f"folder of a dense model that SentenceTransformer(...) loads."
        ) from error


def _kept(model: str, method: str, texts: Sequence[str]) -> Path:
    """Where vectors of these texts by this model are kept."""
    state = hashlib.sha256(f"{model}\n{method}\n".encode())
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        state.update(f"{len(content)}\n".encode() + content)
    return cache_root() / "teachers" / f"{state.hexdigest()[:32]}.npy"
