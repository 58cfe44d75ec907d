"""What stands behind results, query by query: collected from what is at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.evidence import Material
    from harness.report.points import Point


def sweep_evidence(place: Path, data: Any, split: str, fields: str) -> Path:
    """What stands behind a sweep's numbers, beside its page; kept where it is there already."""
    from harness.evidence import material_of
    from harness.report.points import load_points
    from harness.report.sweep import PAGE, evidence_folder

    material = material_of(data, split, fields)
    return evidence_of(
        evidence_folder(place / PAGE), load_points(place), material, f"{data.digest()} {split}"
    )


def evidence_of(
    out: Path, points: Sequence[Point], material: Callable[[set[str]], Material], collection: str
) -> Path:
    """Evidence of points in a folder, unless it is there already; see `harness.evidence`."""
    from esplade.progress import progress
    from harness.evidence import key_of, write_evidence

    with progress("Evidence: reading", len(points)) as advance:
        return write_evidence(out, points, material, key_of(points, collection), advance)


def material_for(
    sweeps: Sequence[Path | None], data: Any, split: str, fields: str | None
) -> tuple[Callable[[set[str]], Material] | None, str]:
    """Texts and judgments, and a digest of them: of a data set, else of what sweeps have kept.

    Args:
        sweeps: their folders; None for what is no sweep.
        data: the data set, if there is one.
        split: of it.
        fields: what of a document is shown; by default what the sweeps are of, or title and text.
    """
    from esplade.fields import settle_fields
    from ground.artifacts import is_complete, read_manifest
    from harness.evidence import KIND, material_of, material_of_evidence
    from harness.report.sweep import PAGE, evidence_folder

    if data is not None:
        asked = fields or _swept_fields(sweeps)
        chosen = settle_fields(data, asked, "title+text") or "title+text"
        return material_of(data, split, chosen), f"{data.digest()} {split} {chosen}"
    kept = [evidence_folder(folder / PAGE) for folder in sweeps if folder is not None]
    kept = [folder for folder in kept if is_complete(folder, KIND)]
    if not kept:
        return None, ""
    return material_of_evidence(kept), " ".join(
        str(read_manifest(one, KIND)["key"]) for one in kept
    )


def _swept_fields(sweeps: Sequence[Path | None]) -> str | None:
    """What of documents sweeps are of, if they agree."""
    from harness.report.subjects import fields_of_sweep

    found = {fields_of_sweep(folder) for folder in sweeps if folder is not None}
    return found.pop() if len(found) == 1 else None
