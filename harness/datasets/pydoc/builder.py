"""Build ``pydoc``: read the installed sources, write a BEIR folder with its card."""

from __future__ import annotations

import gzip
import hashlib
import io
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from ground.artifacts import building, digest, file_digest, is_complete, write_json
from ground.dry import planned
from ground.errors import InputError
from ground.machine import cache_root
from harness.datasets.pydoc import collection, locate
from harness.datasets.pydoc.general import general_texts
from harness.datasets.pydoc.names import Names
from harness.datasets.pydoc.source import Scan, scan

KIND = "dataset"
RECIPE = 4
"""Raised whenever the same sources would give other files."""
SPLITS = ("train", "dev", "test")


def versions() -> dict[str, dict[str, str]]:
    """Versions of what is documented and of what is general text."""
    return {
        "documented": locate.versions(locate.DOCUMENTED),
        "general": {
            name: version
            for name, version in locate.versions(locate.GENERAL).items()
            if name != locate.STDLIB
        },
    }


def cached() -> Path:
    """The built data set of the installed versions; built on the first call.

    Processes that need it at once wait for the one that builds it.
    """
    folder = cache_folder()
    if not is_built():
        planned(
            unknown="The built-in data set pydoc was not built here yet. It is when it is first "
            "used; until then nothing is known of it."
        )
        with _alone_in(folder):
            if not is_built():
                build(folder, overwrite=True)
    return folder


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """No other process builds the same meanwhile."""
    from filelock import FileLock

    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise InputError(
            f"The built-in data set cannot be kept in {folder.parent} ({error.strerror}). Name a "
            f"folder where you may write with ESPLADE_CACHE=DIR."
        ) from None
    try:
        yield
    finally:
        lock.release()


def cache_folder() -> Path:
    """Where `cached` keeps it: under ``$ESPLADE_CACHE`` or ``~/.cache/esplade``."""
    try:
        root = cache_root()
    except RuntimeError:  # a container's user without a name, and no HOME
        raise InputError(
            "There is no home folder to keep the built-in data set in. Name a folder with "
            "ESPLADE_CACHE=DIR."
        ) from None
    return root / f"pydoc-{_key()[:16]}"


def is_built() -> bool:
    """Whether `cached` has nothing left to do."""
    return is_complete(cache_folder(), KIND, _key())


def build(out: Path, *, overwrite: bool = False, processes: int = 2) -> dict[str, Any]:
    """Write the data set of the installed versions: equal versions give equal files.

    Args:
        out: the folder to write, in BEIR's layout, with ``general.txt.gz`` and a card.
        overwrite: replace a finished data set there.
        processes: how many processes parse source files; 1 stays in this one.

    Returns:
        The card (``dataset.json``).

    Raises:
        InputError: ``out`` is not free.
    """
    found = versions()
    with building(out, KIND, key=_key(), overwrite=overwrite) as result:
        documented, general = _scan_all(processes)
        entries = _collect(documented)
        _write_collection(result.path, entries)
        texts = general_texts(general, entries, found["general"])
        counts = {**_counts(entries), "general": _write_lines(result.path, texts)}
        card = _card(result.path, found, counts)
        write_json(result.path / "dataset.json", card)
        result.facts.update(name="pydoc", counts=counts)
    return card


def _key() -> str:
    return digest({"recipe": RECIPE, **versions()})


def _scan_all(processes: int) -> tuple[list[Scan], list[Scan]]:
    documented = [*locate.stdlib_files()]
    documented += [f for name in locate.DOCUMENTED for f in locate.package_files(name)]
    general = [f for name in locate.GENERAL for f in locate.package_files(name)]
    files = documented + general
    if processes == 1:
        scans = [scan(file) for file in files]
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            scans = list(pool.map(scan, files, chunksize=32))
    return scans[: len(documented)], scans[len(documented) :]


def _collect(scans: Iterable[Scan]) -> list[collection.Entry]:
    groups: dict[str, list[Scan]] = {}
    for one in scans:
        groups.setdefault(one.file.group, []).append(one)
    docs: dict[str, str] = {}
    for group in groups.values():
        docs.update(
            (name, doc) for name, doc in Names(group).documented().items() if _is_qualified(name)
        )
    entries = collection.entries(docs)
    collection.choose_queries(entries)
    return entries


def _is_qualified(name: str) -> bool:
    """Whether it names an object; docstrings are attached to things like ``Union[...]`` too."""
    return all(part.isidentifier() for part in name.split("."))


def _write_collection(folder: Path, entries: list[collection.Entry]) -> None:
    """Corpus, queries and judgments; a query's relevant documents share one title."""
    with (folder / "corpus.jsonl").open("wb") as stream:
        for entry in entries:
            record = {"_id": entry.name, "title": entry.title, "text": entry.text()}
            stream.write(orjson.dumps(record) + b"\n")
    (folder / "qrels").mkdir()
    judged: dict[str, list[tuple[str, str]]] = {split: [] for split in SPLITS}
    texts: dict[str, str] = {}
    for entry in entries:
        for text in entry.queries:
            query_id = (
                "q" + hashlib.sha256(f"{entry.title.casefold()}\n{text}".encode()).hexdigest()[:12]
            )
            texts.setdefault(query_id, text)
            judged[entry.split].append((query_id, entry.name))
    with (folder / "queries.jsonl").open("wb") as stream:
        for query_id, text in texts.items():
            stream.write(orjson.dumps({"_id": query_id, "text": text}) + b"\n")
    for split, pairs in judged.items():
        lines = ["query-id\tcorpus-id\tscore", *(f"{q}\t{d}\t1" for q, d in pairs)]
        path = folder / "qrels" / f"{split}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _write_lines(folder: Path, texts: Iterable[str]) -> dict[str, int]:
    """``general.txt.gz``, a paragraph a line, without a time stamp: equal text, equal bytes."""
    lines = characters = 0
    with (
        (folder / "general.txt.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as stream,
    ):
        for text in texts:
            stream.write(text + "\n")
            lines += 1
            characters += len(text)
    return {"paragraphs": lines, "characters": characters}


def _counts(entries: list[collection.Entry]) -> dict[str, Any]:
    roots = [e.name.partition(".")[0] for e in entries]
    packages = [r if r in locate.DOCUMENTED else locate.STDLIB for r in roots]
    queries = {
        split: len(
            {(e.title.casefold(), q) for e in entries if e.split == split for q in e.queries}
        )
        for split in SPLITS
    }
    return {
        "documents": len(entries),
        "documents_by_package": {p: packages.count(p) for p in sorted(set(packages))},
        "queries": queries,
        "judgments": {s: sum(len(e.queries) for e in entries if e.split == s) for s in SPLITS},
    }


def _card(
    folder: Path, found: Mapping[str, Mapping[str, str]], counts: Mapping[str, Any]
) -> dict[str, Any]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {
        "name": "pydoc",
        "language": "en",
        "recipe": RECIPE,
        "description": "Documentation of the Python standard library and of numpy, scipy, pandas, "
        "scikit-learn, torch and transformers, read from the installed sources. A document is a "
        "public object; a query is a later sentence of its documentation (known-item search).",
        "splits": "by a hash of the title: train 72%, dev 8% (at most 700 queries), "
        "test 20% (at most 1500)",
        "general": "paragraphs of other installed packages' docstrings and long descriptions, of "
        "Python's language reference, and of the bodies (not the titles) of objects in the "
        "train split; sentences that are queries of any split are left out",
        "counts": dict(counts),
        "versions": {part: dict(names) for part, names in found.items()},
        "sha256": {str(p.relative_to(folder)): file_digest(p) for p in files},
    }
