"""What a choice is made from: encoders or vectors, encoded once, and two halves of the queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from harness.choosing.preparing import Half
    from harness.datasets import Dataset
    from harness.sweep import SweepSettings, System


@dataclass(frozen=True)
class Source:
    """Encoders, or vectors that lie there.

    Attributes:
        encoders: see `esplade.Encoder`; empty where vectors are given.
        vectors: of documents.
        queries: of queries.
        name: what to call those vectors.
        device: where encoders compute.
    """

    encoders: Sequence[Any]
    vectors: str | Path | None
    queries: str | Path | None
    name: str
    device: str

    def names(self) -> list[str]:
        """What the systems are called."""
        from esplade.loading import encoder_name

        return [self.name] if self.vectors is not None else list(map(encoder_name, self.encoders))

    def systems(self, data: Dataset, settings: SweepSettings, out: Path) -> list[System]:
        """Their vectors, the queries' of one split; encoded unless they are there already."""
        from esplade.encoding import encode_systems
        from harness.sweep import System

        if self.vectors is not None and self.queries is not None:
            return [System(self.name, Path(self.vectors), Path(self.queries))]
        return encode_systems(self.encoders, data, settings, out, self.device)


def halves_of(
    source: Source,
    data: Dataset,
    settings: SweepSettings,
    out: Path,
    find: str | None,
    seed: int,
) -> tuple[Half, Half]:
    """The queries to search on and those to confirm with, each with the vectors.

    Args:
        source: see `Source`.
        data: whose queries.
        settings: the split that decides, and what of a document is encoded.
        out: where vectors go.
        find: split to search on; None for one half of the other.
        seed: of the halves.

    Raises:
        InputError: a split that there is not, or too few queries.
    """
    import dataclasses

    from harness.choosing.halves import halves
    from harness.choosing.preparing import Half

    split = settings.split
    judged = sorted(data.qrels(split)["query_id"].unique())
    systems = source.systems(data, settings, out)
    if find is None or find == split:
        one, other = halves(judged, seed)
        return Half(split, one, systems), Half(split, other, systems)
    if find not in data.splits:
        raise InputError(
            f"--find {find}: {data.name} has no such split; it has {', '.join(data.splits)}. "
            f"Leave --find out to search on one half of {split}."
        )
    elsewhere = sorted(data.qrels(find)["query_id"].unique())
    if shared := set(elsewhere) & set(judged):
        raise InputError(
            f"--find {find}: {len(shared)} of its queries (such as {min(shared)!r}) are in {split} "
            f"too, and could not confirm what was found on them. Leave --find out."
        )
    searched = dataclasses.replace(settings, split=find)
    return (
        Half(find, elsewhere, source.systems(data, searched, out / "searched")),
        Half(split, judged, systems),
    )
