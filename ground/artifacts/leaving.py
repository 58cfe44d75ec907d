"""Where a result folder and what is made beside it lie, and how what was left there goes away."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ground.artifacts import fixed
from ground.artifacts.claims import claimed
from ground.artifacts.journals import real_file
from ground.artifacts.leftovers import is_abandoned, leftovers, remove
from ground.dry import is_dry
from ground.errors import InputError


@dataclass(frozen=True)
class Place:
    """Where a folder is made and how it takes its place.

    Attributes:
        out: the folder itself, links followed.
        fixed: it cannot be renamed, so the new one is made inside of it.
    """

    out: Path
    fixed: bool

    @classmethod
    def of(cls, out: Path) -> Place:
        """The place of a folder, links followed."""
        real = real_file(out)
        return cls(real, fixed.stands_still(real))

    @property
    def home(self) -> Path:
        """Beside which the unfinished folders and the claim lie."""
        return fixed.home(self.out) if self.fixed else self.out

    @property
    def lock(self) -> Path:
        """The file that whoever is making the folder holds."""
        return self.home.with_name(f".{self.home.name}.partial-lock")


def clear(out: Path) -> None:
    """Remove what a process left that was killed when its result was in its place already."""
    if is_dry():
        return
    place = Place.of(out)
    left = [path for path in leftovers(place.home) if is_abandoned(path)]
    if left or place.lock.exists():
        # Whoever can claim it is alone; an unfinished build of another key is not touched.
        with suppress(InputError, OSError), claimed(out, place.lock):
            for path in left:
                remove(path)


def sweep(home: Path, keep: Set[Path | None]) -> None:
    """Remove what killed builds left, but nothing a living process is writing.

    Whoever calls it has the claim, so that no other process goes on with them.
    """
    for leftover in leftovers(home):
        of_key = leftover.name.startswith(f".{home.name}.partial-key-")
        if leftover not in keep and (of_key or is_abandoned(leftover)):
            remove(leftover)
