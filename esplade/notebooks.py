"""What a notebook needs to be told so that it shows what is given to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from esplade.progress import in_notebook

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def shown(figure: Figure) -> Figure:
    """A figure that a notebook shows as a picture, pyplot imported or not."""
    if in_notebook():
        ipython: Any = sys.modules["IPython"]
        formatters = ipython.get_ipython().display_formatter.formatters.values()
        if not any(type(figure) in one.type_printers for one in formatters):
            from IPython.core.pylabtools import select_figure_formats

            select_figure_formats(ipython.get_ipython(), {"png"})
    return figure
