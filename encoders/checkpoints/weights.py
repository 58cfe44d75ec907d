"""Files of weights in an encoder's folder: which are read, and that they hold nothing but tensors.

safetensors cannot hold anything else. ``pytorch_model.bin`` is a pickle, which could run code when
it is read: it is read by torch's own unpickler that knows tensors only (``weights_only``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from encoders.checkpoints.folders import WEIGHTS, read_json
from ground.errors import InputError

OLD_WEIGHTS = "pytorch_model.bin"


def weight_files(folder: Path) -> list[Path]:
    """The files of weights that are read: safetensors before pickles, whole before in parts.

    Returns:
        Their paths; none where there are no weights, or where parts of them are missing.

    Raises:
        InputError: the index of the parts is damaged, or names files elsewhere.
    """
    for whole in (WEIGHTS, OLD_WEIGHTS):
        if (folder / whole).is_file():
            return [folder / whole]
        index = folder / f"{whole}.index.json"
        if index.is_file():
            parts = [folder / name for name in _parts(index)]
            return parts if all(part.is_file() for part in parts) else []
    return []


def _parts(index: Path) -> list[str]:
    found = read_json(index).get("weight_map")
    names = sorted(set(found.values())) if isinstance(found, dict) else []
    if not names or any(Path(str(name)).name != name for name in names):
        raise InputError(
            f"{index} does not say in which files beside it the weights are. Copy the encoder's "
            f"folder again."
        )
    return names


def checked_weights(folder: Path) -> list[Path]:
    """The files of weights of a folder; pickles are read once, and hold tensors only.

    Raises:
        InputError: there are none, or one that holds something else.
    """
    files = weight_files(folder)
    if not files:
        raise InputError(
            f"{folder} has no weights: there is neither {WEIGHTS} nor {OLD_WEIGHTS}, or parts of "
            f"them are missing. Copy all of the encoder's files."
        )
    for file in files:
        if file.suffix == ".bin":
            read_pickle(file, device="meta")
    return files


def read_pickle(path: Path, device: str = "cpu") -> dict[str, Any]:
    """Tensors by name of a file that ``torch.save`` wrote; no code in it is run.

    Args:
        path: the file.
        device: where the tensors go; ``meta`` for their shapes only.

    Raises:
        InputError: it is damaged, or holds anything but tensors by name.
    """
    import torch

    remedy = (
        "Nothing in an encoder's folder is run here. If you trust its maker, read it where you "
        "would run it, and save its state_dict as model.safetensors."
    )
    try:
        found = torch.load(path, map_location=device, weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        why = " ".join(f"{type(error).__name__}: {error}".split())
        why = why.partition("Please file an issue")[0][:300]
        raise InputError(
            f"{path} is damaged, or a pickle that holds more than tensors ({why}). {remedy}"
        ) from error
    if not isinstance(found, dict) or not all(torch.is_tensor(one) for one in found.values()):
        raise InputError(f"{path} holds more than tensors by name. {remedy}")
    return found
