"""Which field of the documents a command takes, settled before it begins its work."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ground.errors import InputError
from harness.datasets.fields import USUAL, choice_note, chosen_fields

if TYPE_CHECKING:
    from harness.datasets import Dataset


def settle_fields(
    data: Dataset,
    asked: str | None,
    usual: str = USUAL,
    note: Callable[[str], None] | None = None,
) -> str:
    """The fields to take; says so where the collection decides, not the user or the usual.

    Args:
        data: whose documents.
        asked: --fields, if it was given.
        usual: title, or what an encoder was trained on.
        note: told in place of the terminal.

    Raises:
        InputError: see `harness.datasets.fields.chosen_fields`.
    """
    from esplade.cli.console import say

    fields = chosen_fields(data, asked, usual)
    if asked is None and fields != usual:
        (note or say)(choice_note(data.name, fields))
    return fields


def trained_fields(encoders: Sequence[str]) -> str:
    """What of a document all encoders were trained on, so that all rank the same text.

    Read from their configurations: nothing is loaded.

    Raises:
        InputError: they were trained on different fields.
    """
    from esplade.cli.loading import encoder_folder

    found: dict[str, str] = {}
    for spec in encoders:
        try:
            text = (encoder_folder(spec) / "config.json").read_text(encoding="utf-8")
            found[spec] = str(json.loads(text).get("doc_fields", USUAL))
        except (OSError, ValueError, AttributeError, RecursionError):
            # Loading the encoder says what is wrong with its folder.
            found[spec] = USUAL
    if len(set(found.values())) > 1:
        raise InputError(
            f"The encoders were trained on different fields ({found}). Say with --fields which "
            f"one all of them shall encode."
        )
    return next(iter(found.values()), USUAL)
