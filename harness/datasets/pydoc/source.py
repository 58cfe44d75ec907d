"""What one source file says, read with ``ast``: documented objects, and names it re-exports."""

from __future__ import annotations

import ast
import inspect
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.datasets.pydoc.locate import SourceFile

_ADDERS = {"add_docstr", "_add_docstr", "add_newdoc", "add_docstr_all"}
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Scan:
    """The documented objects and the import bindings of one module.

    Attributes:
        file: the module read.
        docs: docstring by name inside the module ("" is the module, "C.m" a method).
        added: (module, name, docstring) that the file attaches to objects of other modules.
        imports: local name -> (module, name) it was imported from.
        stars: modules imported with ``*``.
        exported: the literal ``__all__``, where there is one.
    """

    file: SourceFile
    docs: dict[str, str] = field(default_factory=dict)
    added: list[tuple[str, str, str]] = field(default_factory=list)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    exported: list[str] | None = None


def scan(file: SourceFile) -> Scan:
    """Parse one file; a file that this Python cannot parse says nothing."""
    result = Scan(file)
    try:
        with open(file.path, "rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(stream.read())
    except (SyntaxError, ValueError, RecursionError):
        return result
    _note(result.docs, "", ast.get_docstring(tree, clean=True))
    for statement in _flat(tree.body):
        _read(result, statement)
    return result


def _read(result: Scan, statement: ast.stmt) -> None:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            _definition(result.docs, statement, "")
        case ast.ImportFrom():
            _import(result, statement)
        case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
            result.exported = _strings(value)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            _added(result, call, name)
        case ast.Expr(value=ast.Call() as call):
            _added(result, call, None)


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a body, and of the conditional blocks in it, in order."""
    for statement in body:
        yield statement
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statement, ast.If | ast.Try | ast.With):
                yield from _flat(getattr(statement, block, []))
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                yield from _flat(handler.body)


def _definition(docs: dict[str, str], node: _Definition, prefix: str) -> None:
    if node.name.startswith("_"):
        return
    name = prefix + node.name
    _note(docs, name, ast.get_docstring(node, clean=True))
    if isinstance(node, ast.ClassDef):
        for statement in _flat(node.body):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                _definition(docs, statement, f"{name}.")


def _note(docs: dict[str, str], name: str, doc: str | None) -> None:
    if doc and doc.strip() and name not in docs:
        docs[name] = doc


def _import(result: Scan, node: ast.ImportFrom) -> None:
    module = _absolute(result.file, node)
    for alias in node.names:
        if alias.name == "*":
            result.stars.append(module)
        else:
            result.imports.setdefault(alias.asname or alias.name, (module, alias.name))


def _absolute(file: SourceFile, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = file.module.split(".")
    parents = parts[: len(parts) - node.level + (1 if file.is_package else 0)]
    return ".".join([*parents, *([node.module] if node.module else [])])


def _strings(node: ast.expr) -> list[str] | None:
    if isinstance(node, ast.List | ast.Tuple):
        return [str(ast.literal_eval(e)) for e in node.elts if _is_text(e)]
    return None


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _added(result: Scan, call: ast.Call, assigned: str | None) -> None:
    """Docstrings of compiled functions: ``add_docstr(torch.abs, "...")`` and its like."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Name):
        function = call.func.id
    if function not in _ADDERS or len(call.args) < 2:
        return
    *place, last = call.args
    doc = _doc_of(last)
    member = ""
    if isinstance(last, ast.Tuple) and len(last.elts) == 2 and _is_text(last.elts[0]):
        member = f".{ast.literal_eval(last.elts[0])}"
        doc = _doc_of(last.elts[1])
    if not doc:
        return
    if assigned is not None:
        _note(result.docs, assigned, doc)
        return
    module, name = _target(result.file, function, place)
    if name:
        result.added.append((module, name + member, doc))


def _doc_of(node: ast.expr) -> str | None:
    """A string literal, also under ``.format(...)`` or ``replace(...)``, cleaned."""
    while not isinstance(node, ast.Constant):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        elif isinstance(node, ast.BinOp):
            node = node.left
        else:
            return None
    return inspect.cleandoc(node.value) if isinstance(node.value, str) else None


def _target(file: SourceFile, function: str, place: list[ast.expr]) -> tuple[str, str]:
    """Module and name of the object that a docstring is attached to."""
    names = [ast.literal_eval(p) for p in place if _is_text(p)]
    if function == "add_docstr_all" and names:
        return "torch", f"Tensor.{names[0]}"
    if len(names) == 2:
        return names[0], names[1]
    if len(names) == 1 and len(place) == 1:
        return file.module.rpartition(".")[0], names[0]
    dotted = ast.unparse(place[0])
    module, _, name = dotted.rpartition(".")
    return (module, name) if all(p.isidentifier() for p in dotted.split(".")) else ("", "")
