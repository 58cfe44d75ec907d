"""Tokens and passwords do not pass, and nothing else is touched."""

from __future__ import annotations

import pytest

from ground.secrets import without_secrets


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("https://me:pass@host/data", "https://***@host/data"),
        ("https://host/x?token=abc&split=test", "https://host/x?token=***&split=test"),
        ("https://s3/x?X-Amz-Signature=af12&a=b", "https://s3/x?X-Amz-Signature=***&a=b"),
        ("--api-key=s3cret", "--api-key=***"),
        ("api_key: abcdef, next", "api_key: ***, next"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("hf_AbCdEfGhIjKl", "***"),
        ("ghp_0123456789abcdefghij", "***"),
        ("sk-proj-0123456789abcdef", "***"),
    ],
)
def test_what_is_hidden(given: str, left: str) -> None:
    assert without_secrets(given) == left


@pytest.mark.parametrize(
    "given",
    [
        "--dataset",
        "pydoc",
        "sort:0.4+key words of a monkey: 3",
        "nDCG@10",
        "owner/name@main",
        "common:5:0.4/share:0.4",
        "the token of a text",
        "runs/local/key",
    ],
)
def test_what_stays(given: str) -> None:
    assert without_secrets(given) == given


def test_the_value_of_a_variable_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "plainlooking")
    monkeypatch.setenv("HF_TOKEN_PATH", "/home/me/token-file")
    assert (
        without_secrets("call plainlooking /home/me/token-file") == "call *** /home/me/token-file"
    )
