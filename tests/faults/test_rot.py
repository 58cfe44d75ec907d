"""Results whose bytes rot: refused in words that name the file, never another answer."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from commandline import Esplade

from ground.artifacts import MANIFEST, building, digest, read_manifest, verified
from ground.artifacts.verified import memory_path
from ground.errors import InputError, IntegrityError
from harness.lucene import footers
from harness.lucene.impact_build import build_impact_index
from harness.lucene.impact_index import open_impact_index
from harness.lucene.text_index import build_text_index, open_text_index
from harness.vectors import read_vectors
from harness.vectors.model import Vectors
from harness.vectors.store import writing_vectors

TERMS = [f"t{i:02d}" for i in range(40)]
Answers = list[tuple[list[str], list[float]]]


def some_vectors(rows: int, dtype: type, seed: int = 3) -> Vectors:
    generator = np.random.default_rng(seed)
    dense = generator.integers(1, 60, (rows, len(TERMS))) * (generator.random((rows, 40)) < 0.3)
    return Vectors([f"d{i:03d}" for i in range(rows)], TERMS, sp.csr_array(dense.astype(dtype)))


def words(vectors: Vectors) -> list[tuple[str, str]]:
    matrix = vectors.matrix
    rows = (matrix.indices[s:e] for s, e in zip(matrix.indptr, matrix.indptr[1:], strict=False))
    return [(i, " ".join(TERMS[t] for t in row)) for i, row in zip(vectors.ids, rows, strict=True)]


def search_impact(path: Path) -> Answers:
    queries = some_vectors(6, np.int32, seed=4)
    with open_impact_index(path) as index:
        run = index.search(queries, k=50).run
        return [(docs.tolist(), scores.tolist()) for _, docs, scores in run]


def search_text(path: Path) -> Answers:
    queries = dict(words(some_vectors(6, np.int32, seed=4)))
    with open_text_index(path) as index:
        run = index.search(queries, k=50).run
        return [(docs.tolist(), scores.tolist()) for _, docs, scores in run]


SEARCH: dict[str, Callable[[Path], Answers]] = {"impact": search_impact, "text": search_text}


@pytest.fixture(autouse=True)
def memory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of files is each test's own."""
    monkeypatch.setenv("ESPLADE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexes")
    documents = some_vectors(300, np.int32)
    build_impact_index(documents, folder / "impact").close()
    build_text_index(words(documents), folder / "text", language=None).close()
    return folder


