"""Manifests that were edited, or that an older version wrote: what is read is what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rotting import as_older

from ground.artifacts import MANIFEST, building, digest, read_manifest
from ground.errors import InputError
from harness.lucene.impact_index import open_impact_index


@pytest.mark.parametrize("change", [{"quantise": "scale:7"}, {"impact_sum": 1}, {"extra": 1}])
def test_an_edited_manifest(index: Path, change: dict[str, object]) -> None:
    manifest = json.loads((index / MANIFEST).read_text())
    (index / MANIFEST).write_text(json.dumps({**manifest, **change}))
    with pytest.raises(InputError, match="MANIFEST is not what was written.*build it again"):
        open_impact_index(index)
    # White space is no content.
    (index / MANIFEST).write_text(json.dumps(manifest, indent=7))
    open_impact_index(index).close()


OLD_FAULTS = [
    ("quantise", 3, "'quantise' is 3, where a text"),
    ("documents", "many", "'documents' is 'many', where a whole number"),
    ("documents", True, "'documents' is True"),
    ("postings", -1, "'postings' is -1"),
    ("tables", [], "'tables' is"),
    ("quantisation", None, "'quantisation' is None, where an object"),
    ("key", {}, "'key' is"),
    ("schema", "1", "'schema' is '1'"),
]


@pytest.mark.parametrize(("key", "value", "message"), OLD_FAULTS)
def test_a_manifest_of_another_type(index: Path, key: str, value: Any, message: str) -> None:
    as_older(index, **{key: value})
    with pytest.raises(InputError, match=rf"MANIFEST: {message}"):
        open_impact_index(index)


def test_a_manifest_with_a_missing_key(index: Path) -> None:
    as_older(index)
    words = r"MANIFEST does not say 'quantise'.*build"
    with open_impact_index(index) as opened, pytest.raises(InputError, match=words):
        opened.manifest["quantise"]


def test_manifests_that_are_nested_or_no_objects(index: Path) -> None:
    for text in ("[" * 100_000, "[]", "3", '{"kind": ["impact index"]}', "\0", "\ud800"):
        (index / MANIFEST).write_text(text, errors="surrogatepass")
        with pytest.raises(InputError):
            open_impact_index(index)


def test_the_digest_is_of_what_is_read(tmp_path: Path) -> None:
    """Numbers as keys, tuples and texts of every script are another thing in JSON, or the same."""
    with building(tmp_path / "out", "thing") as build:
        build.facts = {"of": {10: (1, 2), 9: [0.1, 1e300, 2**70]}, "é\u2028": "가", "none": None}
    found = read_manifest(tmp_path / "out", "thing")
    assert found["of"] == {"10": [1, 2], "9": [0.1, 1e300, 2**70]}
    sealed = json.loads((tmp_path / "out" / MANIFEST).read_text())
    seal = sealed.pop("manifest_digest")
    assert seal == digest(sealed)
