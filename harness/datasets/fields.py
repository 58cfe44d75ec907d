"""Which field of the documents is meant, checked against the data before any work begins."""

from __future__ import annotations

from ground.errors import InputError
from harness.datasets.model import FIELDS, Dataset

USUAL = "title"
"""What is taken of documents where nobody says, if any of them has it."""
_OTHER = {"title": "text", "text": "title"}


def chosen_fields(dataset: Dataset, fields: str | None = None, usual: str = USUAL) -> str:
    """The fields to take of a data set's documents; reads until a document has them.

    Args:
        dataset: whose documents.
        fields: those that were asked for; None for ``usual`` where any document has it, and
            otherwise for the other one.
        usual: title, or what an encoder was trained on.

    Raises:
        InputError: no such fields, or no document has content under them.
    """
    wanted = fields or usual
    if wanted not in FIELDS:
        raise InputError(f"--fields {wanted!r} is not one of {', '.join(FIELDS)}.")
    found, documents = set[str](), 0
    for document in dataset.docs():
        if document.content(wanted).strip():
            return wanted
        documents += 1
        found |= {name for name in _OTHER if document.content(name).strip()}
    if found and fields is None:
        return found.pop()
    raise InputError(_nothing(dataset.name, documents, wanted, found))


def choice_note(name: str, fields: str) -> str:
    """That another field than the usual one was taken."""
    return (
        f"No document of {name} has {_named(_OTHER[fields])}: their {fields} is taken, as with "
        f"--fields {fields}."
    )


def _nothing(name: str, documents: int, wanted: str, found: set[str]) -> str:
    if not documents:
        return f"{name} holds no documents: the collection is empty."
    if not found:
        return (
            f"{name} has {documents:,} documents and none has a title or a text, so that there "
            f"is nothing that --fields could choose. Check that corpus.jsonl has the keys "
            f'"title" and "text".'
        )
    other = found.pop()
    return (
        f"None of the {documents:,} documents of {name} has {_named(wanted)}, which --fields "
        f"{wanted} chooses: every one of them would be empty. They have {_named(other)}: give "
        f"--fields {other}."
    )


def _named(fields: str) -> str:
    return {"title": "a title", "text": "a text"}.get(fields, "a title or a text")


def lacking(fields: str) -> str:
    """What a document without content under these fields has."""
    return {"title": "no title", "text": "no text"}.get(fields, "neither title nor text")
