"""Of what data runs, sweeps and studies are, before they stand in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ground.errors import InputError
from harness.report.points import read_sweep_file
from harness.report.sources import HeldRun, Source, is_folder, is_study, load_folder, named
from harness.report.study_points import study_file
from harness.runs.metadata import metadata_path, read_metadata
from harness.runs.runfile import read_run

_DIGITS = 12
"""Of a digest, for people."""


class Subject(NamedTuple):
    """A split of a data set, with the digest of its content; empty is what nobody said."""

    name: str = ""
    split: str = ""
    digest: str = ""

    def differs(self, other: Subject) -> list[str]:
        """In what two subjects are known to differ, in words.

        One digest is one content, whatever it is called; where a digest is not known, names are
        taken for the data.
        """
        found = []
        if self.digest and other.digest:
            if self.digest != other.digest:
                found.append("the content" if self.name == other.name else "the data set")
        elif self.name and other.name and self.name != other.name:
            found.append("the data set")
        if self.split and other.split and self.split != other.split:
            found.append("the split")
        return found


def subject_of(source: Source) -> Subject:
    """What a source says that it is of; an empty subject if it says nothing.

    Raises:
        InputError: a folder is neither of a sweep nor of a study.
    """
    if isinstance(source, HeldRun):
        return _of_block(source.data)
    if not is_folder(source):
        # What other trackers call their data is no name of ours.
        return _of_block(read_metadata(source).get("data") if _has_metadata(source) else None)
    if is_study(source):
        return _subject(study_file(source).get("dataset"), "name")
    return _subject(read_sweep_file(source).get("subject"), "dataset")


def fields_of_sweep(folder: Path) -> str | None:
    """What of documents a sweep's folder says that it is of; None if it says nothing.

    Raises:
        InputError: the folder is not that of a sweep.
    """
    subject = read_sweep_file(folder).get("subject")
    found = subject.get("fields") if isinstance(subject, Mapping) else None
    return found if isinstance(found, str) else None


def require_one_subject(sources: Sequence[Source], remedy: str) -> None:
    """Refuse results of different documents, queries or judgments side by side.

    Args:
        sources: what is to stand in one table.
        remedy: what can be done about it.

    Raises:
        InputError: two of them are known to be of different data.
    """
    if found := different_subjects(sources):
        first, source, what = found
        raise InputError(
            f"{_capital(named(source))} and {named(first)} are of different data and do not belong "
            f"in one table: {differing(what)}. "
            f"{_capital(named(source))} is of {_described(source)}; {named(first)} of "
            f"{_described(first)}. {remedy}"
        )


def differing(what: Sequence[str]) -> str:
    """What differs, as a clause."""
    return f"{' and '.join(what)} differ{'s' if len(what) == 1 else ''}"


def different_subjects(sources: Sequence[Source]) -> tuple[Source, Source, list[str]] | None:
    """The first two sources that differ, and in what; None if none are known to."""
    known: list[tuple[Source, Subject]] = []
    for source in sources:
        subject = subject_of(source)
        for other, theirs in known:
            what = subject.differs(theirs)
            # Only then are runs read: long ones take seconds.
            if what and not _replaced(other) and not _replaced(source):
                return other, source, what
        if any(subject):
            known.append((source, subject))
    return None


def _replaced(source: Source) -> bool:
    """Whether the metadata beside a run file are of another run."""
    if isinstance(source, HeldRun) or is_folder(source):
        return False
    return read_metadata(source).get("tag") not in (None, read_run(source).tag)


def _has_metadata(run: Path) -> bool:
    return metadata_path(run).exists()


def _of_block(data: Any) -> Subject:
    """From the data of ir_metadata."""
    return _subject(data.get("test collection") if isinstance(data, Mapping) else None, "name")


def _subject(block: Any, name: str) -> Subject:
    if not isinstance(block, Mapping):
        return Subject()
    return Subject(*(str(block.get(key) or "") for key in (name, "split", "digest")))


def _described(source: Source) -> str:
    subject, queries = subject_of(source), _queries(source)
    facts = [f"split {subject.split}"] if subject.split else []
    facts += [f"digest {subject.digest[:_DIGITS]}"] if subject.digest else []
    facts.append(f"{len(queries):,} queries" + (f" such as {queries[0]!r}" if queries else ""))
    return f"{subject.name or 'a data set without a name'} ({', '.join(facts)})"


def _queries(source: Source) -> list[str]:
    if isinstance(source, HeldRun):
        return list(source.run.query_ids)
    if not is_folder(source):
        return list(read_run(source).query_ids)
    points = load_folder(source)
    return sorted(set(points[0].values["query"].astype(str))) if points else []


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("the run ") else text
