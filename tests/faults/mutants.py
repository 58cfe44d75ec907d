"""Damaged copies of valid files, the same ones for the same seed.

`mutants(data, seed)` goes on without end, take as many as are wanted::

    for description, damaged in islice(mutants(valid, seed=7), 300):
        ...

Every mutant differs from the file that it was made from. The damages are those that files meet:
bits that flip, ends that are missing, blocks that a crash left as NULs, parts written twice,
out of order or not at all, and a character in the wrong place.
"""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Callable, Iterator, Sequence

Damage = Callable[[random.Random, bytes], tuple[str, bytes]]
"""From a source of chance and a file: what was done, and what became of the file."""

CHARACTERS = (
    *(bytes([code]) for code in b"\x00\x01\x07\x0b\x0c\x1a\x1c\x1f\x7f\x80\xa0\xc0\xed\xfe\xff"),
    *(bytes([character]) for character in b' \t\r\n"\\/:,{}[]()<>&#_+-.0123456789eExXnN'),
    "\ufeff".encode(),
    "\u00a0".encode(),
    "\u2028".encode(),
    "\u3000".encode(),
    "\u0660".encode(),
    b"\xed\xa0\x80",
    b"\r\n",
    b"\n\n",
    b"\\u0000",
    b"\\ud800",
    b"\\u0061",
    b'" :',
    b"-0",
    b"1e-400",
    b"1e400",
    b"NaN",
    b"null",
    b"true",
    b"1_0",
)
"""What is put into files or over a part of them."""


def _place(random: random.Random, data: bytes) -> int:
    return random.randrange(len(data)) if data else 0


def _span(random: random.Random, data: bytes, most: int = 64) -> tuple[int, int]:
    start = _place(random, data)
    return start, min(len(data), start + random.randint(1, most))


def flip_bit(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """One bit of one byte."""
    at, bit = _place(random, data), random.randrange(8)
    damaged = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] if data else data
    return f"bit {bit} of byte {at} flipped", damaged


def change_byte(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Another byte in one's place."""
    at, byte = _place(random, data), random.randrange(256)
    return f"byte {at} made {byte:#04x}", data[:at] + bytes([byte]) + data[at + 1 :]


def cut_end(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Nothing from some place on."""
    at = _place(random, data)
    return f"cut at byte {at}", data[:at]


def cut_begin(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Nothing before some place."""
    at = _place(random, data)
    return f"begins at byte {at}", data[at:]


def remove(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Some bytes are missing in the middle."""
    start, end = _span(random, data)
    return f"bytes {start} to {end} removed", data[:start] + data[end:]


def insert(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """A character where it does not belong."""
    at, put = random.randint(0, len(data)), random.choice(CHARACTERS)
    return f"{put!r} put before byte {at}", data[:at] + put + data[at:]


def replace(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """A character in the place of another."""
    at, put = _place(random, data), random.choice(CHARACTERS)
    return f"byte {at} replaced by {put!r}", data[:at] + put + data[at + 1 :]


def duplicate(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Some bytes twice, one behind the other."""
    start, end = _span(random, data)
    return f"bytes {start} to {end} doubled", data[:end] + data[start:end] + data[end:]


def copy_elsewhere(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Some bytes once more at another place."""
    (start, end), at = _span(random, data), random.randint(0, len(data))
    text = f"bytes {start} to {end} put before byte {at} too"
    return text, data[:at] + data[start:end] + data[at:]


def zero_block(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """NULs over a part: a block that was never written."""
    start, end = _span(random, data, 512)
    return f"bytes {start} to {end} zeroed", data[:start] + bytes(end - start) + data[end:]


def insert_zeros(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """NULs between bytes, lines, or at an end."""
    places = [0, len(data), random.randint(0, len(data))]
    places += [data.find(b"\n", _place(random, data)) + 1]
    at, count = random.choice(places), random.choice((1, 2, 7, 512, 4096))
    return f"{count} NULs before byte {at}", data[:at] + bytes(count) + data[at:]


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True) or [b""]


def double_line(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """A line twice, the second time anywhere."""
    lines = _lines(data)
    chosen, at = random.randrange(len(lines)), random.randint(0, len(lines))
    lines.insert(at, lines[chosen])
    return f"line {chosen + 1} put before line {at + 1} too", b"".join(lines)


def remove_line_end(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Two lines joined to one."""
    ends = [at for at, byte in enumerate(data) if byte == ord("\n")]
    if not ends:
        return remove(random, data)
    at, put = random.choice(ends), random.choice((b"", b"", b" ", b"\x00", b"\r", b","))
    return f"line end at byte {at} made {put!r}", data[:at] + put + data[at + 1 :]


def swap_lines(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """Two lines in each other's place."""
    lines = _lines(data)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return f"lines {one + 1} and {other + 1} swapped", b"".join(lines)


def cut_line(random: random.Random, data: bytes) -> tuple[str, bytes]:
    """The rest of a line is missing, its end is there."""
    lines = _lines(data)
    at = random.randrange(len(lines))
    keep = random.randrange(len(lines[at]) or 1)
    lines[at] = lines[at][:keep] + b"\n"
    return f"line {at + 1} cut at its byte {keep}", b"".join(lines)


DAMAGES: tuple[Damage, ...] = (
    flip_bit,
    change_byte,
    cut_end,
    cut_begin,
    remove,
    insert,
    replace,
    duplicate,
    copy_elsewhere,
    zero_block,
    insert_zeros,
    double_line,
    remove_line_end,
    swap_lines,
    cut_line,
)


def mutants(
    data: bytes, seed: int, damages: Sequence[Damage] = DAMAGES
) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of a file, without end; one in four is damaged twice.

    Args:
        data: the valid file.
        seed: the same seed gives the same mutants.
        damages: what can happen to it.

    Yields:
        What was done, and the bytes; never those of the valid file.
    """
    chance = random.Random(f"{seed} {zlib.crc32(data)}")
    while True:
        description, damaged = chance.choice(damages)(chance, data)
        if chance.random() < 0.25 and damaged:
            second, damaged = chance.choice(damages)(chance, damaged)
            description += f", then {second}"
        if damaged != data:
            yield description, damaged


def gzipped(data: bytes, members: int = 1) -> bytes:
    """The bytes as gzip of some members, of the same bytes every time."""
    size = -(-len(data) // members)
    parts = [data[i * size : (i + 1) * size] for i in range(members)]
    return b"".join(_member(part) for part in parts)


def _member(data: bytes) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=out, mtime=0) as stream:
        stream.write(data)
    return out.getvalue()


def gzip_mutants(data: bytes, seed: int, members: int = 1) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of a compressed file: half were damaged before, half after compression."""
    inside, outside = mutants(data, seed), mutants(gzipped(data, members), seed + 1)
    while True:
        description, damaged = next(inside)
        yield f"compressed after: {description}", gzipped(damaged, members)
        yield next(outside)
