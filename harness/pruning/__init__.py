"""Pruning of sparse vectors: which weights are kept before indexing or searching.

Top-k ("document-centric" pruning, for documents and queries alike), threshold and term-centric
pruning after Lassance et al., arXiv 2304.12702; maximum ratio and mass as in OpenSearch's neural
sparse search; common terms as in Elasticsearch's. ``qk`` and ``dk`` of arXiv 2605.01407 are top-k's
k, where 0 means not pruned. Each function says where its rule comes from.
"""

from harness.pruning.columns import Columns, Frequencies
from harness.pruning.rules import NONE, Rule
from harness.pruning.steps import top_k

__all__ = ["NONE", "Columns", "Frequencies", "Rule", "top_k"]
