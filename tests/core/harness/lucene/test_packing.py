from __future__ import annotations

import numpy as np

from harness.lucene.packing import Reader, pack_array, pack_int, pack_strings


def test_the_bytes_of_strings() -> None:
    packed = pack_strings(["a", "", "가"])
    assert packed == (
        b"\x03\0\0\0"
        + b"\0\0\0\0"
        + b"\x01\0\0\0"
        + b"\x01\0\0\0"
        + b"\x04\0\0\0"
        + b"a\xea\xb0\x80"
    )


def test_what_is_packed_reads_back() -> None:
    reader = Reader(
        pack_strings(["😀", "##ing"]) + pack_int(-7) + pack_array(np.array([1, 2**24 - 1]))
    )
    assert reader.strings() == ["😀", "##ing"]
    assert reader.integer() == -7
    assert reader.array(2, "<i4").tolist() == [1, 2**24 - 1]


def test_no_strings() -> None:
    assert Reader(pack_strings([])).strings() == []
