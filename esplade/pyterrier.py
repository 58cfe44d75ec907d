"""Indexes and encoders as transformers of PyTerrier; needs ``pip install 'esplade[pyterrier]'``.

::

    import pyterrier as pt
    from esplade.pyterrier import Retriever

    pt.Experiment([Retriever(index, encoder)], topics, qrels, ["ndcg_cut_10"])

The frames are PyTerrier's: ``qid``, ``query``, ``docno``, ``score``, ``rank`` (from 0). No Java of
PyTerrier's is started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ground.errors import InputError

try:
    import pyterrier as pt
except ImportError as error:
    raise ImportError(
        "esplade.pyterrier needs PyTerrier: pip install 'esplade[pyterrier]'"
    ) from error

if TYPE_CHECKING:
    import pandas as pd

    from esplade.indexes import Index

TOKENS = {"query": "query_toks", "doc": "toks"}
"""Columns of term weights, as PyTerrier's learned sparse encoders call them."""


class Retriever(pt.Transformer):  # type: ignore[misc]
    """Queries to ranked results: exactly those of `esplade.Index.search`.

    Queries with a column ``query_toks`` (weight by term) are searched with these; others are
    encoded first, or, for a BM25 index, searched as text.

    Args:
        index: of impacts, or of text.
        encoder: for queries that have no weights yet; see `esplade.Encoder`.
        k: results per query.
        search: further arguments of `esplade.Index.search` (``qk``, ``prune``, ...).
    """

    def __init__(self, index: Index, encoder: Any = None, k: int = 1000, **search: Any) -> None:
        super().__init__()
        self.index, self.encoder, self.k, self.search = index, encoder, k, search

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Add the results of every query."""
        import pandas as pd

        from esplade.vectors import Vectors

        if not {"qid", "query"} <= set(inp.columns) and TOKENS["query"] not in inp.columns:
            raise InputError(f"Queries need columns qid and query; there are {list(inp.columns)}.")
        asked = inp.drop_duplicates("qid")
        columns = ["qid", "docno", "score", "rank"]
        if not len(asked):
            return pd.DataFrame(columns=[*asked.columns, *columns[1:]])
        names = [str(name) for name in asked["qid"]]
        queries: Any
        if TOKENS["query"] in asked.columns:
            queries = Vectors.from_dicts(dict(zip(names, asked[TOKENS["query"]], strict=True)))
            found = self.index.search(queries, self.k, **self.search)
        else:
            queries = dict(zip(names, asked["query"], strict=True))
            found = self.index.search(queries, self.k, encoder=self.encoder, **self.search)
        results = found.to_pandas()
        kept = asked.assign(qid=names).drop(columns=[c for c in columns[1:] if c in asked.columns])
        return kept.merge(results, on="qid", how="inner")

    def __repr__(self) -> str:
        return f"esplade({self.index.path.name})"


class SparseEncoder(pt.Transformer):  # type: ignore[misc]
    """Texts to term weights: ``query`` to ``query_toks``, or ``text`` of documents to ``toks``.

    Args:
        encoder: see `esplade.Encoder`.
        side: ``query`` or ``doc``.
        column: that holds the texts; by default ``query``, and of documents ``title`` or ``text``,
            whichever the encoder was trained on.
    """

    def __init__(self, encoder: Any, side: str = "query", column: str | None = None) -> None:
        from esplade.encoder import Encoder

        super().__init__()
        if side not in TOKENS:
            raise InputError(f"side={side!r} is neither 'query' nor 'doc'.")
        self.encoder, self.side = Encoder.load(encoder), side
        self.column = column

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Add the column of term weights."""
        import pandas as pd

        column = self.column or self._usual(inp)
        if column not in inp.columns:
            raise InputError(f"There is no column {column!r}; there are {list(inp.columns)}.")
        vectors = self.encoder.encode(list(inp[column]), side=self.side)  # type: ignore[arg-type]
        found = vectors.to_dicts()
        result = inp.copy()
        result[TOKENS[self.side]] = pd.Series([found[n] for n in vectors.ids], index=inp.index)
        return result

    def _usual(self, inp: pd.DataFrame) -> str:
        if self.side == "query":
            return "query"
        fields = self.encoder.fields
        return fields if fields in inp.columns else "text"

    def __repr__(self) -> str:
        return f"SparseEncoder({self.encoder.name}, {self.side})"
