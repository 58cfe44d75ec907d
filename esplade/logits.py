"""Statistics of encoders' logit vectors over a collection (arXiv 2605.01407, Appendix E)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.datasets.contents import Contents


def statistics(
    encoders: Sequence[str | Path],
    dataset: Any,
    *,
    fields: str | None = None,
    sample: int = 0,
    seed: int = 42,
    depths: Sequence[int] = (10, 100, 0),
    device: str = "auto",
    online: bool = False,
) -> dict[str, dict[str, Any]]:
    """Statistics of raw logits over a data set's documents, by encoder.

    Documents are read as a stream; memory does not grow with their number. Give documents that
    the encoders were not trained on.

    Args:
        encoders: folders, or names of those that ship or are on the hub.
        dataset: see `esplade.load_dataset`.
        fields: what of a document; each encoder's own otherwise.
        sample: documents drawn at random; 0 for all of them.
        seed: decides the sample.
        depths: the k of doc-score@k; 0 for all terms.
        device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        online: models of the hub may be downloaded.

    Raises:
        InputError: an encoder cannot be loaded, or no document has content.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> found = esplade.statistics(["pydoc-tiny"], dataset)["pydoc-tiny"]
        >>> found["documents"], found["terms"]
        (2, 24000)
    """
    from esplade.datasets import load_dataset
    from esplade.devices import check_asked, settle
    from esplade.encoder import trained_fields
    from esplade.fields import settle_fields
    from esplade.hub import offline
    from esplade.loading import fetch, locate

    check_asked(device)
    fetch(encoders, online)
    data = load_dataset(dataset)
    settled = [settle_fields(data, fields, trained_fields([spec])) for spec in encoders]
    offline()
    place = settle(device)[0]
    found: dict[str, dict[str, Any]] = {}
    for spec, own in zip(encoders, settled, strict=True):
        folder, name, source = locate(spec)
        name = name if name not in found else str(spec)
        of_one = _of_one(folder, name, data, own, sample, seed, depths, place)
        found[name] = of_one | ({"source": dict(source)} if source else {})
    return found


def _of_one(
    folder: Path,
    name: str,
    data: Any,
    fields: str,
    sample: int,
    seed: int,
    depths: Sequence[int],
    device: str,
) -> dict[str, Any]:
    from encoders.checkpoints.loading import load_encoder
    from encoders.encoding.shards import place
    from encoders.encoding.statistics import logit_statistics
    from esplade.progress import progress, say
    from harness.datasets.contents import Contents
    from harness.encoding.lengths import length_note

    model = place(load_encoder(folder), device)
    texts = Contents(data, fields)
    with progress(f"{name}: documents", sample or None) as advance:
        drawn = _drawn(texts, sample, seed)
        of_logits = logit_statistics(model, drawn, depths=list(depths), progress=advance)
    lengths = {
        "limit": model.config.length_limit("doc"),
        "longer": of_logits.longer,
        "texts": of_logits.documents + of_logits.empty,
    }
    for note in (*texts.notes(), length_note(lengths, "documents")):
        if note:
            say(f"{name}: {note}")
    return of_logits.to_dict() | {"fields": fields, "lengths": lengths}


def _drawn(contents: Contents, sample: int, seed: int) -> Iterator[str]:
    """Contents of the documents, or of a sample of them, in the order of the collection."""
    import random

    texts = (text for _, text in contents)
    if not sample:
        return texts
    total = sum(1 for _ in contents.dataset.docs())
    numbers = set(random.Random(seed).sample(range(total), min(sample, total)))
    return (text for i, text in enumerate(texts) if i in numbers)
