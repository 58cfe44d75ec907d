"""Impact vectors as JSON Lines: ``{"id": "d1", "contents": "", "vector": {"term": 1.25}}``.

The format of Pyserini's JsonVectorCollection. Reading is strict: what Anserini's indexer would
drop, cut or skip in silence is an error here that names the file, the line and the id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import orjson
import scipy.sparse as sp

from harness.vectors.account import check_account, count, total
from harness.vectors.collecting import Collector
from harness.vectors.lines import Lines
from harness.vectors.model import Vectors


def dump_rows(
    stream: IO[bytes], ids: Sequence[str], terms: Sequence[str], matrix: sp.csr_array
) -> None:
    """Write rows as JSON Lines; float32 weights in the shortest digits that read back the same."""
    words = np.asarray(terms, dtype=object)
    indptr = matrix.indptr
    for row, name in enumerate(ids):
        span = slice(indptr[row], indptr[row + 1])
        vector = dict(zip(words[matrix.indices[span]], matrix.data[span], strict=True))
        record = {"id": name, "contents": "", "vector": vector}
        stream.write(
            orjson.dumps(record, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)
        )


def read_jsonl(paths: Sequence[Path], progress: Callable[[int], None] | None = None) -> Vectors:
    """Read vectors from JSON Lines files, in the order given.

    Weights that are all integers give int32 impacts, otherwise float32.

    Args:
        paths: ``.jsonl`` or ``.jsonl.gz`` files.
        progress: called with the number of vectors read since the last call.

    Raises:
        InputError: a file that cannot be read, is cut or damaged; a malformed line; a missing,
            repeated or unusable id; a key that stands twice; a weight that is not a finite
            number >= 0; a term with white space; no vectors at all.
        IntegrityError: a count of a file's lines and bytes gives others than were read.
    """
    reader, accounts = Collector(), []
    for path in paths:
        lines, before = Lines(path), len(reader.places)
        for number, line in lines:
            reader.add(path, number, line)
            if progress and number % 1024 == 0:
                progress(1024)
        accounts.append(lines.account(len(reader.places) - before))
        check_account(path, accounts[-1], count(path))
    return replace(reader.finish(paths), account=total(accounts))
