"""EMLM pre-training of an encoder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import is_dry, planned

if TYPE_CHECKING:
    from encoders.training.settings import PretrainSettings
    from esplade.encoder import Encoder
    from esplade.train.starting import Backbone, Fresh


def pretrain(
    out: str | Path,
    settings: PretrainSettings | None = None,
    *,
    vocab: str | Path | None = None,
    start: str | Path | None = None,
    corpus: Sequence[str | Path] = (),
    dataset: Any = None,
    general: bool = False,
    fields: str | None = None,
    repeat: int = 1,
    limit: int | None = None,
    backbone: str | Backbone | None = None,
    online: bool = False,
    fresh: Fresh | None = None,
    given: Collection[str] | None = None,
    language: str | None = None,
    threads: int = 0,
    device: str = "auto",
    tensorboard: str | Path | None = None,
    overwrite: bool = False,
) -> Encoder:
    """Pre-train with EMLM: masked words of the output vocabulary are predicted.

    A killed training goes on from its last checkpoint when the same call is made again.

    Args:
        out: folder of the encoder.
        settings: steps, batch, learning rate, masks, ...; each says in its declaration what it is.
        vocab: output vocabulary, a file of words; or "pieces": those of the tokenizer.
        start: go on from this encoder, with its tokenizer and output vocabulary.
        corpus: files of running text, a paragraph a line.
        dataset: its documents are texts to train on.
        general: also use the data set's own general text.
        fields: what of a document.
        repeat: copies of the data set's texts.
        limit: most general texts, drawn at random.
        backbone: start from this Hugging Face encoder: its folder or id, or a `Backbone`, which
            says what of it to change first.
        online: let the backbone, or the encoder to start from, be downloaded from a hub.
        fresh: size of a fresh BERT, where neither ``start`` nor ``backbone`` is given.
        given: which of the fields of ``fresh`` were asked for; those that differ from the default
            otherwise.
        language: recorded; the data set's own otherwise.
        threads: of the processor; 0 lets torch choose.
        device: where it computes: auto (a GPU if there is one), cpu, cuda or mps.
        tensorboard: folder for TensorBoard's log.
        overwrite: replace a trained encoder.

    Raises:
        InputError: nothing to start from, no text, ``out`` is not free.
        TrainingStopped: the training cannot usefully go on.

    Example:
        >>> import esplade
        >>> from esplade import train
        >>> titles = {f"d{n}": f"sort list number {n}" for n in range(20)}
        >>> dataset = esplade.Dataset.from_dicts(titles, name="lists", language="en")
        >>> words = train.Vocabulary.count(dataset).save("words.txt")
        >>> settings = train.PretrainSettings(steps=2, batch=4, max_length=16)
        >>> size = train.Fresh(layers=1, hidden=16, heads=2, wordpieces=100)
        >>> train.pretrain("emlm", settings, vocab=words, dataset=dataset, fresh=size).terms[0]
        'list'
    """
    from encoders.pretraining.pretrain import pretrain as train
    from encoders.training.corpus import mix
    from encoders.training.settings import PretrainSettings
    from esplade.encoder import Encoder
    from esplade.loading import fetch
    from esplade.train.data import corpus_texts, documents
    from esplade.train.preparing import prepare, tell, tell_cut_texts, told
    from esplade.train.starting import Backbone, Fresh, check_given, starting_encoder
    from harness.datasets.fields import USUAL

    place, chosen, size = Path(out), settings or PretrainSettings(), fresh or Fresh()
    words, begun = (None if one is None else Path(one) for one in (vocab, start))
    files = [Path(one) for one in corpus]
    if given is None:
        usual = asdict(Fresh())
        given = [name for name, value in asdict(size).items() if value != usual[name]]
    base = Backbone(backbone) if isinstance(backbone, str) else backbone
    check_given(given, words, begun, base)
    fetch(begun, online)
    named = (dataset, words, begun, base and base.name, *files)
    prepare(place, threads, overwrite, online and not is_dry(), named, device)
    found = documents(dataset, fields, note=tell) if dataset is not None else None
    data, own = (found.data, found.texts) if found else (None, {})
    fields = found.fields if found else fields or USUAL
    general_texts = corpus_texts(dataset, files, general)
    texts = mix(general_texts, list(own.values()), limit=limit, repeat=repeat, seed=chosen.seed)
    if base and online and not Path(base.name).exists():
        planned(unknown=f"{base.name} is asked for at the hub first: what it is.", writes=place)
    model, origin = starting_encoder(texts, words, begun, base, online, size, chosen)
    model.config.doc_fields = fields
    model.config.language = language or (data.language if data else None) or ""
    sources: dict[str, Any] = {
        "corpus": [path.name for path in files],
        "dataset": data and {"name": data.name, "digest": data.digest(), "fields": fields},
        "general": general,
        "repeat": repeat,
        "limit": limit,
        "backbone": origin,
        "vocabulary": words.name if words else None,
    }
    logs = None if tensorboard is None else Path(tensorboard)
    with told():
        result = train(model, texts, place, chosen, sources=sources, logs=logs)
    tell_cut_texts(place, chosen.max_length)
    tell(f"{place}: held-out loss {result['loss']:.3f}, accuracy {result['accuracy']:.3f}.")
    return Encoder(folder=place)
