"""Compressed, damaged and foreign files, and the encoding of the machine that reads them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zlib

import pytest
from jobs import Job, lines, trec

VECTORS = lines([{"id": f"d{i}", "vector": {"a": i + 1}} for i in range(200)]).encode()


# ir_datasets #222: a store that was not written to its end
def test_damaged_archives(job: Job) -> None:
    packed = gzip.compress(VECTORS)
    for name, data in (
        ("cut.jsonl.gz", packed[:-30]),
        ("wrong.jsonl.gz", packed[:-8] + b"\0\0\0\0" + packed[-4:]),
        ("plain.jsonl.gz", VECTORS),
        ("none.jsonl.gz", b""),
    ):
        file = job.file(name, data)
        job.refuses("index", "--vectors", file, "--index", job.folder / "i", words=[name])


# ir_datasets #189 and #244: .Z and .z are not what .gz is
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("d.jsonl.Z", b"\x1f\x9d\x90" + VECTORS),
        ("d.jsonl.z", gzip.compress(VECTORS)),
        ("d.jsonl", zlib.compress(VECTORS)),
        ("d.jsonl.bz2", b"BZh91AY&SY"),
    ],
)
def test_packed_by_other_tools(job: Job, name: str, data: bytes) -> None:
    asked = ("index", "--vectors", job.file(name, data), "--index", job.folder / "i")
    job.refuses(*asked, words=[name])


# ir_datasets #134: files made of several archives, one after the other
def test_archives_in_a_row_are_read_to_the_end(job: Job) -> None:
    parts = [VECTORS[:2000], VECTORS[2000:5000], b"", VECTORS[5000:]]
    file = job.file("d.jsonl.gz", b"".join(map(gzip.compress, parts)))
    index = job.index(file, "--quantize", "none")
    assert json.loads((index / "MANIFEST").read_text())["documents"] == 200


COMMANDS = """
import shlex, sys
from esplade.cli import main
for line in sys.stdin.buffer.read().decode().splitlines():
    sys.argv = ["esplade", *shlex.split(line)]
    try:
        main.main()
    except SystemExit as stop:
        assert not stop.code, line.encode()
"""


# ir_datasets #208: read in the machine's own encoding; anserini #1549: written in it
@pytest.mark.slow
def test_the_machines_encoding_does_not_matter(job: Job) -> None:
    job.data({"né": "가나 \u201d”", "b": "x"}, {"q가": "가나 ”"}, "q가\tné\t1\n", "dàta")
    place = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    place |= {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    place |= {"LC_ALL": "C"}
    commands = (
        "index --bm25 --dataset dàta --fields title --index 'ix é'",
        "search --index 'ix é' --dataset dàta --run r가.trec",
        "score --run r가.trec --dataset dàta --measures RR",
    )
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS],
        input="\n".join(commands).encode(),
        cwd=job.folder,
        env=place,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"1.0000" in done.stdout
    assert (job.folder / "r가.trec").read_bytes().startswith("q가 Q0 né 1 ".encode())


def test_folders_whose_names_are_no_text(job: Job) -> None:
    folder = job.folder / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    vectors = job.file("v.jsonl", VECTORS)
    job.refuses("index", "--vectors", vectors, "--index", folder / "i", words=["Rename"])
    (folder / "v.jsonl").write_bytes(VECTORS)
    asked = ("index", "--vectors", folder / "v.jsonl", "--index", job.folder / "i")
    job.refuses(*asked, words=["Rename"])


# anserini #1251: runs that were compressed after the search
def test_a_compressed_run_scores_as_the_plain_one(job: Job) -> None:
    run = trec("q", ("a", 2), ("b", 1))
    packed = job.file("r.trec.gz", gzip.compress(run.encode()))
    assert job.score(packed, "q 0 b 1\n", "RR") == job.score(run, "q 0 b 1\n", "RR")
