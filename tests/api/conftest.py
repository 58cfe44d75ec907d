"""A data set that a notebook would hold, and Java started once."""

from __future__ import annotations

import pandas as pd
import pytest
from commandline import Esplade

import esplade

TOPICS = ("sort a list", "read a file", "open a socket", "parse json", "join threads", "hash bytes")


@pytest.fixture(scope="session")
def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Documents, queries and judgments under PyTerrier's names."""
    documents = [
        (f"d{n}-{i}", f"{topic} in python {i}", f"How to {topic}: part {i}.")
        for n, topic in enumerate(TOPICS)
        for i in range(4)
    ]
    queries = [(f"q{n}", f"how do I {topic}") for n, topic in enumerate(TOPICS)]
    judged = [(f"q{n}", f"d{n}-{i}", 1 + (i == 0)) for n in range(len(TOPICS)) for i in range(2)]
    return (
        pd.DataFrame(documents, columns=["docno", "title", "text"]),
        pd.DataFrame(queries, columns=["qid", "query"]),
        pd.DataFrame(judged, columns=["qid", "docno", "label"]),
    )


@pytest.fixture(scope="session")
def dataset(frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> esplade.Dataset:
    return esplade.Dataset.from_frames(*frames, name="small", language="en")


@pytest.fixture(scope="session")
def encoder() -> esplade.Encoder:
    return esplade.Encoder.load("pydoc-tiny")


@pytest.fixture
def esplade_command(request: pytest.FixtureRequest) -> Esplade:
    """The command line, under a name that leaves `esplade` to the package."""
    run: Esplade = request.getfixturevalue("esplade")
    return run
