"""The loop that every peer's process runs: requests on stdin, answers on stdout, as JSON lines."""

import json
import os
import sys
import time

# Libraries print to stdout, also while they load; answers go to a stream of their own.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def load_queries(path):
    """[(id, {term: weight})] from JSON Lines."""
    with open(path, encoding="utf-8") as stream:
        return [(r["id"], r["vector"]) for r in map(json.loads, stream)]


def serve(search, results):
    """Answer requests until stdin closes.

    Args:
        search: does one pass over all queries, given a request; only this is timed.
        results: [[query id, [document id, ...], [score, ...]], ...] of what `search` returned.
    """
    print(json.dumps({"ready": True}), file=ANSWERS, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        found = search(request)
        answer = {"seconds": time.perf_counter() - start}
        if request.get("results"):
            answer["results"] = results(found)
        print(json.dumps(answer), file=ANSWERS, flush=True)
