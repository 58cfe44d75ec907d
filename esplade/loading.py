"""How encoders are found and opened: by name, by folder, or as objects of other libraries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from esplade.hub import HubName
from ground.doors import Door
from ground.dry import is_dry, note, planned
from ground.errors import InputError

if TYPE_CHECKING:
    from harness.encoding.text_encoder import TextEncoder

PRETRAINED = "pydoc-small"
"""The encoder that ships with the package; there is also ``pydoc-tiny``, for trials and tests."""

ENCODERS: Door[Any] = Door("encoder", "esplade.encoders", {})
"""Encoders of other packages: a function of no argument that gives a `TextEncoder`, by name."""


class Located(NamedTuple):
    """Where an encoder is.

    Attributes:
        folder: where its files are.
        name: what tables call it.
        source: what records say of where it came from: of a model of the hub its name, its
            revision and the commit; nothing of a folder.
    """

    folder: Path
    name: str
    source: Mapping[str, str]


def locate(name: str | Path) -> Located:
    """Find an encoder: a folder, one under ``encoders/pretrained``, one of the hub in the cache.

    A folder goes before a name, so that nothing on a hub can take the place of one's own. A path
    where nothing is comes back as it is, unless it can be a name on the hub.

    Raises:
        InputError: a name on the hub that is not in the local cache.
    """
    from esplade.snapshots import snapshot

    folder, wanted = _on_disk(name), _on_hub(name)
    if wanted is None:
        return Located(folder, folder.resolve().name, {})
    found = snapshot(wanted)
    source = {"hub": wanted.repo, "revision": wanted.revision, "commit": found.name}
    return Located(found, wanted.short, source)


def encoder_folder(name: str | Path) -> Path:
    """The folder of an encoder; see `locate`."""
    return locate(name).folder


def fetch(encoders: Any, online: bool) -> None:
    """Bring those encoders to the local cache that are names on the hub, before any other work.

    Args:
        encoders: one, or several; what is no name on the hub is left alone.
        online: they may be downloaded, and are brought up to date.

    Raises:
        InputError: one is not in the cache and may not be downloaded, or cannot be.
    """
    from esplade.snapshots import download, snapshot

    one = isinstance(encoders, str | Path) or not isinstance(encoders, Iterable)
    for given in [encoders] if one else encoders:
        wanted = _on_hub(given) if isinstance(given, str | Path) else None
        if wanted is None or str(given) in ENCODERS:
            continue
        if online and is_dry():
            _plan_download(wanted)
        (download if online and not is_dry() else snapshot)(wanted)


def _plan_download(name: HubName) -> None:
    """Say in a dry run what would be asked of the hub; it ends where nothing is in the cache."""
    from esplade.snapshots import cached

    if cached(name) is None:
        planned(unknown=f"{name} is downloaded first: what it is, and all that depends on it.")
    note(unknown=f"Whether there is a newer version of {name} on the hub.")


def folder_on_disk(encoder: Any) -> Path | None:
    """An encoder's folder, where it was named by one or by the name of one that ships."""
    found = _on_disk(encoder) if isinstance(encoder, str | Path) else None
    return found if found is not None and found.is_dir() else None


def _on_disk(name: str | Path) -> Path:
    import encoders

    path = Path(name)
    shipped = Path(encoders.__file__).parent / "pretrained" / path
    return shipped if not path.exists() and shipped.is_dir() else path


def _on_hub(name: str | Path) -> HubName | None:
    """What of the hub is meant; None for a folder, or what can be no name there."""
    return None if _on_disk(name).exists() else HubName.parse(str(name))


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
        if not _on_disk(given).exists() and str(given) in ENCODERS:
            made: TextEncoder = ENCODERS.find(str(given))()
            check_device(made, device)
            return made
        from esplade.devices import settle
        from esplade.folder_encoder import FolderEncoder
        from esplade.static_encoder import StaticEncoder, is_static_folder

        found = locate(given)
        if is_static_folder(found.folder):
            return StaticEncoder(found.folder, name or found.name, found.source)
        number = _precision(precision)
        chosen, spread = settle(device, number)
        return FolderEncoder(found.folder, name or found.name, number, found.source, chosen, spread)
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


def encoder_name(given: Any) -> str:
    """What tables call an encoder; one in a folder is not opened for it."""
    if isinstance(given, str | Path) and (_on_disk(given).exists() or str(given) not in ENCODERS):
        return locate(given).name
    if hasattr(given, "text_encoder"):
        return str(given.name)
    return text_encoder(given).name


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
    return _doc_fields(given) or "title"


def says_fields(given: Any) -> bool:
    """Whether an encoder says what of a document it was trained on; those of others do not."""
    if isinstance(given, str | Path):
        return str(given) in ENCODERS or _doc_fields(given) is not None
    return hasattr(given, "fields")


def _doc_fields(given: str | Path) -> str | None:
    try:
        text = (encoder_folder(given) / "config.json").read_text(encoding="utf-8")
        found = json.loads(text).get("doc_fields")
    except (OSError, ValueError, AttributeError, RecursionError):
        # Loading the encoder says what is wrong with its folder.
        return None
    return None if found is None else str(found)


def _precision(asked: str) -> Any:
    from encoders.encoding.precision import PRECISIONS

    if asked not in PRECISIONS:
        raise InputError(f"--precision {asked!r} is not one of {', '.join(PRECISIONS)}.")
    return asked
