"""The built-in data set: documentation that is on every machine that has this project.

Read from the sources of the installed packages with ``ast``; nothing is imported, nothing is
downloaded. What is a document, a query and a judgment: `collection`.
"""

from harness.datasets.pydoc.builder import build, cache_folder, cached, is_built, versions

__all__ = ["build", "cache_folder", "cached", "is_built", "versions"]
