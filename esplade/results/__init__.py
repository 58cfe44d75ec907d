"""Results on disk, found again: what they are, what made them, and how they go away."""

from __future__ import annotations

from esplade.results.describing import describe_result
from esplade.results.finding import find_results, open_result
from esplade.results.removing import remove_results
from esplade.results.result import Result

__all__ = ["Result", "describe_result", "find_results", "open_result", "remove_results"]
