"""What finished cells recorded of themselves, and in what such records differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ground.reading import json_document
from harness.study.plan import Unit

EVALUATION = "eval_rr_at_10"


@dataclass(frozen=True)
class Finished:
    """A unit whose stages are all done, with the records of its trainings."""

    unit: Unit

    def folder(self, kind: str) -> Path:
        """Of one stage."""
        return self.unit.stages[kind].folder

    @cached_property
    def pretraining(self) -> dict[str, Any]:
        """``training.json`` of the EMLM."""
        return read_json(self.folder("emlm") / "model" / "training.json")

    @cached_property
    def tuning(self) -> dict[str, Any]:
        """``training.json`` of the fine-tuning."""
        return read_json(self.folder("finetune") / "model" / "training.json")

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Evaluations of a training, one a step."""
        name = "eval_loss" if kind == "emlm" else EVALUATION
        lines = (self.folder(kind) / "model" / "log.jsonl").read_text(encoding="utf-8")
        found = [json.loads(line) for line in lines.splitlines()]
        by_step: dict[int, dict[str, Any]] = {}
        for line in found:
            if name in line:
                # The last line of a step is of the model that was kept, maybe an earlier one.
                by_step.setdefault(line["step"], line)
        return [by_step[step] for step in sorted(by_step)]


def by_run(done: Sequence[Finished]) -> dict[int, list[Finished]]:
    """Units of each run."""
    found: dict[int, list[Finished]] = defaultdict(list)
    for one in done:
        found[one.unit.run].append(one)
    return found


def differences(records: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Settings that are not the same in all records, each with who has which value."""
    named = list(records)
    keys = sorted({key for _, record in named for key in record})
    found = []
    for key in keys:
        by_value: dict[str, list[str]] = defaultdict(list)
        for name, record in named:
            by_value[json.dumps(record.get(key), sort_keys=True)].append(name)
        if len(by_value) > 1:
            parts = (f"{value} in {_some(names)}" for value, names in by_value.items())
            found.append(f"{key} is {', '.join(parts)}")
    return found


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return names[0] + more


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        InputError: it is missing or damaged.
    """
    return json_document(path)
