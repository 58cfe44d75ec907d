"""Collections to folders of impact vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import GOES_ON, KEPT, TO_DO, is_dry, note, planned
from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.vectors import Vectors
    from harness.datasets import Dataset
    from harness.encoding.parts import Part
    from harness.encoding.text_encoder import TextEncoder
    from harness.sweep import SweepSettings, System


def encode(
    encoder: Any,
    dataset: Any,
    out: str | Path,
    *,
    part: str = "docs",
    split: str = "test",
    fields: str | None = None,
    workers: int | str = 1,
    device: str = "auto",
    precision: str = "float32",
    overwrite: bool = False,
    online: bool = False,
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
        workers: processes that encode, or ``auto``: one for each GPU, or a few on the CPU. On the
            CPU the vectors do not depend on their number; GPUs differ by 1e-4 at most.
        device: where the encoder computes: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        precision: of the computation: float32, bfloat16, float16, or int8 (on the CPU only).
        overwrite: replace a finished folder.
        online: an encoder of the hub may be downloaded.

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
    from esplade.devices import check_asked, settle_workers
    from esplade.encoder import Encoder, trained_fields
    from esplade.fields import note_unsaid, settle_fields
    from esplade.loading import fetch
    from esplade.vectors import Vectors
    from ground.artifacts import check_free
    from harness.encoding.parts import SHARD
    from harness.vectors import KIND

    place = Path(out)
    if part not in ("docs", "queries"):
        raise InputError(f"--part {part!r} is neither docs nor queries.")
    if workers != "auto":
        settle_workers(workers, (device,), 0, SHARD)
    check_asked(device)
    check_free(place, KIND, overwrite, [one for one in (dataset, encoder) if _is_named(one)])
    fetch(encoder, online)
    data = load_dataset(dataset)
    total = None
    if part == "queries":
        total = len(data.queries(split))
    else:
        asked_for, fields = fields, settle_fields(data, fields, trained_fields([encoder]))
        note_unsaid(data, asked_for, fields, [encoder])
    loaded = Encoder.load(encoder, precision=precision, device=device).text_encoder
    if workers == "auto":
        texts = sum(1 for _ in data.docs()) if total is None else total
        workers = settle_workers("auto", getattr(loaded, "devices", ("cpu",)), texts, SHARD)
    asked = _Asked(loaded, data, part, fields or "title", split)  # type: ignore[arg-type]
    if is_dry():
        _note_encoding(asked, place, str(place))
    planned(writes=place)
    _encode(asked, place, "Encoding", total, overwrite=overwrite, workers=int(workers))
    return Vectors.read(place)


def encode_systems(
    encoders: Sequence[Any],
    data: Dataset,
    settings: SweepSettings,
    out: Path,
    device: str = "auto",
) -> list[System]:
    """Encode documents and queries with each encoder, unless an earlier try has finished that."""
    from esplade.encoder import Encoder
    from esplade.loading import encoder_name
    from esplade.progress import say
    from harness.sweep import System
    from harness.sweep.naming import system_folders

    systems: list[System] = []
    folders = system_folders(map(encoder_name, encoders))
    for spec in encoders:
        loaded = Encoder.load(spec, device=device)
        if any(system.name == loaded.name for system in systems):
            raise InputError(
                f"Two encoders are called {loaded.name!r}. Rename a folder, or in Python give one "
                f"as esplade.Encoder.load(..., name=...)."
            )
        folder = out / "vectors" / folders[loaded.name]
        parts: tuple[Part, Part] = ("docs", "queries")
        for part in parts:
            encoder, place = loaded.text_encoder, folder / part
            if is_dry():
                asked = _Asked(encoder, data, part, settings.fields, settings.split)
                _note_encoding(asked, place, str(place.relative_to(out)))
                continue
            done = encode_once(encoder, data, part, place, settings.fields, settings.split)
            say(f"{place.relative_to(out)}: {'done' if done else 'kept'}")
        systems.append(System(loaded.name, folder / "docs", folder / "queries", loaded.folder))
    return systems


def _note_encoding(asked: _Asked, place: Path, name: str) -> None:
    """Say in a dry run what there is to encode, and whether it is there."""
    from ground.artifacts import digest, is_begun, is_complete
    from harness.encoding.parts import part_facts
    from harness.vectors import KIND

    facts = part_facts(asked.encoder, asked.data, asked.part, asked.fields, asked.split)
    key = digest(facts)
    state = GOES_ON if is_begun(place, key) else TO_DO
    note(step=(name, KEPT if is_complete(place, KIND, key) else state))
    if asked.part == "docs":
        note(counts={"documents": sum(1 for _ in asked.data.docs())})
    else:
        note(counts={"queries": len(asked.data.queries(asked.split))})


@dataclass(frozen=True)
class _Asked:
    """What to encode, with what."""

    encoder: TextEncoder
    data: Dataset
    part: Part
    fields: str
    split: str


def encode_once(
    encoder: TextEncoder, data: Dataset, part: Part, folder: Path, fields: str, split: str
) -> bool:
    """Encode to a folder that is esplade's to replace, unless it holds just these vectors.

    Returns:
        Whether anything had to be done.
    """
    from harness.encoding.parts import is_encoded

    if is_encoded(encoder, data, part, folder, fields=fields, split=split):
        return False
    total = sum(1 for _ in data.docs()) if part == "docs" else len(data.queries(split))
    asked = _Asked(encoder, data, part, fields, split)
    _encode(asked, folder, f"{encoder.name}: encoding", total, overwrite=True)
    return True


def _encode(
    asked: _Asked, out: Path, label: str, total: int | None, overwrite: bool, workers: int = 1
) -> None:
    from esplade.progress import progress, say
    from harness.encoding.parts import encode_part, encoding_notes
    from harness.vectors import vectors_facts

    with progress(f"{label} {asked.part}", total) as advance:
        encode_part(
            asked.encoder,
            asked.data,
            asked.part,
            out,
            fields=asked.fields,
            split=asked.split,
            overwrite=overwrite,
            workers=workers,
            progress=advance,
        )
    for sentence in encoding_notes(vectors_facts(out)):
        say(f"{asked.encoder.name}: {sentence}")


def _is_named(given: Any) -> bool:
    return isinstance(given, str | Path)
