"""Every pruning rule on vectors of 10 million weights. `python -m benchmarks.prune_speed`."""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from benchmarks.material import draw
from benchmarks.measuring import Spread, save, take_turns

RULES = ("top:20", "threshold:60", "ratio:0.3", "mass:0.8", "quantile:0.5", "mass:0.9+top:20")
RULES += ("fraction:0.3", "entropy:0.3", "share:0.4", "list:1000", "common:5:0.4")


def main() -> None:
    """Measure, print and save."""
    from harness.pruning import Rule

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=156_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    matrix = draw(options.documents, 66, seed=1).astype(np.float32)

    def once(rule: Rule) -> float:
        start = time.perf_counter()
        rule.apply(matrix)
        return time.perf_counter() - start

    taken = take_turns({r: lambda r=r: once(Rule.parse(r)) for r in RULES}, options.rounds)  # type: ignore[misc]
    facts = {
        "rounds": options.rounds,
        "weights": int(matrix.nnz),
        "seconds": {name: Spread.of(values).to_dict() for name, values in taken.items()},
    }
    print(json.dumps(facts, indent=1))
    save("prune_speed", facts)


if __name__ == "__main__":
    main()
