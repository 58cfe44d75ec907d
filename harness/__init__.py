"""Index, search, score, price and compare learned sparse vectors."""

from __future__ import annotations

__version__ = "0.1.0"
