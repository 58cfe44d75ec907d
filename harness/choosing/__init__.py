"""Which configuration to take: found on some queries, confirmed on others."""

from __future__ import annotations

from harness.choosing.choice import Choice, choose
from harness.choosing.question import Question
from harness.choosing.space import Candidate, Space, parse_rules
from harness.choosing.trials import Trial, Trials

__all__ = ["Candidate", "Choice", "Question", "Space", "Trial", "Trials", "choose", "parse_rules"]
