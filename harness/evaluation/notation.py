"""What ir_measures would read without a word in the notation of a measure, and mean otherwise."""

from __future__ import annotations

import ast


def check_notation(name: str) -> None:
    """Refuse negative numbers (which it calls no numbers) and what is given twice.

    Raises:
        ValueError: with the reason; what is no notation at all is left to ir_measures.
    """
    try:
        tree = ast.parse(name)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.UnaryOp):
            raise ValueError(
                "no parameter is negative: cutoffs start at 1, rel starts at 1, recall is "
                "between 0 and 1"
            )
        if isinstance(node, ast.Dict):
            keys = [ast.dump(key) for key in node.keys if key is not None]
            if len(set(keys)) < len(node.keys):
                raise ValueError("a grade has two gains")
        if isinstance(node, ast.Call):
            _check_once([str(keyword.arg) for keyword in node.keywords])
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Call):
            # P(cutoff=3)@5 would be P@5.
            behind = "recall" if ast.unparse(node.left.func) == "IPrec" else "cutoff"
            _check_once([behind, *(str(keyword.arg) for keyword in node.left.keywords)])


def _check_once(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name} is given twice")
