"""What the review list shows of a call, counted from its state. Pure: never reads the store.

Next: `store/` keeps the counts beside the call.
"""

from dataclasses import dataclass
from typing import get_args

from voiceassist.core.board import CallState
from voiceassist.events import AlertLevel

_LEVELS: tuple[AlertLevel, ...] = get_args(AlertLevel)  # rising


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummaryCounts:
    """One call in numbers. What was retracted is not counted."""

    refusals: int
    recovered: int
    dead_ends: int
    prompts: int
    alerts: int
    worst: AlertLevel | None  # among all alerts of the call, taken care of or not


def summarise(state: CallState) -> CallSummaryCounts:
    """The counts of a call, finished or not."""
    refusals = [v for v in state.cues if v.cue.kind == "refusal" and v.status != "retracted"]
    alerts = [v.alert for v in state.alerts if v.state != "retracted"]
    return CallSummaryCounts(
        refusals=len(refusals),
        recovered=sum(v.outcome == "recovered" for v in refusals),
        dead_ends=sum(v.outcome == "dead_end" for v in refusals),
        prompts=sum(v.outcome != "retracted" for v in state.prompts),
        alerts=len(alerts),
        worst=max((alert.level for alert in alerts), key=_LEVELS.index, default=None),
    )
