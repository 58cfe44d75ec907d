from __future__ import annotations

import gzip
import re
import zlib
from itertools import islice
from pathlib import Path

import pytest
from mutants import gzipped, mutants

from ground.errors import InputError
from ground.reading import Taken, blocks

TEXT = b"".join(b"%d some words of line %d\n" % (i, i * i) for i in range(2_000))
ONE = gzipped(TEXT)
TWO = gzipped(TEXT, members=2)
FIRST = len(gzipped(TEXT[: len(TEXT) // 2]))


def read(path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    taken = Taken()
    text = b"".join(blocks(path, taken))
    assert taken == Taken(len(data), len(text))
    return text


@pytest.mark.parametrize("members", [1, 2, 3, 50])
@pytest.mark.parametrize("text", [b"", b"x", TEXT, TEXT * 12])
def test_every_member_is_read(tmp_path: Path, members: int, text: bytes) -> None:
    assert read(tmp_path / "x.gz", gzipped(text, members)) == text


def test_a_member_of_much_text_in_few_bytes(tmp_path: Path) -> None:
    assert read(tmp_path / "x.gz", gzip.compress(b"x" * 5_000_000) * 2) == b"x" * 10_000_000


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (b"", "holds no gzip data"),
        (b"\x1f", "holds no gzip data"),
        (TEXT, "holds no gzip data"),
        (ONE[:9], "begin at its byte 1 are cut off"),
        (ONE[:-9], "begin at its byte 1 are cut off"),
        (ONE[:-1], "begin at its byte 1 are cut off"),
        (ONE[:-8] + bytes([ONE[-8] ^ 1]) + ONE[-7:], "incorrect data check"),
        (ONE[:-4] + bytes([ONE[-4] ^ 1]) + ONE[-3:], "incorrect length check"),
        (ONE + b"\x00", "are no gzip data stand behind"),
        (ONE + bytes(512), f"stand behind .* at its byte {len(ONE) + 1:,} "),
        (ONE + b"garbage", "no gzip data stand behind"),
        (ONE + b"\n", "no gzip data stand behind"),
        (ONE + bytes(512) + ONE, "no gzip data stand behind"),
        (TWO[:FIRST] + b"\x1e" + TWO[FIRST + 1 :], "no gzip data stand behind"),
        (TWO[: FIRST + 2] + b"\x07" + TWO[FIRST + 3 :], f"byte {FIRST + 1:,} are damaged"),
        *((TWO[: FIRST + cut], f"begin at its byte {FIRST + 1:,} are cut off") for cut in (2, 9)),
        (TWO[: FIRST + 1], f"no gzip data stand behind .* at its byte {FIRST + 1:,} "),
        (TWO[: FIRST + 100], f"begin at its byte {FIRST + 1:,} are cut off"),
    ],
)
def test_damages_are_named_with_their_place(tmp_path: Path, damaged: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "x.gz", damaged)
    assert re.search(message, str(caught.value)), caught.value


def test_a_damaged_file_gives_its_text_or_an_error(tmp_path: Path) -> None:
    """Bytes of a header that carry no text (time, name) may change; the text may not."""
    text = TEXT[:900]
    whole = 0
    for description, damaged in islice(mutants(gzipped(text, 3), seed=1), 400):
        try:
            assert read(tmp_path / "x.gz", damaged) == decompressed(damaged), description
            whole += 1
        except InputError:
            pass
    assert 0 < whole < 80


def decompressed(data: bytes) -> bytes:
    """Member by member, by the other interface of the library."""
    text = b""
    while data:
        member = zlib.decompressobj(31)
        text += member.decompress(data) + member.flush()
        assert member.eof
        data = member.unused_data
    return text
