"""The steps of a recipe, one after the other; a killed one goes on where it was."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esplade.train.recipes.doing import DO, RESULTS, Work
from ground.dry import GOES_ON, KEPT, TO_DO, is_dry, note, planned
from ground.errors import InputError

if TYPE_CHECKING:
    from esplade.encoder import Encoder
    from esplade.train.recipes.reading import Step

STATE = "steps.json"
RECIPE = "recipe.json"
"""What was done, with all defaults: in the folder, and in that of the encoder."""


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
    from esplade.datasets import load_dataset
    from esplade.devices import check_asked
    from esplade.encoder import Encoder
    from esplade.train.recipes.reading import parse_recipe, read_recipe
    from ground.artifacts import check_folder, noting_begun, write_json

    place = Path(out)
    check_asked(device)
    read = parse_recipe(recipe) if isinstance(recipe, Mapping) else read_recipe(Path(recipe))
    teachers = (teacher,) if isinstance(teacher, str) else tuple(teacher)
    chosen = read.with_changes(dataset, backbone, teachers)
    check_folder(place, [chosen.dataset])
    if not is_dry():
        place.mkdir(parents=True, exist_ok=True)
    data = load_dataset(chosen.dataset, language=chosen.language or None)
    with noting_begun(place):
        _Running(Work(place, chosen, data, online, threads, device), overwrite).all()
        planned(writes=place, unknown="Whether what each step makes suits the next one.")
        for folder in (place, place / RESULTS["finetune"]):
            write_json(folder / RECIPE, chosen.to_dict())
    return Encoder(folder=place / RESULTS["finetune"])


class _Running:
    """Does the steps of a recipe that are not done."""

    def __init__(self, work: Work, overwrite: bool) -> None:
        self.work, self.out, self.overwrite = work, work.out, overwrite

    def all(self) -> None:
        """Every step, in order."""
        from ground.artifacts import digest

        recipe, key = self.work.recipe, self.work.data.digest()
        for step in recipe.steps:
            settings = asdict(step.settings) if step.settings else {}
            options = {**asdict(step.options), **_contents(step.options)}
            key = digest([key, step.name, options, settings, recipe.fields])
            self._ensure(step, key)

    def _ensure(self, step: Step, key: str) -> None:
        from esplade.progress import say

        name = step.name
        result, state = self.out / RESULTS[name], _read_state(self.out)
        record = state.get(name, {})
        if record.get("key") == key and record.get("done") and result.exists():
            note(step=(f"{name} ({result})", KEPT))
            _tidy(name, result)
            say(f"{name}: kept")
            return
        if record.get("key") != key:
            self._make_room(result)
        if is_dry():
            begun = record.get("key") == key and _is_begun(result)
            note(step=(f"{name} ({result})", GOES_ON if begun else TO_DO))
            return
        _write_state(self.out, {**state, name: {"key": key, "done": False}})
        began = time.monotonic()
        # A sweep is resumed in its folder; other results appear when they are whole.
        if name == "sweep" or not result.exists():
            say(f"{name} ...")
            DO[name](self.work, step.options, step.settings)
        else:
            _tidy(name, result)
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
        if is_dry():
            return
        if result.is_dir():
            shutil.rmtree(result)
        result.unlink(missing_ok=True)
        unfinished = result.with_name(f"{result.name}.unfinished")
        if unfinished.is_dir() and self.overwrite:
            shutil.rmtree(unfinished)


def _is_begun(result: Path) -> bool:
    """Whether a killed step has left something to go on from."""
    hidden = f".{result.name}.unfinished"
    beside = (result, result.with_name(f"{result.name}.unfinished"), result.with_name(hidden))
    return any(path.exists() for path in beside)


def _tidy(name: str, result: Path) -> None:
    """Remove what a process left that was killed when its result was in its place already."""
    if is_dry():
        return
    from ground.artifacts import clear, clear_work, sweep

    if result.is_dir():
        clear(result)
        if name in ("pretrain", "finetune"):
            from encoders.training.workfolder import clear_finished

            clear_finished(result)
        return
    clear_work(result)
    sweep(result)


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


def _contents(options: Any) -> dict[str, Any]:
    """What the files hold that a sweep's grid names, as digests."""
    from harness.sweep.grid import grid_contents

    files = grid_contents(options.grid) if hasattr(options, "grid") else {}
    return {"contents": files} if files else {}
