"""How Sphinx makes a site of these pages: ``make docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import __version__

project = "esplade"
author = "the esplade authors"
release = version = __version__

extensions = ["myst_parser"]
exclude_patterns = ["*.py"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"esplade {release}"
html_show_copyright = False

_LINK = re.compile(r"\]\(((?:\.\./)+[^)#:]+\.md)\)")


def files_elsewhere(app: Any, name: str, source: list[str]) -> None:
    """Pages of the repository that are none of the site's are handed out as files."""
    here = (Path(app.srcdir) / name).parent

    def named(match: re.Match[str]) -> str:
        inside = (here / match[1]).resolve().is_relative_to(Path(app.srcdir))
        return match[0] if inside else f"](path:{match[1]})"

    source[0] = _LINK.sub(named, source[0])


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", files_elsewhere)
