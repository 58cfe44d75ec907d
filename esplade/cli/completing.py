"""What ``esplade ... <TAB>`` offers for values: names that there are; nothing heavy is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path

import typer

Completer = Callable[[str], list[str]]
_MEASURES = (
    *("RR@10", "RR", "R@10", "R@100", "R@1000", "nDCG@10", "nDCG@20", "nDCG", "AP", "P@10"),
    *("Success@10", "Judged@10", "Bpref", "RBP(p=0.8)", "ERR@10"),
)
SPLITS = ("train", "dev", "test")
FIELDS = ("title", "text", "title+text")
DEVICES = ("auto", "cpu", "cuda", "mps")
ALGORITHMS = ("auto", "memory", "saat", "maxscore", "lucene")
FORMATS = ("md", "csv", "latex", "html", "json")
_MANY = 200
"""Folders that are looked at, at most: an answer has to come at once."""


def among(*names: str) -> Completer:
    """Offers those of some words that begin as what was typed does."""

    def complete(incomplete: str) -> list[str]:
        return _beginning(incomplete, names)

    return complete


def encoders(incomplete: str) -> list[str]:
    """Encoders that ship, those of other packages, and folders that hold one."""
    import encoders as room

    shipped = Path(room.__file__).parent / "pretrained"
    names = [folder.name for folder in shipped.iterdir() if (folder / "config.json").is_file()]
    names += [point.name for point in metadata.entry_points(group="esplade.encoders")]
    return _beginning(incomplete, sorted(names)) + _folders(incomplete, ("config.json",))


def datasets(incomplete: str) -> list[str]:
    """The built-in data set, folders in ``$ESPLADE_DATA``, and folders that are one."""
    marks = ("corpus.jsonl", "corpus.jsonl.gz")
    root = os.environ.get("ESPLADE_DATA")
    known = _folders(os.path.join(root, ""), marks) if root else []
    names = [name for name in known if Path(name).is_dir() and not name.endswith(os.sep)]
    return _beginning(incomplete, ["pydoc", *names]) + _folders(incomplete, marks)


def measures(incomplete: str) -> list[str]:
    """Measures, the usual ones; of several the last one is completed."""
    before, space, last = incomplete.rpartition(" ")
    return [f"{before}{space}{name}" for name in _beginning(last, _MEASURES)]


def commands(context: typer.Context, incomplete: str) -> list[str]:
    """The commands themselves."""
    return _beginning(incomplete, getattr(context.find_root().command, "commands", {}))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _folders(incomplete: str, marks: tuple[str, ...]) -> list[str]:
    """Folders whose paths begin so: those that hold a mark, and others, to go on in, with ``/``."""
    above, slash, begin = incomplete.rpartition(os.sep)
    place = f"{above}{slash}"
    found = []
    for name in sorted(_subfolders(place or "."))[:_MANY]:
        if name.startswith(begin) and (begin.startswith(".") or not name.startswith(".")):
            marked = any(os.path.isfile(os.path.join(place, name, mark)) for mark in marks)
            found.append(f"{place}{name}" + ("" if marked else os.sep))
    return found


def _subfolders(place: str) -> Iterator[str]:
    try:
        with os.scandir(place) as entries:
            yield from (entry.name for entry in entries if entry.is_dir())
    except OSError:
        return
