"""Does a choice made on some queries hold on others? `python -m benchmarks.choosing_holds`.

Every collection is a population of queries: what is true of all of them is taken for the truth.
The choice is made many times on samples of them, as `esplade choose` makes it (one half searched
on, one half confirmed with), in two ways:

- drawn: both halves are drawn with replacement, so that the truth is known exactly; a choice is
  broken where the chosen configuration loses more than the margin over all queries;
- split: two thirds are used, and the last third, unseen, says what the choice lost there; a choice
  is contradicted where it lost more than the margin, with 95% confidence.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import choosing_page
from benchmarks.measuring import RESULTS, save
from esplade.choices.choosing import DOCUMENT_RULES, QUERY_RULES
from harness.choosing import Candidate, Question, Space, Trial, choose, parse_rules
from harness.choosing.bounds import bound
from harness.choosing.preparing import Half, Wanted, candidates_of, half_job
from harness.choosing.reference import parse_reference
from harness.choosing.sweeping import SweepTrials

MARGINS = (0.02, 0.05)
WEIGHTS = "bm25-weights"
"""In the place of an encoder: BM25's own weights as vectors, over titles and texts."""


class Whole(NamedTuple):
    """A collection of which everything is known.

    Attributes:
        trials: all queries.
        reference: values of what must not be lost against, (queries,).
        asked: the question with the reference in it.
    """

    trials: SweepTrials
    reference: NDArray[np.float64]
    asked: Question


class Drawn:
    """Some queries of a collection, as one half of a choice."""

    def __init__(self, whole: Whole, rows: NDArray[np.int64]) -> None:
        self.whole, self.rows = whole, rows

    def reference(self) -> Trial:
        """See `harness.choosing.Trials`."""
        return Trial(self.whole.reference[self.rows], 0.0)

    def run(self, candidates: Sequence[Candidate]) -> dict[Candidate, Trial]:
        """The values of all queries, and the mean cost of all."""
        found = self.whole.trials.run(candidates)
        return {one: Trial(trial.values[self.rows], trial.cost) for one, trial in found.items()}


def main() -> None:
    """Choose, many times, on every collection; print and save how often it held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+", help="NAME=DATASET=ENCODER")
    parser.add_argument("--work", type=Path, default=Path("build/bench/choosing"))
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--measure", default="nDCG@10")
    options = parser.parse_args()
    same = {"draws": options.draws, "measure": options.measure}
    facts: dict[str, Any] = {**same, "collections": _known(same)}
    for given in options.collections:
        name, dataset, encoder = given.split("=")
        facts["collections"].pop(name, None)
        with Opened(name, dataset, encoder, options) as opened:
            for against in (f"{opened.system}@0:0", "bm25"):
                for margin in MARGINS:
                    whole = opened.whole(against, margin)
                    held = {
                        "drawn": drawn(whole, opened.space, options.draws),
                        "split": split(whole, opened.space, options.draws),
                    }
                    print(name, against, margin, held, flush=True)
                    facts["collections"].setdefault(name, []).append(
                        {"against": against, "margin": margin, "queries": len(whole.reference)}
                        | {"encoder": opened.system}
                        | held
                    )
        save("choosing_holds", facts)
    choosing_page.write()


def _known(same: dict[str, Any]) -> dict[str, Any]:
    """Collections that were measured before, with the same settings."""
    path = RESULTS / "choosing_holds.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return dict(found["collections"]) if found and {k: found[k] for k in same} == same else {}


class Opened:
    """A collection, encoded once; a context in which it can be searched."""

    def __init__(self, name: str, dataset: str, encoder: str, options: argparse.Namespace) -> None:
        import esplade
        from esplade.analyzing import analyzer_language
        from esplade.encoder import trained_fields
        from esplade.encoding import encode_systems
        from esplade.fields import settle_fields
        from harness.sweep import SweepSettings

        self.folder = options.work / name
        self.data = esplade.load_dataset(dataset)
        trained = "title+text" if encoder == WEIGHTS else trained_fields([encoder])
        fields = settle_fields(self.data, None, trained)
        self.settings = SweepSettings(
            k=100,
            measures=(options.measure,),
            repeats=0,
            fields=fields or "title",
            language=analyzer_language(None, self.data),
        )
        if encoder == WEIGHTS:
            found = bm25_weights(self.data, self.settings, self.folder)
        else:
            (found,) = encode_systems([encoder], self.data, self.settings, self.folder)
        self.system, self.found = found.name, found
        rules = (parse_rules(QUERY_RULES, "queries"), parse_rules(DOCUMENT_RULES, "documents"))
        self.space = Space((self.system,), *rules)

    def __enter__(self) -> Opened:
        from harness.sweep.job import silent

        queries = sorted(self.data.qrels("test")["query_id"].unique())
        half = Half("test", queries, [self.found])
        reference = parse_reference("bm25", [self.system])
        question = Question(self.settings.measures[0])
        self.wanted = Wanted(question, reference, False, self.space, (self.settings.quantiser,))
        out = self.folder / "whole"
        arguments = (self.settings, out / "all", out, False, lambda message: None, silent)
        self.job = half_job(self.data, half, self.wanted, *arguments)
        self._claim = self.job.folder.claimed()
        self._claim.__enter__()
        systems = candidates_of(half, self.wanted, {})
        self.trials = SweepTrials(self.job, systems, question, reference)
        return self

    def __exit__(self, *error: object) -> None:
        self._claim.__exit__(None, None, None)

    def whole(self, against: str, margin: float) -> Whole:
        """All queries, with something that must not be lost against."""
        reference = parse_reference(against, [self.system])
        if reference.candidate is None:
            values = self.trials.trial(self.trials.bm25()).values
        else:
            values = self.trials.run([reference.candidate])[reference.candidate].values
        asked = Question(self.settings.measures[0], reference=against, margin=margin)
        return Whole(self.trials, values, asked)


def bm25_weights(data: Any, settings: Any, folder: Path) -> Any:
    """BM25's weights of documents, and queries as bags of words, as a system to be pruned."""
    import esplade
    from harness.datasets.contents import Contents
    from harness.lucene.text_index import open_text_index
    from harness.retrieval.lexical import document_vectors, query_vectors
    from harness.sweep import System
    from harness.vectors import writing_vectors

    index, place = folder / "text", folder / "vectors" / WEIGHTS
    options = {"fields": settings.fields, "language": settings.language or "none"}
    esplade.bm25(data, index, **options, overwrite=True)
    with open_text_index(index) as opened:
        made = {
            "docs": document_vectors(opened, dict(Contents(data, settings.fields))),
            "queries": query_vectors(opened, data.queries("test")),
        }
    for part, vectors in made.items():
        facts = {"language": settings.language}
        with writing_vectors(place / part, vectors.terms, facts=facts, overwrite=True) as writer:
            writer.write(vectors.ids, vectors.matrix)
    return System(WEIGHTS, place / "docs", place / "queries")