def damage(path: Path, chance: random.Random) -> None:
    """Flip one bit, or let 1 to 512 bytes be zero."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    if chance.random() < 0.5:
        data[at] ^= 1 << chance.randrange(8)
    else:
        length = chance.randint(1, 512)
        data[at : at + length] = bytes(len(data[at : at + length]))
    path.write_bytes(data)


def damage_indexes(indexes: Path, scratch: Path, cases: int, seed: int) -> int:
    """How many damages were refused; the others have no effect."""
    chance = random.Random(seed)
    right = {kind: search(indexes / kind) for kind, search in SEARCH.items()}
    refused = 0
    for case in range(cases):
        kind = ("impact", "text")[case % 2]
        copy = scratch / f"{case}"
        shutil.copytree(indexes / kind, copy)
        files = sorted(p for p in copy.rglob("*") if p.is_file() and p.stat().st_size)
        file = chance.choice(files)
        damage(file, chance)
        try:
            found = SEARCH[kind](copy)
        except InputError as error:
            refused += 1
            assert str(file) in str(error), (file, error)
        else:
            assert found == right[kind], file
        shutil.rmtree(copy)
    return refused


@pytest.mark.slow
def test_damaged_indexes(indexes: Path, tmp_path: Path) -> None:
    assert damage_indexes(indexes, tmp_path, 25, seed=1) >= 15


@pytest.mark.long
def test_many_damaged_indexes(indexes: Path, tmp_path: Path) -> None:
    assert damage_indexes(indexes, tmp_path, 300, seed=2) >= 200


def flip(file: Path, at: int | None = None) -> None:
    """Flip a bit of a file that keeps its size and, as a failing disk leaves it, its time."""
    before = file.stat()
    data = bytearray(file.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def index(indexes: Path, tmp_path: Path) -> Path:
    shutil.copytree(indexes / "impact", tmp_path / "index")
    return tmp_path / "index"


def test_a_footer_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "_0.doc"
    body = b"postings" + struct.pack(">II", 0xC02893E8, 0)
    file.write_bytes(body + struct.pack(">Q", zlib.crc32(body)))
    assert footers.footer_damage(file) is None
    file.write_bytes(b"p0stings" + file.read_bytes()[8:])
    assert "checksum" in (footers.footer_damage(file) or "")
    file.write_bytes(b"postings")
    assert "cut to 8 bytes" in (footers.footer_damage(file) or "")
    file.write_bytes(b"postings" * 4)
    assert "does not end" in (footers.footer_damage(file) or "")


def test_every_file_of_lucene_has_a_footer(indexes: Path) -> None:
    for kind in SEARCH:
        ours = {MANIFEST, "esplade"}
        files = {p.name for p in (indexes / kind).iterdir()} - ours
        assert files == set(footers.lucene_names(indexes / kind)) and len(files) > 8
        assert all(footers.footer_damage(indexes / kind / name) is None for name in files)


def test_a_file_is_compared_once_and_again_when_it_changes(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    real = footers.footer_damage

    def counted(path: Path) -> str | None:
        compared.append(path.name)
        return real(path)

    monkeypatch.setattr(footers, "footer_damage", counted)
    # The copy has other numbers on the disk than the index that it was made from.
    right = search_impact(index)
    assert sorted(compared) == footers.lucene_names(index)
    compared.clear()
    assert search_impact(index) == right and not compared
    file = next(index.glob("*.doc"))
    file.write_bytes(file.read_bytes())
    assert search_impact(index) == right and compared == [file.name]
    compared.clear()
    memory_path(index).write_text("[")
    assert search_impact(index) == right and len(compared) == len(footers.lucene_names(index))
    flip(file)
    with pytest.raises(InputError, match=rf"{file.name}: its bytes do not agree"):
        search_impact(index)


def test_a_new_index_is_not_compared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footers, "footer_damage", lambda path: pytest.fail(str(path)))
    build_impact_index(some_vectors(5, np.int32), tmp_path / "index").close()
    open_impact_index(tmp_path / "index").close()


def test_a_memory_that_cannot_be_written(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def no(*_: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ground.artifacts.verified.write_json", no)
    assert search_impact(index)
    assert not memory_path(index).exists()


@pytest.mark.slow
def test_doctor_believes_nothing_that_is_remembered(index: Path, esplade: Esplade) -> None:
    found = json.loads(esplade("doctor", "--index", index, "--json").out)["findings"]
    assert [one["ok"] for one in found if one["name"] == "index"] == [True]
    file = next(index.glob("*.tim"))
    flip(file)
    # As if the disk had changed under it: what is remembered is what is there now.
    footers.remember_footers(index)
    open_impact_index(index).close()
    answer = esplade("doctor", "--index", index, "--json")
    (one,) = [one for one in json.loads(answer.out)["findings"] if one["name"] == "index"]
    assert answer.code == 1 and not one["ok"] and str(file) in one["remedy"] + one["value"]


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


def as_older(folder: Path, drop: tuple[str, ...] = (), **facts: object) -> None:
    """Rewrite a manifest as an older version did: it has no digest."""
    manifest = json.loads((folder / MANIFEST).read_text())
    for key in ("manifest_digest", *drop):
        del manifest[key]
    (folder / MANIFEST).write_text(json.dumps({**manifest, **facts}))


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


# --- folders of vectors ---


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    out = tmp_path / "vectors"
    given = some_vectors(30, np.float32)
    with writing_vectors(out, TERMS, facts={"encoder": None}) as writer:
        writer.write(given.ids[:20], given.matrix[:20])
        writer.write(given.ids[20:], given.matrix[20:])
    return out


def same(one: Vectors, two: Vectors) -> bool:
    return one.ids == two.ids and (one.matrix != two.matrix).nnz == 0


def test_vectors_are_joined_as_they_were_written(vectors: Path) -> None:
    assert same(read_vectors(vectors), some_vectors(30, np.float32))
    assert same(read_vectors(vectors), read_vectors(vectors / "part-00000.jsonl")) is False
    weights = np.load(vectors / "packed" / "weights.npy")
    assert weights.dtype == np.float32 and weights.flags["C_CONTIGUOUS"]


def edits(path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Ways in which a folder of vectors gives other vectors without looking broken."""
    packed = path / "packed"

    def change(name: str, how: Callable[[Any], Any]) -> Callable[[], None]:
        return lambda: np.save(packed / f"{name}.npy", how(np.load(packed / f"{name}.npy")))

    def swap() -> None:
        ids = (packed / "ids.txt").read_text().split("\n")
        ids[0], ids[1] = ids[1], ids[0]
        (packed / "ids.txt").write_text("\n".join(ids))

    def at(place: int, value: float) -> Callable[[Any], Any]:
        def put(array: Any) -> Any:
            array[place] = value
            return array

        return put

    yield "weights.npy", change("weights", at(3, np.nan))
    yield "weights.npy", change("weights", at(3, -1.0))
    yield "weights.npy", change("weights", at(3, np.inf))
    yield "weights.npy", change("weights", at(3, 1e6))
    yield "indices.npy", change("indices", at(0, 400))
    yield "indices.npy", change("indices", at(0, -1))
    yield "indices.npy", change("indices", lambda a: a[::-1].copy())
    yield "indptr.npy", change("indptr", at(1, 10**6))
    yield "indptr.npy", change("indptr", at(2, 0))
    yield "ids.txt", swap
    for name in ("ids.txt", "terms.txt", "indptr.npy", "indices.npy", "weights.npy"):
        yield name, lambda name=name: (packed / name).write_bytes(b"")  # type: ignore[misc]
        yield name, lambda name=name: (packed / name).unlink()  # type: ignore[misc]


