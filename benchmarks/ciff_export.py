"""Proof of the CIFF export: PISA and BMP load it and return the same ten best scores.

Impacts have at most 8 bits, which is what BMP holds. BMP also brings the weights of every query to
integers of which the largest is 32; queries are given like that to all three, so that each computes
the same sums. It adds them up in 16 bits: queries with a larger score are counted apart.
`python -m benchmarks.ciff_export`
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.material import acmcr, ciff_of, index_of, synthetic
from benchmarks.measuring import save
from benchmarks.peers.client import Peer, peers_python


def five_bits(queries: Path) -> Path:
    """The same queries with integer weights of which the largest is 32."""
    out = queries.with_name(f"{queries.stem}-32.jsonl")
    with queries.open() as source, out.open("w") as stream:
        for line in source:
            record = json.loads(line)
            vector = record["vector"]
            largest = max(vector.values(), default=1)
            record["vector"] = {t: max(1, round(32 * w / largest)) for t, w in vector.items()}
            stream.write(json.dumps(record) + "\n")
    return out


def compare(ours: list[Any], theirs: list[Any], below: float = float("inf")) -> dict[str, int]:
    """Queries with equal scores at every rank, and with equal documents above the last score.

    Engines order ties each in its own way: documents that tie with the tenth are interchangeable,
    and an engine may leave one out (BMP does).

    Args:
        ours: query, documents, scores.
        theirs: the same.
        below: queries with a score from here on are not compared.
    """
    scores = ids = beyond = 0
    for (name, docs, values), (other, their_docs, their_values) in zip(ours, theirs, strict=True):
        assert name == other
        if values and values[0] >= below:
            beyond += 1
            continue
        scores += values[: len(their_values)] == their_values
        last = values[-1] if len(values) == 10 else 0
        above = {d for d, v in zip(docs, values, strict=True) if v > last}
        ids += above == {d for d, v in zip(their_docs, their_values, strict=True) if v > last}
    compared = len(ours) - beyond
    return {"beyond": beyond, "queries": compared, "same_scores": scores, "same_documents": ids}


def main() -> None:
    """Compare, print and save; exit with 1 if anything differs."""
    if peers_python() is None:
        sys.exit("There is no environment of peers; see benchmarks/peers/README.md.")
    results = []
    for material in (synthetic(100_000), acmcr()):
        if material is None:
            continue
        # scale 1 of integers up to 255 leaves them as they are; others are brought to 8 bits.
        index = index_of(material, "bits:8")
        ciff = ciff_of(index)
        found: dict[str, Any] = {"collection": material.name, "ciff_bytes": ciff.stat().st_size}
        queries = five_bits(material.queries)
        with contextlib.ExitStack() as stack:

            def start(script: str, source: Any) -> Peer:
                peer = Peer(script, source, queries)  # noqa: B023
                return stack.enter_context(contextlib.closing(peer))  # noqa: B023

            ours = start("esplade_search", index).ask(k=10, results=True)["results"]
            pisa = start("pisa", ciff).ask(k=10, algorithm="maxscore", results=True)["results"]
            bmp = start("blockmax", ciff).ask(k=10, results=True)["results"]
        found |= {"pisa": compare(ours, pisa), "bmp": compare(ours, bmp, 2**16)}
        results.append(found)
    print(json.dumps(results, indent=1))
    save("ciff_export", {"results": results})
    sys.exit(
        any(
            one[peer][what] != one[peer]["queries"]
            for one in results
            for peer in ("pisa", "bmp")
            for what in ("same_scores", "same_documents")
        )
    )


if __name__ == "__main__":
    main()
