"""A data set as a folder in BEIR's layout, which other tools read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ground.artifacts import atomic_folder, check_free_for, write_json
from ground.errors import InputError

if TYPE_CHECKING:
    from harness.datasets.model import Dataset


def write_dataset(dataset: Dataset, folder: Path, *, overwrite: bool = False) -> Path:
    """Write ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv`` and the card.

    Raises:
        InputError: the folder is not free.
        OutputError: it cannot be written.
    """
    check_free_for(folder, "corpus.jsonl", "a data set", overwrite)
    with atomic_folder(folder) as place:
        with _text(place / "corpus.jsonl") as stream:
            for one in dataset.docs():
                _line(stream, {"_id": one.id, "title": one.title, "text": one.text})
        _write_queries(dataset, place)
        language = {"language": dataset.language} if dataset.language else {}
        write_json(place / "dataset.json", {"name": dataset.name, **language})
    return folder


def _write_queries(dataset: Dataset, place: Path) -> None:
    queries: dict[str, str] = {}
    for split in dataset.splits:
        queries.update(dataset.queries(split))
        (place / "qrels").mkdir(exist_ok=True)
        with _text(place / "qrels" / f"{split}.tsv") as stream:
            stream.write("query-id\tcorpus-id\tscore\n")
            frame = dataset.qrels(split)
            for row in zip(frame["query_id"], frame["doc_id"], frame["relevance"], strict=True):
                stream.write("\t".join(map(str, row)) + "\n")
    if not dataset.splits:
        try:
            queries = dataset.queries()
        except InputError:
            return  # a collection alone
    with _text(place / "queries.jsonl") as stream:
        for query, text in queries.items():
            _line(stream, {"_id": query, "text": text})


def _text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


def _line(stream: TextIO, record: dict[str, str]) -> None:
    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
