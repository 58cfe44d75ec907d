"""Three documents, and what readers say when they refuse a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from vector_readers import READERS

from ground.errors import InputError

D0, D1, D2 = (b'{"id":"d%d","vector":{"x":%d}}\n' % (i, i + 1) for i in range(3))


def refusals(path: Path, data: bytes) -> set[str]:
    path.write_bytes(data)
    found = set()
    for read in READERS:
        with pytest.raises(InputError) as caught:
            read(path)
        found.add(str(caught.value))
    return found
