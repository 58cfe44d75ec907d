"""Stock Pyserini: LuceneImpactSearcher.batch_search on an index folder."""

import json
import sys

from serve import load_queries, serve

from harness.lucene.jvm import start

start()  # with a Java that it runs on; the searcher below is Pyserini's own
from pyserini.search.lucene import LuceneImpactSearcher  # noqa: E402

index, path = sys.argv[1:3]
searcher = LuceneImpactSearcher(index, None, min_idf=-1)
given = {"encode": lambda self, text, **options: json.loads(text)}
searcher.query_encoder = type("Encoder", (), given)()
queries = load_queries(path)
ids = [name for name, _ in queries]
texts = [json.dumps(vector) for _, vector in queries]


def search(request):
    """One call; its result is a Java object a hit, as a user gets it."""
    return searcher.batch_search(texts, ids, request["k"], request.get("threads", 1))


def results(found):
    """Anserini lowers tied scores by 1e-6, hence the rounding."""
    return [[q, [h.docid for h in found[q]], [round(h.score) for h in found[q]]] for q in ids]


serve(search, results)