def drawn(whole: Whole, space: Space, draws: int) -> dict[str, Any]:
    """Both halves drawn with replacement: how often the truth breaks the margin."""
    size = len(whole.reference) // 2
    chosen, lost = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        one, other = (rng.integers(0, len(whole.reference), size) for _ in range(2))
        made = choose(whole.asked, space, Drawn(whole, one), Drawn(whole, other)).chosen
        if made is not None:
            truth = whole.trials.run([made.candidate])[made.candidate]
            chosen.append(made.candidate)
            lost.append(float((truth.values - whole.reference).mean()))
    broken = sum(difference < -whole.asked.margin for difference in lost)
    return {"decided": len(chosen), "broken": broken, **_costs(whole, chosen)}


def split(whole: Whole, space: Space, draws: int) -> dict[str, Any]:
    """Two thirds decide; the last third says what is true."""
    below, contradicted, chosen = 0, 0, []
    for seed in range(draws):
        order = np.random.default_rng(seed).permutation(len(whole.reference))
        one, other, unseen = np.array_split(order, 3)
        made = choose(whole.asked, space, Drawn(whole, one), Drawn(whole, other)).chosen
        if made is None:
            continue
        truth = whole.trials.run([made.candidate])[made.candidate].values - whole.reference
        chosen.append(made.candidate)
        below += float(truth[unseen].mean()) < -whole.asked.margin
        contradicted += bound(truth[unseen]).upper < -whole.asked.margin
    facts = {"decided": len(chosen), "below": int(below), "contradicted": int(contradicted)}
    return {**facts, **_costs(whole, chosen)}


def _costs(whole: Whole, chosen: list[Candidate]) -> dict[str, Any]:
    """The median cost of what was chosen, as a share of the unpruned one's."""
    from harness.pruning import NONE
    from harness.sweep.grid import Pruning

    if not chosen:
        return {"cost_share": None}
    plain = Candidate(chosen[0].system, Pruning(NONE, NONE))
    cost = whole.trials.run([plain])[plain].cost
    shares = [whole.trials.run([one])[one].cost / cost for one in chosen]
    return {"cost_share": float(f"{np.median(shares):.4g}")}


if __name__ == "__main__":
    main()
