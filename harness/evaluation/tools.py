"""The tools behind ir_measures that values are taken from."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def tools() -> Any:
    """The tools of ir_measures in its order, without ranx.

    ir_measures also asks ranx, where that is installed, for what no other tool computes. What is
    a measure, and its value, would then depend on what else is installed here.
    """
    from ir_measures import DefaultPipeline
    from ir_measures.providers import FallbackProvider, RanxProvider

    kept = [tool for tool in DefaultPipeline.providers if not isinstance(tool, RanxProvider)]
    pipeline: Any = FallbackProvider
    return pipeline(kept)
