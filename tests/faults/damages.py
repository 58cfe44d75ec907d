"""What happens to files, as changes of their bytes: encodings, ends of lines, NULs, cuts, packing.

Every function takes a valid file and gives (name, damaged file). What a changed file means, if
anything, is said by the oracles in `formats`.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Iterator

Named = Iterator[tuple[str, bytes]]
HARMLESS = frozenset(
    {"a byte order mark", "CRLF", "no end of the last line", "blank lines", "gzip", "two members"}
)
"""Changes that change nothing: readers of text must give the same as before."""
_HUGE = 1 << 20


def encodings(data: bytes) -> Named:
    """The same text, or nearly, in other encodings than UTF-8."""
    text = data.decode()
    yield "a byte order mark", b"\xef\xbb\xbf" + data
    yield "two byte order marks", b"\xef\xbb\xbf" * 2 + data
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield name, text.encode(name)
    middle = _middle(data)
    for name, inserted in (
        ("Latin-1", "é".encode("latin-1")),
        ("an overlong form", b"\xc0\x80"),
        ("half a character in UTF-8", b"\xed\xa0\x80"),
        ("half a sequence", "é".encode()[:1]),
        ("a character beyond the last", b"\xf4\x90\x80\x80"),
    ):
        yield f"{name} in the middle", data[:middle] + inserted + data[middle:]
        yield f"{name} at the end", data.rstrip(b"\n") + inserted


def ends_of_lines(data: bytes) -> Named:
    """Ends of lines of other systems, missing and too many."""
    lines = data.splitlines(keepends=True)
    yield "CRLF", data.replace(b"\n", b"\r\n")
    yield "lone CR", data.replace(b"\n", b"\r")
    yield "no end of the last line", data.rstrip(b"\n")
    yield "blank lines", b"\n" + data.replace(b"\n", b"\n\n \t\n")
    yield "CR CR LF", data.replace(b"\n", b"\r\r\n")
    yield "lines joined", data.replace(b"\n", b"")
    yield (
        "the last two lines joined",
        b"".join([*lines[:-2], lines[-2].rstrip(b"\n"), lines[-1]]) if len(lines) > 1 else data * 2,
    )
    yield "lines joined by U+2028", "\u2028".join(data.decode().split("\n")).encode()
    for name, byte in (("VT", b"\v"), ("FF", b"\f"), ("FS", b"\x1c"), ("NEL", "\x85".encode())):
        yield f"lines joined by {name}", data.replace(b"\n", byte)
        yield f"a line of {name}", data + byte + b"\n" + data[:0]
    middle = _middle(data)
    yield "an end in the middle of a line", data[:middle] + b"\n" + data[middle:]
    yield "a CR in the middle of a line", data[:middle] + b"\r" + data[middle:]


def order(data: bytes) -> Named:
    """Lines twice, in another order, lost, and huge."""
    lines = data.splitlines(keepends=True)
    if not data.endswith(b"\n"):
        lines[-1] += b"\n"
    for i, line in enumerate(lines[:6]):
        yield f"line {i + 1} twice", b"".join([*lines[: i + 1], line, *lines[i + 1 :]])
        yield f"line {i + 1} lost", b"".join(lines[:i] + lines[i + 1 :])
    yield "all lines twice", b"".join(lines * 2)
    yield "lines reversed", b"".join(lines[::-1])
    yield "a huge line", data + b"x" * _HUGE + b"\n"
    yield "a huge line of blanks", data + b" " * _HUGE + b"\n"
    yield "a huge line of brackets", data + b"[" * _HUGE


def nuls(data: bytes) -> Named:
    """What a crash leaves in files: zero bytes, one or a block, in every kind of place."""
    first = data.find(b"\n") + 1
    places = {
        "at the start": 0,
        "between lines": first,
        "at the end": len(data),
        "before an end of a line": max(first - 1, 0),
        "in the middle": _middle(data),
    }
    for many, run in (
        ("a NUL", b"\0"),
        ("512 NULs", b"\0" * 512),
        ("a line of NULs", b"\0" * 9 + b"\n"),
    ):
        for where, at in places.items():
            yield f"{many} {where}", data[:at] + run + data[at:]
    yield "NULs for ends of lines", data.replace(b"\n", b"\0")
    yield "NULs for blanks", data.replace(b" ", b"\0")
    yield "only NULs", b"\0" * len(data)
    yield "NULs for the second half", data[: len(data) // 2] + b"\0" * (len(data) - len(data) // 2)
    yield "an end-of-file mark", data + b"\x1a"


def cuts(data: bytes) -> Named:
    """What a full disk and an ended copy leave."""
    yield "empty", b""
    for share in range(1, 16):
        at = len(data) * share // 16
        yield f"cut after {at} bytes", data[:at]
        yield f"{at} bytes missing at the start", data[at:]
    yield "cut by a byte", data[:-1]
    yield "cut by two bytes", data[:-2]
    yield "one blank", b" "
    yield "one end of a line", b"\n"


def packed_badly(data: bytes) -> Named:
    """What may lie under a name that ends in ``.gz``."""
    good = gzip.compress(data, mtime=0)
    yield "gzip", good
    yield (
        "two members",
        good[:0] + gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :]),
    )
    yield "no gzip", data
    yield "bzip2 as .gz", bz2.compress(data)
    yield "xz as .gz", lzma.compress(data)
    yield "zlib as .gz", zlib.compress(data)
    yield "gzip in gzip", gzip.compress(good)
    yield "an empty .gz", b""
    for at in (
        1,
        2,
        3,
        9,
        10,
        12,
        len(good) // 2,
        len(good) - 9,
        len(good) - 8,
        len(good) - 4,
        len(good) - 1,
    ):
        yield f"gzip cut after {at} of {len(good)} bytes", good[:at]
    for name, at in (
        ("magic", 0),
        ("magic", 1),
        ("method", 2),
        ("flags", 3),
        ("data", 20),
        ("checksum", -8),
        ("length", -4),
        ("length", -1),
    ):
        yield f"another {name} of gzip at {at}", _changed(good, at)
        yield f"another {name} of the second member at {at}", good + _changed(good, at)
    yield "bytes after gzip", good + b"more"
    yield "the file itself after gzip", good + data
    yield "half a header after gzip", good + good[:5]
    yield "zeros after gzip", good + b"\0" * 512
    yield "zeros between members", good + b"\0" * 512 + good
    yield "a header that never ends", good[:3] + b"\x08" + good[4:10] + b"n" * 99
    yield "a length of another size", good[:-4] + struct.pack("<I", len(data) + 1)


def packed_under_another_name(data: bytes) -> Named:
    """Compressed files whose names do not say so."""
    yield "gzip without .gz", gzip.compress(data, mtime=0)
    yield "bzip2", bz2.compress(data)
    yield "xz", lzma.compress(data)
    yield "zstd", b"\x28\xb5\x2f\xfd" + data


def flips(data: bytes, count: int = 200) -> Named:
    """Single bits, spread over the file, and bytes swapped."""
    for i in range(count):
        at, bit = len(data) * i // count, i % 8
        yield f"bit {bit} of byte {at}", data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
    half = len(data) // 2
    yield "halves swapped", data[half:] + data[:half]


def of_blob(data: bytes) -> Named:
    """All of the above that a file may suffer that is no text."""
    for kind in (flips, nuls, cuts, packed_under_another_name):
        yield from kind(data)


def of_bytes(data: bytes) -> Named:
    """All of the above that a plain file may suffer."""
    for kind in (encodings, ends_of_lines, order, nuls, cuts, packed_under_another_name):
        yield from kind(data)


def _middle(data: bytes) -> int:
    """A place in the middle, between two letters where there are any."""
    half = len(data) // 2
    letters = (i for i in range(half, len(data)) if data[i - 1 : i + 1].isalpha())
    return next(letters, half)


def _changed(data: bytes, at: int) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 0x42]) + data[at + 1 :]
