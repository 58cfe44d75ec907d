"""Encoders in folders: the bridge from the harness to torch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import scipy.sparse as sp

    from encoders.encoding.precision import Precision


class FolderEncoder:
    """An encoder of `encoders` as `harness.encoding.text_encoder.TextEncoder`.

    Attributes:
        name: the folder's name.
        fingerprint: digest of configuration, weights and vocabulary.
        terms: the output vocabulary.
        fields: what of a document the encoder was trained on.
        precision: in which it encodes (see `encoders.encoding.precision`).
        source: what records say of where it came from (see `esplade.loading.Located`).
    """

    def __init__(
        self,
        path: Path,
        name: str | None = None,
        precision: Precision = "float32",
        source: Mapping[str, str] | None = None,
    ) -> None:
        from esplade.hub import offline

        offline()
        from encoders.checkpoints.loading import fingerprint, load_encoder

        self._made_from = (path, name, precision, source)
        self.source = dict(source or {})
        self.precision = precision
        self.model = load_encoder(path)
        self.name = name or path.resolve().name
        self.fingerprint = fingerprint(path)
        vocabulary: Any = self.model.vocabulary
        self.terms: Sequence[str] = list(vocabulary.words)
        self._ids: Mapping[str, int] = vocabulary.ids
        self.fields: str = self.model.config.doc_fields

    def words_of(self, text: str) -> Collection[str]:
        """The terms that a text contains: its unigrams, or its pieces where U is made of those."""
        from encoders.vocabulary.vocabulary import words
        from ground.halves import mended

        tokenizer: Any = self.model.tokenizer
        if tokenizer.cls_token in self._ids:
            pieces: list[str] = tokenizer.tokenize(mended(text))
            return set(pieces)
        return set(words(text))

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes load it again from its folder."""
        return FolderEncoder, self._made_from

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
        from encoders.encoding.encode import encode_counting

        return encode_counting(
            self.model, texts, side=side, precision=self.precision, progress=progress
        )

    def longest(self, side: Literal["doc", "query"]) -> int:
        """Tokens of the longest text that is encoded whole, special ones included."""
        return int(self.model.config.length_limit(side))
