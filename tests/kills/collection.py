"""A collection of forty documents in BEIR's layout, with general text beside it."""

from __future__ import annotations

import json
from pathlib import Path

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def write_collection(folder: Path, documents: int = 40) -> None:
    """Titles are numbers in words; a query is answered by the document of its number."""
    (folder / "qrels").mkdir(parents=True)
    titles = [f"title {_name(i)}" for i in range(documents)]
    corpus = [
        {"_id": f"d{i}", "title": title, "text": f"text of {_name(i)} and {_name(i + 7)}"}
        for i, title in enumerate(titles)
    ]
    queries = [{"_id": f"q{i}", "text": _name(i)} for i in range(documents)]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines)
    for part, split in enumerate(("train", "dev", "test")):
        rows = [f"q{i}\td{i}\t1\n" for i in range(documents) if i % 4 == part]
        (folder / "qrels" / f"{split}.tsv").write_text(
            "query-id\tcorpus-id\tscore\n" + "".join(rows)
        )
    general = [f"some words about {_name(i)} and {_name(i + 1)}\n" for i in range(60)]
    (folder / "general.txt").write_text("".join(general))


def _name(number: int) -> str:
    return f"{_DIGITS[number // 10 % 10]}-{_DIGITS[number % 10]}"
