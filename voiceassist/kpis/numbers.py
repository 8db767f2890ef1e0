"""What one call adds to the sums of the key figures, computed from its events.

What was retracted never happened. `duration_ms` is not among the numbers: it is that of the call, which grows.
Next: `store/fact_feed.py` keeps them, one row a call.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceassist.core.call.alerts import OURSELVES
from voiceassist.core.call.incidents import AlertView, is_true, true_incidents
from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.events import (
    AlertChanged,
    CoachingSeen,
    Cue,
    CueRetracted,
    DisclosureChanged,
    Event,
    FalseAlarmMarked,
    NotUsefulMarked,
    Prompt,
    PromptClosed,
    RefusalClosed,
)
from voiceassist.kpis.definitions import HELPED_WITHIN_S

SHOWN_NO_MORE = ("retracted", "refreshed")
"""A card that was taken back, and one that came anew, are not cards of their own."""
USED = ("used", "followed", "recovered")

TYPES = (
    *("cue", "cue_retracted", "refusal_closed", "prompt", "prompt_closed", "alert"),
    *(
        "alert_repeated",
        "alert_changed",
        "false_alarm_marked",
        "not_useful_marked",
        "disclosure_changed",
        "coaching_seen",
    ),
)
"""The types (in wire form) that the numbers are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNumbers:
    """Of one call, by the names of `definitions.Sum`."""

    refusals: int
    closed: int
    recovered: int
    cards: int
    cards_used: int
    cards_dismissed: int
    cards_unhelpful: int
    alerts: int
    acknowledged: int
    alarms: int
    false_alarms: int
    abuse: int
    vague_promises: int
    disclosures: int
    missed: int
    helped: int
    helped_recovered: int


def numbers_of(events: Sequence[Event]) -> CallNumbers:
    """The numbers of these events, which are in order."""
    untrue = {event.cue_id for event in events if isinstance(event, CueRetracted)}
    incidents = true_incidents(events)
    false = false_alarms(events, incidents)
    cues = [event for event in events if isinstance(event, Cue) and event.cue_id not in untrue]
    strong = [cue for cue in cues if cue.reach != "colour"]  # the others are guesses
    cards, useless = shown_cards(events), _useless_cards(events)
    alarms = {card.why.cue_id for card, _ in cards} | {id_ for view in incidents for id_ in _cues_of(view)}
    outcomes = [outcome for _, outcome in cards]
    states = [[one.state for one in told] for told in disclosure_states(events)]
    return CallNumbers(
        refusals=sum(cue.kind == "refusal" for cue in strong),
        **_closed(events, untrue),
        cards=len(cards),
        cards_used=sum(outcome in USED for outcome in outcomes),
        cards_dismissed=outcomes.count("dismissed"),
        cards_unhelpful=sum(card.prompt_id in useless or card.why.cue_id in false for card, _ in cards),
        alerts=len(incidents),
        acknowledged=sum(first_care(view) is not None for view in incidents),
        alarms=len(alarms),
        false_alarms=len(alarms & false),
        abuse=sum(cue.kind in ABUSE_KINDS and cue.cue_id not in false for cue in strong),
        vague_promises=sum(cue.kind == "vague_commitment" and cue.cue_id not in false for cue in strong),
        disclosures=len(states),
        missed=sum("missed" in told for told in states),
    )


def first_care(incident: AlertView) -> AlertChanged | None:
    """What a person first did about an incident, to take care of it; none while nobody has."""
    return next(filter(_is_care, incident.history), None)


def _is_care(event: AlertChanged) -> bool:
    return event.by != OURSELVES and event.state in ("acknowledged", "resolved")


def false_alarms(events: Sequence[Event], incidents: Sequence[AlertView]) -> set[str]:
    """The cues that somebody called one, each by itself or with the incident that was resolved as one."""
    marks = {event.cue_id: event.marked for event in events if isinstance(event, FalseAlarmMarked)}
    resolved = [view for view in incidents if view.state == "resolved" and view.reason == "false_alarm"]
    marked = {cue_id for cue_id, is_marked in marks.items() if is_marked}
    return marked | {cue_id for view in resolved for cue_id in _cues_of(view)}


def _cues_of(view: AlertView) -> list[str]:
    return [alert.why.cue_id for alert in view.happened if is_true(view, alert)]


def shown_cards(events: Sequence[Event]) -> list[tuple[Prompt, str]]:
    """Each card with its outcome, empty while it is shown."""
    outcomes = {event.prompt_id: event.outcome for event in events if isinstance(event, PromptClosed)}
    cards = [(e, outcomes.get(e.prompt_id, "")) for e in events if isinstance(e, Prompt)]
    return [(card, outcome) for card, outcome in cards if outcome not in SHOWN_NO_MORE]


def _useless_cards(events: Sequence[Event]) -> set[str]:
    marks = {event.prompt_id: event.marked for event in events if isinstance(event, NotUsefulMarked)}
    return {prompt_id for prompt_id, is_marked in marks.items() if is_marked}


def disclosure_states(events: Sequence[Event]) -> list[list[DisclosureChanged]]:
    """How everything that had to be said stood, one after the other; none of what need not after all."""
    told: dict[str, list[DisclosureChanged]] = {}
    for event in events:
        if isinstance(event, DisclosureChanged):
            told.setdefault(event.disclosure, []).append(event)
    return [changes for changes in told.values() if changes[-1].state != "withdrawn"]


def _closed(events: Sequence[Event], untrue: set[str]) -> dict[str, int]:
    """The refusals that are over: how they ended, with a person's help shortly before or without."""
    helped_ms: int | None = None
    ended: dict[str, tuple[bool, bool]] = {}  # by cue: whether it was recovered, and whether somebody helped
    for event in events:
        if _is_help(event):
            helped_ms = event.at_ms
        elif isinstance(event, RefusalClosed) and event.cue_id not in untrue:
            is_helped = helped_ms is not None and event.at_ms - helped_ms <= HELPED_WITHIN_S * 1000
            ended[event.cue_id] = (event.outcome == "recovered", is_helped)
    return {
        "closed": len(ended),
        "recovered": sum(recovered for recovered, _ in ended.values()),
        "helped": sum(helped for _, helped in ended.values()),
        "helped_recovered": sum(recovered and helped for recovered, helped in ended.values()),
    }


def _is_help(event: Event) -> bool:
    """Somebody took an alert on, or the agent read what somebody wrote to them."""
    if isinstance(event, CoachingSeen):
        return event.stage == "seen"
    return isinstance(event, AlertChanged) and event.state == "acknowledged" and event.by != OURSELVES
