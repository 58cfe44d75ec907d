"""esplade: from query vectors in Python to arrays in Python."""

import sys
from pathlib import Path

from serve import serve

from harness.lucene.impact_index import open_impact_index
from harness.vectors import read_vectors

index = open_impact_index(Path(sys.argv[1]))
queries = read_vectors(Path(sys.argv[2]))


def search(request):
    """One call for all queries; the run's columns are numpy arrays."""
    options = {"threads": request.get("threads", 1)}
    algorithm = request.get("algorithm", "auto")
    return index.search(queries, k=request["k"], algorithm=algorithm, **options).run


def results(found):
    """Per query, in rank order."""
    return [[q, ids.tolist(), scores.tolist()] for q, ids, scores in found]


serve(search, results)
