"""What readers of vectors are known to let pass: names twice, numbers, nesting, half characters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_vectors import D0, D1, refusals
from vector_readers import READ_BY_KERNEL, READERS, by_kernel


@pytest.mark.parametrize(
    "line",
    [
        '{"id":"a","vector":{"x":3,"x" :5,"y":1}}',
        '{"id":"a","vector":{"x":3,"x"\t:5,"y":1}}',
        '{"id":"a","vector":{"x":3,"\\u0078":5,"y":1}}',
        '{"id":"a","vector":{"x:":3,"x\\u003a":5}}',
        '{"id":"a","vector":{"x":0,"x":0}}',
        '{"id":"a","id" :"b","vector":{"x":3}}',
        '{"id":"a","id":"a","vector":{"x":3}}',
        '{"id":"a","i\\u0064":"b","vector":{"x":3}}',
        '{"id":"a","vector":{"x":3},"vector" :{"y":3}}',
        '{"id":"a","vector":{"x":3},"vecto\\u0072":{"y":3}}',
        '{"id":"a","contents":"","contents" :"","vector":{"x":3}}',
        '{"id":"a","title":"","title" :"","vector":{"x":3}}',
        '{"id":"a","title":"","vector":{"x":3},"titl\\u0065":":"}',
        '{"id":"a","meta":{"k":1,"k" :2},"vector":{"x":3}}',
        '{"id":"a","meta":[{"k":1,"k" :2}],"vector":{"x":3}}',
    ],
)
def test_a_name_that_stands_twice(tmp_path: Path, line: str) -> None:
    (message,) = refusals(tmp_path / "v.jsonl", D0 + line.encode())
    assert f"{tmp_path / 'v.jsonl'}, line 2: the vector" in message
    assert " twice. " in message


@pytest.mark.slow
def test_a_name_that_stands_twice_with_many_between(tmp_path: Path) -> None:
    """More than the kernel and its parser remember."""
    many = ",".join(f'"w{i}":1' for i in range(300_000))
    (message,) = refusals(
        tmp_path / "v.jsonl", D0 + b'{"id":"a","vector":{"x":1,%s,"x":2}}' % many.encode()
    )
    assert f"{tmp_path / 'v.jsonl'}, line 2: the vector 'a' names 'x' twice" in message
    (tmp_path / "v.jsonl").write_text(f'{{"id":"a","vector":{{"x":1,{many},"y":2}}}}')
    READ_BY_KERNEL.clear()
    assert by_kernel(tmp_path / "v.jsonl").nnz == 300_002
    assert READ_BY_KERNEL == [True]


def test_colons_and_escapes_are_no_names_that_stand_twice(tmp_path: Path) -> None:
    line = r'{"id":"a:b","contents":"\": \\","t:":":","vector":{":":3,"\u003a:":5,"\"x\":":1}}'
    (tmp_path / "v.jsonl").write_text(line)
    READ_BY_KERNEL.clear()
    for read in READERS:
        assert read(tmp_path / "v.jsonl").terms == ['"x":', ":", "::"]
    assert READ_BY_KERNEL == [True]


@pytest.mark.parametrize(
    "number",
    [
        *(
            "-1e-400",
            "-1e-50",
            "-0.1e-500",
            "-1",
            "-5e-324",
            "1e400",
            "-1e400",
            "1e39",
            "1e999999999",
        ),
        *("16777216", "18446744073709551616", "9" * 400, "9" * 5_000, "-" + "9" * 5_000),
        *("NaN", "Infinity", "-Infinity", "nan", "01", "-01", "+1", ".5", "1.", "1e", "1e+", "0x1"),
        *("1_0", "1 0", "\u0661", "--1", "1e5.5", "true", "null", '"1"', "[1]", '{"a":1}', ""),
    ],
)
def test_numbers_that_are_no_weights(tmp_path: Path, number: str) -> None:
    line = f'{{"id":"a","vector":{{"x":3,"y":{number}}}}}'
    (message,) = refusals(tmp_path / "v.jsonl", D0 + line.encode() + b"\n" + D1)
    assert f"{tmp_path / 'v.jsonl'}, line 2" in message
    assert len(message) < 600


@pytest.mark.parametrize("weights", ["0.5", "3"])
def test_weights_that_are_zero_are_counted(tmp_path: Path, weights: str) -> None:
    zeros = [
        "0",
        "-0",
        "0.0",
        "-0.0",
        "-0e5",
        "-0.000E-3",
        "1e-50",
        "1e-320",
        "1e-400",
        "1e-999999",
    ]
    if weights == "3":
        zeros = ["0", "-0"]
    vector = ",".join(f'"t{i}":{zero}' for i, zero in enumerate(zeros))
    line = f'{{"id":"a","vector":{{"x":{weights},{vector}}}}}'
    (tmp_path / "v.jsonl").write_text(line)
    for read in READERS:
        found = read(tmp_path / "v.jsonl")
        assert (found.zeros, found.nnz) == (len(zeros), 1)
        assert found.is_integer == (weights == "3")


def test_floats_of_many_digits(tmp_path: Path) -> None:
    texts = ["0." + "3" * 5_000, "1" + "0" * 37 + ".5", "0.1000000014901161193847656250001"]
    texts += ["0.30000001192092896", "1234567890123456.7", "9007199254740993.0", "16777217.0"]
    vector = ",".join(f'"{i}":{text}' for i, text in enumerate(texts))
    (tmp_path / "v.jsonl").write_text(f'{{"id":"a","vector":{{{vector}}}}}')
    expected = np.array([float(text) for text in texts]).astype(np.float32)
    for read in READERS:
        np.testing.assert_array_equal(read(tmp_path / "v.jsonl").matrix.data, expected)


DEEP = 100_000


@pytest.mark.parametrize("begin", ["[", '{"a":'])
@pytest.mark.parametrize("end", ["]", "}", ""])
@pytest.mark.parametrize(
    "line",
    [
        '{"id":"a","vector":{"x":%s}}',
        '{"id":"a","vector":{},"y":%s}',
        '{"id":%s,"vector":{}}',
        "%s",
    ],
)
def test_nesting(tmp_path: Path, line: str, begin: str, end: str) -> None:
    nested = begin * DEEP + "1" + end * DEEP
    (message,) = refusals(tmp_path / "v.jsonl", D0 + (line % nested).encode())
    assert f"{tmp_path / 'v.jsonl'}, line 2" in message
    assert len(message) < 600


def test_ids_that_an_index_does_not_hold(tmp_path: Path) -> None:
    line = '{"id":"%s","vector":{"x":1}}'
    (tmp_path / "v.jsonl").write_text(line % ("a" * 32_766), encoding="utf-8")
    for read in READERS:
        assert len(read(tmp_path / "v.jsonl").ids[0]) == 32_766
    for name in ("a" * 32_767, "\u00e9" * 16_384, "\ud55c" * 10_923, "a" * 1_000_000):
        (message,) = refusals(tmp_path / "v.jsonl", D0 + (line % name).encode())
        assert f"{tmp_path / 'v.jsonl'}, line 2: the id" in message
        assert "at most 32,766" in message and len(message) < 600


def test_half_characters_and_other_bytes(tmp_path: Path) -> None:
    for bad in (rb"\ud83d", rb"\ude00", rb"\ude00\ud83d", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf"):
        for line in (
            b'{"id":"%s","vector":{"x":1}}',
            b'{"id":"a","contents":"%s","vector":{"x":1}}',
            b'{"id":"a","title":"%s","vector":{"x":1}}',
            b'{"id":"a","%s":"","vector":{"x":1}}',
            b'{"id":"a","vector":{"%s":1}}',
        ):
            (message,) = refusals(tmp_path / "v.jsonl", D0 + line % bad)
            assert f"{tmp_path / 'v.jsonl'}, line 2" in message, (bad, line)


def test_a_pair_of_halves_is_the_character(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text(
        '{"id":"\\ud83d\\ude00","contents":"\\ud83d\\ude00","vector":{"\\uD83D\\uDE00":1}}\n'
        '{"id":"b","vector":{"\U0001f600":2}}\n',
        encoding="utf-8",
    )
    for read in READERS:
        found = read(tmp_path / "v.jsonl")
        assert (found.ids, found.terms) == (["\U0001f600", "b"], ["\U0001f600"])
