"""How Sphinx makes a site of these pages: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

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
