"""How often choices held, as the table of a page: `python -m benchmarks.choosing_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.page import _rows, filled, load

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "choose.md"
_HEAD = ["collection", "not worse than", "margin", "queries"]
_HEAD += ["decided", "broken", "decided, split", "contradicted", "cost, of unpruned"]


def main() -> None:
    """Write the table into the page."""
    write()
    print(f"written: {PAGE}")


def write() -> None:
    """Fill the page's table from the results."""
    text = filled(PAGE.read_text(encoding="utf-8"), {"holds": table(load("choosing_holds"))})
    PAGE.write_text(text, encoding="utf-8")


def table(facts: dict[str, Any]) -> str:
    """A row a collection, reference and margin."""
    found = [
        [
            name,
            row["against"],
            f"{row['margin']:g}",
            f"{row['queries']:,}",
            f"{row['drawn']['decided']} of {facts['draws']}",
            str(row["drawn"]["broken"]),
            f"{row['split']['decided']} of {facts['draws']}",
            str(row["split"]["contradicted"]),
            _share(row["drawn"]["cost_share"]),
        ]
        for name, answers in facts["collections"].items()
        for row in answers
    ]
    return _rows(_HEAD, found)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


if __name__ == "__main__":
    main()
