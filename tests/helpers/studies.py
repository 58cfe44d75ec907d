"""A small study without encoders: its file, and encoders that only write what they should."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from esplade.studies.encoders import KINDS
from harness.study.config import Study, parse_study
from harness.study.plan import Inputs, Plan

CONTENT: dict[str, Any] = {
    "name": "small",
    "dataset": {"path": "nowhere"},
    "corpus": {"repeat_texts": 8, "held_out": 4},
    "vocabulary": {"size": 50, "wordpieces": 200},
    "model": {"layers": 1, "hidden": 8, "heads": 2},
    "pretrain": {"steps": 4, "batch": 4, "max_length": 16},
    "finetune": {"steps": 5, "batch": 2, "patience": 1},
    "sweep": {"grid": "0:0,2:3", "repeats": 1},
    "seeds": {"init": [1, 2], "order": [7]},
    "factors": {
        "corpus": {
            "overlap": {"corpus": {"source": "titles"}},
            "indep": {"corpus": {"source": "general"}},
        },
        "sampling": {
            "repeat": {"corpus": {"sampling": "repeat"}},
            "uniq": {"corpus": {"sampling": "uniq"}},
        },
        "lr": {"lr-l": {"pretrain": {"lr": 0.001}}, "lr-h": {"pretrain": {"lr": 0.002}}},
    },
}


def content(**changes: Any) -> dict[str, Any]:
    """The content of a study file; a dictionary changes a table, anything else takes its place."""
    found = copy.deepcopy(CONTENT)
    for name, value in changes.items():
        if isinstance(value, dict) and name != "factors":
            found[name] = {**found.get(name, {}), **value}
        else:
            found[name] = value
    return found


def study(**changes: Any) -> Study:
    """A study of such a file."""
    return parse_study(content(**changes), KINDS)


def plan(root: Path, **changes: Any) -> Plan:
    """A plan of such a study."""
    return Plan(study(**changes), Inputs("data", {"": "general"}), root)


def write_collection(folder: Path, documents: int = 40) -> None:
    """A data set in BEIR's layout whose titles are numbers in words, with general text."""
    (folder / "qrels").mkdir(parents=True)
    titles = [f"title {_name(i)}" for i in range(documents)]
    corpus = [{"_id": f"d{i}", "title": t, "text": ""} for i, t in enumerate(titles)]
    queries = [{"_id": f"q{i}", "text": _name(i)} for i in range(documents)]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines)
    for part, split in enumerate(("train", "dev", "test")):
        rows = [f"q{i}\td{i}\t1\n" for i in range(documents) if i % 4 == part]
        text = "query-id\tcorpus-id\tscore\n" + "".join(rows)
        (folder / "qrels" / f"{split}.tsv").write_text(text)
    general = [f"some words about {_name(i)} and {_name(i + 1)}\n" for i in range(60)]
    (folder / "general.txt").write_text("".join(general) + "Title  Zero-Zero\n")


def _name(number: int) -> str:
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return f"{digits[number // 10 % 10]}-{digits[number % 10]}"


class FakeEncoders:
    """Encoders that learn nothing, but record what they were given.

    Attributes:
        calls: names of stages and of folders, in order.
        tuned: changed settings to record of each fine-tuning, as a training of another version
            might.
    """

    def __init__(self, tuned: Mapping[str, Any] | None = None) -> None:
        self.calls: list[str] = []
        self.tuned = tuned or {}
        self.words = sorted({w for i in range(100) for w in _name(i).split("-")})

    def make_words(
        self, own: Sequence[str], general: Sequence[str], section: Any, out: Path
    ) -> dict[str, Any]:
        (out / "words.txt").write_text("\n".join(self.words))
        return {"words": len(self.words)}

    def token_counts(self, words: Path, texts: Sequence[str], max_length: int) -> NDArray[np.int64]:
        known = (any(w in text for w in self.words) for text in texts)
        return np.array([len(t.split()) * k for t, k in zip(texts, known, strict=True)])

    def split(self, text: str) -> list[str]:
        return text.lower().replace("-", " ").split()

    def start(
        self, words: Path, size: Any, max_length: int, seed: int, fields: str, out: Path
    ) -> None:
        self._write(out, {"seed": seed})

    def fingerprint(self, encoder: Path) -> str:
        return (encoder / "model.safetensors").read_text()

    def finished(self, out: Path) -> bool:
        return (out / "training.json").is_file() and (out / "model.safetensors").is_file()

    def pretrain(
        self,
        start: Path,
        texts: Sequence[str],
        held_out: Sequence[str],
        settings: Any,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        self.calls.append(f"pretrain {len(texts)}")
        assert self.fingerprint(start) and settings.steps * settings.batch % len(texts) == 0
        record = self._record(settings, sources)
        record["held_out"] = {"loss": 3.0, "accuracy": 0.25}
        line = {"step": settings.steps, "eval_loss": 3.0, "eval_accuracy": 0.25}
        self._write(out, record, line)

    def statistics(self, encoder: Path, texts: Sequence[str]) -> dict[str, Any]:
        assert self.fingerprint(encoder)
        return {"documents": len(texts), "logit-score-std": 5.5}

    def finetune(
        self,
        start: Path,
        dataset: Any,
        fields: str,
        dev: Any,
        settings: Any,
        sources: Mapping[str, Any],
        out: Path,
    ) -> None:
        self.calls.append("finetune")
        given = {**dict(sources), "dataset": dataset.name, "dev": dev.pool}
        record = self._record(settings, given)
        record["settings"] |= self.tuned if len(self.calls) > 3 else {}
        record |= {
            "counts": {"pairs": 10, "documents": 40},
            "dev": {"eval_rr_at_10": 0.5},
            "steps_done": 4,
            "convergence": {"converged": True},
        }
        line = {"step": 4, "eval_rr_at_10": 0.5, "eval_query_terms": 2, "eval_doc_terms": 3}
        self._write(out, record, line)

    def load(self, encoder: Path, name: str) -> Any:
        assert self.fingerprint(encoder)
        return FakeEncoder(self.words)

    def step_seconds(self, *_: Any) -> float:
        return 0.5

    def _record(self, settings: Any, sources: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "settings": dict(vars(settings)),
            "sources": dict(sources),
            "seconds": 2.0,
            "environment": {"torch": "none"},
        }

    def _write(self, out: Path, record: dict[str, Any], line: Any = None) -> None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "training.json").write_text(json.dumps(record))
        (out / "log.jsonl").write_text(json.dumps(line) + "\n")
        (out / "model.safetensors").write_text(f"weights {record.get('seed')}")
        (out / "output_vocabulary.txt").write_text("words")
        (out / "tokenizer.json").write_text("{}")


class FakeEncoder:
    """A text's terms are its words, each with a weight of one."""

    name, fingerprint, precision = "fake", "f", "float32"

    def __init__(self, words: Sequence[str]) -> None:
        self.terms = list(words)

    def encode(self, texts: Sequence[str], side: str, progress: Any) -> sp.csr_array:
        rows = [[float(w in text) for w in self.terms] for text in texts]
        return sp.csr_array(np.array(rows, dtype=np.float32))
