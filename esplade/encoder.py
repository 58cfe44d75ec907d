"""Encoders: what turns texts into impact vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.vectors import Vectors
    from harness.encoding.text_encoder import TextEncoder

Side = Literal["doc", "query"]


class Encoder:
    """A learned sparse encoder.

    Everything that takes an encoder also takes a folder (of esplade's, of a Hugging Face masked
    LM with SPLADE weights, of sentence-transformers), the name of one that ships
    (``pydoc-small``, ``pydoc-tiny``), the name of a model on the Hugging Face hub
    (``owner/name``, or ``owner/name@revision``), a ``SparseEncoder`` of sentence-transformers, or
    any object with the methods of `harness.encoding.text_encoder.TextEncoder`. A model of the hub
    is taken from the local cache; it is downloaded only with ``online=True``.

    Example:
        >>> import esplade
        >>> encoder = esplade.Encoder.load("pydoc-tiny")
        >>> vectors = encoder.encode(["how to sort a list"], side="query")
        >>> len(vectors), vectors.ids
        (1, ['0'])
    """

    def __init__(self, text_encoder: TextEncoder | None = None, folder: Path | None = None) -> None:
        self._text_encoder = text_encoder
        self._folder = folder

    @property
    def text_encoder(self) -> TextEncoder:
        """What computes; of an encoder that was just trained, loaded when it is first used."""
        if self._text_encoder is None:
            from esplade.loading import text_encoder

            self._text_encoder = text_encoder(self._folder)
        return self._text_encoder

    @classmethod
    def load(
        cls,
        encoder: Any,
        *,
        precision: str = "float32",
        device: str = "auto",
        name: str | None = None,
        online: bool = False,
    ) -> Encoder:
        """Load an encoder.

        Args:
            encoder: a folder, a name, or an object as above.
            precision: of the computation: float32, bfloat16, float16, or int8 (on the CPU only).
            device: where it computes: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
            name: what tables call it; the folder's name otherwise.
            online: a model of the hub may be downloaded, and is brought up to date.

        Raises:
            InputError: there is no such encoder, or no such device, or it cannot be used; an
                encoder that is loaded already computes on another device; a model of the hub is
                not in the local cache and may not be downloaded.
        """
        from esplade.loading import check_device, fetch, folder_on_disk, text_encoder

        if not isinstance(encoder, Encoder):
            fetch(encoder, online)
            made = text_encoder(encoder, precision=precision, device=device, name=name)
            return cls(made, folder_on_disk(encoder))
        if device != "auto":
            if encoder._text_encoder is None:
                encoder._text_encoder = text_encoder(encoder._folder, device=device)
            check_device(encoder.text_encoder, device)
        return encoder

    @property
    def folder(self) -> Path | None:
        """The folder that it was loaded from; None for one that was made in Python."""
        return self._folder

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.text_encoder.name

    @property
    def fingerprint(self) -> str:
        """Digest of configuration, weights and vocabulary."""
        return self.text_encoder.fingerprint

    @property
    def terms(self) -> Sequence[str]:
        """The output vocabulary."""
        return self.text_encoder.terms

    @property
    def source(self) -> dict[str, str]:
        """Of a model of the hub its name there, revision and commit; nothing of others."""
        return dict(getattr(self.text_encoder, "source", {}))

    @property
    def fields(self) -> str:
        """What of a document it was trained on: title, text or title+text."""
        return str(getattr(self.text_encoder, "fields", "title"))

    def encode(self, texts: Sequence[str] | Mapping[str, str], side: Side = "doc") -> Vectors:
        """Encode texts in memory; for collections there is `esplade.encode`.

        Args:
            texts: a list (ids are then "0", "1", ...), or texts by id.
            side: ``doc`` or ``query``.

        Returns:
            Float weights, one vector a text.

        Raises:
            InputError: another side, or something that is no text.
        """
        from esplade.progress import say
        from esplade.vectors import Vectors
        from harness.encoding.parts import encode_texts

        if side not in ("doc", "query"):
            raise InputError(f"side={side!r} is neither 'doc' nor 'query'.")
        if isinstance(texts, str):
            raise InputError("encode() takes a list of texts, or texts by id, and got one text.")
        named = dict(texts) if isinstance(texts, Mapping) else _numbered(texts)
        if bad := next((t for t in named.values() if not isinstance(t, str)), None):
            raise InputError(f"A {type(bad).__name__} is no text.")
        return Vectors(encode_texts(self.text_encoder, named, side, say))

    def __repr__(self) -> str:
        return f"Encoder({self.name!r}: {len(self.terms):,} terms)"


def _numbered(texts: Sequence[str]) -> dict[str, str]:
    return {str(number): text for number, text in enumerate(texts)}


def trained_fields(encoders: Sequence[Any]) -> str:
    """What of a document all encoders were trained on, so that all rank the same text.

    Read from their configurations: nothing is loaded.

    Raises:
        InputError: they were trained on different fields.
    """
    from esplade.loading import configured_fields

    found = {str(getattr(one, "name", one)): configured_fields(one) for one in encoders}
    if len(set(found.values())) > 1:
        raise InputError(
            f"The encoders were trained on different fields ({found}). Say with --fields which "
            f"one all of them shall encode."
        )
    return next(iter(found.values()), "title")
