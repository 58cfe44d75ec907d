"""Training to a budget: the weight of the joint FLOPS follows the postings that a query reads.

The work of exhaustive retrieval is, for a query, the sum of the lengths of its terms' postings
lists: N * sum_v P(v in q) * P(v in d) in expectation, under whatever pruning is used later. Means
over recent batches estimate it at no cost, and each evaluation on the dev pool sets them right
(batches are drawn by pairs, and hold synthetic queries). The weight is the schedule's, times a
factor that a controller moves on the log scale, in proportion to the log of estimate / budget and
to its sum over the steps.
"""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from encoders.model.survivors import survivors
from encoders.training import processes

_MEMORY = 0.92
"""Share of the means that is kept from one step to the next: some dozen steps count."""
_PROPORTIONAL = 3.0
"""A weight that is 8 times as large at once where twice the budget is read: what follows the
postings closely, and eases as they come down, so that the sum does not shoot past."""
_INTEGRAL = 24.0
"""What the sum comes to over all steered steps where e times the budget is read throughout: how
far a weight is moved is a matter of shares of a training, not of steps."""
_MOST_ERROR = 1.0
"""Beyond e times the budget, or below a part in e, nothing is done faster."""
_MOST = math.log(1e4)
"""Largest change of the weight either way, on the log scale."""
TOLERANCE = 0.1
"""How far above the budget a checkpoint may be, as a share of it, and count as within."""


class BudgetControl:
    """Steers a weight until the expected postings a query are those of the budget.

    Args:
        budget: postings a query.
        query_k: terms a query under which they are counted; 0 for all.
        doc_k: terms a document.
        documents: documents of the collection, N.
        start: step from which the budget itself is steered to. Before, what is steered to comes
            down from what is read at first, by equal factors: vectors that are dense yet must
            not be thinned out in a hurry, nor all at the end.
        steps: of the whole training.
    """

    def __init__(
        self,
        budget: float,
        query_k: int,
        doc_k: int,
        documents: int,
        *,
        steps: int,
        start: int = 0,
    ) -> None:
        self.budget, self.query_k, self.doc_k = budget, query_k, doc_k
        self.documents, self.start = documents, start
        self.gain = _INTEGRAL / max(1, steps)
        self.first = 0.0
        self.rates: dict[str, Tensor] = {}
        self.sum, self.correction = 0.0, 1.0

    def observe(self, side: str, vectors: Tensor) -> None:
        """Take the vectors (B, |U|) of a batch's queries or documents, of this process."""
        k = self.query_k if side == "query" else self.doc_k
        kept = (vectors * survivors(vectors, k) > 0).float()
        rate = processes.batch_mean(kept)
        before = self.rates.get(side)
        if before is not None:
            rate = _MEMORY * before.to(rate.device) + (1 - _MEMORY) * rate
        self.rates[side] = rate

    def estimate(self) -> float:
        """Expected postings a query; 0 before anything was seen."""
        if len(self.rates) < 2:
            return 0.0
        matches = float(self.rates["query"].double() @ self.rates["doc"].double())
        return self.correction * self.documents * matches

    def factor(self, queries: Tensor, documents: Tensor, step: int) -> float:
        """Take a batch's vectors, and say by what the weight is multiplied at this step."""
        if len(queries):
            self.observe("query", queries)
        self.observe("doc", documents)
        estimate = self.estimate()
        if not estimate:
            return 1.0
        self.first = self.first or estimate
        error = math.log(estimate / self.target(step))
        error = max(-_MOST_ERROR, min(_MOST_ERROR, error))
        self.sum = _within(self.sum + self.gain * error)
        return math.exp(_within(self.sum + _PROPORTIONAL * error))

    def target(self, step: int) -> float:
        """Postings a query that are steered to at a step."""
        done = min(1.0, step / self.start) if self.start else 1.0
        return self.budget * math.pow(max(1.0, self.first / self.budget), 1 - done)

    def measured(self, postings: float) -> None:
        """Set the estimate right by what a pool showed."""
        raw = self.estimate() / self.correction
        if raw > 0 and postings > 0:
            self.correction = postings / raw

    def state_dict(self) -> dict[str, Any]:
        """What a training that goes on needs."""
        facts = {"sum": self.sum, "correction": self.correction, "first": self.first}
        return {"rates": dict(self.rates), **facts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.rates = dict(state["rates"])
        self.sum, self.correction = state["sum"], state["correction"]
        self.first = state["first"]


def _within(value: float) -> float:
    return max(-_MOST, min(_MOST, value))
