"""A report's sections as Markdown and as one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path

from ground.artifacts import provenance
from harness.report.drawing import read_svg
from harness.report.renderings import to_html, to_markdown
from harness.report.study.document import Block, Bullets, Item, Picture, Section
from harness.report.tables import Table


def as_markdown(title: str, lead: str, sections: Sequence[Section]) -> str:
    """Markdown as GitHub shows it; pictures are files beside it."""
    parts = [f"# {title}", lead]
    for section in sections:
        parts.append(f"## {section.title}")
        parts += [_markdown(block) for block in section.blocks]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def as_page(title: str, lead: str, sections: Sequence[Section], folder: Path) -> str:
    """HTML that loads nothing: the style is inside, the pictures are SVG elements.

    Args:
        title: heading.
        lead: a sentence below it.
        sections: in order.
        folder: where the pictures' files are already.
    """
    from jinja2 import Environment

    source = resources.files("harness.report.study").joinpath("page.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made = provenance()
    return environment.from_string(source).render(
        title=title,
        lead=lead,
        sections=[
            {"key": s.key, "title": s.title, "html": "\n".join(_html(b, folder) for b in s.blocks)}
            for s in sections
        ],
        made=f"esplade {made['versions'].get('esplade', '')}, {made['created']}",
    )


def _markdown(block: Block) -> str:
    if isinstance(block, Table):
        return to_markdown(block)
    if isinstance(block, Picture):
        return f"![{block.caption}]({block.stem}.png)\n\n*{block.caption}*"
    if isinstance(block, Bullets):
        return "\n".join(_markdown_item(item) for item in block.items)
    return block


def _html(block: Block, folder: Path) -> str:
    if isinstance(block, Table):
        return f'<div class="scroll">\n{to_html(block)}</div>'
    if isinstance(block, Picture):
        label, svg = escape(block.caption), read_svg(folder / f"{block.stem}.svg")
        return (
            f'<figure role="img" aria-label="{label}">\n{svg}\n'
            f"<figcaption>{label}</figcaption></figure>"
        )
    if isinstance(block, Bullets):
        return "<ul>\n" + "\n".join(_html_item(item) for item in block.items) + "\n</ul>"
    return f"<p>{escape(block)}</p>"


def _markdown_item(item: Item) -> str:
    lines = [f"- **{item.term}** {item.text}".rstrip()]
    return "\n".join([*lines, *(f"  - {text}" for text in item.below)])


def _html_item(item: Item) -> str:
    text = f"<strong>{escape(item.term)}</strong> {escape(item.text)}"
    if item.below:
        text += "<ul>" + "".join(f"<li>{escape(below)}</li>" for below in item.below) + "</ul>"
    return f"<li>{text}</li>"
