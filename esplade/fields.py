"""Which field of the documents is taken, settled before the work begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.datasets import Dataset

_LOOKED_AT = 100
"""Documents that show whether a collection has another field as well."""


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


def note_unsaid(data: Dataset, asked: str | None, fields: str, encoders: Iterable[Any]) -> None:
    """Say that only a part of documents is taken, where neither the user nor an encoder said which.

    Args:
        data: whose documents; the first of them are looked at.
        asked: what the user named, if anything.
        fields: what was settled on.
        encoders: those that shall encode.
    """
    from esplade.loading import says_fields
    from esplade.progress import say

    if asked is not None or fields == "title+text" or all(map(says_fields, encoders)):
        return
    other = {"title": "text", "text": "title"}[fields]
    if any(document.content(other).strip() for document in islice(data.docs(), _LOOKED_AT)):
        say(
            f"No encoder says what of a document it was trained on: the {fields} is taken, and the "
            f"{other} is not. --fields title+text takes both."
        )
