"""What the tests of the peers' reports share: files in a folder of their own, and the commands."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commandline import Answer, Esplade

Found = list[tuple[str, float]]
"""Document ids with their scores, best first."""


class Job:
    """A folder, what lies in it, and commands that work there."""

    def __init__(self, folder: Path, esplade: Esplade) -> None:
        self.folder = folder
        self.esplade = esplade

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def vectors(self, name: str, rows: Mapping[str, Mapping[str, float]]) -> Path:
        return self.file(name, lines({"id": i, "vector": dict(v)} for i, v in rows.items()))

    def data(
        self,
        documents: Mapping[str, str],
        queries: Mapping[str, str],
        qrels: str,
        name: str = "data",
    ) -> Path:
        """A folder in BEIR's layout; a document's text is its title."""
        corpus = ({"_id": i, "title": t, "text": ""} for i, t in documents.items())
        self.file(f"{name}/corpus.jsonl", lines(corpus))
        self.file(f"{name}/queries.jsonl", lines({"_id": i, "text": t} for i, t in queries.items()))
        self.file(f"{name}/qrels/test.tsv", "query-id\tcorpus-id\tscore\n" + qrels)
        return self.folder / name

    def run(self, *arguments: object) -> Answer:
        """A command that has to work."""
        answer = self.esplade(*arguments)
        assert answer.code == 0, answer.err
        return answer

    def refuses(self, *arguments: object, words: Sequence[object] = ()) -> str:
        """A command that has to refuse: exit 2, one paragraph with these words, nothing written."""
        before = tree(self.folder)
        answer = self.esplade(*arguments)
        message = answer.err.rstrip("\n").rpartition("\n")[2]
        assert answer.code == 2, (answer.code, answer.out, answer.err)
        assert message.startswith("esplade: ") and "Traceback" not in answer.err
        assert "internal error" not in answer.err
        for word in words:
            assert str(word) in message
        assert tree(self.folder) == before
        return message

    def index(self, vectors: Path, *options: object, name: str = "index") -> Path:
        where = self.folder / name
        self.run("index", "--vectors", vectors, "--index", where, *options)
        return where

    def bm25(self, data: Path, *options: object, name: str = "bm25") -> Path:
        where = self.folder / name
        asked = ("index", "--bm25", "--dataset", data, "--fields", "title", "--index", where)
        self.run(*asked, *options)
        return where

    def search(self, index: Path, *options: object, run: str = "run.trec") -> dict[str, Found]:
        """Search; the results as the run file has them."""
        where = self.folder / run
        self.run("search", "--index", index, *options, "--run", where, "--overwrite")
        return read(where)

    def score(self, run: str | Path, qrels: str | Path, *measures: str) -> dict[str, float]:
        """The measures of a run; both are given as text or as files."""
        files = [
            one if isinstance(one, Path) else self.file(name, one)
            for one, name in ((run, "given.trec"), (qrels, "given.qrels"))
        ]
        asked = ("score", "--run", files[0], "--qrels", files[1], "--measures", " ".join(measures))
        runs: list[dict[str, Any]] = json.loads(self.run(*asked, "--json").out)["runs"]
        values: dict[str, float] = runs[0]["values"]
        return values


def lines(records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def read(run: Path) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for line in run.read_text(encoding="utf-8").splitlines():
        query, _, document, _, score, _ = line.split(" ")
        found.setdefault(query, []).append((document, float(score)))
    return found


def trec(query: str, *documents: tuple[str, float]) -> str:
    """Lines of a run, in the order given."""
    return "".join(f"{query} Q0 {d} {n} {s} t\n" for n, (d, s) in enumerate(documents, 1))


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder, hidden ones too."""
    found: dict[str, bytes | None] = {}
    for place, _, names in os.walk(folder):
        found[place] = None
        found.update({str(Path(place) / n): (Path(place) / n).read_bytes() for n in names})
    return found
