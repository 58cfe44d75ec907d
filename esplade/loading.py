"""How encoders are found and opened: by name, by folder, or as objects of other libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.doors import Door
from ground.errors import InputError

if TYPE_CHECKING:
    from harness.encoding.text_encoder import TextEncoder

PRETRAINED = "pydoc-tiny"
"""The encoder that ships with the package."""

ENCODERS: Door[Any] = Door("encoder", "esplade.encoders", {})
"""Encoders of other packages: a function of no argument that gives a `TextEncoder`, by name."""


def encoder_folder(name: str | Path) -> Path:
    """The folder of an encoder: a path, or the name of one under ``encoders/pretrained``."""
    import encoders

    path = Path(name)
    shipped = Path(encoders.__file__).parent / "pretrained" / path
    return shipped if not path.exists() and shipped.is_dir() else path


def text_encoder(
    given: Any, *, precision: str = "float32", device: str = "auto", name: str | None = None
) -> TextEncoder:
    """Open an encoder.

    Args:
        given: a folder, a name, a sentence-transformers SparseEncoder, a `TextEncoder`.
        precision: of the computation.
        device: where it computes; see `encoders.devices.choosing.choose`.
        name: what tables call it.

    Raises:
        InputError: there is none, or it cannot be used.
    """
    if isinstance(given, str | Path):
        if not encoder_folder(given).exists() and str(given) in ENCODERS:
            made: TextEncoder = ENCODERS.find(str(given))()
            check_device(made, device)
            return made
        from esplade.devices import settle
        from esplade.folder_encoder import FolderEncoder

        chosen, spread = settle(device, _precision(precision))
        return FolderEncoder(encoder_folder(given), name, _precision(precision), chosen, spread)
    check_device(given, device)
    if hasattr(given, "get_sparsity") or type(given).__name__ == "SparseEncoder":
        from esplade.sparse_encoder import SparseEncoderAdapter

        return SparseEncoderAdapter(given, name)
    wanted = ("name", "fingerprint", "terms", "encode")
    if missing := [one for one in wanted if not hasattr(given, one)]:
        raise InputError(
            f"A {type(given).__name__} is no encoder: it has no {', '.join(missing)}. Give a "
            f"folder, a name, a SparseEncoder of sentence-transformers, or an object with what "
            f"harness.encoding.text_encoder.TextEncoder has."
        )
    taken: TextEncoder = given
    return taken


def check_device(loaded: Any, device: str) -> None:
    """Refuse a device for an encoder that is already somewhere.

    Raises:
        InputError: it computes on another device, or does not say on which.
    """
    own = str(getattr(loaded, "device", "unknown"))
    if device not in ("auto", own, own.partition(":")[0]):
        raise InputError(
            f"--device {device}: this {type(loaded).__name__} was made before, and computes where "
            f"it is ({own}). Load it there instead: esplade.Encoder.load(FOLDER, device=...)."
        )


def configured_fields(given: Any) -> str:
    """What of a document an encoder was trained on; its weights are not loaded."""
    if not isinstance(given, str | Path):
        return str(getattr(given, "fields", "title"))
    try:
        text = (encoder_folder(given) / "config.json").read_text(encoding="utf-8")
        return str(json.loads(text).get("doc_fields", "title"))
    except (OSError, ValueError, AttributeError, RecursionError):
        # Loading the encoder says what is wrong with its folder.
        return "title"


def _precision(asked: str) -> Any:
    from encoders.encoding.precision import PRECISIONS

    if asked not in PRECISIONS:
        raise InputError(f"--precision {asked!r} is not one of {', '.join(PRECISIONS)}.")
    return asked
