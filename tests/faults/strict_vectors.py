"""Files of vectors read by Python's own `json`, made strict: the judge of our readers.

Slow and short, and of none of their parts.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np


class Refused(Exception):
    """The file is not what it should be."""


@dataclass(frozen=True)
class Strict:
    """What a file holds: of every document its weights above zero, in float32."""

    documents: dict[str, dict[str, float]]
    is_integer: bool
    zeros: int
    blank: int


def read_strictly(data: bytes, compressed: bool = False) -> Strict:
    """Read a file's bytes; raises `Refused`."""
    try:
        text = (_decompressed(data) if compressed else data).decode("utf-8")
    except (UnicodeDecodeError, zlib.error) as error:
        raise Refused(str(error)) from None
    lines = text.removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()
    written = [line for line in lines if line.strip(" \t\r")]
    read: dict[str, dict[str, Any]] = {}
    for name, vector in map(_vector, written):
        if name in read:
            raise Refused("an id twice")
        read[name] = vector
    if not read:
        raise Refused("nothing in it")
    weights = [weight for vector in read.values() for weight in vector.values()]
    is_integer = all(type(weight) is int for weight in weights)
    largest = 2**24 - 1 if is_integer else float(np.finfo(np.float32).max)
    if any(weight > largest for weight in weights):
        raise Refused("too large")
    kept = {name: {t: float(np.float32(w)) for t, w in row.items()} for name, row in read.items()}
    zeros = sum(weight == 0 for row in kept.values() for weight in row.values())
    positive = {name: {t: w for t, w in row.items() if w > 0} for name, row in kept.items()}
    return Strict(positive, is_integer, zeros, len(lines) - len(written))


def _decompressed(data: bytes) -> bytes:
    text = b""
    while True:
        member = zlib.decompressobj(31)
        text += member.decompress(data)
        if not member.eof:
            raise Refused("cut")
        data = member.unused_data
        if not data:
            return text


def _vector(line: str) -> tuple[str, dict[str, Any]]:
    try:
        record = json.loads(
            line, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float
        )
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from None
    if not isinstance(record, dict):
        raise Refused("no object")
    name, vector = record.get("id"), record.get("vector")
    name = str(name) if type(name) is int else name
    if not isinstance(name, str) or name.split() != [name] or not isinstance(vector, dict):
        raise Refused("no id, or no vector")
    for term, weight in vector.items():
        if term.split() != [term] or type(weight) not in (int, float) or weight < 0:
            raise Refused("no term, or no weight")
    return name, vector


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise Refused("a key twice")
    return dict(pairs)


def _refuse(text: str) -> float:
    raise Refused(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Refused("infinite")
    mantissa = text.lower().split("e")[0]
    if text.startswith("-") and value == 0 and mantissa.strip("-0."):
        raise Refused("negative")
    return value
