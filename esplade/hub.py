"""What may be looked up on a hub: nothing that the user did not name."""

from __future__ import annotations

import os


def offline() -> None:
    """Look nothing up on a hub that the user did not name; call it before transformers comes."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
