"""A data set: documents, queries and judgments, of whatever it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esplade.frames import as_frame, by_split, judgment_frame, read_judgments
from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from harness.datasets import Dataset as AnyDataset
    from harness.datasets import Document


class Dataset:
    """A test collection: documents, queries and judgments, in the splits train, dev and test.

    `load_dataset` opens one by its name or folder; `from_frames`, `from_dicts` and `from_files`
    make one of what you hold. All commands and functions take any of them.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sparse retrieval", "d2": "dense retrieval"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sparse"}, {"q1": {"d1": 1}})
        >>> dataset
        Dataset('memory': 2 documents, splits test)
        >>> dataset.queries()
        {'q1': 'sparse'}
    """

    def __init__(self, source: AnyDataset) -> None:
        self._source = source
        self._documents: int | None = None

    @classmethod
    def from_frames(
        cls,
        docs: Any,
        queries: Any = None,
        qrels: Any = None,
        *,
        name: str = "frames",
        language: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> Dataset:
        """A data set from frames of pandas, or what can become one (``to_pandas``).

        Args:
            docs: an id column (``doc_id``, ``docno`` or ``id``) and ``title`` or ``text``.
            queries: an id column (``query_id``, ``qid`` or ``id``) and ``text`` or ``query``.
            qrels: ``query_id``/``qid``, ``doc_id``/``docno`` and ``relevance``/``label``; one
                frame is split ``test``, or give them by split.
            name: of the data set, in tables and files.
            language: of the texts: ``en``, ``ko``, ...
            columns: your column names by ours, where they are other ones.

        Raises:
            InputError: a column is missing, or holds what it may not.

        Example:
            >>> import esplade, pandas as pd
            >>> docs = pd.DataFrame({"docno": ["d1", "d2"], "title": ["one", "two"]})
            >>> esplade.Dataset.from_frames(docs, name="mine")
            Dataset('mine': 2 documents, no judgments)
        """
        from harness.datasets.frames import dataset_from_frames

        judged = qrels
        if isinstance(qrels, Mapping):
            judged = {split: as_frame(one) for split, one in qrels.items()}
        elif qrels is not None:
            judged = as_frame(qrels)
        return cls(
            dataset_from_frames(
                as_frame(docs),
                None if queries is None else as_frame(queries),
                judged,
                name=name,
                language=language,
                columns=columns,
            )
        )

    @classmethod
    def from_dicts(
        cls,
        docs: Mapping[str, str | Mapping[str, str]],
        queries: Mapping[str, str] | None = None,
        qrels: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        name: str = "memory",
        language: str | None = None,
    ) -> Dataset:
        """A data set from dictionaries.

        Args:
            docs: title by id, or ``{"title": ..., "text": ...}`` by id.
            queries: text by id.
            qrels: grade by document by query, as ranx and pytrec_eval have them: split ``test``;
                or such by split.
            name: of the data set.
            language: of the texts.

        Raises:
            InputError: ids, texts or grades that are none.
        """
        from harness.datasets.held import HeldDataset
        from harness.datasets.model import Document

        documents = []
        for name_of, content in docs.items():
            fields = {"title": content} if isinstance(content, str) else dict(content)
            texts = [fields.get(field, "") for field in ("title", "text")]
            if not all(isinstance(one, str) for one in (name_of, *texts)):
                raise InputError(f"Document {name_of!r}: ids, titles and texts are strings.")
            documents.append(Document(name_of, *texts))
        splits = by_split(qrels) if qrels else {}
        frames = {split: judgment_frame(one) for split, one in splits.items()}
        return cls(HeldDataset(name, documents, queries, frames, language=language))

    @classmethod
    def from_files(
        cls,
        docs: str | Path,
        queries: str | Path | None = None,
        qrels: str | Path | Mapping[str, str | Path] | None = None,
        *,
        name: str | None = None,
        language: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> Dataset:
        """A data set from tables in files: CSV, TSV or Parquet with named columns.

        Args:
            docs: the table of documents; see `from_frames` for the columns.
            queries: the table of queries.
            qrels: the table of judgments (split ``test``), or one by split. Files of TREC or BEIR
                are read too.
            name: of the data set; the first file's own name otherwise.
            language: of the texts.
            columns: your column names by ours.

        Raises:
            InputError: a file cannot be read; says which, and where in it.
        """
        from harness.datasets.table_files import read_table

        judged: Any = None
        if isinstance(qrels, Mapping):
            judged = {split: read_judgments(one) for split, one in qrels.items()}
        elif qrels is not None:
            judged = read_judgments(qrels)
        return cls.from_frames(
            read_table(docs),
            None if queries is None else read_table(queries),
            judged,
            name=name or Path(docs).name.partition(".")[0],
            language=language,
            columns=columns,
        )

    @property
    def name(self) -> str:
        """Short name, for tables and file names."""
        return self._source.name

    @property
    def language(self) -> str | None:
        """``en``, ``ko``, ..., or None where nobody said."""
        return self._source.language

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits that have judgments, among train, dev and test."""
        return self._source.splits

    def docs(self) -> Iterator[Document]:
        """The documents (``id``, ``title``, ``text``), in the order of the collection."""
        return self._source.docs()

    def queries(self, split: str = "test") -> dict[str, str]:
        """Text by id of the queries with a judgment in a split."""
        return self._source.queries(split)

    def qrels(self, split: str = "test") -> pd.DataFrame:
        """Judgments of a split: columns ``query_id``, ``doc_id``, ``relevance``."""
        return self._source.qrels(split)

    def general_texts(self) -> Iterator[str]:
        """Running text for pre-training that is no part of the collection; often none."""
        return self._source.general_texts()

    def digest(self) -> str:
        """SHA-256 of the content."""
        return self._source.digest()

    def to_frame(self) -> pd.DataFrame:
        """The documents as a frame: ``docno``, ``title``, ``text``."""
        import pandas as pd

        rows = [(one.id, one.title, one.text) for one in self.docs()]
        return pd.DataFrame(rows, columns=["docno", "title", "text"])

    def write(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write the data set as a folder in BEIR's layout, which ``--dataset`` takes too.

        Raises:
            InputError: the folder holds something, or cannot be written.
        """
        from harness.datasets.writing import write_dataset

        return write_dataset(self._source, Path(folder), overwrite=overwrite)

    def summary(self, fields: str | None = None) -> dict[str, Any]:
        """Counts, and a few of the queries with their documents; see `harness.datasets.summary`.

        Args:
            fields: whose words are counted: title, text or title+text; what there is otherwise.

        Raises:
            InputError: there is no such field, or the data set cannot be read.
        """
        from esplade.fields import settle_fields
        from harness.datasets.summary import summary

        chosen = settle_fields(self, fields)
        return {**summary(self, chosen), "fields": chosen}

    def __len__(self) -> int:
        if self._documents is None:
            self._documents = sum(1 for _ in self.docs())
        return self._documents

    def __bool__(self) -> bool:
        return True  # also where it is empty, and without reading it

    def __repr__(self) -> str:
        judged = f"splits {', '.join(self.splits)}" if self.splits else "no judgments"
        return f"Dataset({self.name!r}: {len(self):,} documents, {judged})"
