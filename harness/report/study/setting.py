"""What a study was run on: data set, controls, corpora, cells that cannot be, caveats, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.report.study.checks import controls
from harness.report.study.document import Block, Bullets, Item, Section
from harness.report.tables import Column, Row, Table
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.results import BM25, StudyResults
from harness.study.verdicts.settings import Settings

_CORPUS_COLUMNS = (
    Column("name", "corpus"),
    Column("texts", "texts", 0),
    Column("distinct_texts", "distinct texts", 0),
    Column("tokens_seen", "tokens seen", 0),
    Column("distinct_tokens", "distinct tokens", 0),
    Column("passes", "passes", 2),
    Column("steps", "steps", 0),
    Column("overlap_share", "fine-tuning titles in it", 3),
    Column("word_overlap", "their words in it", 3),
    Column("distinct_word_overlap", "their distinct words in it", 3),
    Column("held_out_share", "held-out titles in it", 3),
)


def lead(results: StudyResults) -> str:
    """One sentence on what was run."""
    data = results.study.get("dataset") or {}
    parts = [f"Data set {data.get('name', 'not recorded')}"]
    for key, unit in (("documents", "documents"), ("queries", "queries")):
        if data.get(key) is not None:
            parts.append(f"{int(data[key]):,} {unit}")
    cells, longer = len(results.levels()), len(results.longer())
    parts.append(f"{cells} cells" + (f" and {longer} pre-trained for longer" if longer else ""))
    seeds = results.seeds
    parts.append(f"{len(seeds)} seed{'s' if len(seeds) != 1 else ''}")
    state = "" if results.study.get("complete", True) else " The study is not complete."
    return ", ".join(parts) + "." + state


def doubt(evidence: Evidence) -> str:
    """A sentence on the controls that do not hold; empty if all do."""
    failed = [control.name for control in controls(evidence) if control.holds is False]
    return f" Controls that do not hold: {'; '.join(failed)}." if failed else ""


def setting_section(evidence: Evidence) -> Section:
    """Controls and whether they hold, corpora, cells that cannot be trained."""
    found = controls(evidence)
    table = Table(
        (Column("control", "control"), Column("holds", "holds?"), Column("detail", "detail")),
        tuple(Row({"control": c.name, "holds": c.mark, "detail": c.detail}) for c in found),
        "Controls",
    )
    blocks: list[Block] = [table, *_corpora(evidence.results), *_impossible(evidence.results)]
    return Section("setting", "Controls and corpora", tuple(blocks), {"controls": table})


def rule_section(settings: Settings) -> Section:
    """How verdicts are reached; the same rule as in `harness.study.verdicts.rules`."""
    level = f"{settings.confidence:.0%}"
    alpha = f"p < {settings.alpha:g}"
    margin = (
        f"the smaller of {settings.margin:g} and {settings.relative_margin:.0%} of the level that "
        "is compared with"
    )
    items = (
        (
            "Higher, lower.",
            f"Supported if the {level} interval lies wholly on that side of no effect and {alpha} "
            "after Holm's correction; contradicted if both hold on the other side.",
        ),
        (
            "Little difference.",
            f"Supported if the {level} interval lies within the margin ({margin}) on both sides "
            "of 0; contradicted if it lies wholly outside. A difference that is not significant "
            "is no evidence of none.",
        ),
        (
            "At least as good.",
            f"Supported if the {level} interval's lower end is above minus the margin; "
            "contradicted if its upper end is below that.",
        ),
        (
            "Mostly.",
            "More than half of the m best cells are of the kind named, where m is how many there "
            f"are of that kind. Supported if so in at least {level} of the resamples; contradicted "
            "if not so and the count is the same number in 95% of them. Rarely being more than "
            "half is no evidence: it is what chance does.",
        ),
        (
            "A claim",
            "is contradicted if any of its parts is, supported if all are, else undecided at this "
            "scale. Parts whose cells or numbers are missing are not tested, and a claim with "
            "such a part is not supported.",
        ),
        (
            "Intervals",
            f"of effectiveness and postings: crossed bootstrap, {settings.resamples:,} resamples "
            f"(seed {settings.seed}); queries are drawn with replacement, the same for all cells, "
            "and every cell's mean is moved by the mean of as many training residuals as there are "
            "seeds, drawn from the two-way residuals (cell, seed) of all trainings and widened "
            "as Student's t is against the normal. With one seed, queries only. Of numbers that a "
            "training has one of: Student's t in the randomised block design (cells by seeds).",
        ),
        (
            "Tests.",
            f"Paired permutation over queries of the seeds' averages ({settings.permutations:,} "
            "sign flips), or Student's t over trainings. Cells are paired by everything but the "
            "factor, by seed and by query.",
        ),
    )
    return Section(
        "rule", "How a verdict is reached", (Bullets(tuple(Item(*item) for item in items)),)
    )


def caveat_section(evidence: Evidence) -> Section:
    """What the numbers cannot say."""
    return Section(
        "caveats", "Caveats", (Bullets(tuple(Item(*item) for item in _caveats(evidence))),)
    )


def _caveats(evidence: Evidence) -> Iterator[tuple[str, str]]:
    results, seeds = evidence.results, len(evidence.results.seeds)
    yield (
        "Judgments are incomplete.",
        "A document without a judgment counts as not relevant. Differences between cells can be "
        "read, levels cannot be compared across data sets.",
    )
    yield (
        "Scale.",
        f"{lead(results)} The paper pre-trains on web titles at |U| = 100,000 and far longer; "
        "what is undecided or contradicted here may be otherwise there.",
    )
    weak = _below_budget(evidence)
    if weak:
        yield ("Weak models.", weak)
    if seeds < 2:
        yield (
            "One seed.",
            "Nothing here tells a setting's effect from the luck of one training.",
        )
    elif seeds < 5:
        yield (
            f"{seeds} seeds.",
            "How much trainings differ is estimated from all cells together, as if it were the "
            "same in all of them.",
        )
    if len(evidence.levels) < 6:
        yield ("Few cells.", f"Only {len(evidence.levels)} cells of the grid are trained.")
    notes = sorted(_left_out(evidence))
    if notes:
        yield ("Left out of the verdicts.", "; ".join(notes) + ".")


def _below_budget(evidence: Evidence) -> str:
    """How many cells BM25 beats before anything is pruned; empty if none."""
    panel = evidence.results.panels.get(evidence.measure)
    bm25 = None if panel is None else panel.of(BM25, -1, "")
    block = evidence.by_query(evidence.measure, evidence.ends[0]) if evidence.ends else None
    if bm25 is None or block is None or not len(bm25):
        return ""
    means = block.values.mean(axis=(1, 2))
    below = int((means < bm25.mean()).sum())
    if not below:
        return ""
    return (
        f"{below} of {len(means)} cells are below BM25 in {evidence.measure} at "
        f"{evidence.ends[0]}: what holds among models that are trained so briefly need not hold "
        "among those that one would use."
    )


def _left_out(evidence: Evidence) -> set[str]:
    blocks = [evidence.by_query(evidence.measure, pruning) for pruning in evidence.ends]
    return {block.left_out for block in blocks if block is not None and block.left_out}


def _corpora(results: StudyResults) -> list[Block]:
    rows: list[dict[str, Any]] = list(results.study.get("accounting") or [])
    if not rows:
        return ["The corpora are not accounted for."]
    known = [column.key for column in _CORPUS_COLUMNS]
    extra = [key for key in dict.fromkeys(k for row in rows for k in row) if key not in known]
    columns = [c for c in _CORPUS_COLUMNS if any(row.get(c.key) is not None for row in rows)]
    columns += [Column(key, key.replace("_", " ")) for key in extra]
    plain = [{k: _plain(v, k in extra) for k, v in row.items()} for row in rows]
    return [Table(tuple(columns), tuple(Row(row) for row in plain), "Pre-training corpora")]


def _plain(value: Any, as_text: bool) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    known = isinstance(value, int | float | str | None)
    return value if known and not as_text else str(value)


def _impossible(results: StudyResults) -> list[Block]:
    found = results.study.get("impossible") or {}
    if not found:
        return ["No cell of the grid was impossible."]
    return [
        "Cells that could not be trained:",
        Bullets(tuple(Item(f"{name}:", str(why)) for name, why in found.items())),
    ]
