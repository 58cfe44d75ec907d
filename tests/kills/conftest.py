"""One workplace for all tests of kills: a C compiler makes what disturbs, and Linux loads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from disturbing import Workplace, compiled


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    root = tmp_path_factory.mktemp("kills")
    library = compiled(root)
    if library is None:
        pytest.skip("needs Linux and a C compiler")
    made = Workplace(root / "place", library)
    yield made
    made.close()
