"""How far predicted times are off, a table of a page: `python -m benchmarks.calibration_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.page import _rows, filled, load

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "milliseconds.md"
_HEAD = ["collection", "algorithm", "measured, ms", "error of means", "predicted too high by"]
_HEAD += ["error of single queries", "against the median pass"]


def main() -> None:
    """Write the table into the page."""
    write()
    print(f"written: {PAGE}")


def write() -> None:
    """Fill the page's table from the results."""
    facts = load("calibration_holds")
    parts = {"holds": table(facts), "machine": machine(facts)}
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


def machine(facts: dict[str, Any]) -> str:
    """Where and when it was measured."""
    made = facts["calibration"]
    one = made["machine"]
    return (
        f"{one['processor']}, {one['cores']} cores, Java {one['java']}, {facts['date']}; the "
        f"calibration took {made['seconds']:.0f} s, and searches in it {made['busy']:.1f} times "
        f"their undisturbed time.\n"
    )


def table(facts: dict[str, Any]) -> str:
    """A row a collection and algorithm; first those of the collection that was held out."""
    found = [
        ["drawn, held out", name, "–", _two(fit["of_points"]), "–", _two(fit["of_queries"]), "–"]
        for name, fit in facts["calibration"]["algorithms"].items()
    ]
    for name, one in facts["collections"].items():
        for algorithm, held in one["algorithms"].items():
            times = [alone for _, alone, _ in held["points"].values()]
            cells = [f"{name}, {one['documents']:,} documents", algorithm]
            cells += [f"{min(times):.3f}–{max(times):.3f}", _two(held["undisturbed"])]
            cells += [f"{held['undisturbed']['bias']:+.0%}", _two(held["queries"])]
            found.append([*cells, _two(held["median_pass"])])
    return _rows(_HEAD, found)


def _two(errors: dict[str, float]) -> str:
    return f"{errors['median']:.0%}, {errors['p90']:.0%}"


if __name__ == "__main__":
    main()
