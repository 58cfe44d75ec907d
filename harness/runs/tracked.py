"""Resources as the TIREx tracker writes them into ir_metadata, whose later addition they are.

::

    resources:
      runtime: {wallclock: 1293 ms, user: 440 ms, system: 20 ms}
      cpu: {used process: {avg: 34}, energy used system: null J}
      ram: {used process: {max: 21335}, energy used system: null J}
      gpu: {energy used system: null J}

Processor use is in percent of one core, memory in KB. ``null J`` is the tracker's word for energy
that no sensor tells, and lsr-benchmark needs it to be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

RETRIEVAL = "retrieval-metadata.yml"
"""Of a run of lsr-benchmark or TIREx, beside its ``run.txt.gz``."""
RUNS = ("run.txt.gz", "run.txt")
_NO_ENERGY = {"energy used system": "null J"}


def tracked(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Resources in the tracker's fields.

    Args:
        usage: as `ground.artifacts.usage.Usage.since` gives it.
    """
    wall, user, system = (usage[f"{name}_seconds"] for name in ("wall", "user", "system"))
    share = round(100 * (user + system) / wall) if wall else 0
    runtime = {"wallclock": _ms(wall), "user": _ms(user), "system": _ms(system)}
    return {
        "runtime": runtime,
        "cpu": {"used process": {"avg": share}, **_NO_ENERGY},
        "ram": {"used process": {"max": usage["peak_bytes"] // 1024}, **_NO_ENERGY},
        "gpu": dict(_NO_ENERGY),
    }


def tracked_metadata(run_path: Path) -> Path | None:
    """The tracker's file beside a run of lsr-benchmark's, if it is one."""
    path = run_path.with_name(RETRIEVAL)
    return path if run_path.name in RUNS and path.is_file() else None


def foreign_block(block: Mapping[str, Any]) -> dict[str, Any]:
    """What is read of the tracker's metadata: resources, data, and the system's name.

    The rest has other types there than here: a method's retrieval is a list, for instance.
    """
    method = block.get("method")
    name = method.get("name") if isinstance(method, Mapping) else None
    kept = {key: block[key] for key in ("platform", "resources", "data", "actor") if key in block}
    return {**kept, **({"method": {"system": name}} if isinstance(name, str) else {})}


def _ms(seconds: float) -> str:
    return f"{round(1000 * seconds)} ms"
