"""A study's configuration file: what is varied, what is held, and where the data is.

A factor has named levels, and a level overrides settings of stages::

    [factors.lr]
    lr-l = { pretrain.lr = 5e-4 }
    lr-h = { pretrain.lr = 2e-3 }

Everything that no factor overrides is the same for all cells. Fine-tuning may only be varied by a
factor of its own, so that no difference between pre-trainings can come from it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ground.errors import InputError
from ground.reading import text
from harness.study.factors import (
    NAME,
    Kinds,
    Overrides,
    check_finetuning,
    read_factors,
    read_longer,
)
from harness.study.sections import (
    KEEP,
    CorpusSection,
    DatasetSection,
    DevSection,
    ModelSection,
    SeedsSection,
    SweepSection,
    VocabularySection,
)
from harness.study.tables import read_table, shown, unknown

_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++\s*+\.\s*+){32}""")
_LONGEST_NAME = 100
_TOP = ("name", "description", "keep", "factors", "longer")
_FIXED: Kinds = {
    "dataset": DatasetSection,
    "dev": DevSection,
    "sweep": SweepSection,
    "seeds": SeedsSection,
}
_VARIED: Kinds = {
    "corpus": CorpusSection,
    "vocabulary": VocabularySection,
    "model": ModelSection,
}
_ELSEWHERE = {
    "seed": "Seeds are those of [seeds].",
    "held_out": "What is held out is set in [corpus].",
}


@dataclass(frozen=True)
class Settings:
    """The settings of one cell's stages."""

    corpus: CorpusSection
    vocabulary: VocabularySection
    model: ModelSection
    pretrain: Any
    finetune: Any

    def overridden(self, overrides: Overrides) -> Settings:
        """With the values of a level in their places."""
        changed = {s: replace(getattr(self, s), **values) for s, values in overrides.items()}
        return replace(self, **changed)


@dataclass(frozen=True)
class Study:
    """A study file that has been read and checked.

    Attributes:
        name: of the study.
        dataset: the test collection.
        dev: what fine-tuning chooses its checkpoint on.
        sweep: how models are evaluated.
        seeds: of the runs of the grid.
        keep: large leftovers that stay: see `harness.study.sections.KEEP`.
        base: settings that no factor overrides.
        factors: overrides by factor and level, in the order of the file.
        longer: by cell, total numbers of EMLM steps to which it is continued.
    """

    name: str
    dataset: DatasetSection
    dev: DevSection
    sweep: SweepSection
    seeds: SeedsSection
    keep: tuple[str, ...]
    base: Settings
    factors: dict[str, dict[str, Overrides]]
    longer: dict[str, tuple[int, ...]]

    def to_dict(self) -> dict[str, Any]:
        """The whole configuration, defaults included, as plain values."""
        return asdict(self)


def read_study(path: Path, kinds: Kinds) -> Study:
    """Read a study file.

    Args:
        path: a TOML file.
        kinds: the dataclasses of the trainings' settings, under ``pretrain`` and ``finetune``.

    Raises:
        InputError: it cannot be read, or has a mistake; the message names it.
    """
    content = text(path)
    try:
        # For a key of many parts the parser takes memory by the square of their number.
        if _DEEP_KEY.search(content):
            raise RecursionError
        return parse_study(tomllib.loads(content), kinds, path.name)
    except InputError:
        raise
    except ValueError as error:  # numbers of too many digits, too
        raise InputError(f"{path} is no TOML file: {error}.") from None
    except RecursionError:
        raise InputError(
            f"{path} is nested too deep to be read: a study has nothing deeper than tables in "
            f"tables."
        ) from None


def parse_study(content: Mapping[str, Any], kinds: Kinds, where: str = "study") -> Study:
    """Make a study of a file's content; see `read_study`."""
    sections = {**_FIXED, **_VARIED, **kinds}
    for name in content:
        if name not in sections and name not in _TOP:
            raise unknown(name, (*_TOP, *sections), where)
    _check_elsewhere(content, kinds, where)
    if "dataset" not in content:
        raise InputError(f"{where} lacks [dataset]; add it, with path = ... in it.")
    read = {
        name: read_table(kind, content.get(name, {}), f"{where}, [{name}]")
        for name, kind in sections.items()
    }
    study = Study(
        name=_name(content, where),
        **{name: read[name] for name in _FIXED},
        keep=_keep(content.get("keep", []), where),
        base=Settings(**{name: read[name] for name in (*_VARIED, *kinds)}),
        factors=read_factors(content.get("factors", {}), {**_VARIED, **kinds}, where),
        longer=read_longer(content.get("longer", {}), where),
    )
    for factor, levels in study.factors.items():
        place = f"{where}, [factors.{factor}]"
        _check_together(study.base, levels, place)
        check_finetuning(study.base.finetune, levels, place)
    return study


class NotSet(InputError):
    """A path of a study needs an environment variable that is not set here."""


def expanded(path: str) -> str:
    """A path with environment variables and ``~`` filled in.

    Raises:
        NotSet: a variable is not set.
    """
    full = os.path.expanduser(os.path.expandvars(path))
    if missing := re.search(r"\$\{?(\w+)", full):
        raise NotSet(
            f"The path {path} needs the environment variable {missing[1]}, which is not set. "
            f"Set it to the folder that holds the data: export {missing[1]}=..."
        )
    return full


def _name(content: Mapping[str, Any], where: str) -> str:
    name = content.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InputError(
            f"{where}: name must be letters, digits and dashes, at most {_LONGEST_NAME}, not "
            f"{shown(name)}."
        )
    return name


def _keep(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(item not in KEEP for item in value):
        raise InputError(f"{where}, keep: give a list of {', '.join(KEEP)}; not {shown(value)}.")
    return tuple(value)


def _check_elsewhere(content: Mapping[str, Any], kinds: Kinds, where: str) -> None:
    levels = [level for factor in _tables(content.get("factors")) for level in _tables(factor)]
    for table in (content, *levels):
        for stage in kinds:
            for name, remedy in _ELSEWHERE.items():
                if isinstance(table.get(stage), Mapping) and name in table[stage]:
                    raise InputError(f"{where}: {stage}.{name} has no place here. {remedy}")


def _check_together(base: Settings, levels: Mapping[str, Overrides], where: str) -> None:
    for level, overrides in levels.items():
        try:
            base.overridden(overrides)
        except ValueError as error:
            raise InputError(f"{where}, {level}: {error}") from None


def _tables(value: Any) -> list[Any]:
    found = value.values() if isinstance(value, Mapping) else ()
    return [v for v in found if isinstance(v, Mapping)]
