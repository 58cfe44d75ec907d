"""A pre-training study: its file, its folder, and what its results say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground.errors import InputError, IntegrityError

if TYPE_CHECKING:
    import pandas as pd

    from harness.study.verdicts.settings import Settings


class Study:
    """A study: a grid of pre-trainings, each fine-tuned, swept and described.

    Args:
        file: the TOML file that says what is trained.
        out: its folder; ``runs/local/NAME`` otherwise.

    Raises:
        InputError: the file is no study.

    Example:
        >>> import esplade
        >>> titles = {f"d{n}": f"sort list {n}" for n in range(8)}
        >>> queries = {f"q{n}": f"list {n}" for n in range(8)}
        >>> judged = {f"q{n}": {f"d{n}": 1} for n in range(8)}
        >>> splits = {"train": judged, "dev": judged, "test": judged}
        >>> made = esplade.Dataset.from_dicts(titles, queries, splits, name="lists").write("lists")
        >>> lines = ["name = 'small'", "dataset.path = 'lists'", "vocabulary.size = 20"]
        >>> lines += ["factors.lr.low.pretrain.lr = 1e-4", "factors.lr.high.pretrain.lr = 1e-3"]
        >>> with open("study.toml", "w") as stream:
        ...     print(*lines, sep=chr(10), file=stream)
        >>> esplade.Study("study.toml").plan(calibrate=False)["cells"]
        ['low', 'high']
    """

    def __init__(self, file: str | Path, out: str | Path | None = None) -> None:
        from esplade.studies.encoders import KINDS
        from ground.artifacts import file_name
        from harness.study.config import read_study
        from harness.study.inputs import check_evaluation

        self.file = Path(file)
        self.settings = read_study(self.file, KINDS)
        check_evaluation(self.settings, self.file.name)
        usual = Path("runs") / "local" / file_name(self.settings.name)
        self.out = usual if out is None else Path(out)

    def plan(
        self,
        only: Sequence[str] = (),
        *,
        calibrate: bool = True,
        threads: int = 0,
        device: str = "auto",
    ) -> dict[str, Any]:
        """What is done and what is left, and how long that takes; nothing is done.

        Args:
            only: parts ``RUN/CELL``, ``*`` for any.
            calibrate: measure a few steps where no speed is known.
            threads: of the processor.
            device: where steps are measured; as in `run`.
        """
        from esplade.studies.planning import measuring, plan_facts
        from harness.study.inputs import find_inputs
        from harness.study.plan import Plan
        from harness.study.run import select

        inputs, missing = find_inputs(self.settings, self.file.name)
        plan: Plan = Plan(self.settings, inputs, self.out)
        units = select(plan.units, list(only))
        return plan_facts(plan, units, missing, measuring(calibrate, threads, device))

    def run(
        self, only: Sequence[str] = (), *, threads: int = 0, device: str = "auto"
    ) -> dict[str, Any]:
        """Do what is left, and write the results and their report.

        Started again, it goes on where it was. Several processes may work on one folder.

        Args:
            only: parts ``RUN/CELL``, ``*`` for any.
            threads: of trainings; 0 lets torch choose.
            device: where encoders compute: auto (a GPU if there is one), cpu, cuda, cuda:N or mps.

        Returns:
            The summary of the results; ``failed`` names the trainings that could not go on. Give it
            to `check`, which says whether it can be used.

        Raises:
            InputError: inputs are missing, or the folder holds something else.
        """
        from esplade.devices import check_asked
        from esplade.progress import say
        from esplade.studies.encoders import TorchEncoders
        from ground.artifacts import check_folder
        from harness.report.study import write_study_report
        from harness.study.building import Builder
        from harness.study.inputs import read_inputs
        from harness.study.plan import Plan
        from harness.study.results import write_results
        from harness.study.run import Runner, claim, select
        from harness.study.stages import file_lock

        check_asked(device)
        check_folder(self.out)
        plan = Plan(self.settings, read_inputs(self.settings, self.file.name), self.out)
        units = select(plan.units, list(only))
        with ExitStack() as stack:
            claim(plan, stack)
            builder = Builder(plan, TorchEncoders(threads, device), say)

            def publish() -> dict[str, Any]:
                with file_lock(self.out / ".results.lock"):
                    return write_results(plan, builder.dataset, self.results)

            outcome = Runner(plan, builder, say, publish).run(units)
            found = publish()
            with file_lock(self.out / ".results.lock"):
                write_study_report(self.out)
        return {**found, "failed": outcome.failed}

    def check(self, found: dict[str, Any]) -> None:
        """Raise what makes the results of `run` unfit, if anything.

        Raises:
            IntegrityError: cells were not fine-tuned alike, or trainings failed.
        """
        from harness.study.controls import refused

        if differing := refused(found["controls"]):
            raise IntegrityError(
                f"The cells of this study were not fine-tuned alike, so they cannot be compared: "
                f"{differing}. Remove the folders of those trainings and run the study again."
            )
        if found["failed"]:
            names = ", ".join(found["failed"])
            raise IntegrityError(f"{len(found['failed'])} trainings failed ({names}); see above.")

    @property
    def results(self) -> Path:
        """Where the results lie."""
        return self.out / "results"

    def report(self, out: str | Path | None = None, settings: Settings | None = None) -> Path:
        """Write tables, figures and verdicts of what is there; see `report_study`."""
        return report_study(self.out, out, settings)

    def verdicts(self, settings: Settings | None = None) -> pd.DataFrame:
        """What the results say about each claim; see `read_verdicts`."""
        return read_verdicts(self.out, settings)

    def __repr__(self) -> str:
        return f"Study({str(self.file)!r}, {str(self.out)!r})"


def report_study(
    results: str | Path, out: str | Path | None = None, settings: Settings | None = None
) -> Path:
    """Report on a study: figures, tables of all cells, and verdicts on its claims.

    Args:
        results: what a study wrote, or its results folder.
        out: folder to write; ``report`` beside the results otherwise.
        settings: margins and resamples.

    Returns:
        The folder; ``report.html`` in it shows all.

    Raises:
        InputError: there are no results, or the folder cannot be written.
    """
    from ground.artifacts import check_folder
    from harness.report.study import write_study_report
    from harness.report.study.writing import default_folder
    from harness.study.verdicts.settings import Settings

    place = None if out is None else Path(out)
    if place is not None:
        check_folder(place)
    judged = write_study_report(Path(results), place, settings or Settings())
    return place or default_folder(judged)


def read_verdicts(results: str | Path, settings: Settings | None = None) -> pd.DataFrame:
    """What the results of a study say about each claim, a row each.

    Args:
        results: what a study wrote, or its results folder.
        settings: margins and resamples.

    Raises:
        InputError: there are no results.
    """
    from esplade.comparison import table_frame
    from harness.report.study.judged import Judged
    from harness.report.study.words import verdict_table
    from harness.study.verdicts.results import read_results
    from harness.study.verdicts.settings import Settings

    judged = Judged(read_results(Path(results)), settings or Settings())
    return table_frame(verdict_table(judged.verdicts, "Verdicts"))


def join_studies(
    studies: Sequence[str | Path], out: str | Path, *, overwrite: bool = False
) -> dict[str, Any]:
    """Join results of one study: seeds that were trained here with those of another machine.

    Args:
        studies: folders of studies or of their results, two or more.
        out: folder for the joined results.
        overwrite: replace joined results.

    Raises:
        InputError: they are not of one study.
    """
    from ground.artifacts import check_folder
    from harness.study.joining import join_results

    folders = [Path(one) for one in studies]
    if len(folders) < 2:
        raise InputError("Joining needs two folders of results or more.")
    check_folder(Path(out), [*folders, *(study / "results" for study in folders)])
    return join_results(folders, Path(out), overwrite)
