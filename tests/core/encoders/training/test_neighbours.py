from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from encoders.training.neighbours import NeighbourSampler, nearest

DOCUMENTS = [[1, 2, 3], [1, 2, 4], [9, 8], [9, 8, 7], [5], [1, 3, 2]]


def test_nearest_by_rare_tokens() -> None:
    near = nearest(DOCUMENTS, 3)
    # Token order does not count; document 4 shares no token with any other.
    assert near[0].tolist() == [5, 1, -1]
    assert near[2].tolist() == [3, -1, -1]
    assert near[4].tolist() == [-1, -1, -1]


def test_every_pair_once_and_neighbours_together() -> None:
    documents = np.array([0, 1, 2, 3, 4, 5, 2])
    sampler = NeighbourSampler(documents, nearest(DOCUMENTS, 3), 3, seed=5)
    order = list(sampler)
    assert sorted(order) == list(range(7)) and len(sampler) == 7
    for epoch in range(20):
        sampler.set_epoch(epoch)
        place = {documents[pair]: at for at, pair in enumerate(sampler)}
        # {0, 1, 5} are one another's only neighbours, so they form one group of three.
        assert max(place[d] for d in (0, 1, 5)) - min(place[d] for d in (0, 1, 5)) == 2


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    random = np.random.default_rng(3)
    documents = random.integers(0, 200, 500)
    near = nearest([random.integers(0, 300, 6).tolist() for _ in range(200)])
    one, two = (NeighbourSampler(documents, near, 8, seed=1) for _ in range(2))
    assert list(one) == list(one) == list(two)
    two.set_epoch(1)
    assert list(one) != list(two)
    assert sorted(two) == list(range(500))
