"""Makes the pages that are made of code: reference/api.md and reference/commands.md.

``python -m docs.generate``
"""

from __future__ import annotations

from pathlib import Path

from docs.api_page import api_page
from docs.commands_page import commands_page

FOLDER = Path(__file__).parent
PAGES = {"reference/api.md": api_page, "reference/commands.md": commands_page}
"""What makes each page, by its place under docs/."""


def main() -> None:
    """Write the pages."""
    for name, make in PAGES.items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(make(), encoding="utf-8")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
