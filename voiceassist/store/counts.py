"""What a list of calls shows in numbers, computed from a call's events.

What counts as an alert is an incident: the alerts of one call that are one matter (`core/call/incidents.py`),
however often it repeated, unless all of it turned out to be untrue. Lists of calls, the sums per agent and hour,
and the table of alerts (`facts.py`) count these; only the metrics and backtests count alerts as they were told.
Pure. `count` of all events is the sum of the counts of their parts, unless one of them changes what an earlier one
counts for (`changes_counts`): then `writer.py` counts the whole call again.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from voiceassist.core.call.incidents import is_unresolved, true_incidents
from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertLevel,
    AlertRepeated,
    Cue,
    CueRetracted,
    Event,
    Prompt,
    RefusalClosed,
)

LEVELS: tuple[AlertLevel | None, ...] = (None, "info", "warning", "critical")
"""Stored as the index, so that the database can compare them."""

COUNTED = ("cue", "cue_retracted", "refusal_closed", "prompt", "alert", "alert_repeated", "alert_changed")
"""The types (in wire form) that `count` looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """The numbers of one call; cues and alerts that turned out to be untrue do not count."""

    refusals: int
    recovered: int
    dead_ends: int
    prompts: int
    alerts: int  # incidents
    unresolved: int  # incidents that are open or acknowledged
    worst: int  # index into LEVELS, among all incidents that were true, taken care of or not

    def as_row(self) -> dict[str, int]:
        """By column name."""
        return asdict(self)


def count(events: Iterable[Event]) -> CallCounts:
    """The numbers of these events."""
    kept = tuple(events)
    untrue = {e.cue_id for e in kept if isinstance(e, CueRetracted)}
    incidents = true_incidents(kept)
    outcomes = [e.outcome for e in kept if isinstance(e, RefusalClosed)]
    return CallCounts(
        refusals=len({e.cue_id for e in kept if isinstance(e, Cue) and _is_refusal(e)} - untrue),
        recovered=outcomes.count("recovered"),
        dead_ends=outcomes.count("dead_end"),
        prompts=sum(isinstance(e, Prompt) for e in kept),
        alerts=len(incidents),
        unresolved=sum(map(is_unresolved, incidents)),
        worst=max((LEVELS.index(view.alert.level) for view in incidents), default=0),
    )


def changes_counts(event: Event) -> bool:
    """Whether earlier events count for something else after this one."""
    joins = isinstance(event, Alert) and event.incident not in ("", event.alert_id)
    return joins or isinstance(event, CueRetracted | AlertRepeated | AlertChanged)


def _is_refusal(cue: Cue) -> bool:
    """Whether it is a refusal that went further than its colour, and so has an episode."""
    return cue.kind == "refusal" and cue.reach != "colour"
