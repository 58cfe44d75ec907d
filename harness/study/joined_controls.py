"""Controls of joined results: what each folder's say, and whether those of all are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

SAME = (
    "identical fine-tuning data",
    "identical pre-training",
    "shared order",
    "one held-out set",
    "identical evaluation",
    "same software",
)
"""Controls that say what is equal in all trainings, so that they must say the same in all folders.

Settings are in the study's file, whose equality is what joining begins with.
"""


Training = tuple[str, str, str]
"""Cell, seed, and the cell that it continues, if any."""


def joined_controls(
    controls: Mapping[str, Sequence[Mapping[str, Any]]],
    taken: Mapping[str, Sequence[Training]],
) -> list[dict[str, Any]]:
    """One list of controls from those of several folders.

    Args:
        controls: of each folder, under its name.
        taken: what is taken from each folder.

    Returns:
        Name, whether it holds, and details, as in ``study.json``.
    """
    by_name: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for folder, own in controls.items():
        for control in own:
            by_name[control["name"]][folder] = control
    found = [_joined(name, own) for name, own in by_name.items()]
    return [*found, _one_study(taken), _whole_seeds(taken)]


def _joined(name: str, own: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    details = {folder: control["detail"] for folder, control in own.items()}
    alike = len(set(details.values())) == 1
    holds = all(control["holds"] for control in own.values()) and (alike or name not in SAME)
    texts = (f"{folder}: {detail}" for folder, detail in details.items())
    detail = next(iter(details.values())) if alike else "; ".join(texts)
    return {"name": name, "holds": holds, "detail": detail}


def _one_study(taken: Mapping[str, Sequence[Training]]) -> dict[str, Any]:
    counts = ", ".join(f"{len(keys)} trainings of {folder}" for folder, keys in taken.items())
    detail = f"{counts}; settings, data, corpora and what BM25 finds are the same"
    return {"name": "joined results are of one study", "holds": True, "detail": detail}


def _whole_seeds(taken: Mapping[str, Sequence[Training]]) -> dict[str, Any]:
    """Whether the cells of the grid that have a seed come from one folder.

    Only there are their initial weights known to be the same. A longer training brings the
    one that it continues along.
    """
    folders: dict[str, list[str]] = defaultdict(list)
    for folder, keys in taken.items():
        for seed in sorted({seed for _, seed, longer_of in keys if not longer_of}):
            folders[seed].append(folder)
    split = [f"seed {s} is in {' and '.join(own)}" for s, own in folders.items() if len(own) > 1]
    whole = [f"seed {s}: {own[0]}" for s, own in sorted(folders.items())]
    longer = [
        f"{cell} of seed {seed}: {folder}"
        for folder, keys in taken.items()
        for cell, seed, longer_of in keys
        if longer_of and folder not in folders[seed]
    ]
    detail = "; ".join(split or [*whole, *longer])
    return {"name": "joined results have whole seeds", "holds": not split, "detail": detail}
