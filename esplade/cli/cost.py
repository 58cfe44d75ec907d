"""``esplade cost``: what a set of queries costs on an index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from esplade.cli import options


def cost(
    index: Annotated[Path, typer.Option("--index", help="Impact index or BM25 index.")],
    queries: Annotated[
        Path | None, typer.Option(help="Query vectors; for a BM25 index: text (TSV, JSONL, TREC).")
    ] = None,
    dataset: options.OptionalDataset = None,
    split: options.Split = "test",
    encoder: options.Encoder = None,
    qk: options.Qk = 0,
    prune: options.Prune = None,
    k: options.Hits = 1000,
    rescore: options.Rescore = None,
    candidates: options.Candidates = None,
    algorithm: options.Algorithm = "auto",
    repeats: Annotated[
        int, typer.Option(min=0, help="Passes for latency, after one that is discarded.")
    ] = 5,
    calibration: options.Calibration = None,
    online: options.Online = False,
    as_json: options.AsJson = False,
) -> None:
    """Postings per query, FLOPS and its parts, list lengths, index size, latency of Lucene.

    With --rescore also what the second step reads, and how many candidates would lose nothing.
    After `esplade calibrate`, also the latency that the counts predict.
    """
    import esplade
    from esplade.cli.console import answer
    from esplade.cli.given import given_queries

    asked = given_queries(index, queries, dataset, None, encoder)
    with esplade.Index.open(index) as opened:
        facts = opened.search(
            asked,
            k,
            encoder=encoder,
            split=split,
            qk=qk,
            prune=prune,
            algorithm=algorithm,
            repeats=repeats,
            online=online,
            rescore=rescore,
            candidates=candidates,
            lossless=rescore is not None,
        ).cost(calibration)
    if as_json:
        answer({"index": str(index), **facts})
        return
    for label, value in _lines(facts):
        print(f"{label:<34}{value}")


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    postings, parts, lists = facts["postings"], facts.get("flops_parts"), facts["lists"]
    lines = [
        ("documents", f"{facts['documents']:,}"),
        ("index bytes", f"{facts['index_bytes']:,}"),
        ("terms per document", f"{facts['document_terms']:.1f}"),
        ("queries", f"{facts['queries']:,}"),
        ("terms per query", f"{facts['query_terms']['mean']:.1f}"),
        ("postings per query", _spread(postings, "{:,.0f}")),
    ]
    if parts:
        lines += [
            ("FLOPS", f"{parts['flops']:.4f}"),
            ("  if terms were unrelated", f"{parts['independent']:.4f}"),
            ("  covariance share", _number(parts["covariance_share"], "{:.3f}")),
        ]
    if touched := facts.get("touched"):
        scored = _spread(touched["scored"], "{:,.0f}")
        lines += [
            (f"postings scored ({facts['priced_algorithm']})", scored),
            ("  blocks skipped", f"{touched['blocks_skipped_share']:.1%}"),
        ]
    if "lookups" in facts:
        lines += _of_two_steps(facts)
    for label, key in (("list length, all terms", "all"), ("list length, non-empty", "non_empty")):
        one = lists[key]
        numbers = (
            f"{one['lists']:,} lists, mean {_number(one['mean'], '{:,.1f}')}, "
            f"variance {_number(one['variance'], '{:,.1f}')}, cv {_number(one['cv'], '{:.2f}')}, "
            f"Gini {_number(one['gini'], '{:.3f}')}, max {one['max']:,}"
        )
        lines.append((label, numbers))
    if facts["latency"]["measurements"]:
        latency = facts["latency"]
        shown = ", ".join(
            f"{n} {latency[f'{n}_ms']:.3f}" for n in ("mean", "p50", "p90", "p95", "p99")
        )
        lines.append(("latency, 1 thread, ms", f"{shown} ({facts['priced_algorithm']})"))
        if "rescoring" in facts:
            lines.append(("  of which rescoring", f"mean {facts['rescoring']['mean_ms']:.3f}"))
        software, machine = facts["software"], facts["machine"]
        where = f"Lucene {software['lucene']}, Java {software['java']}, {machine['processor']}"
        lines.append(("  measured with", f"{where}, {machine['cores']} cores"))
    return [*lines, *_predicted(facts)]


def _predicted(facts: dict[str, Any]) -> list[tuple[str, str]]:
    found = facts.get("predicted")
    if "work" not in facts:  # BM25, or matches of several terms: nothing was calibrated for it
        return []
    if not found:
        return [("predicted", "nothing: this machine was not calibrated (esplade calibrate)")]
    machine, date = found["machine"], found["calibrated"][:10]
    error = f"error: median {found['error_median']:.0%}, p90 {found['error_p90']:.0%}"
    far = f"; beyond what was calibrated: {', '.join(found['beyond'])}" if found["beyond"] else ""
    whose = f"{machine['processor']}, {machine['cores']} cores, Java {machine['java']}"
    return [
        ("predicted, 1 thread, ms", f"mean {found['mean_ms']:.3f} ({found['algorithm']}; {error})"),
        ("  calibrated", f"{whose}, {date}{far}"),
    ]


def _of_two_steps(facts: dict[str, Any]) -> list[tuple[str, str]]:
    sure, needed = facts["certified"], facts["candidates_needed"]
    never = f"; {needed['never']:,} queries lose some with any" if needed["never"] else ""
    share = _number(sure["share"], "{:.1%}")
    return [
        ("candidates per query", _spread(facts["candidates"], "{:,.0f}")),
        ("lookups per query", _spread(facts["lookups"], "{:,.0f}")),
        ("certified to lose nothing", f"{sure['queries']:,} queries, {share}"),
        ("candidates that lose nothing", _spread(needed, "{:,.0f}") + never),
    ]


def _spread(values: dict[str, Any], form: str) -> str:
    names = ("mean", "median", "p95", "p99", "max")
    return ", ".join(f"{name} {_number(values[name], form)}" for name in names)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
