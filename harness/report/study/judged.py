"""A study with its verdicts, effects and relations, each computed once and only if asked for."""

from __future__ import annotations

from functools import cached_property

from harness.study.verdicts.effects import Effect
from harness.study.verdicts.evidence import Evidence
from harness.study.verdicts.judging import Relation, factor_effects, judge, relations
from harness.study.verdicts.results import StudyResults
from harness.study.verdicts.rules import Verdict
from harness.study.verdicts.settings import Settings


class Judged:
    """A study with its verdicts, each computed when it is first asked for.

    Args:
        results: of the study.
        settings: of the verdicts.
    """

    def __init__(self, results: StudyResults, settings: Settings) -> None:
        self.results = results
        self.settings = settings
        self.evidence = Evidence(results, settings)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """All claims, judged."""
        return judge(self.evidence)

    @cached_property
    def factors(self) -> list[Effect]:
        """All factors' effects."""
        return factor_effects(self.evidence)

    @cached_property
    def relations(self) -> list[Relation]:
        """All rank correlations."""
        return relations(self.evidence)
