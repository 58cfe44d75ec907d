"""The steps of a recipe, one after the other; a killed one goes on where it was."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.encoder import Encoder
    from esplade.train.recipes.reading import Recipe

STATE = "steps.json"
RECIPE = "recipe.json"
"""What was done, with all defaults: in the folder, and in that of the encoder."""
RESULTS = {
    "vocab": "vocab.txt",
    "pretrain": "emlm",
    "mine": "negatives.jsonl",
    "finetune": "encoder",
    "sweep": "sweep",
}
"""Where each step's result lies in the folder."""


def run_recipe(
    recipe: str | Path | Mapping[str, Any],
    out: str | Path,
    *,
    dataset: str | None = None,
    backbone: str | None = None,
    teacher: str | tuple[str, ...] = (),
    online: bool = False,
    threads: int = 0,
    device: str = "auto",
    overwrite: bool = False,
) -> Encoder:
    """Train an encoder by a recipe: vocabulary, EMLM, negatives, fine-tuning, sweep.

    Steps that are done are kept, and a killed one goes on when the same call is made again.

    Args:
        recipe: a TOML file, or what it would hold. The keys of its tables are the options of the
            commands, with underscores.
        out: folder; the encoder is ``encoder`` in it.
        dataset: in place of the recipe's.
        backbone: in place of the recipe's.
        teacher: in place of the recipe's, wherever it has teachers.
        online: let the backbone be downloaded from a hub.
        threads: of the processor; 0 lets torch choose.
        device: where it computes: auto (a GPU if there is one), cpu, cuda or mps.
        overwrite: do steps anew whose results were made by other settings.

    Raises:
        InputError: a mistake in the recipe, nothing to train on, or results of something else
            in ``out``.
        TrainingStopped: a training cannot usefully go on.

    Example:
        >>> import esplade
        >>> from esplade import train
        >>> titles = {f"d{n}": f"how to sort list number {n}" for n in range(20)}
        >>> queries = {f"q{n}": f"list {n}" for n in range(20)}
        >>> qrels = {"train": {f"q{n}": {f"d{n}": 1} for n in range(20)}}
        >>> data = esplade.Dataset.from_dicts(titles, queries, qrels, name="lists", language="en")
        >>> recipe = {
        ...     "dataset": str(data.write("lists")),
        ...     "vocab": {},
        ...     "pretrain": {"layers": 1, "hidden": 16, "wordpieces": 100, "steps": 2, "batch": 4},
        ...     "finetune": {"steps": 2, "batch": 4, "start_terms": 8},
        ... }
        >>> train.run_recipe(recipe, "trained").name
        'encoder'
    """
    from esplade.devices import check_asked
    from esplade.encoder import Encoder
    from esplade.train.recipes.reading import parse_recipe, read_recipe
    from ground.artifacts import check_folder, write_json

    place = Path(out)
    check_asked(device)
    read = parse_recipe(recipe) if isinstance(recipe, Mapping) else read_recipe(Path(recipe))
    teachers = (teacher,) if isinstance(teacher, str) else tuple(teacher)
    chosen = read.with_changes(dataset, backbone, teachers)
    check_folder(place, [chosen.dataset])
    place.mkdir(parents=True, exist_ok=True)
    write_json(place / RECIPE, chosen.to_dict())
    _Running(place, chosen, online, threads, device, overwrite).all()
    write_json(place / RESULTS["finetune"] / RECIPE, chosen.to_dict())
    return Encoder(folder=place / RESULTS["finetune"])


