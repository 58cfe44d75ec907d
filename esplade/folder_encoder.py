"""Encoders in folders: the bridge from the harness to torch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import scipy.sparse as sp

    from encoders.encoding.precision import Precision
    from encoders.model.model import EspladeModel

Side = Literal["doc", "query"]
Progress = Callable[[int], None]
_AHEAD = 3
"""Shards that an encoder on a GPU is given at a time: the next are tokenised meanwhile."""


class FolderEncoder:
    """An encoder of `encoders` as `harness.encoding.text_encoder.TextEncoder`.

    Args:
        path: its folder.
        name: what tables call it; the folder's name otherwise.
        precision: in which it encodes.
        source: what records say of where it came from.
        device: where: ``cpu``, ``cuda:N`` or ``mps``; it must be there.
        spread: devices that several processes share out; ``device`` alone when empty.

    Attributes:
        name: the folder's name.
        fingerprint: digest of configuration, weights and vocabulary.
        terms: the output vocabulary.
        fields: what of a document the encoder was trained on.
        precision: in which it encodes (see `encoders.encoding.precision`).
        source: what records say of where it came from (see `esplade.loading.Located`).
        device: where it computes; its weights go there with the first text.
        devices: what several processes would compute on.
        shards_ahead: shards of texts that it likes to have at a time.
    """

    def __init__(
        self,
        path: Path,
        name: str | None = None,
        precision: Precision = "float32",
        source: Mapping[str, str] | None = None,
        device: str = "cpu",
        spread: Sequence[str] = (),
    ) -> None:
        from esplade.hub import offline

        offline()
        from encoders.checkpoints.loading import fingerprint, load_encoder
        from encoders.encoding.precision import check_precision

        check_precision(precision, device)
        self._made_from = (path, name, precision, source)
        self.source = dict(source or {})
        self.precision = precision
        self.device = device
        self.devices = tuple(spread) or (device,)
        self.shards_ahead = 1 if device == "cpu" else _AHEAD
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
        return FolderEncoder, (*self._made_from, self.device, self.devices)

    def for_worker(self, number: int) -> Any:
        """What a process of several unpickles as this encoder, on the device that is its own."""
        return _ForWorker((*self._made_from, self.devices[number % len(self.devices)]))

    def encode(
        self, texts: Sequence[str], side: Side, progress: Progress = lambda steps: None
    ) -> sp.csr_array:
        """Encode texts; float32 weights > 0, shape (texts, terms)."""
        return self.encode_counting(texts, side, progress)[0]

    def encode_counting(
        self, texts: Sequence[str], side: Side, progress: Progress = lambda steps: None
    ) -> tuple[sp.csr_array, int]:
        """Encode texts, and count those that are longer than the encoder takes."""
        from encoders.encoding.encode import encode_counting

        return encode_counting(
            self._placed, texts, side=side, precision=self.precision, progress=progress
        )

    def encode_shards(
        self,
        shards: Iterable[Sequence[str]],
        side: Side,
        progress: Progress = lambda steps: None,
    ) -> Iterator[tuple[sp.csr_array, int]]:
        """Encode shards of texts one after the other, as `encode_counting` does each of them.

        Not on the CPU, shards are read in one thread and computed in another, while the caller
        does what it has to do with the one before.
        """
        if self.device == "cpu":
            for texts in shards:
                yield self.encode_counting(texts, side, progress)
            return
        from encoders.devices.ahead import ahead
        from encoders.encoding.shards import encode_shards

        rows = encode_shards(self._placed, shards, side=side, precision=self.precision)
        computed: Any = ahead(rows, 1)
        with closing(computed):
            for encoded in computed:
                progress(encoded[0].shape[0])
                yield encoded

    def longest(self, side: Side) -> int:
        """Tokens of the longest text that is encoded whole, special ones included."""
        return int(self.model.config.length_limit(side))

    def computing(self, workers: int) -> dict[str, Any]:
        """On what so many processes of it compute, for a record."""
        from encoders.devices.choosing import described, look

        sight = look()
        used = [self.device] if workers == 1 else self.devices[:workers]
        return {"torch": sight.torch, "device": ", ".join(described(one, sight) for one in used)}

    @cached_property
    def _placed(self) -> EspladeModel:
        """The model on its device: this process may have another for its workers to use."""
        from encoders.encoding.shards import place

        if self.device != "cpu":
            place(self.model, self.device, self.precision)
        return self.model


class _ForWorker:
    """Pickles as an encoder that was never loaded here."""

    def __init__(self, made_from: tuple[Any, ...]) -> None:
        self._made_from = made_from

    def __reduce__(self) -> tuple[Any, ...]:
        return FolderEncoder, self._made_from
