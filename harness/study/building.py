"""How each stage of a study is done."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from ground.artifacts import Building, building, is_complete
from harness.datasets import Dataset
from harness.encoding.parts import Part, encode_part
from harness.evaluation import measure_names
from harness.quantisation.quantiser import Quantiser
from harness.study import pools
from harness.study.config import Study
from harness.study.encoder import StudyEncoders
from harness.study.plan import Plan
from harness.study.records import read_json
from harness.study.sample import open_dataset
from harness.study.sections import ModelSection, VocabularySection
from harness.study.stages import Stage
from harness.sweep import SweepSettings, System, parse_grid, run_sweep
from harness.vectors import KIND as VECTORS

Say = Callable[[str], None]
SYSTEM = "encoder"
"""What the only system of a cell's sweep is called."""


class Builder:
    """Does the stages of a plan.

    Args:
        plan: see `Plan`.
        encoders: see `StudyEncoders`.
        say: told what takes long.
    """

    def __init__(self, plan: Plan, encoders: StudyEncoders, say: Say) -> None:
        self.plan, self.encoders, self.say = plan, encoders, say
        self.study: Study = plan.study

    @cached_property
    def dataset(self) -> Dataset:
        """The test collection, read when a stage first needs it."""
        return open_dataset(self.study.dataset)

    def build(self, stage: Stage) -> None:
        """Do a stage whose needs are ready; a killed one goes on where it was.

        Args:
            stage: not done, or without its weights.
        """
        began = time.monotonic()
        kind = stage.manifest_kind
        with building(
            stage.folder, kind, key=stage.key, overwrite=stage.done, resume=True
        ) as build:
            build.facts |= {"label": stage.label, "shape": stage.shape, "units": stage.units}
            getattr(self, f"_{stage.kind}")(build, stage)
            # A training knows better: it counts what it took before it was killed, too.
            build.facts.setdefault("seconds", round(time.monotonic() - began, 2))

    def _titles(self, build: Building, stage: Stage) -> None:
        pools.build_titles(build, self.dataset, stage.settings)

    def _general(self, build: Building, stage: Stage) -> None:
        pools.build_general(build, self.dataset, stage.context, stage.needs["titles"])

    def _words(self, build: Building, stage: Stage) -> None:
        titles, general = stage.needs["titles"].folder, stage.needs["general"].folder
        own = pools.read_texts(titles / pools.TITLES) + pools.read_texts(titles / pools.HELD_OUT)
        texts = pools.read_texts(general / pools.TEXTS)
        section = VocabularySection(**stage.settings)
        build.facts |= self.encoders.make_words(own, texts, section, build.path)

    def _start(self, build: Building, stage: Stage) -> None:
        settings = dict(stage.settings)
        length, fields, seed = (settings.pop(name) for name in ("max_length", "fields", "seed"))
        words, out = stage.needs["words"].folder, build.path / "model"
        self.encoders.start(words, ModelSection(**settings), length, seed, fields, out)
        build.facts["fingerprint"] = self.encoders.fingerprint(out)

    def _corpus(self, build: Building, stage: Stage) -> None:
        pools.build_corpus(build, self.encoders, stage)

    def _emlm(self, build: Building, stage: Stage) -> None:
        out = build.path / "model"
        start, corpus = stage.needs["start"], stage.needs["corpus"]
        if not self.encoders.finished(out):
            kind = type(self.study.base.pretrain)
            self.encoders.pretrain(
                start.folder / "model",
                pools.read_texts(corpus.folder / pools.TEXTS),
                pools.read_texts(stage.needs["titles"].folder / pools.HELD_OUT),
                kind(**stage.settings),
                {
                    "from": {"stage": start.key, "fingerprint": start.facts()["fingerprint"]},
                    "corpus": {"stage": corpus.key, **corpus.settings},
                },
                out,
            )
        self._trained(build, out)

    def _trained(self, build: Building, out: Path) -> None:
        record = read_json(out / "training.json")
        build.facts |= {
            "seconds": record["seconds"],
            "units": record.get("steps_done", record["settings"]["steps"]),
            "fingerprint": self.encoders.fingerprint(out),
        }

    def _statistics(self, build: Building, stage: Stage) -> None:
        held = pools.read_texts(stage.needs["titles"].folder / pools.HELD_OUT)
        model = stage.needs["emlm"].folder / "model"
        build.facts["statistics"] = self.encoders.statistics(model, held)

    def _finetune(self, build: Building, stage: Stage) -> None:
        out, emlm = build.path / "model", stage.needs["emlm"]
        if not self.encoders.finished(out):
            kind = type(self.study.base.finetune)
            own = {k: v for k, v in stage.settings.items() if k not in ("dev", "dataset")}
            self.encoders.finetune(
                emlm.folder / "model",
                self.dataset,
                self.study.dataset.fields,
                self.study.dev,
                kind(**own),
                {"from": {"stage": emlm.key, "fingerprint": emlm.facts()["fingerprint"]}},
                out,
            )
        self._trained(build, out)

    def _sweep(self, build: Building, stage: Stage) -> None:
        loaded = self.encoders.load(stage.needs["finetune"].folder / "model", SYSTEM)
        vectors = build.path / "vectors"
        section = self.study.dataset
        parts: tuple[Part, ...] = ("docs", "queries")
        for part in parts:
            if not is_complete(vectors / part, VECTORS):
                # What a killed process was about to remove.
                shutil.rmtree(vectors / part, ignore_errors=True)
                encode_part(
                    loaded, self.dataset, part, vectors / part,
                    fields=section.fields, split=section.split,
                )  # fmt: skip
        systems = [System(SYSTEM, vectors / "docs", vectors / "queries")]
        settings = sweep_settings(self.study, self.dataset, bm25=False)
        run_sweep(self.dataset, systems, settings, build.path / "sweep")
        self._tidy(build.path)

    def _bm25(self, build: Building, stage: Stage) -> None:
        settings = sweep_settings(self.study, self.dataset, bm25=True)
        run_sweep(self.dataset, [], settings, build.path / "sweep")
        self._tidy(build.path)

    def _tidy(self, folder: Path) -> None:
        """Remove what results do not need, unless it is to be kept."""
        keep = self.study.keep
        if "vectors" not in keep:
            _remove_whole(folder / "vectors")
        if "indexes" not in keep:
            _remove_whole(folder / "sweep" / "indexes")
        if "runs" not in keep:
            for run in folder.glob("sweep/points/*/run.trec*"):
                run.unlink()


def _remove_whole(folder: Path) -> None:
    """Remove a folder so that a kill never leaves half of it, with which nothing can go on."""
    removed = folder.with_name(".removed")
    shutil.rmtree(removed, ignore_errors=True)
    if folder.exists():
        folder.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)


def sweep_settings(study: Study, dataset: Dataset, bm25: bool) -> SweepSettings:
    """How a study evaluates: the same for all of its models."""
    section = study.sweep
    language = section.language or dataset.language
    return SweepSettings(
        split=study.dataset.split,
        fields=study.dataset.fields,
        grid=parse_grid(section.grid),
        quantiser=Quantiser.parse(section.quantise),
        k=section.k,
        algorithm=section.algorithm,
        measures=measure_names(section.measures),
        bm25=bm25,
        language=None if language == "none" else language,
        repeats=section.repeats,
    )
