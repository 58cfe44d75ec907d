"""The pruning grid of encoders, next to BM25: run, opened, and as frames and figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from esplade.comparison import Comparison
    from esplade.tested import How
    from harness.report.points import Point
    from harness.report.tables import Table

DEFAULT_GRID = "0:0,7:20,5:20,5:10"


class Sweep:
    """A finished sweep: its points, each with its run, its per-query values, and its costs.

    Attributes:
        path: the folder; ``report.html`` in it shows all of it.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> made = esplade.sweep(dataset, "pydoc-tiny", "5:5", "kept", measures="RR@10", bm25=False)
        >>> esplade.Sweep.open("kept").per_query()["measure"].unique().tolist()
        ['RR@10', 'postings', 'query_terms', 'latency_ms']
    """

    def __init__(self, path: Path, rendered: Table | None = None) -> None:
        self.path = path
        self._rendered = rendered

    @classmethod
    def open(cls, out: str | Path) -> Sweep:
        """Open the folder of a finished sweep.

        Raises:
            InputError: it is none, or a file of it is damaged.
        """
        sweep = cls(Path(out))
        sweep.points()
        return sweep

    def points(self) -> list[Point]:
        """The points in the order of the table."""
        from harness.report.points import load_points

        return load_points(self.path)

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of effectiveness that its points have, in their order."""
        return _measures(self.points())

    def compared(self, **how: Unpack[How]) -> Comparison:
        """The points with tests against BM25, or the first one (`esplade.Comparison`).

        Args:
            how: ``test``, ``correction``, ``alpha``, ``margin``, ``pairs`` of `esplade.compare`.

        Raises:
            InputError: settings that mean nothing.
        """
        from esplade.comparison import compared_points

        points = self.points()
        return compared_points(points, _measures(points), how)

    @property
    def rendered(self) -> Table:
        """The table as `harness.report` has it, with tests against BM25 or the first point."""
        if self._rendered is None:
            self._rendered = self.compared().rendered
        return self._rendered

    def table(self) -> pd.DataFrame:
        """A row a point: effectiveness and costs, as numbers."""
        from esplade.comparison import table_frame

        return table_frame(self.rendered)

    def per_query(self) -> pd.DataFrame:
        """Columns ``system``, ``query``, ``measure``, ``value``: effectiveness and costs."""
        from esplade.comparison import per_query_frame

        return per_query_frame(self.points())

    def figure(self, measure: str | None = None) -> Figure:
        """Effectiveness against postings a query; BM25 is the star."""
        from esplade.notebooks import shown
        from harness.report.figures import make_figure

        points = self.points()
        return shown(make_figure(points, measure or _measures(points)[0]))

    def _repr_html_(self) -> str:
        from harness.report.renderings import render

        return render(self.rendered, "html")

    def __repr__(self) -> str:
        return f"Sweep({str(self.path)!r}: {', '.join(point.name for point in self.points())})"


