"""Open Lucene indexes, of impacts or of text: searched and explained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.dry import planned

if TYPE_CHECKING:
    from esplade.runs import Run
    from harness.pruning import Rule
    from harness.retrieval.explaining import Explanation


class Index:
    """An open index, of impacts or of text; read-only.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"sort": 2.0}, "d2": {"list": 1.0}})
        >>> index = esplade.index(vectors, "indexes/small")
        >>> query = esplade.Vectors.from_dicts({"q1": {"sort": 1.0}})
        >>> index.search(query, k=10).to_pandas()[["qid", "docno", "score"]].values.tolist()
        [['q1', 'd1', 20000]]
    """

    def __init__(self, path: Path, opened: Any) -> None:
        self.path = path
        self._opened = opened

    @classmethod
    def open(cls, path: str | Path, *, memory: int | None = None) -> Index:
        """Open a finished index of either kind.

        Args:
            path: its folder.
            memory: MB for decoded postings lists; half of Java's heap otherwise.

        Raises:
            InputError: it is no index of ours, or damaged.
        """
        from esplade.queries import is_text_index
        from harness.lucene.impact_index import open_impact_index
        from harness.lucene.text_index import open_text_index

        path = Path(path)
        if is_text_index(path):
            return cls(path, open_text_index(path))
        return cls(path, open_impact_index(path, memory))

    @property
    def manifest(self) -> dict[str, Any]:
        """What was recorded when it was built: pruning, quantisation, counts, losses."""
        return dict(self._opened.manifest)

    @property
    def documents(self) -> int:
        """Number of documents, those without terms included."""
        return int(self._opened.num_docs)

    @property
    def postings(self) -> int:
        """Number of postings."""
        return int(self._opened.nnz)

    @property
    def bytes(self) -> int:
        """Size of Lucene's files."""
        return int(self._opened.bytes)

    def search(
        self,
        queries: Any,
        k: int = 1000,
        *,
        encoder: Any = None,
        device: str = "auto",
        split: str = "test",
        qk: int = 0,
        prune: str | Rule | None = None,
        quantise: str | None = None,
        algorithm: str = "auto",
        threads: int = 1,
        repeats: int = 0,
        tag: str = "esplade",
        drop_self: bool = False,
        online: bool = False,
        rescore: Index | str | Path | None = None,
        candidates: int | None = None,
        lossless: bool = False,
    ) -> Run:
        """Search exactly: the k best, ties by document id; or in two steps (see `rescore`).

        Args:
            queries: vectors (`esplade.Vectors`, a folder or file of them); or, with an encoder or
                a BM25 index, text: a data set, texts by id, a list of texts, a file of topics.
            k: results per query.
            encoder: for queries given as text; see `esplade.Encoder`.
            device: where it computes: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
            split: whose queries, of a data set.
            qk: largest number of terms that a query keeps; 0 keeps all.
            prune: another rule in its place; ``common`` takes this index's document frequencies.
            quantise: of the queries; the index's own otherwise.
            algorithm: how the same results are found; see `harness.lucene.algorithms`.
            threads: that search.
            repeats: passes for latency, after one that is discarded; 0 measures none.
            tag: name of the run.
            drop_self: leave the document with the query's own id out of its results.
            online: an encoder of the hub may be downloaded.
            rescore: the unpruned index of the same vectors, open or its folder: the candidates
                found here are scored again by it, with the query unpruned. `Run.cost` then also
                has the ``lookups`` of that, and how many queries are ``certified`` to lose nothing.
            candidates: to rescore, at least k; k otherwise.
            lossless: also find how many candidates each query needs (``candidates_needed``).

        Raises:
            InputError: queries that do not fit the index; this is no pruning of ``rescore``.
        """
        from esplade.loading import fetch
        from esplade.queries import search_opened
        from esplade.rescoring import opened_rescoring
        from esplade.rules import pruning_rule

        fetch(encoder, online)

        full = rescore._opened if isinstance(rescore, Index) else rescore
        given = (self._opened, full, candidates, lossless, drop_self)
        with opened_rescoring(*given) as second:
            return search_opened(
                self._opened,
                self.path,
                queries,
                k=k,
                encoder=encoder,
                device=device,
                split=split,
                prune=pruning_rule(prune, qk, "--qk"),
                quantise=quantise,
                algorithm=algorithm,
                threads=threads,
                repeats=repeats,
                tag=tag,
                drop_self=drop_self,
                second=second,
            )

    def explain(
        self,
        query: Any,
        doc: str | Sequence[str],
        *,
        query_id: str | None = None,
        encoder: Any = None,
        device: str = "auto",
        split: str = "test",
        qk: int = 0,
        prune: str | Rule | None = None,
        quantise: str | None = None,
        k: int = 1000,
        online: bool = False,
    ) -> list[Explanation]:
        """Where the scores of documents come from, term by term.

        Args:
            query: queries as in `search`; with an encoder also one text.
            doc: id of a document, or several.
            query_id: which of the queries; the first one otherwise.
            encoder: for text.
            device: as in `search`.
            split: of a data set.
            qk: as in `search`.
            prune: as in `search`.
            quantise: as in `search`.
            k: among how many results a document's rank is looked for.
            online: as in `search`.

        Raises:
            InputError: a BM25 index; no such query or document.
        """
        from esplade.loading import fetch
        from esplade.queries import explain_opened
        from esplade.rules import pruning_rule

        fetch(encoder, online)

        return explain_opened(
            self._opened,
            self.path,
            query,
            [doc] if isinstance(doc, str) else list(doc),
            query_id=query_id,
            encoder=encoder,
            device=device,
            split=split,
            prune=pruning_rule(prune, qk, "--qk"),
            quantise=quantise,
            k=k,
        )

    def export(self, ciff: str | Path, *, overwrite: bool = False) -> dict[str, int]:
        """Write the index in the Common Index File Format, for PISA, BMP and others.

        Impacts become term frequencies. BMP takes at most 8 bits: index with ``bits:8``.

        Args:
            ciff: file to write; compressed if its name ends in .gz.
            overwrite: replace it.

        Returns:
            Counts of what was written.

        Raises:
            InputError: a BM25 index; the file exists.
        """
        from esplade.progress import progress
        from ground.artifacts import check_file
        from ground.errors import InputError
        from harness.lucene.impact_index import ImpactIndex
        from harness.retrieval.ciff import export_ciff

        place = Path(ciff)
        check_file(place, overwrite, [self.path])
        if not isinstance(self._opened, ImpactIndex):
            raise InputError(f"{self.path} is a BM25 index; CIFF is written of impact indexes.")
        planned(
            counts={"documents": self.documents, "postings": self.postings},
            writes=place,
        )
        with progress("Exporting", len(self._opened.terms)) as advance:
            counts = export_ciff(self._opened, place, advance)
        return {**counts, "bytes": place.stat().st_size}

    def close(self) -> None:
        """Release the files."""
        self._opened.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"Index({str(self.path)!r}: {self.documents:,} documents, {self.postings:,} postings)"
        )
