"""All benchmarks one after the other, then the page: `make bench`; hours on 2 cores."""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "foreign_vectors",
    "ciff_export",
    "search_speed",
    "index_speed",
    "index_profile",
    "cost_speed",
)
ALL += ("sweep_speed", "prune_speed", "vocabulary_speed", "foreign_encoder", "page", "equal_cost")
ALL += ("two_step",)
ALL += ("head_speed", "encode_speed", "device_speed", "precision_loss", "emlm_speed", "kept_memory")
ALL += ("training_page",)

if __name__ == "__main__":
    for name in ALL:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
