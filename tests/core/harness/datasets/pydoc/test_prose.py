"""What of a docstring is prose, and where its sentences end."""

from __future__ import annotations

import pytest

from harness.datasets.pydoc.prose import blocks, sentences, split_summary

NUMPY_STYLE = """Matrix or vector norm.

This function can return one of eight :ref:`matrix norms <norms>`, e.g. the `Frobenius` norm.
It depends on the value of ``ord``.

.. versionadded:: 1.7.0

Parameters
----------
x : array_like
    Input array of any shape.

Notes
-----
For values of ord below one, the result is not a mathematical norm.

.. math:: x = y

    >>> norm(a)
    7.7

* first item
"""


def test_prose_leaves_out_parameters_code_and_mathematics() -> None:
    found = [(b.kind, b.text) for b in blocks(NUMPY_STYLE)]
    assert found == [
        ("prose", "Matrix or vector norm."),
        (
            "prose",
            "This function can return one of eight matrix norms, e.g. the Frobenius norm. "
            "It depends on the value of ord.",
        ),
        ("described", "x : array_like Input array of any shape."),
        ("prose", "For values of ord below one, the result is not a mathematical norm."),
        ("item", "first item"),
    ]


def test_google_style_sections_are_described() -> None:
    doc = "Load it.\n\nArgs:\n    path: where it lies.\n\nReturns:\n    A thing.\n\nIt is prose."
    assert [b.kind for b in blocks(doc)] == ["prose", "described", "described", "prose"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One thing. Another thing.", 2),
        ("It is used, e.g. In tests. Then it ends.", 2),
        ("Rounds to x. Then stops.", 2),
        ("Ends with a question? Yes.", 2),
        ("See J. Doe for more", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_summary_skips_the_signature() -> None:
    doc = "abs(input, *, out=None) -> Tensor\n\nComputes the absolute value. Of each element."
    summary, rest = split_summary(doc)
    assert summary == "Computes the absolute value"
    assert [b.text for b in rest] == ["Of each element."]
    assert split_summary("zeros(shape, dtype=None)\n--\n\nReturn zeros.")[0] == "Return zeros"
    assert split_summary("S.insert(i, v) -- insert value before i")[0] == "insert value before i"