class _Running:
    """Does the steps of a recipe in a folder."""

    def __init__(
        self, out: Path, recipe: Recipe, online: bool, threads: int, device: str, overwrite: bool
    ) -> None:
        from esplade.datasets import load_dataset

        self.out, self.recipe, self.online = out, recipe, online
        self.threads, self.device, self.overwrite = threads, device, overwrite
        self.data = load_dataset(recipe.dataset, language=recipe.language or None)

    def all(self) -> None:
        """Every step that is not done."""
        from ground.artifacts import digest

        key = self.data.digest()
        for step in self.recipe.steps:
            settings = asdict(step.settings) if step.settings else {}
            said = [step.name, asdict(step.options), settings, self.recipe.fields]
            key = digest([key, *said])
            self._ensure(step.name, key, getattr(self, f"_{step.name}"))

    def _ensure(self, name: str, key: str, do: Callable[[Any, Path], object]) -> None:
        from esplade.progress import say

        result, state = self.out / RESULTS[name], _read_state(self.out)
        record = state.get(name, {})
        if record.get("key") == key and record.get("done") and result.exists():
            say(f"{name}: kept")
            return
        if record.get("key") != key:
            self._make_room(result)
        _write_state(self.out, {**state, name: {"key": key, "done": False}})
        began = time.monotonic()
        # A sweep is resumed in its folder; other results appear when they are whole.
        if name == "sweep" or not result.exists():
            say(f"{name} ...")
            do(self.recipe.step(name), result)
        seconds = round(time.monotonic() - began, 1)
        _write_state(self.out, {**state, name: {"key": key, "done": True, "seconds": seconds}})
        say(f"{name}: done in {seconds:,.0f} s")

    def _make_room(self, result: Path) -> None:
        """Remove what other settings made, where that is asked for."""
        if result.exists() and not self.overwrite:
            raise InputError(
                f"{result} was made by other settings, or is not of this recipe. Add --overwrite "
                f"to do this step and those after it again, or choose another output folder."
            )
        if result.is_dir():
            shutil.rmtree(result)
        result.unlink(missing_ok=True)
        unfinished = result.with_name(f"{result.name}.unfinished")
        if unfinished.is_dir() and self.overwrite:
            shutil.rmtree(unfinished)

    def _vocab(self, step: Any, result: Path) -> None:
        from esplade.train import Vocabulary

        options = step.options
        if options.given:
            Vocabulary.given(options.given, options.size or None).save(result)
            return
        Vocabulary.count(
            self.data,
            corpus=options.corpus,
            general=options.general,
            fields=self.recipe.fields or None,
            size=options.size or None,
            min_count=options.min_count,
        ).save(result)

    def _pretrain(self, step: Any, result: Path) -> None:
        from esplade.train import Backbone, Fresh, pretrain

        one = step.options
        base = fresh = None
        if one.backbone:
            base = Backbone(one.backbone, one.layers, one.whole_words, one.keep_pieces)
        else:
            sizes = (one.layers or 2, one.hidden, one.heads, one.dropout, one.wordpieces)
            fresh = Fresh(*sizes, one.whole_words)
        pretrain(
            result,
            step.settings,
            vocab=self.out / RESULTS["vocab"],
            corpus=one.corpus,
            dataset=self.data,
            general=one.general,
            fields=self.recipe.fields or None,
            repeat=one.repeat,
            limit=one.limit or None,
            backbone=base,
            online=self.online,
            fresh=fresh,
            language=self.recipe.language or None,
            threads=self.threads,
            device=self.device,
        )

    def _mine(self, step: Any, result: Path) -> None:
        from esplade.train import mine

        one = step.options
        mine(
            self.data,
            result,
            bm25=one.bm25,
            teacher=one.teacher,
            split=one.split,
            depth=one.depth,
            skip_top=one.skip_top,
            scores=one.scores,
            # BM25 computes nowhere else.
            device=self.device if one.teacher else "auto",
            fields=self.recipe.fields or None,
            language=self.recipe.language or None,
        )

    def _finetune(self, step: Any, result: Path) -> None:
        from esplade.train import finetune

        one = step.options
        mined = self.out / RESULTS["mine"]
        finetune(
            self.out / RESULTS["pretrain"],
            self.data,
            result,
            step.settings,
            fields=self.recipe.fields or None,
            split=one.split,
            dev_pool=one.dev_pool,
            dev_queries=one.dev_queries,
            negatives=mined if self.recipe.step("mine") else None,
            teacher=one.teacher,
            text_pairs=one.text_pairs,
            crops=one.crops,
            own_words=one.own_words,
            general_pairs=one.general_pairs,
            corpus=one.corpus,
            general=one.general,
            threads=self.threads,
            device=self.device,
        )

    def _sweep(self, step: Any, result: Path) -> None:
        import esplade

        one = step.options
        esplade.sweep(
            self.data,
            self.out / RESULTS["finetune"],
            one.grid,
            result,
            split=one.split,
            fields=self.recipe.fields or None,
            quantise=one.quantise,
            k=one.k,
            measures=one.measures,
            bm25=one.bm25,
            device=self.device,
            language=self.recipe.language or None,
        )


def _read_state(out: Path) -> dict[str, Any]:
    path = out / STATE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: dict(record) for name, record in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        raise InputError(
            f"{path} cannot be read, so that nothing says which steps are done. Give --out "
            f"another folder, or remove this one."
        ) from None


def _write_state(out: Path, state: Mapping[str, Any]) -> None:
    from ground.artifacts import write_json

    write_json(out / STATE, dict(state))
