"""Terms that a query log never asks for go: no query would read their lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from ground.artifacts import digest
from ground.errors import InputError
from ground.reading import numbered_text_lines
from harness.pruning.arrays import select
from harness.pruning.columns import Columns
from harness.vectors import Vectors, read_vectors


@dataclass(frozen=True)
class Asked:
    """The terms of a query log; two are equal if their terms are, whatever they are called.

    Attributes:
        terms: as they stand in vectors.
        name: the file that they come from.
    """

    terms: frozenset[str]
    name: str = field(default="terms", compare=False)

    @classmethod
    def read(cls, name: str) -> Asked:
        """Read a file with a term a line, or vectors of queries (a folder, or .jsonl).

        Raises:
            ValueError: no file is named.
            InputError: it cannot be read, or holds no terms.
        """
        path = Path(name)
        if not name:
            raise ValueError("a file is needed")
        if not path.exists():
            raise InputError(
                f"There is no file {name} with the terms of a query log. Check the path of the "
                f"rule asked:{name}; a path in a rule holds no comma and no plus."
            )
        vectors = path.is_dir() or name.endswith((".jsonl", ".jsonl.gz"))
        return cls(held(read_vectors(path)) if vectors else _listed(path), name)

    @classmethod
    def of(cls, given: Iterable[str] | Vectors) -> Asked:
        """Terms that are given, or those that some query vector holds."""
        return cls(held(given) if isinstance(given, Vectors) else frozenset(given))

    @cached_property
    def identity(self) -> str:
        """Digest of the terms."""
        return digest(sorted(self.terms))

    def sensible(self) -> bool:
        """Whether a rule can be made of them."""
        return bool(self.terms)

    def __str__(self) -> str:
        return self.name


def held(queries: Vectors) -> frozenset[str]:
    """The terms that at least one vector holds."""
    columns = np.unique(queries.matrix.indices)
    return frozenset(queries.terms[column] for column in columns.tolist())


def keep_asked(matrix: sp.csr_array, asked: Asked, columns: Columns) -> sp.csr_array:
    """Keep the weights of terms that are asked for.

    Keyword pruning of Ntoulas and Cho, "Pruning policies for two-tiered inverted index with
    correctness guarantee", SIGIR 2007, at its limit: the lists that no query of the log reads. On
    the queries of the log itself no score changes.

    Raises:
        InputError: none of the columns is asked for, or the terms of the columns are not known.
    """
    mask = columns.among(asked.terms)
    if columns.names and not mask.any():
        raise InputError(
            f"None of the {len(asked.terms):,} terms of {asked.name} (such as "
            f"{min(asked.terms)!r}) is one of the vectors' {len(mask):,} (such as "
            f"{columns.names[0]!r}). Give terms as the encoder's vocabulary has them, or vectors "
            f"of queries by the same encoder."
        )
    return select(matrix, mask[matrix.indices])


def _listed(path: Path) -> frozenset[str]:
    terms = set()
    for line, text in numbered_text_lines(path):
        term = text.strip()
        if len(term.split()) > 1:
            raise InputError(
                f"{path}, line {line}: {term[:60]!r} is no term, as it holds white space. Give a "
                f"term of the encoder's vocabulary a line, or vectors of queries."
            )
        terms.add(term)
    terms.discard("")
    if not terms:
        raise InputError(f"{path} holds no term. Give a term a line, or vectors of queries.")
    return frozenset(terms)
