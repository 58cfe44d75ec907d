"""How a sweep calls its folders: after systems and rules, fit for every system, no two as one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ground.artifacts import file_name, file_names

if TYPE_CHECKING:
    from harness.pruning import Rule
    from harness.sweep.grid import Pruning

BM25 = "bm25"
IMPACTS = "impacts-of-bm25"
"""BM25's weights, searched as an encoder's are: what its latency is compared with."""
_LONGEST_SYSTEM = 100
"""Bytes; the folder of a point has two rules in its name as well."""


def system_folders(names: Iterable[str]) -> dict[str, str]:
    """The folder of each system, by its name; those that BM25 has are nobody else's."""
    return file_names(names, (BM25, IMPACTS), _LONGEST_SYSTEM)


def rule_name(prefix: str, rule: Rule) -> str:
    """``dk20`` for a plain top-k, otherwise the rule in letters that every file system takes."""
    return f"{prefix}{rule.k}" if rule.k is not None else f"{prefix}-{rule.file_name}"


def point_name(folder: str, point: Pruning) -> str:
    """A point, after the folder of its system: ``pydoc-tiny-q7-d20``; also its own folder."""
    query, document = rule_name("q", point.query), rule_name("d", point.document)
    return file_name(f"{folder}-{query}-{document}")


def run_tag(name: str) -> str:
    """The name as a run's tag, which holds no space."""
    return re.sub(r"\s+", "_", name)
