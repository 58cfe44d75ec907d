from __future__ import annotations

from encoders.devices.batch_budget import Budget

GB = 1 << 30


def test_it_grows_to_the_memory_there_is() -> None:
    budget = Budget(free=10 * GB, fixed=GB, together=2)
    assert budget.ceiling == 3 * GB
    sizes = []
    for _ in range(6):
        sizes.append(budget.size)
        budget.fitted(budget.size)
    assert sizes == [GB // 4, GB // 2, GB, 2 * GB, 3 * GB, 3 * GB]


def test_a_small_batch_proves_nothing() -> None:
    budget = Budget(free=10 * GB)
    budget.fitted(budget.size // 2)
    assert budget.size == GB // 4


def test_what_did_not_fit_is_never_tried_again() -> None:
    budget = Budget(free=100 * GB)
    for _ in range(4):
        budget.fitted(budget.size)
    assert budget.size == 4 * GB
    budget.overflowed(4 * GB)
    assert budget.size == budget.ceiling == 2 * GB
    budget.fitted(2 * GB)
    assert budget.size == 2 * GB
    # A batch of the larger size that was on its way already says nothing new.
    budget.overflowed(4 * GB)
    assert budget.size == 2 * GB


def test_little_or_unknown_memory() -> None:
    assert Budget(free=1, fixed=GB).size == 1
    assert Budget(None).ceiling == 8 * GB
    assert Budget(free=1000 * GB).ceiling == 8 * GB
