"""Which encoder, pruned how hard? Asked of a data set, and answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from esplade.choices.chosen import Chosen
from ground.errors import InputError

QUERY_RULES = "0,20,10,7,5,3"
DOCUMENT_RULES = "0,40,20,10,5"
"""Where the search begins, unless other rules are given."""


def choose(
    dataset: Any,
    encoders: Any = (),
    out: str | Path | None = None,
    *,
    not_worse_than: str | Path | None = None,
    within: str | float | None = None,
    margin: float = 0.01,
    measure: str = "nDCG@10",
    cost: str = "postings",
    confidence: float = 0.95,
    query_rules: str = QUERY_RULES,
    doc_rules: str = DOCUMENT_RULES,
    quantise: str = "scale:100",
    find: str | None = None,
    split: str = "test",
    seed: int = 42,
    minutes: float | None = None,
    vectors: Any = None,
    queries: Any = None,
    name: str = "vectors",
    fields: str | None = None,
    k: int = 100,
    algorithm: str = "auto",
    bm25: bool = True,
    language: str | None = None,
    threads: int = 1,
    drop_self: bool = False,
    device: str = "auto",
    overwrite: bool = False,
    online: bool = False,
) -> Chosen:
    """Find the cheapest configuration that is not worse, or the best that can be afforded.

    The search looks at one half of the queries (or at another split) and begins with a coarse
    grid. What looks good is then confirmed on the other half, which nothing has looked at before:
    candidate by candidate, in an order that was fixed on the first half, until one fails. The
    chance that what is kept breaks the margin is 1 - confidence at most.

    Called again after a kill, it goes on where it was.

    Args:
        dataset: see `esplade.load_dataset`.
        encoders: one, or several; see `esplade.Encoder`.
        out: the folder.
        not_worse_than: ``bm25`` (if nothing is said), ``SYSTEM@qk:dk``, or a run file.
        within: what may be spent a query instead: ``bm25`` (as much as it does) or a number.
        margin: by how much less effective counts as not worse.
        measure: of effectiveness, between 0 and 1.
        cost: ``postings``, ``query_terms`` or ``latency_ms``, the mean a query.
        confidence: that the margin is kept.
        query_rules: which weights queries keep, from mild to strict, joined by commas.
        doc_rules: the same of documents; between numbers the search goes on by itself.
        quantise: ``scale:S``, ``bits:N[:RANGE]`` or ``none``; several joined by commas.
        find: split to search on, such as ``dev``; by default one half of ``split``.
        split: whose queries decide.
        seed: of the halves.
        minutes: after which nothing new is begun.
        vectors: folder or file of document vectors, instead of encoders.
        queries: folder or file of query vectors, with ``vectors``.
        name: what to call ``vectors``.
        fields: what of a document; the encoders' own otherwise.
        k: results per query.
        algorithm: how the same exact results are found.
        bm25: search BM25 too, as the budget line of table and figure.
        language: Lucene's analyzer for BM25; the data set's own otherwise.
        threads: that search; latency is measured with one.
        drop_self: leave the document with the query's own id out of its results.
        device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        overwrite: replace the answer to another question.
        online: encoders of the hub may be downloaded.

    Raises:
        InputError: what is given does not fit together; ``out`` holds something else.

    Example:
        >>> import esplade
        >>> titles = {f"d{n}": f"sort list number {n}" for n in range(6)}
        >>> asked = {f"q{n}": f"sort {n}" for n in range(6)}
        >>> grades = {f"q{n}": {f"d{n}": 1} for n in range(6)}
        >>> dataset = esplade.Dataset.from_dicts(titles, asked, grades)
        >>> chosen = esplade.choose(dataset, "pydoc-tiny", "choice", margin=0.5)
        >>> "3 queries" in chosen.answer
        True
    """
    from esplade.analyzing import analyzer_language
    from esplade.choices.asking import asked
    from esplade.choices.commands import building_commands
    from esplade.choices.inputs import Source, halves_of
    from esplade.datasets import load_dataset
    from esplade.devices import check_asked
    from esplade.encoder import trained_fields
    from esplade.fields import note_unsaid, settle_fields
    from esplade.loading import fetch
    from esplade.progress import detail, progress, say
    from esplade.scoring import named_measures
    from esplade.sweeps import several
    from ground.artifacts import check_folder, noting_begun
    from harness.choosing.running import run_choice
    from harness.lucene.algorithms import check_algorithm
    from harness.quantisation.quantiser import Quantiser
    from harness.report.choosing import paragraph, write_choice
    from harness.sweep import SweepSettings

    given = several(encoders)
    if bool(given) == (vectors is not None) or (vectors is None) != (queries is None):
        raise InputError("Give either --encoder DIR, or --vectors PATH with --queries PATH.")
    if out is None:
        raise InputError("Say where the answer goes: out=FOLDER.")
    place = Path(out)
    check_asked(device, bool(given))
    fetch(given, online)
    data = load_dataset(dataset)
    said, fields = fields, settle_fields(data, fields, trained_fields(given))
    note_unsaid(data, said, fields, given)
    quantisers = tuple(Quantiser.parse(one) for one in quantise.split(","))
    source = Source(given, vectors, queries, name, device)
    wanted = asked(
        not_worse_than,
        within,
        source.names(),
        quantisers,
        (query_rules, doc_rules),
        minutes,
        measure=named_measures(measure)[0],
        cost=cost,
        margin=margin,
        confidence=confidence,
    )
    settings = SweepSettings(
        split=split,
        fields=fields,
        k=k,
        algorithm=check_algorithm(algorithm),
        measures=(wanted.question.measure,),
        bm25=bm25,
        language=analyzer_language(language, data) if bm25 or wanted.needs_bm25 else None,
        threads=threads,
        drop_self=drop_self,
    )
    inputs = [one for one in (dataset, vectors, queries, *given) if isinstance(one, str | Path)]
    check_folder(place, inputs if overwrite else ())
    with noting_begun(place):
        halves = halves_of(source, data, settings, place, find, seed)
        made = run_choice(
            data,
            halves,
            wanted,
            settings,
            place,
            overwrite=overwrite,
            say=say,
            detail=detail,
            progress=progress,
        )
        look = made.choice.chosen
        chosen = look.candidate if look else None
        commands = building_commands(chosen, source, dataset, settings, quantisers)
        table = write_choice(place, made.choice, made.finding, commands)
    answer = paragraph(made.choice)
    return Chosen(place, made.choice, answer, tuple(commands), table, made.finding)
