"""Encoders without a transformer: each piece of a text with the weight that was learned for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import scipy.sparse as sp


def is_static_folder(folder: Path) -> bool:
    """Whether a folder is of sentence-transformers and holds a ``SparseStaticEmbedding`` alone.

    Raises:
        InputError: its modules.json is damaged, or names code of its own.
    """
    from encoders.checkpoints.folders import MODULES, kind_of
    from encoders.checkpoints.modules import is_static, read_modules

    if not (folder / MODULES).is_file() or kind_of(folder) != "sentence-transformers":
        return False
    return is_static(read_modules(folder))


class StaticEncoder:
    """A ``SparseStaticEmbedding`` as `harness.encoding.text_encoder.TextEncoder`.

    Attributes:
        name: what tables call it.
        fingerprint: digest of settings, weights and tokenizer.
        terms: the tokenizer's pieces.
        fields: what of a document is encoded unless something else is asked for.
        source: what records say of where it came from (see `esplade.loading.Located`).
    """

    precision = "float32"
    fields = "title"

    def __init__(self, path: Path, name: str, source: Mapping[str, str] | None = None) -> None:
        from esplade.hub import offline

        offline()
        from encoders.checkpoints.folders import fingerprint
        from encoders.checkpoints.modules import read_modules
        from encoders.checkpoints.query_weights import check_weights, static_embedding
        from encoders.checkpoints.sparse_encoder import read_settings
        from encoders.vocabulary.given_words import piece_vocabulary

        self._made_from = (path, name, source)
        self.name, self.source = name, dict(source or {})
        self.fingerprint = fingerprint(path)
        self._limit = read_settings(path)
        given = static_embedding(read_modules(path)[0].folder, path)
        check_weights(given)
        self._tokenizer = given.tokenizer
        self._weights = given.weights.numpy()
        self.terms: Sequence[str] = list(
            piece_vocabulary(given.tokenizer, len(self._weights)).words
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes load it again from its folder."""
        return StaticEncoder, self._made_from

    def words_of(self, text: str) -> Collection[str]:
        """The terms that a text contains: all that it has."""
        from encoders.encoding.query_words import piece_ids

        return {self.terms[piece] for piece in piece_ids(self._tokenizer, text)}

    def encode(
        self,
        texts: Sequence[str],
        side: Literal["doc", "query"],
        progress: Callable[[int], None] = lambda steps: None,
    ) -> sp.csr_array:
        """Encode texts; float32 weights > 0, shape (texts, terms)."""
        return self.encode_counting(texts, side, progress)[0]

    def encode_counting(
        self,
        texts: Sequence[str],
        side: Literal["doc", "query"],
        progress: Callable[[int], None] = lambda steps: None,
    ) -> tuple[sp.csr_array, int]:
        """Encode texts, and count those that are longer than the encoder takes."""
        from encoders.encoding.query_words import first, piece_ids, weighted_rows

        found = [piece_ids(self._tokenizer, text) for text in texts]
        most = self.longest(side)
        rows = [sorted(set(first(self._tokenizer, ids, most))) for ids in found]
        progress(len(texts))
        longer = sum(len(ids) > most for ids in found)
        return weighted_rows(rows, self._weights, self._limit), longer

    def longest(self, side: Literal["doc", "query"]) -> int:
        """Pieces of the longest text that is encoded whole."""
        return int(self._tokenizer.model_max_length)
