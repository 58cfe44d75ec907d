from __future__ import annotations

import pytest

from encoders.training.settings import FinetuneSettings, PretrainSettings
from ground.errors import InputError


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ({"steps": 0}, "--steps 0 is too small: give 1 or more"),
        ({"warmup": 1.5}, "--warmup 1.5 is too large: give 1 or less"),
        ({"lr": float("nan")}, "--lr nan is no finite number"),
        ({"lr": float("inf")}, "--lr inf is no finite number"),
        ({"scale": float("inf")}, "--scale inf is no finite number"),
        ({"seed": -1}, "--seed -1 is too small: give 0 or more"),
        ({"seed": 2**31}, "--seed 2147483648 is too large"),
        ({"batch": 0}, "--batch 0 is too small: give 1 or more"),
        ({"decay": "quadratic"}, "--decay 'quadratic' is none of linear, cosine"),
        ({"distillation": "mse"}, "--distillation 'mse' is none of none, margin-mse, kl"),
        ({"query_encoder": "other"}, "--query-encoder 'other' is none of shared, separate"),
        ({"doc_top_k": -1}, "--doc-top-k -1 is too small"),
        ({"budget": "-3"}, "--budget '-3': give a number of postings a query, or bm25"),
        ({"budget": "many"}, "--budget 'many'"),
        ({"budget_terms": "7"}, "--budget-terms '7': give QK:DK, such as 7:20"),
    ],
)
def test_values_outside_their_limits(setting: dict[str, object], why: str) -> None:
    with pytest.raises(InputError) as error:
        FinetuneSettings(**setting)  # type: ignore[arg-type]
    assert why in str(error.value)


def test_defaults_are_within_their_limits() -> None:
    assert PretrainSettings().lr == 1e-3 and FinetuneSettings().lr == 5e-4
