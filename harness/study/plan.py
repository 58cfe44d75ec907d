"""Which stages a study has, and what each needs.

::

    titles, general -> words -> start ------+
         |             |                    v
         +-----------> corpus -----------> emlm -> finetune -> sweep       (bm25 once)
                                            |-> statistics
                                            +-> emlm of a longer training
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ground.errors import InputError
from harness.study.cells import Cell, cells_of
from harness.study.config import Settings, Study
from harness.study.stages import Stage, make_stage
from harness.sweep.grid import grid_contents

_PART_SEED = 1_000_003
"""Added to the seed of the order for each part of a longer training, so that none repeats."""


@dataclass(frozen=True)
class Inputs:
    """What the files of a study hold: digests of the data set and of general texts by path."""

    dataset: str
    general: Mapping[str, str]


@dataclass(frozen=True)
class Unit:
    """One cell with one run's seeds.

    Attributes:
        cell: see `Cell`.
        run: number of the run, from 1; tables call it the seed.
        stages: by kind.
        before: the unit that it goes on from.
    """

    cell: Cell
    run: int
    stages: Mapping[str, Stage]
    before: Unit | None = None

    @property
    def name(self) -> str:
        """Run and cell, as ``--only`` names them."""
        return f"{self.run}/{self.cell.name}"

    @property
    def done(self) -> bool:
        """Whether all that results need is there."""
        return all(self.stages[kind].done for kind in ("corpus", *_TARGETS))

    def impossible(self) -> str:
        """Why there cannot be such a cell; nothing if there can, or nobody knows yet."""
        corpus = self.stages["corpus"]
        reason = str(corpus.facts().get("impossible") or "") if corpus.done else ""
        return reason or (self.before.impossible() if self.before else "")

    def corpora(self) -> list[tuple[Stage, Any]]:
        """Corpora of all parts of the pre-training, each with the settings of its part."""
        before = self.before.corpora() if self.before else []
        return [*before, (self.stages["corpus"], self.cell.settings.pretrain)]


_TARGETS = ("emlm", "statistics", "finetune", "sweep")


class Plan:
    """All stages of a study under a folder.

    Args:
        study: see `harness.study.config`.
        inputs: digests of what the study reads.
        root: the output folder.

    Attributes:
        units: cells by runs; those of a run stand together.
        bm25: the stage of the budget line.
        titles: the stage of the target collection's titles.
    """

    def __init__(self, study: Study, inputs: Inputs, root: Path) -> None:
        self.study, self.inputs, self.root = study, inputs, root
        self._known: dict[str, Stage] = {}
        base = study.base
        self.titles = self._titles(base)
        self.bm25 = self._stage("bm25", "BM25", self._evaluation(), {})
        self.units: list[Unit] = []
        cells = cells_of(study)
        for run, (init, order) in enumerate(study.seeds.pairs(), start=1):
            found: dict[str, Unit] = {}
            for cell in cells:
                found[cell.name] = self._unit(cell, run, init, order, found.get(cell.parent))
            self.units += found.values()

    def stages(self) -> list[Stage]:
        """Every stage once, in an order in which they can be done."""
        return list(self._known.values())

    def dependents(self, stage: Stage) -> Iterator[Stage]:
        """Stages that need a stage directly."""
        return (s for s in self._known.values() if stage in s.needs.values())

    def _stage(self, kind: str, *arguments: Any, **options: Any) -> Stage:
        made = make_stage(self.root, kind, *arguments, **options)
        return self._known.setdefault(made.key, made)

    def _titles(self, settings: Settings) -> Stage:
        section, corpus = self.study.dataset, settings.corpus
        chosen = {
            "dataset": self.inputs.dataset,
            "fields": section.fields,
            "held_out": corpus.held_out,
            "seed": corpus.seed,
        }
        return self._stage("titles", f"titles of {section.path}", chosen, {})

    def _general(self, settings: Settings) -> Stage:
        corpus = settings.corpus
        names = ", ".join(Path(path).name for path in corpus.general) or "the data set's own"
        chosen = {
            # The data set's own general text is a part of it that its digest leaves out.
            "files": [self.inputs.general[path] for path in corpus.general or ("",)],
            "paragraphs": corpus.paragraphs,
            "lengths": corpus.lengths,
            "seed": corpus.seed,
        }
        label, needs = f"general text: {names}", {"titles": self.titles}
        return self._stage("general", label, chosen, needs, context=corpus)

    def _words(self, settings: Settings) -> Stage:
        section = settings.vocabulary
        needs = {"titles": self.titles, "general": self._general(self.study.base)}
        label = f"|U| = {section.size:,}, {section.wordpieces:,} pieces"
        label += " and whole words" if section.whole_words else ""
        return self._stage("words", label, asdict(section), needs)

    def _start(self, settings: Settings, init: int) -> Stage:
        chosen = {
            **asdict(settings.model),
            "max_length": settings.pretrain.max_length,
            "fields": self.study.dataset.fields,
            "seed": init,
        }
        return self._stage(
            "start", f"initial weights {init}", chosen, {"words": self._words(settings)}
        )

    def _corpus(self, cell: Cell) -> Stage:
        corpus, pretrain = cell.settings.corpus, cell.settings.pretrain
        first = cell.steps_before * pretrain.batch
        texts = pretrain.steps * pretrain.batch
        chosen = {
            "source": corpus.source,
            "sampling": corpus.sampling,
            "match": corpus.lengths == "titles",
            "max_length": pretrain.max_length,
            "seed": corpus.seed,
        }
        if corpus.sampling == "uniq":
            chosen |= {"first": first, "texts": texts}
        else:
            # A sample of what the first part of the uniq training would see.
            _check_passes(corpus.repeat_texts, pretrain, cell.name)
            whole = cell.first_steps * pretrain.batch
            chosen |= {"first": 0, "texts": whole, "sample": corpus.repeat_texts}
        pool = self.titles if corpus.source == "titles" else self._general(cell.settings)
        needs = {"pool": pool, "titles": self.titles, "words": self._words(cell.settings)}
        label = f"{corpus.source} {corpus.sampling}" + (f", part {cell.part}" if first else "")
        return self._stage("corpus", label, chosen, needs)

    def _unit(self, cell: Cell, run: int, init: int, order: int, before: Unit | None) -> Unit:
        settings, name = cell.settings, f"{cell.name}, seed {run}"
        shape = [asdict(settings.vocabulary), asdict(settings.model)]
        start = before.stages["emlm"] if before else self._start(settings, init)
        corpus = self._corpus(cell)
        pretrain = replace(settings.pretrain, seed=order + cell.part * _PART_SEED)
        emlm = self._stage(
            "emlm",
            f"emlm-ptd-{name}",
            asdict(pretrain),
            {"start": start, "corpus": corpus, "titles": self.titles},
            shape=[*shape, pretrain.batch, pretrain.max_length],
            units=pretrain.steps,
        )
        statistics = self._stage(
            "statistics", f"logits of emlm-ptd-{name}", {}, {"emlm": emlm, "titles": self.titles},
            shape=shape,
        )  # fmt: skip
        tuning = replace(settings.finetune, seed=order)
        finetune = self._stage(
            "finetune",
            name,
            {**asdict(tuning), "dev": asdict(self.study.dev), "dataset": self.inputs.dataset},
            {"emlm": emlm},
            shape=[*shape, tuning.batch, tuning.doc_max_length],
            units=tuning.steps,
        )
        sweep = self._stage(
            "sweep", f"sweep of {name}", self._evaluation(), {"finetune": finetune}, shape=shape
        )
        stages = {s.kind: s for s in (start, corpus, emlm, statistics, finetune, sweep)}
        return Unit(cell, run, stages, before)

    def _evaluation(self) -> dict[str, Any]:
        section = self.study.dataset
        return {
            **asdict(self.study.sweep),
            # Only where there are any, so that the keys of what is there stay.
            **({"contents": files} if (files := grid_contents(self.study.sweep.grid)) else {}),
            "dataset": self.inputs.dataset,
            "split": section.split,
            "fields": section.fields,
        }


def _check_passes(sample: int, pretrain: Any, cell: str) -> None:
    """Check that every text of a repeated sample is seen equally often.

    Raises:
        InputError: the sample is no whole number of batches, or the steps no whole number of
            passes.
    """
    per_pass, rest = divmod(sample, pretrain.batch)
    if rest or pretrain.steps % max(1, per_pass):
        raise InputError(
            f"{cell}: {pretrain.steps:,} steps of {pretrain.batch} are no whole number of passes "
            f"over {sample:,} texts (corpus.repeat_texts), so some would be seen more often than "
            f"others. Make repeat_texts a multiple of the batch, and the steps a multiple of "
            f"repeat_texts / batch."
        )
