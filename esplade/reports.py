"""The page about results: made of anything that can be compared, opened with all its queries."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ground.errors import InputError


def report(
    what: Any,
    out: str | Path | None = None,
    *,
    dataset: Any = None,
    qrels: Any = None,
    split: str = "test",
    fields: str | None = None,
    measures: str | Sequence[str] | None = None,
    baseline: str | None = None,
    title: str = "",
    overwrite: bool = False,
) -> Path:
    """Write one self-contained page about sweeps, studies and runs.

    It has a summary in words, the trade-off as an interactive plot, a table to sort and copy, the
    queries that tell systems apart with their terms and best results, distributions, and where
    each number comes from. Beside it, in ``NAME.data``, is what stands behind all queries, as
    Parquet files.

    Args:
        what: a sweep, a run, or several; or such by the names that the page shall give them.
        out: the page, ``NAME.html``; by default the page of the sweep, if it is one.
        dataset: gives texts and judgments; without it, those that sweeps have kept are used.
        qrels: judgments alone; the page has then no texts.
        split: of the data set.
        fields: what of a document is shown; title and text by default.
        measures: of effectiveness; what sweeps have stored, or RR@10 R@10 nDCG@10.
        baseline: what to test against: BM25 if there is one, else the first.
        title: of the page.
        overwrite: replace a page that is there.

    Returns:
        The page's path.

    Raises:
        InputError: what `esplade.compare` refuses; no place for the page; damaged files.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> made = esplade.sweep(dataset, "pydoc-tiny", "0:0,2:2", "told", measures="RR@10")
        >>> esplade.report(made, "page.html", dataset=dataset).name
        'page.html'
    """
    from esplade.comparing import compare
    from esplade.datasets import load_dataset
    from esplade.evidence import evidence_of, material_for
    from esplade.sweeps import several
    from ground.artifacts import check_together
    from harness.report.page import Told, write_page
    from harness.report.page.origins import data_of, lead_of
    from harness.report.sweep import evidence_folder

    named = what if isinstance(what, Mapping) else {}
    sources = list(named.values()) if named else several(what)
    place, replace = _place(sources, out, overwrite)
    data = None if dataset is None else load_dataset(dataset)
    inputs = [one for one in (*sources, dataset, qrels) if isinstance(one, str | Path)]
    check_together([place], replace, [one for one in inputs if not Path(one).is_dir()])
    sweeps = [_sweep_of(one) for one in sources]
    folders = [folder for one in sources if (folder := _folder_of(one)) is not None]
    compared = compare(
        named or sources,
        baseline=baseline,
        qrels=data if qrels is None else qrels,
        split=split,
        measures=_measures(folders) if measures is None else measures,
    )
    material, collection = material_for(sweeps, data, split, fields)
    evidence = None
    if material is not None:
        evidence = evidence_of(evidence_folder(place), compared.points, material, collection)
    told = Told(
        compared.points,
        compared.rendered,
        compared.measures,
        evidence,
        origins=data_of(folders),
    )
    own = out is None and not title
    heading = f"Sweep {place.resolve().parent.name}" if own else title or f"Report {place.stem}"
    serve = f"esplade serve {shlex.quote(str(place.parent if own else place))}"
    write_page(place, told, title=heading, lead=lead_of(told), serve=serve)
    return place


def _measures(folders: Sequence[Path]) -> str | Sequence[str]:
    """Those that the first sweep or study has stored."""
    from esplade.scoring import MEASURES
    from harness.report.page.axes import measures_of
    from harness.report.sources import load_folder

    return measures_of(load_folder(folders[0]), ()) if folders else MEASURES


def _folder_of(one: Any) -> Path | None:
    """The folder of a sweep or a study."""
    from esplade.sweeps import Sweep

    if isinstance(one, Sweep):
        return one.path
    return Path(one) if isinstance(one, str | Path) and Path(one).is_dir() else None


def _sweep_of(one: Any) -> Path | None:
    """The folder of a sweep."""
    from harness.report.sources import is_study

    folder = _folder_of(one)
    return None if folder is None or is_study(folder) else folder


def _place(sources: Sequence[Any], out: str | Path | None, overwrite: bool) -> tuple[Path, bool]:
    """Where the page goes, and whether it may take another one's place."""
    from harness.report.sweep import PAGE

    if out is not None:
        place = Path(out)
        if place.suffix.lower() not in (".html", ".htm"):
            raise InputError(f"{place} has no ending that a browser knows: name the page *.html.")
        return place, overwrite
    own = _sweep_of(sources[0]) if len(sources) == 1 else None
    if own is None:
        raise InputError("Say where the page goes: --out NAME.html.")
    return own / PAGE, True


def open_report(result: str | Path, port: int = 0) -> Any:
    """A server of a report with all of its queries, on this machine's loopback address only.

    Args:
        result: a sweep's folder, or a page of `report`.
        port: to listen on; 0 for one that is free.

    Returns:
        A `http.server.HTTPServer` with a ``url``; ``serve_forever()`` runs it.

    Raises:
        InputError: there is no page, or nothing beside it; the port is taken.
    """
    from ground.artifacts import is_complete
    from harness.evidence import KIND
    from harness.report.page.serving import Server
    from harness.report.sweep import PAGE, evidence_folder

    place = Path(result)
    page = place / PAGE if place.is_dir() else place
    data = evidence_folder(page)
    if not page.is_file():
        raise InputError(
            f"{page} is not there: give a sweep's folder, or a page of `esplade report`."
        )
    if not is_complete(data, KIND):
        raise InputError(
            f"{data} is not there, where what stands behind the queries of {page} would be. Make "
            f"the page again: `esplade report` with --dataset."
        )
    return Server(page, data, port)
