"""`esplade encode` in several processes and in other precisions, with the encoder that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import Collection, Esplade

from harness.vectors import read_vectors


def _encode(esplade: Esplade, collection: Collection, out: Path, *options: object) -> None:
    common = ("--encoder", "pydoc-tiny", "--dataset", collection.folder, "--out", out)
    answer = esplade("encode", *common, *options)
    assert answer.code == 0, answer.err


@pytest.mark.slow
def test_workers_write_the_same_files(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    _encode(esplade, collection, tmp_path / "one")
    _encode(esplade, collection, tmp_path / "two", "--workers", 2)
    names = [p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("[!.]*.*")]
    assert len(names) > 4
    for name in names:
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


@pytest.mark.slow
def test_precision_is_in_the_manifest_and_in_the_key(
    esplade: Esplade, collection: Collection, tmp_path: Path
) -> None:
    manifests = {}
    for precision in ("float32", "int8"):
        _encode(esplade, collection, tmp_path / precision, "--precision", precision)
        manifests[precision] = json.loads((tmp_path / precision / "MANIFEST").read_text())
        assert manifests[precision]["encoder"]["precision"] == precision
    assert manifests["float32"]["key"] != manifests["int8"]["key"]
    exact, found = (read_vectors(tmp_path / precision).matrix for precision in manifests)
    assert abs(exact - found).max() < 1e-4


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--precision", "int4"), "'int4' is not one of float32, bfloat16, float16, int8"),
        (("--workers", 0), "workers"),
        (("--workers", 100_000), "processors"),
    ],
)
def test_bad_options(
    esplade: Esplade, collection: Collection, tmp_path: Path, option: tuple[str], message: str
) -> None:
    common = ("--encoder", "pydoc-tiny", "--dataset", collection.folder, "--out", tmp_path / "v")
    answer = esplade("encode", *common, *option)
    assert answer.code == 2
    assert message in answer.err
    assert not (tmp_path / "v").exists()
