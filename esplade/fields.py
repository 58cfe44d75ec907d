"""Which field of the documents is taken, settled before the work begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.datasets import Dataset


def settle_fields(
    data: Dataset,
    asked: str | None,
    usual: str = "title",
    note: Callable[[str], None] | None = None,
) -> str:
    """The fields to take; says so where the collection decides, not the user or the usual.

    Args:
        data: whose documents.
        asked: what the user named, if anything.
        usual: title, or what an encoder was trained on.
        note: told in place of stderr.

    Raises:
        InputError: see `harness.datasets.fields.chosen_fields`.
    """
    from esplade.progress import say
    from harness.datasets.fields import choice_note, chosen_fields

    fields = chosen_fields(data, asked, usual)
    if asked is None and fields != usual:
        (note or say)(choice_note(data.name, fields))
    return fields
