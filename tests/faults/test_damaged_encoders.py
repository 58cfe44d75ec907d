"""Folders of encoders against damages: they load and encode, or are refused in words.

What is another setting or another weight cannot be told from the right one: a fingerprint tells
that the encoder is another. That nothing else comes of it is what is tested.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import damages
import pytest
import values
from judging import told, unclear

FILES = {
    "config.json": 61,
    "tokenizer.json": 29,
    "tokenizer_config.json": 61,
    "output_vocabulary.txt": 7,
    "model.safetensors": 23,
}
"""Files of a folder; one damage in so many is tried."""
NEEDED = {"config.json", "tokenizer.json", "output_vocabulary.txt", "model.safetensors"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_encoder import tiny_encoder

    from encoders.checkpoints.loading import save_encoder

    place = tmp_path_factory.mktemp("encoder") / "tiny"
    save_encoder(tiny_encoder(), place)
    return place


def cases(file: Path) -> Iterator[tuple[str, bytes]]:
    data = file.read_bytes()
    if file.name == "model.safetensors":
        start = 8 + int.from_bytes(data[:8], "little")
        yield from ((n, head + data[start:]) for n, head in damages.flips(data[:start]))
        yield from damages.cuts(data)
    elif file.suffix == ".json" and file.name != "tokenizer.json":
        yield from values.of_json(data.decode())
        yield from damages.cuts(data)
    else:
        yield from damages.of_blob(data)
    if file.name == "tokenizer.json":
        numbers = re.finditer(rb'": (\d+)', data)
        yield from ((f"at {n.start()}", _with(data, n, b"16777215")) for n in numbers)


def _with(data: bytes, match: re.Match[bytes], new: bytes) -> bytes:
    return data[: match.start(1)] + new + data[match.end(1) :]


def failure(folder: Path) -> str | None:
    from encoders.checkpoints.loading import fingerprint, load_encoder
    from encoders.encoding.encode import encode
    from ground.errors import InputError

    try:
        model = load_encoder(folder)
        fingerprint(folder)
        encode(model, ["the cat sat on the mat"], side="doc")
    except InputError as error:
        return unclear([str(folder)], str(error), needs_line=False)
    except Exception as error:
        return f"internal error: {type(error).__name__}: {str(error)[:200]}"
    return None


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_damaged_encoders(folder: Path, tmp_path: Path, name: str) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    found = []
    for what, data in islice(cases(folder / name), 0, None, FILES[name]):
        (damaged / name).write_bytes(data)
        if wrong := failure(damaged):
            found.append(f"{what}: {wrong}")
    assert not found, told(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NEEDED))
def test_folders_and_pipes_for_files(folder: Path, tmp_path: Path, name: str) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    (damaged / name).unlink()
    (damaged / name).mkdir()
    assert not failure(damaged)
