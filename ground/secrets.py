"""What must never be written down: tokens and keys, wherever in a text they stand."""

from __future__ import annotations

import os
import re

HIDDEN = "***"
_NAMED = (
    r"(?:access_?|api_?|auth_?|hf_?|refresh_?|secret_?|private_?)*"
    r"(?:token|key|secret|password|passwd|pwd|sig|signature|credentials?)"
)
_PATTERNS = (
    # https://user:password@host, https://token@host
    (re.compile(r"(?P<keep>[a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@'\"]+@"), rf"\g<keep>{HIDDEN}@"),
    # ?token=..., &X-Amz-Signature=..., api_key=..., "--hf-token abc" is caught by its value
    (
        re.compile(
            rf"(?P<keep>(?:^|[?&;\s'\",{{(-])(?:[\w-]*-)?{_NAMED}\s*[=:]\s*)[^\s&;'\",)}}]+", re.I
        ),
        rf"\g<keep>{HIDDEN}",
    ),
    (re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.I), rf"\g<keep>{HIDDEN}"),
    # Tokens that are known by how they begin: Hugging Face, GitHub, OpenAI, AWS, Slack; JWT.
    (
        re.compile(
            r"\b(?:hf_[A-Za-z0-9]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|"
            r"sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[\w-]{8,}|"
            r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
        ),
        HIDDEN,
    ),
)
_OF_SECRETS = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|CREDENTIAL", re.I)
_SHORTEST = 8
"""Characters of a variable's value that is looked for: shorter ones are words of any text."""


def without_secrets(text: str) -> str:
    """A text with asterisks in the place of what looks like a token, a key or a password.

    Looked for are users and passwords in URLs, parameters that are called so, tokens of well-known
    makers, and the values of environment variables that are called so (``HF_TOKEN``).
    """
    for value in _values():
        text = text.replace(value, HIDDEN)
    for pattern, kept in _PATTERNS:
        text = pattern.sub(kept, text)
    return text


def is_of_a_secret(name: str) -> bool:
    """Whether a variable is called as those are that hold secrets."""
    return _OF_SECRETS.search(name) is not None


def _values() -> list[str]:
    """Values of variables that hold secrets, the longest first."""
    found = {value for name, value in os.environ.items() if is_of_a_secret(name)}
    # A path or a switch is no secret: HF_TOKEN_PATH, TOKENIZERS_PARALLELISM.
    secret = (v for v in found if len(v) >= _SHORTEST and not os.path.isabs(v))
    return sorted(secret, key=len, reverse=True)
