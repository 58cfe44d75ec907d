"""What made a run: an ir_metadata block (https://www.ir-metadata.org) in a YAML file beside it.

The schema names six components after the PRIMAD model (platform, research goal, implementation,
method, actor, data); ``resources`` is its later addition. Facts of ours that the schema has no
name for go under the component that they belong to.
"""

from __future__ import annotations

import getpass
import os
import platform
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ground.artifacts import atomic_text, provenance, settle
from ground.errors import InputError
from ground.reading import yaml_document
from harness.runs.tracked import foreign_block, tracked_metadata


def metadata_path(run_path: Path) -> Path:
    """The metadata file that belongs to a run file: its name followed by ``.metadata.yaml``."""
    return run_path.parent / f"{run_path.name}.metadata.yaml"


def describe(
    *,
    method: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
    research_goal: Mapping[str, Any] | None = None,
    resources: Mapping[str, Any] | None = None,
    actor: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build an ir_metadata block; platform and implementation are found out here.

    Args:
        method: how the run was retrieved: index digest, qk, dk, quantisation, algorithm, k.
        data: the test collection, e.g. ``{"test collection": {"name": "pydoc"}}``.
        research_goal: what the run is for, e.g. its operating point in a sweep.
        resources: what it took, e.g. seconds, bytes, threads.
        actor: who ran it; by default the name of the account.
    """
    made = provenance()
    block = {
        "platform": _platform(made),
        "research goal": dict(research_goal or {}),
        "implementation": {
            "executable": {"cmd": shlex.join(made["command"])},
            "source": {"lang": ["python", "java"]},
            "esplade": made["versions"].get("esplade"),
            "created": made["created"],
        },
        "method": {"automatic": True, "score ties": "document id, ascending", **method},
        "resources": dict(resources or {}),
        "actor": dict(actor or {"name": _account(), "role": "experimenter"}),
        "data": dict(data or {}),
    }
    return {key: value for key, value in block.items() if value}


def write_metadata(run_path: Path, block: Mapping[str, Any]) -> None:
    """Write the metadata of a run to its file (YAML, keys in the order given)."""
    write_block(metadata_path(run_path), block)


def write_block(path: Path, block: Mapping[str, Any]) -> None:
    """Write metadata to a file of any name."""
    import yaml

    text = yaml.safe_dump(_plain(block), sort_keys=False, allow_unicode=True)
    with atomic_text(path) as stream:
        stream.write(text)


def read_metadata(run_path: Path) -> dict[str, Any]:
    """The metadata of a run; empty if there is no file beside it.

    Beside a ``run.txt.gz`` of lsr-benchmark or TIREx it may be what their tracker wrote.

    Raises:
        InputError: the file cannot be read, or is no plain YAML mapping of components.
    """
    settle(run_path)
    path = metadata_path(run_path)
    block = yaml_document(path) if os.path.lexists(path) else {}
    if not block and (other := tracked_metadata(run_path)):
        path, block = other, foreign_block(yaml_document(other))
    for component in ("method", "resources"):
        if not isinstance(block.get(component) or {}, dict):
            raise InputError(
                f'{path}: "{component}" is no mapping, as ir_metadata has it. Correct it, or '
                f"remove the file."
            )
    for cut in ("qk", "dk"):
        value = (block.get("method") or {}).get(cut)
        if value is not None and type(value) is not int:
            raise InputError(
                f'{path}: "{cut}" of "method" is {str(value)[:40]!r}, where a whole number is '
                f"needed. Correct it, or remove the file."
            )
    return block


def _platform(made: Mapping[str, Any]) -> dict[str, Any]:
    libraries = [f"{k}=={v}" for k, v in made["versions"].items() if k != "esplade"]
    return {
        "hardware": {
            "cpu": {
                "model": processor(),
                "architecture": platform.machine(),
                "number of cores": os.cpu_count(),
            },
            "ram": _memory(),
        },
        "operating system": {"kernel": platform.release(), "distribution": made["platform"]},
        "software": {"libraries": {"python": [f"python=={made['python']}", *libraries]}},
    }


def processor() -> str:
    """Model name of the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> str | None:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None
    return f"{total / 2**30:.0f} GB"


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _plain(value: Any) -> Any:
    """Turn numpy scalars, paths and tuples into what YAML knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value
