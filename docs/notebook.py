"""Makes notebook.md: runs its cells in a kernel, and writes what they answer below them.

``python -m docs.notebook``
"""

from __future__ import annotations

import base64
import re
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "notebook.md"
IMAGES = Path(__file__).parent / "images"
_PARTS = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_ANSWER = re.compile(r"<!-- answer:begin -->\n.*?<!-- answer:end -->\n", re.DOTALL)


def cells(page: str) -> list[str]:
    """The code of the page's cells."""
    return [part.rstrip("\n") for part in _PARTS.findall(page)]


def answers(codes: list[str]) -> list[list[Any]]:
    """What each cell answers, from a fresh kernel in an empty folder."""
    from nbclient import NotebookClient

    v4: Any = import_module("nbformat.v4")
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in codes])
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    return [cell.outputs for cell in notebook.cells]


def written(page: str, outputs: list[list[Any]], images: Path | None = None) -> str:
    """The page with the answers below its cells.

    Args:
        page: with or without answers.
        outputs: of its cells.
        images: folder for pictures; None writes none.
    """
    given = iter(enumerate(outputs, 1))

    def with_answer(match: re.Match[str]) -> str:
        number, output = next(given)
        shown = "".join(_shown(one, number, images) for one in output)
        between = f"<!-- answer:begin -->\n{shown}<!-- answer:end -->\n" if shown else ""
        return f"{match[0]}{between}"

    bare = _ANSWER.sub("", page)
    return _PARTS.sub(with_answer, bare)


def _shown(output: Any, number: int, images: Path | None) -> str:
    """One output as Markdown: a picture, or the text that any reader can show."""
    if output.output_type == "stream":
        return f"\n```text\n{output.text.rstrip()}\n```\n\n" if output.name == "stdout" else ""
    data = output.data
    if "image/png" in data:
        name = f"notebook-{number}.png"
        if images is not None:
            (images / name).write_bytes(base64.b64decode(data["image/png"]))
        return f"\n![The figure that cell {number} draws](images/{name})\n\n"
    return f"\n```text\n{data['text/plain'].rstrip()}\n```\n\n"


def main() -> None:
    """Run the cells and write the page."""
    page = PAGE.read_text(encoding="utf-8")
    IMAGES.mkdir(exist_ok=True)
    PAGE.write_text(written(page, answers(cells(page)), IMAGES), encoding="utf-8")
    print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
