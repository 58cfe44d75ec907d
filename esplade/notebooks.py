"""What a notebook needs to be told so that it shows what is given to it."""

from __future__ import annotations

import sys
from importlib import import_module
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
            tools: Any = import_module("IPython.core.pylabtools")
            tools.select_figure_formats(ipython.get_ipython(), {"png"})
    return figure
