"""Data inside a page: JSON, compressed, in letters that HTML leaves alone."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any


def packed(value: Any) -> str:
    """A value as the page's scripts unpack it: gzip of JSON, in base 64. No NaN."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Without a time, so that equal values are equal pages.
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
