"""Collections to folders of impact vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.vectors import Vectors
    from harness.datasets import Dataset
    from harness.sweep import SweepSettings, System


def encode(
    encoder: Any,
    dataset: Any,
    out: str | Path,
    *,
    part: str = "docs",
    split: str = "test",
    fields: str | None = None,
    workers: int = 1,
    precision: str = "float32",
    overwrite: bool = False,
) -> Vectors:
    """Encode a data set's documents or queries to a folder of vectors.

    JSON Lines in Pyserini's form, and packed arrays beside them. A killed encoding goes on where
    it was when the same call is made again.

    Args:
        encoder: see `esplade.Encoder`.
        dataset: see `esplade.load_dataset`.
        out: the folder.
        part: ``docs`` or ``queries``.
        split: whose queries.
        fields: what of a document: title, text or title+text; the encoder's own otherwise.
        workers: processes that encode; the vectors do not depend on their number.
        precision: of the computation: float32, bfloat16 or int8.
        overwrite: replace a finished folder.

    Raises:
        InputError: nothing to encode, an encoder that cannot be used, ``out`` is not free.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> esplade.encode("pydoc-tiny", dataset, "vectors/docs").ids
        ['d1', 'd2']
    """
    from esplade.datasets import load_dataset
    from esplade.encoder import Encoder, trained_fields
    from esplade.fields import settle_fields
    from esplade.progress import progress, say
    from esplade.vectors import Vectors
    from ground.artifacts import check_free
    from ground.machine import check_workers
    from harness.encoding.parts import encode_part, encoding_notes
    from harness.vectors import KIND, vectors_facts

    place = Path(out)
    if part not in ("docs", "queries"):
        raise InputError(f"--part {part!r} is neither docs nor queries.")
    check_workers(workers)
    check_free(place, KIND, overwrite, [one for one in (dataset, encoder) if _is_named(one)])
    data = load_dataset(dataset)
    total = None
    if part == "queries":
        total = len(data.queries(split))
    else:
        fields = settle_fields(data, fields, trained_fields([encoder]))
    loaded = Encoder.load(encoder, precision=precision)
    with progress(f"Encoding {part}", total) as advance:
        encode_part(
            loaded.text_encoder,
            data,
            part,  # type: ignore[arg-type]
            place,
            fields=fields or "title",
            split=split,
            overwrite=overwrite,
            workers=workers,
            progress=advance,
        )
    for note in encoding_notes(vectors_facts(place)):
        say(note)
    return Vectors.read(place)


def encode_systems(
    encoders: Sequence[Any], data: Dataset, settings: SweepSettings, out: Path
) -> list[System]:
    """Encode documents and queries with each encoder, unless an earlier try has finished that."""
    from esplade.encoder import Encoder
    from harness.sweep import System

    systems: list[System] = []
    for spec in encoders:
        loaded = Encoder.load(spec)
        if any(system.name == loaded.name for system in systems):
            raise InputError(f"Two encoders are called {loaded.name!r}; rename a folder.")
        folder = out / "vectors" / loaded.name
        for part in ("docs", "queries"):
            _encode_once(loaded, data, part, settings, folder / part, out)
        systems.append(System(loaded.name, folder / "docs", folder / "queries"))
    return systems


def _encode_once(
    loaded: Any, data: Dataset, part: Any, settings: SweepSettings, folder: Path, out: Path
) -> None:
    from esplade.progress import progress, say
    from ground.artifacts import clear, digest, is_complete
    from harness.encoding.parts import encode_part, encoding_notes, part_facts
    from harness.vectors import KIND, vectors_facts

    facts = part_facts(loaded.text_encoder, data, part, settings.fields, settings.split)
    if is_complete(folder, KIND, digest(facts)):
        clear(folder)
        say(f"{folder.relative_to(out)}: kept")
        return
    with progress(f"{loaded.name}: encoding {part}", _size(data, part, settings.split)) as advance:
        encode_part(
            loaded.text_encoder,
            data,
            part,
            folder,
            fields=settings.fields,
            split=settings.split,
            overwrite=is_complete(folder, KIND),
            progress=advance,
        )
    say(f"{folder.relative_to(out)}: done")
    for note in encoding_notes(vectors_facts(folder)):
        say(f"{loaded.name}: {note}")


def _size(data: Dataset, part: str, split: str) -> int:
    return sum(1 for _ in data.docs()) if part == "docs" else len(data.queries(split))


def _is_named(given: Any) -> bool:
    return isinstance(given, str | Path)
