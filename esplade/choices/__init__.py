"""Choosing a configuration: `esplade.choose`."""

from __future__ import annotations

from esplade.choices.choosing import choose
from esplade.choices.chosen import Chosen

__all__ = ["Chosen", "choose"]
