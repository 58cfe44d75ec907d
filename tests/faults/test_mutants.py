from __future__ import annotations

import gzip
from itertools import islice
from random import Random

from mutants import DAMAGES, gzip_mutants, gzipped, mutants

TEXT = "".join(f'{{"id": "d{i}", "vector": {{"caf\u00e9": {i}}}}}\n' for i in range(20)).encode()


def test_a_seed_gives_its_mutants_and_none_is_the_file() -> None:
    first, again, other = (list(islice(mutants(TEXT, seed), 200)) for seed in (1, 1, 2))
    assert first == again != other
    assert all(damaged != TEXT for _, damaged in first)
    assert len({damaged for _, damaged in first}) > 180


def test_every_damage_works_on_every_file_even_an_empty_one() -> None:
    for damage in DAMAGES:
        for data in (b"", b"x", b"\n"):
            assert len(damage(Random(1), data)) == 2
        changed = list(islice(mutants(TEXT, 3, [damage]), 20))
        assert len({damaged for _, damaged in changed}) > 1, damage.__name__


def test_members() -> None:
    for members in (1, 3):
        compressed = gzipped(TEXT, members)
        assert compressed.count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00") == members
        assert gzip.decompress(compressed) == TEXT
    found = list(islice(gzip_mutants(TEXT, 5, members=2), 40))
    whole = [description for description, data in found if data.startswith(b"\x1f\x8b\x08\x00")]
    assert len(whole) > 20
