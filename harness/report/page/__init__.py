"""The page that one sends to a colleague: plot, table, queries, distributions, provenance.

One file that loads nothing. ``assets`` are its own style and scripts; ``vendor`` holds d3 and
Observable Plot as their makers publish them (`ABOUT.md` there says why these).
"""

from harness.report.page.contents import Told
from harness.report.page.writing import render_page, write_page

__all__ = ["Told", "render_page", "write_page"]
