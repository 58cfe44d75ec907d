"""Lines that a training prints: where it is, its figures, and about how long it still takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

_RECENT = 200
"""Steps whose times the estimate is made of: evaluations among them, since more will come."""
_LEFT_OUT = ("epoch", "grad_norm", "step", "total_flos")
_SUMMARY = "train_runtime"


class Telling(TrainerCallback):
    """Prints a line for every line of the log, in place of the library's dictionaries."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, int]] = deque(maxlen=_RECENT)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Start the clock, where a killed training goes on, too."""
        self._ends.clear()
        self._ends.append((time.monotonic(), state.global_step))

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Note when the step before and what followed it were done."""
        self._ends.append((time.monotonic(), state.global_step))

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Print a line."""
        if not state.is_local_process_zero or not logs or _SUMMARY in logs:
            return
        figures = ", ".join(
            f"{name.removeprefix('eval_')} {_short(value)}"
            for name, value in logs.items()
            if name not in _LEFT_OUT
        )
        kind = "dev  " if any(name.startswith("eval_") for name in logs) else "step "
        left = self._left(state)
        print(f"{kind}{state.global_step}/{state.max_steps}  {figures}{left and f'; {left}'}")

    def _left(self, state: TrainerState) -> str:
        (first, begun), now = self._ends[0], time.monotonic()
        done, more = state.global_step - begun, state.max_steps - state.global_step
        if done <= 0 or more <= 0:
            return ""
        return f"about {duration((now - first) / done * more)} left"


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _short(value: Any) -> str:
    if isinstance(value, float) and abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
