"""The built-in data set cut to one package: every command on it, a small part of the time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

PACKAGE = "asyncio"
"""One of the standard library, so that it is there: 280 objects."""


def cut_to_one_package(source: Path, out: Path) -> Path:
    """A folder like ``source`` with the objects of one package and the queries about them alone."""
    shutil.copytree(source, out)
    kept = _keep(out / "corpus.jsonl", lambda line: _identity(line).split(".")[0] == PACKAGE)
    documents = {_identity(line) for line in kept}
    queries: set[str] = set()
    for judgments in sorted((out / "qrels").iterdir()):
        rows = [line.split("\t") for line in judgments.read_text(encoding="utf-8").splitlines()]
        elsewhere = {query for query, document, _ in rows[1:] if document not in documents}
        kept = ["\t".join(row) + "\n" for row in rows if row[0] not in elsewhere]
        judgments.write_text("".join(kept), encoding="utf-8")
        queries |= {row[0] for row in rows} - elsewhere
    _keep(out / "queries.jsonl", lambda line: _identity(line) in queries)
    return out


def _keep(path: Path, wanted: Callable[[str], bool]) -> list[str]:
    kept = [line for line in path.read_text(encoding="utf-8").split("\n") if line and wanted(line)]
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return kept


def _identity(line: str) -> str:
    return str(json.loads(line)["_id"])
