"""What all tests share: their order."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, whole commands before the rest: no worker ends with minutes to itself."""
    items.sort(key=lambda item: ("slow" not in item.keywords, "e2e" not in item.path.parts))