def sweep(
    dataset: Any,
    encoders: Any = (),
    grid: str | Sequence[tuple[Any, Any]] = DEFAULT_GRID,
    out: str | Path | None = None,
    *,
    vectors: Any = None,
    queries: Any = None,
    name: str = "vectors",
    split: str = "test",
    fields: str | None = None,
    quantise: str = "scale:100",
    k: int = 1000,
    algorithm: str = "auto",
    measures: str | Sequence[str] = "RR@10 R@10 nDCG@10",
    bm25: bool = True,
    bm25_impacts: bool = False,
    language: str | None = None,
    threads: int = 1,
    drop_self: bool = False,
    device: str = "auto",
    overwrite: bool = False,
    online: bool = False,
) -> Sweep:
    """Encode once, index once per dk, search, price and score every (qk, dk), next to BM25.

    Called again after a kill, it goes on where it was. The folder then holds the runs, the
    per-query values, the table (md, csv, json, tex), figure1 (png, svg) and report.html.

    Args:
        dataset: see `esplade.load_dataset`.
        encoders: one, or several; see `esplade.Encoder`.
        grid: points ``qk:dk`` (0 is not pruned) or ``QUERYRULE/DOCRULE``, joined by commas; or
            pairs of rules, written or made.
        out: the folder.
        vectors: folder or file of document vectors, instead of encoders.
        queries: folder or file of query vectors, with ``vectors``.
        name: what to call ``vectors`` in the table.
        split: whose queries and judgments.
        fields: what of a document; the encoders' own otherwise.
        quantise: ``scale:S``, ``bits:N[:RANGE]``, or ``none`` for integers.
        k: results per query.
        algorithm: how the same exact results are found.
        measures: of effectiveness.
        bm25: BM25 over the same text as the budget line.
        bm25_impacts: search BM25's weights as impacts, too, by the encoders' own algorithm: the
            latency to compare theirs with.
        language: Lucene's analyzer for BM25; the data set's own otherwise.
        threads: that search; latency is measured with one.
        drop_self: leave the document with the query's own id out of its results.
        device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.
        overwrite: replace a sweep of something else.
        online: encoders of the hub may be downloaded.

    Raises:
        InputError: what is given does not fit together; ``out`` holds something else.

    Example:
        >>> import esplade
        >>> titles = {"d1": "sort a list", "d2": "read a file"}
        >>> dataset = esplade.Dataset.from_dicts(titles, {"q1": "sort"}, {"q1": {"d1": 1}})
        >>> sweep = esplade.sweep(dataset, "pydoc-tiny", "0:0,3:2", "sweep", measures="RR@10")
        >>> sweep.table()["pruning"].tolist()
        ['', '0:0', '3:2']
    """
    from esplade.analyzing import analyzer_language
    from esplade.datasets import load_dataset
    from esplade.devices import check_asked
    from esplade.encoder import trained_fields
    from esplade.encoding import encode_systems
    from esplade.fields import note_unsaid, settle_fields
    from esplade.loading import fetch
    from esplade.progress import progress, say
    from esplade.rules import read_grid
    from esplade.scoring import named_measures
    from ground.artifacts import check_folder
    from harness.calibration.kept import own_calibration
    from harness.lucene.algorithms import check_algorithm
    from harness.quantisation.quantiser import Quantiser
    from harness.report.sweep import write_report
    from harness.sweep import SweepSettings, System, prepare_folder, run_sweep

    given = several(encoders)
    if bool(given) == (vectors is not None) or (vectors is None) != (queries is None):
        raise InputError("Give either --encoder DIR, or --vectors PATH with --queries PATH.")
    if out is None:
        raise InputError("Say where the sweep goes: out=FOLDER.")
    if bm25_impacts and not bm25:
        raise InputError("--bm25-impacts takes its weights from BM25's index: leave --no-bm25 out.")
    place = Path(out)
    check_asked(device, bool(given))
    fetch(given, online)
    data = load_dataset(dataset)
    if given or bm25:
        asked, fields = fields, settle_fields(data, fields, trained_fields(given))
        note_unsaid(data, asked, fields, given)
    settings = SweepSettings(
        split=split,
        fields=fields or "title",
        grid=read_grid(grid),
        quantiser=Quantiser.parse(quantise),
        k=k,
        algorithm=check_algorithm(algorithm),
        measures=named_measures(measures),
        bm25=bm25,
        bm25_impacts=bm25_impacts,
        language=analyzer_language(language, data) if bm25 else None,
        threads=threads,
        drop_self=drop_self,
    )
    # Vectors may lie in the sweep's own folder, unless that is replaced with all that it holds.
    inputs = [one for one in (dataset, vectors, queries, *given) if isinstance(one, str | Path)]
    check_folder(place, inputs if overwrite else ())
    prepare_folder(place, data, settings, overwrite)
    if vectors is not None and queries is not None:
        systems = [System(name, Path(vectors), Path(queries))]
    else:
        systems = encode_systems(given, data, settings, place, device)
    run_sweep(data, systems, settings, place, say=say, progress=progress)
    calibration = own_calibration()
    return Sweep(place, write_report(place, settings.measures, calibration=calibration))


def several(encoders: Any) -> list[Any]:
    """One encoder, or several, or none, as a list."""
    if encoders is None:
        return []
    if isinstance(encoders, str | Path) or not isinstance(encoders, Sequence):
        return [encoders]
    return list(encoders)


def _measures(points: Sequence[Point]) -> tuple[str, ...]:
    from harness.evaluation import is_effectiveness

    names = (name for point in points for name in point.values["measure"].unique())
    return tuple(dict.fromkeys(name for name in names if is_effectiveness(name)))
