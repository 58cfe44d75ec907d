"""Impact vectors: read, written, pruned, quantised, and as what other tools take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    import scipy.sparse as sp

    from harness.pruning import Rule
    from harness.vectors import Vectors as Packed


class Vectors:
    """Sparse vectors with their ids and terms, in memory or in a folder that is read when needed.

    Example:
        >>> import esplade
        >>> vectors = esplade.Vectors.from_dicts({"d1": {"list": 1.5, "sort": 0.25, "a": 0.1}})
        >>> vectors.prune("top:2").to_dicts()
        {'d1': {'list': 1.5, 'sort': 0.25}}
        >>> vectors.quantise("scale:100").to_dicts()["d1"]["list"]
        150
    """

    def __init__(self, packed: Packed | None = None, path: Path | None = None) -> None:
        if packed is None and path is None:
            raise InputError("Vectors are made with read(), from_dicts() or from_scipy().")
        self._given = packed
        self.path = path

    @classmethod
    def read(cls, path: str | Path) -> Vectors:
        """Vectors of a folder that ``encode`` wrote, or of JSON Lines (a file or a folder).

        The files are read when the vectors are first used.

        Raises:
            InputError: there is no such file or folder; what is wrong in it is told when it is
                read.
        """
        path = Path(path)
        if not path.exists():
            raise InputError(f"There are no vectors {path}. Check the path.")
        return cls(path=path)

    @classmethod
    def from_dicts(cls, vectors: Mapping[str, Mapping[str, float]]) -> Vectors:
        """Vectors from weight by term by id; zeros are left out.

        Raises:
            InputError: an id or a term that no file could hold, or a weight below 0.
        """
        from harness.vectors.memory import from_dicts

        return cls(from_dicts(vectors))

    @classmethod
    def from_scipy(cls, matrix: Any, ids: Sequence[str], terms: Sequence[str]) -> Vectors:
        """Vectors from a sparse matrix of shape (ids, terms).

        Raises:
            InputError: another shape, repeated ids or terms, weights below 0.
        """
        from harness.vectors.memory import from_matrix

        return cls(from_matrix(matrix, ids, terms))

    @cached_property
    def packed(self) -> Packed:
        """The arrays, as `harness` works on them."""
        from esplade.progress import progress
        from harness.vectors import read_vectors

        if self._given is not None:
            return self._given
        assert self.path is not None
        with progress("Reading vectors") as advance:
            return read_vectors(self.path, advance)

    @property
    def ids(self) -> list[str]:
        """One a vector."""
        return self.packed.ids

    @property
    def terms(self) -> list[str]:
        """One a column, in code point order."""
        return self.packed.terms

    @property
    def nnz(self) -> int:
        """Number of weights."""
        return self.packed.nnz

    def prune(self, rule: str | int | Rule, searched: Vectors | None = None) -> Vectors:
        """Fewer weights.

        Args:
            rule: ``top:20`` (or 20), ``threshold:T``, ``ratio:R``, ``mass:A``, ``fraction:F``,
                ``entropy:C``, ``quantile:P``, ``share:S``, ``list:N``, ``common:TIMES:RATIO``,
                ``asked:FILE``, several joined by ``+``; or a rule of another package. Made of
                terms, it is `harness.pruning.Rule.asked`.
            searched: of queries: the documents whose frequencies ``common`` takes; those of these
                vectors otherwise.

        Raises:
            InputError: there is no such rule; a rule for documents, of queries.
        """
        from esplade.rules import read_rule
        from harness.pruning import Frequencies

        chosen, known = read_rule(rule), None
        if searched is not None:
            chosen.check_queries()
            counts = Frequencies.counted(searched.packed.matrix).of_columns
            known = Frequencies.looked_up(self.terms, searched.terms, counts)
        return Vectors(chosen.prune(self.packed, known))

    def quantise(self, quantiser: str = "scale:100") -> Vectors:
        """Impacts (integers) from weights: ``scale:S``, ``bits:N[:RANGE]`` or ``none``.

        Raises:
            InputError: there is no such quantiser, or it cannot take these weights.
        """
        from harness.quantisation.quantiser import Quantiser, quantise

        chosen = Quantiser.parse(quantiser).fit(self.packed.matrix)
        return Vectors(quantise(self.packed, chosen)[0])

    def to_scipy(self) -> sp.csr_array:
        """The weights: (ids, terms), float32 or int32, sorted and without zeros; a copy."""
        return self.packed.matrix.copy()

    def to_dicts(self) -> dict[str, dict[str, float]]:
        """Weight by term by id, the largest weights first."""
        from harness.vectors.memory import to_dicts

        return to_dicts(self.packed)

    def write(self, out: str | Path, *, overwrite: bool = False) -> Vectors:
        """Write a folder as ``encode`` does: JSON Lines, and packed arrays beside them.

        Raises:
            InputError: ``out`` is not free, or an id cannot be written.
        """
        from harness.vectors.folders import write

        write(self.packed, Path(out), overwrite=overwrite)
        return Vectors.read(out)

    def write_lsr_benchmark(
        self, out: str | Path, queries: Vectors | None = None, *, overwrite: bool = False
    ) -> int:
        """Write documents, and queries over the same columns, as lsr-benchmark and TIREx do.

        ``doc/doc-embeddings.npz`` with ``doc/doc-ids.txt``, the same for queries, and beside them
        ``terms.txt``, by which `read` knows the terms again.

        Args:
            out: folder to write.
            queries: their vectors.
            overwrite: replace such a folder.

        Returns:
            The number of columns.

        Raises:
            InputError: ``out`` is not free.
        """
        from ground.artifacts import atomic_folder, check_free_for
        from ground.dry import planned
        from harness.vectors.lsr_benchmark import TERMS, write

        place = Path(out)
        check_free_for(place, TERMS, "vectors of lsr-benchmark", overwrite)
        asked = {} if queries is None else {"queries": len(queries)}
        planned(counts={"documents": len(self), **asked}, writes=place)
        with atomic_folder(place) as folder:
            return write(self.packed, None if queries is None else queries.packed, folder)

    def __len__(self) -> int:
        return len(self.packed.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed.ids)

    def __repr__(self) -> str:
        if self._given is None and "packed" not in self.__dict__:
            return f"Vectors.read({str(self.path)!r})"
        mean = self.nnz / max(1, len(self))
        return f"Vectors({len(self):,} of {len(self.terms):,} terms, {mean:.1f} each)"
