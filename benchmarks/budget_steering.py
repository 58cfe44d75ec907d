"""Training to a budget beside hand-tuned weights: `python -m benchmarks.budget_steering`.

For each collection one small EMLM, and from it, with every seed, a fine-tuning that is steered to
as many postings as BM25 reads, and fine-tunings with constant weights of the joint FLOPS around
it. About 1.5 hours on one core. Killed, it goes on where it was: outcomes lie in the work folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.budget_choice import LADDER, Outcome, best, between, bracket, next_weight
from benchmarks.budget_page import write
from benchmarks.budget_trainings import (
    POINTS,
    Collection,
    bm25,
    collections,
    finetuned,
    measured,
    pretrained,
)
from benchmarks.material import CACHE
from benchmarks.measuring import RESULTS, save

NAME = "budget_steering"


def main() -> None:
    """Train, measure, save and fill the page, after each training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=CACHE / "budget")
    parser.add_argument("--collection", action="append", choices=list(collections()))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--pretrain-steps", type=int, default=500)
    options = parser.parse_args()
    chosen = [
        Trials(of, options.work / name, options.pretrain_steps)
        for name, of in collections().items()
        if not options.collection or name in options.collection
    ]
    for trials in chosen:
        trials.compare(options.seeds)
    for trials in chosen:
        trials.surround(options.seeds)


class Trials:
    """The fine-tunings of one collection.

    Args:
        of: the collection.
        work: folder of everything that is made.
        pretrain_steps: of the EMLM.
    """

    def __init__(self, of: Collection, work: Path, pretrain_steps: int) -> None:
        self.of, self.work, self.pretrain_steps = of, work, pretrain_steps
        work.mkdir(parents=True, exist_ok=True)
        self.file = work / f"outcomes-{of.steps}.jsonl"
        self.outcomes: list[Outcome] = []
        if self.file.exists():
            lines = self.file.read_text(encoding="utf-8").splitlines()
            self.outcomes = [json.loads(line) for line in lines]

    def compare(self, seeds: list[int]) -> None:
        """To the budget with every seed, the ladder with the first, its best with the others."""
        self.emlm = pretrained(self.of, self.work, self.pretrain_steps)
        self.bm25 = self._bm25()
        first = seeds[0]
        self.trained(first, None)
        while (weight := next_weight(self._postings(first), self._budget())) is not None:
            self.trained(first, weight)
        if (inner := between(self._postings(first), self._budget())) is not None:
            self.trained(first, inner)
        found = best(self._of(first), POINTS[0])
        for weight in (None, *([] if found is None else [found["weight"]])):
            for seed in seeds[1:]:
                self.trained(seed, weight)

    def surround(self, seeds: list[int]) -> None:
        """The weights on both sides of the budget, and the one between, with the other seeds."""
        weights = bracket(self._postings(seeds[0]), self._budget())
        inner = between(self._postings(seeds[0]), self._budget())
        for weight in [*([] if inner is None else [inner]), *reversed(weights)]:
            for seed in seeds[1:]:
                self.trained(seed, weight)

    def trained(self, seed: int, weight: float | None) -> None:
        """Make one fine-tuning and note what it came to, unless that is known."""
        if any(one["seed"] == seed and one["weight"] == weight for one in self.outcomes):
            return
        name = f"{self.of.steps}-{seed}-{'budget' if weight is None else f'{weight:g}'}"
        print(f"{self.of.name} {name}", flush=True)
        start, out = time.monotonic(), self.work / name
        record = finetuned(self.of, self.emlm, out, seed, weight)
        outcome = {
            "collection": self.of.name,
            "seed": seed,
            "weight": weight,
            "pool": record["dev"],
            **measured(self.of, out, self.work / f"{name}-measured"),
            "seconds": round(time.monotonic() - start),
        }
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(outcome) + "\n")
        self.outcomes.append(outcome)
        shutil.rmtree(out)
        self._publish()

    def _bm25(self) -> dict[str, dict[str, float]]:
        path = self.work / "bm25.json"
        if not path.exists():
            path.write_text(json.dumps(bm25(self.of, self.work)), encoding="utf-8")
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def _budget(self) -> float:
        return self.bm25["dev"]["postings"]

    def _of(self, seed: int) -> list[Outcome]:
        """Outcomes of a seed's constant weights."""
        return [o for o in self.outcomes if o["seed"] == seed and o["weight"] is not None]

    def _postings(self, seed: int) -> dict[float, float]:
        """Postings a query on the dev queries by weight on the ladder."""
        found = {o["weight"]: o["dev"][POINTS[0]]["postings"] for o in self._of(seed)}
        return {weight: postings for weight, postings in found.items() if weight in LADDER}

    def _publish(self) -> None:
        path = RESULTS / f"{NAME}.json"
        known: dict[str, Any] = {}
        if path.exists():
            known = json.loads(path.read_text(encoding="utf-8"))["collections"]
        mine = {"bm25": self.bm25, "steps": self.of.steps, "outcomes": self.outcomes}
        facts = {"point": POINTS[0], "collections": {**known, self.of.name: mine}}
        save(NAME, facts)
        write(facts)


if __name__ == "__main__":
    main()
