"""The modules of a sentence-transformers folder: which there are, and where; none is imported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from encoders.checkpoints.code import check_module
from encoders.checkpoints.folders import MODULES, read_json
from ground.errors import InputError

ROUTES = "router_config.json"
TRANSFORMERS = ("Transformer", "MLMTransformer")
LATENT = "SparseAutoEncoder"
STATIC = "SparseStaticEmbedding"


class Module(NamedTuple):
    """One module: the last part of its type, and its folder."""

    kind: str
    folder: Path


def read_modules(folder: Path) -> list[Module]:
    """The modules that modules.json lists, in their order.

    Raises:
        InputError: it cannot be read, or names a class that is not sentence-transformers' own.
    """
    path = folder / MODULES
    try:
        entries: Sequence[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [_module(path, entry["type"], folder, entry["path"]) for entry in entries]
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path, error) from None


def read_routes(folder: Path) -> tuple[list[Module], list[Module]]:
    """The modules of queries and of documents of a ``Router``.

    Raises:
        InputError: it cannot be read, or has other routes.
    """
    path = folder / ROUTES
    if not path.is_file():  # its name before sentence-transformers 5
        path = folder / "config.json"
    settings = read_json(path)
    try:
        kinds: dict[str, str] = settings["types"]
        structure: dict[str, list[str]] = settings["structure"]
        found = {
            route: [_module(path, kinds[name], folder, name) for name in names]
            for route, names in structure.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, error) from None
    mapped = (settings.get("parameters") or {}).get("route_mappings")
    if set(found) != {"query", "document"} or mapped:
        raise refused(
            path, f"has the routes {', '.join(found)}, where query and document are known"
        )
    return found["query"], found["document"]


def is_static(modules: Sequence[Module]) -> bool:
    """Whether modules are a ``SparseStaticEmbedding`` alone."""
    return [module.kind for module in modules] == [STATIC]


def check_terms(where: Path, modules: Sequence[Module]) -> None:
    """Refuse modules whose dimensions stand for no words.

    Raises:
        InputError: there is a ``SparseAutoEncoder`` among them (CSR).
    """
    if any(module.kind == LATENT for module in modules):
        raise InputError(
            f"{where}: this encoder ends in a {LATENT} (CSR). Its dimensions are latents of an "
            f"autoencoder over dense vectors, not terms of a vocabulary, so there is nothing that "
            f"a query and a document could share as words, and nothing to show of them. To measure "
            f"it all the same, encode with sentence-transformers and give esplade the vectors as "
            f"JSON Lines, with the numbers of dimensions as terms."
        )


def refused(path: Path, what: str) -> InputError:
    """The error for an encoder that would give other vectors here."""
    return InputError(
        f"{path}: this encoder {what}, so esplade would compute other vectors. Read are SPLADE "
        f"models: a masked LM (Transformer or MLMTransformer) and a SpladePooling with strategy "
        f"max, the same for both sides or apart by a Router, and for queries also a "
        f"SparseStaticEmbedding. Others can be encoded by sentence-transformers itself: give its "
        f"SparseEncoder to esplade in Python, or the vectors in JSON Lines."
    )


def _module(path: Path, kind: str, folder: Path, name: str) -> Module:
    check_module(path, kind)
    place = folder / name
    if not place.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{path} names a module outside of its folder ({name}). Copy it again.")
    return Module(kind.rpartition(".")[2], place)


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} cannot be read ({type(error).__name__}: {error}). Copy the encoder's folder again."
    )
