"""A report as sections of paragraphs, tables and pictures, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Item:
    """An item of a list."""

    term: str
    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bullets:
    """A list of terms (in bold), what is said of them, and items below."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Picture:
    """A figure: the stem of its files, what it shows, and the drawing."""

    stem: str
    caption: str
    figure: Figure


Block = str | Bullets | Table | Picture


@dataclass(frozen=True)
class Section:
    """A part of the report that can be made by itself.

    Attributes:
        key: what ``--only`` calls it.
        title: heading.
        blocks: in order.
        tables: stem to a table in full precision, written in every format.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)

    @property
    def pictures(self) -> list[Picture]:
        """The figures among the blocks."""
        return [block for block in self.blocks if isinstance(block, Picture)]
