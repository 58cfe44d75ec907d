"""The output vocabulary of an encoder: counted, given, and how much of a text it covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from encoders.vocabulary.vocabulary import Vocabulary as Words
    from esplade.train.vocabularies import Measured


class Vocabulary:
    """The words that an encoder gives weights to, in the order of their ids.

    Example:
        >>> from esplade.train import Vocabulary
        >>> titles = {"d1": "sort a list", "d2": "sort a set"}
        >>> import esplade
        >>> Vocabulary.count(esplade.Dataset.from_dicts(titles), size=2).words
        ('a', 'sort')
    """

    def __init__(self, words: Words) -> None:
        self._words = words

    @classmethod
    def count(
        cls,
        dataset: Any = None,
        *,
        corpus: Sequence[str | Path] = (),
        general: bool = False,
        fields: str | None = None,
        size: int | None = None,
        min_count: int = 1,
        workers: int = 0,
    ) -> Vocabulary:
        """Count the words of texts; those of the data set's documents come first.

        Args:
            dataset: see `esplade.load_dataset`.
            corpus: files of running text, which fill what room is left.
            general: the data set's own general text does, too.
            fields: what of a document.
            size: most words to keep.
            min_count: leave rarer words out.
            workers: processes that count; 0 for one a processor.

        Raises:
            InputError: there is no text, or no word in it.
        """
        from esplade.train.vocabularies import counted
        from ground.machine import check_workers

        check_workers(workers)
        files = [Path(one) for one in corpus]
        sources = (dataset, files, general, fields)
        return cls(counted(sources, size, min_count, workers or None))

    @classmethod
    def given(cls, path: str | Path, size: int | None = None) -> Vocabulary:
        """The words of a list, one a line, in the form that texts have them.

        Raises:
            InputError: the file cannot be read, or a line is no word.
        """
        from esplade.train.vocabularies import given

        return cls(given(Path(path), size))

    @classmethod
    def pieces(cls, tokenizer: str | Path, *, online: bool = False) -> Vocabulary:
        """The pieces of a tokenizer, or of an encoder's: plain SPLADE.

        Args:
            tokenizer: its folder, an encoder's, or the name of an encoder.
            online: an encoder of the hub may be downloaded.

        Raises:
            InputError: there is no such tokenizer.
        """
        from esplade.loading import fetch
        from esplade.train.vocabularies import pieces

        fetch(tokenizer, online)
        return cls(pieces(str(tokenizer), None))

    @classmethod
    def load(cls, path: str | Path) -> Vocabulary:
        """Read a vocabulary that `save` wrote.

        Raises:
            InputError: the file cannot be read, or a line is no word.
        """
        from encoders.vocabulary.vocabulary import Vocabulary as Words

        return cls(Words.load(Path(path)))

    @property
    def words(self) -> tuple[str, ...]:
        """The words, by id."""
        return self._words.words

    def save(self, out: str | Path, *, overwrite: bool = False) -> Path:
        """Write one word a line.

        Raises:
            InputError: the file exists, or cannot be written.
        """
        from ground.artifacts import check_file

        place = Path(out)
        check_file(place, overwrite)
        self._words.save(place)
        return place

    def coverage(
        self, texts: Sequence[Any], *, fields: str | None = None, workers: int = 0
    ) -> list[Measured]:
        """What share of the words of texts is in it, by script.

        Args:
            texts: text files or data sets, best some that were not counted; "ko=TEXT" names the
                language.
            fields: what of a data set's documents.
            workers: processes that count.

        Raises:
            InputError: there is no such text.
        """
        from esplade.train.vocabularies import measure

        if isinstance(texts, str):
            raise InputError("coverage() takes a list of texts, and got one.")
        return measure(texts, self._words, fields, workers or None)

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self):,} words: {', '.join(self.words[:5])}, ...)"
