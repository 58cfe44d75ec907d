"""The commands that build what was chosen, as one types them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esplade.choices.inputs import Source
    from harness.choosing import Candidate
    from harness.quantisation.quantiser import Quantiser
    from harness.sweep import SweepSettings


def building_commands(
    chosen: Candidate | None,
    source: Source,
    dataset: Any,
    settings: SweepSettings,
    quantisers: tuple[Quantiser, ...],
) -> list[str]:
    """``esplade encode``, ``index`` and ``search`` for a configuration.

    Args:
        chosen: the configuration; None for no commands.
        source: encoders or vectors.
        dataset: as it was given; an object in memory has no name to type.
        settings: fields and split.
        quantisers: those that there were to choose from.
    """
    from harness.choosing.preparing import named

    if chosen is None:
        return []
    collection = str(dataset) if isinstance(dataset, str | Path) else "DATASET"
    names = source.names()
    at = [(i, q) for i, n in enumerate(names) for q in quantisers]
    number, quantiser = next(
        (i, q) for i, q in at if named(names[i], q, quantisers) == chosen.system
    )
    query, document = chosen.pruning
    lines = []
    vectors, asked = str(source.vectors), ["--queries", str(source.queries)]
    if source.vectors is None:
        given = source.encoders[number]
        encoder = str(given) if isinstance(given, str | Path) else names[number]
        vectors = "vectors"
        lines.append(
            ["encode", "--encoder", encoder, "--dataset", collection]
            + ["--fields", settings.fields, "--out", vectors]
        )
        asked = ["--dataset", collection, "--split", settings.split, "--encoder", encoder]
    kept = [] if not document.steps else ["--prune", str(document)]
    lines.append(
        ["index", "--vectors", vectors, *kept, "--quantise", str(quantiser), "--index", "index"]
    )
    kept = [] if not query.steps else ["--prune", str(query)]
    lines.append(["search", "--index", "index", *asked, *kept, "--run", "run.trec"])
    return [shlex.join(["esplade", *line]) for line in lines]