@pytest.mark.parametrize("number", range(20))
def test_damaged_vectors(vectors: Path, number: int) -> None:
    read_vectors(vectors)
    name, edit = list(edits(vectors))[number]
    edit()
    with pytest.raises(InputError, match=rf"packed/{name} is damaged.*(again|remov)"):
        read_vectors(vectors)


@pytest.mark.parametrize("number", [n for n in range(20) if n not in (3, 9)])
def test_damaged_vectors_of_which_no_checksum_was_kept(vectors: Path, number: int) -> None:
    """Older folders: what can be seen in the arrays themselves is refused as well."""
    as_older(vectors, drop=("packed",))
    assert same(read_vectors(vectors), some_vectors(30, np.float32))
    list(edits(vectors))[number][1]()
    with pytest.raises(InputError, match="ncode again"):
        read_vectors(vectors)


def test_shards_that_lie_elsewhere(vectors: Path) -> None:
    for name in ("../x.jsonl", "/etc/passwd", "", 3):
        as_older_shards(vectors, [{"name": name, "bytes": 3}])
        with pytest.raises(InputError, match="'shards' is"):
            read_vectors(vectors)


def as_older_shards(folder: Path, shards: list[dict[str, object]]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest.pop("manifest_digest", None)
    (folder / MANIFEST).write_text(json.dumps({**manifest, "shards": shards}))


@pytest.mark.parametrize("weight", [np.nan, np.inf, -0.5])
def test_an_encoder_that_went_astray(tmp_path: Path, weight: float) -> None:
    rows = sp.csr_array(np.array([[1, 2], [0, weight]], np.float32))
    writing = writing_vectors(tmp_path / "out", ["x", "y"], facts={})
    with pytest.raises(IntegrityError, match=r"gave 'b' a weight of"), writing as writer:
        writer.write(["a", "b"], rows)
    assert not list(tmp_path.iterdir())


def test_an_encoding_killed_while_its_shards_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file is the last that goes, what is left can be gone on from."""
    given = some_vectors(9, np.float32)
    unlink = Path.unlink
    for stop in range(1, 7):
        out = tmp_path / f"out{stop}"
        count = 0

        def stopped(path: Path, *args: Any, stop: int = stop, **options: Any) -> None:
            nonlocal count
            if path.name.startswith("part-"):
                count += 1
                if count == stop:
                    raise KeyboardInterrupt
            unlink(path, *args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", stopped)
            with pytest.raises(KeyboardInterrupt):
                encode(out, given)
        encode(out, given)
        assert same(read_vectors(out), given), stop


def encode(out: Path, given: Vectors) -> None:
    """Write in shards of three, going on after what is there, as an encoding does."""
    with writing_vectors(out, TERMS, facts={}, key="k" * 64) as writer:
        for row in range(writer.rows, len(given.ids), 3):
            writer.write(given.ids[row : row + 3], given.matrix[row : row + 3])


def test_only_so_many_folders_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified, "_MOST", 4)
    folders = [tmp_path / str(n) for n in range(6)]
    for at, folder in enumerate(folders):
        folder.mkdir()
        (folder / "file").write_text("x")
        verified.remember(folder, ["file"])
        os.utime(memory_path(folder), (at, at))
    # The fifth made it five; the two oldest went.
    kept = [memory_path(folder).exists() for folder in folders]
    assert kept == [False, False, True, True, True, True]
