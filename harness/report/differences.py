"""The tests of a comparison as a table: what differs by how much, and what could be shown."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evaluation.significance import Comparison, Settings
from harness.report.tables import Column, Row, Table, Value

_CORRECTION = {"holm": "Holm", "bonferroni": "Bonferroni", "bh": "BH", "none": "uncorrected"}


def differences_table(comparisons: Sequence[Comparison], settings: Settings) -> Table:
    """A row a comparison: difference, interval, effect size, queries won, p-values, power.

    Args:
        comparisons: of one family.
        settings: how they were tested.
    """
    share = f"{100 * (1 - settings.alpha):g}%"
    columns = [
        Column("system", "system"),
        Column("baseline", "against"),
        Column("measure", "measure"),
        Column("difference", "difference", 4),
        Column("ci_low", f"{share} from", 4),
        Column("ci_high", "to", 4),
        Column("effect_size", "d_z", 2),
        Column("record", "won/tied/lost"),
        Column(f"p_{settings.test}", f"p ({settings.test})", 4),
        Column("p_corrected", f"p ({_CORRECTION[settings.correction]})", 4),
        Column("detectable", "detectable", 4),
        Column("queries_needed", "queries needed", 0),
    ]
    if settings.margin is not None:
        columns += [Column("p_tost", "p (TOST)", 4), Column("within", "within margin")]
    rows = tuple(Row(_values(comparison)) for comparison in comparisons)
    return Table(tuple(columns), rows, "Differences", _notes(settings))


def _values(c: Comparison) -> dict[str, Value]:
    within = "equivalent" if c.equivalent else "not worse" if c.not_worse else "not shown"
    return {**c.to_dict(), "record": f"{c.wins}/{c.ties}/{c.losses}", "within": within}


def _notes(settings: Settings) -> tuple[str, ...]:
    notes = (
        f"detectable: the smallest true difference that these queries show with 80% power; queries "
        f"needed: for a true difference of the observed size (paired t-test, two-sided "
        f"{settings.alpha:g}, uncorrected).",
    )
    if settings.margin is None:
        return notes
    return (*notes, f"within margin: {settings.margin:g}, by corrected one-sided paired t-tests.")
