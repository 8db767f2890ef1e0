"""Calls with everything that reports count, made up by chance; and the same counted event by event."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.shell import store_records as make
from voiceassist.actions import PromiseOutcome
from voiceassist.events import (
    Alternative,
    CallStarted,
    Cue,
    CueRetracted,
    DisclosureChanged,
    DisclosureState,
    Event,
    FalseAlarmMarked,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    PromptClosed,
    PromptOutcome,
    Record,
    RefusalClosed,
    RefusalOutcome,
)

ABUSE = ("insult", "threat", "slur", "sexual")
SHOWN_NO_MORE = ("retracted", "refreshed")
TEXTS = {"credit": "Store credit", "exchange": "An exchange"}


def card(prompt_id: str, cue_id: str, topic: str, alternatives: Sequence[str]) -> Prompt:
    offered = tuple(Alternative(id=one, text=TEXTS[one]) for one in alternatives)
    why = replace(make.WHY, cue_id=cue_id)
    return replace(make.prompt(prompt_id), headline=topic, alternatives=offered, why=why)


def promise(number: int) -> PromiseHeard:
    return PromiseHeard(
        at_ms=number, utterance=number, words=f"by Friday {number}", when="by Friday", start_ms=number, end_ms=99
    )


def marked(number: int, outcome: PromiseOutcome) -> PromiseMarked:
    return PromiseMarked(at_ms=99, utterance=number, start_ms=number, outcome=outcome, by="Sue")


def disclosure(id_: str, state: DisclosureState) -> DisclosureChanged:
    return DisclosureChanged(at_ms=5, disclosure=id_, title=id_.title(), speaker="agent", state=state, due_ms=None)


CLOSED: tuple[PromptOutcome | None, ...] = ("used", "dismissed", "refreshed", "recovered", None)
ENDS: tuple[RefusalOutcome | Literal["open", "retracted"], ...] = ("recovered", "dead_end", "open", "retracted")
MARKS: tuple[PromiseOutcome, ...] = ("kept", "not_kept", "")
STATES: tuple[tuple[DisclosureState, ...], ...] = (
    ("due",),
    ("due", "said"),
    ("due", "missed"),
    ("due", "missed", "said"),
    ("withdrawn",),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Refusals with cards and ends, abuse, promises with marks, disclosures: some of it taken back."""
    events: list[Event] = []
    for number in range(draw(st.integers(0, 3))):
        events += draw(refusals(number))
    for number in range(draw(st.integers(0, 2))):
        events += draw(words_of_customers(number))
    for number in range(draw(st.integers(0, 2))):
        events.append(promise(number))
        events += [marked(number, one) for one in draw(st.lists(st.sampled_from(MARKS), max_size=2))]
    for id_ in draw(st.lists(st.sampled_from(["recording", "price"]), unique=True)):
        events += [disclosure(id_, one) for one in draw(st.sampled_from(STATES))]
    return events


@st.composite
def refusals(draw: st.DrawFn, number: int) -> list[Event]:
    """One, perhaps with a card, and how it ended."""
    cue_id, prompt_id = f"c{number}", f"p{number}"
    events: list[Event] = [make.cue(cue_id)]
    if topic := draw(st.sampled_from(["", "Returns", "Fees"])):
        alternatives = draw(st.sampled_from([(), ("credit",), ("credit", "exchange")]))
        events.append(card(prompt_id, cue_id, topic, alternatives))
        outcome = draw(st.sampled_from(CLOSED))
        taken = draw(st.sampled_from(alternatives)) if alternatives and outcome == "used" else None
        if outcome:
            events.append(PromptClosed(at_ms=9, prompt_id=prompt_id, outcome=outcome, alternative=taken))
    end = draw(st.sampled_from(ENDS))
    if end == "retracted":
        events.append(make.cue_retracted(cue_id))
    elif end != "open":
        events.append(make.refusal_closed(cue_id, end))
    return events


@st.composite
def words_of_customers(draw: st.DrawFn, number: int) -> list[Event]:
    """Abuse, or that they want to leave; perhaps a false alarm."""
    kind, at_ms = draw(st.sampled_from([*ABUSE, "churn"])), draw(st.integers(0, 3 * 3_600_000))
    cue = replace(make.cue(f"a{number}", kind=kind), speaker="customer", at_ms=at_ms)
    false = replace(make.false_alarm(f"a{number}", by="Sue"), kind=kind)
    return [cue, false] if draw(st.booleans()) else [cue]


Counted = defaultdict[str, defaultdict[str, Counter[str]]]  # by report, by row


def counted(calls: Iterable[Sequence[Record]], zone: ZoneInfo) -> Counted:
    """What each report says of these calls."""
    found: Counted = defaultdict(lambda: defaultdict(Counter))
    calls = list(calls)
    for records in calls:
        events = [record.event for record in records]
        began = events[0]
        assert isinstance(began, CallStarted)
        untrue = {event.cue_id for event in events if isinstance(event, CueRetracted)}
        false = {event.cue_id for event in events if isinstance(event, FalseAlarmMarked)}
        _count_refusals(found, events, untrue)
        _count_abuse(found, events, began, untrue | false, zone)
        _count_promises(found["promises"][began.agent.id], events)
        _count_disclosures(found["disclosures"], events)
        abuse = found["abuse_agents"][began.agent.id]
        abuse["calls"] += 1
        abuse["duration_ms"] += max(event.at_ms for event in events)
        for reason in _reasons(events, untrue):
            found["reasons"][reason]["calls"] += 1
    for row in found["reasons"].values():
        row["all_calls"] = len(calls)
    for agent in [agent for agent, row in found["promises"].items() if not row["promises"]]:
        del found["promises"][agent]
    return found


def _count_refusals(found: Counted, events: Sequence[Event], untrue: set[str]) -> None:
    topics = {event.why.cue_id: event.headline for event in events if isinstance(event, Prompt)}
    ends = {event.cue_id: event.outcome for event in events if isinstance(event, RefusalClosed)}
    closed = {event.prompt_id: event for event in events if isinstance(event, PromptClosed)}
    for event in events:
        if isinstance(event, Cue) and event.kind == "refusal" and event.cue_id not in untrue:
            row, end = found["refusals"][topics.get(event.cue_id, "")], ends.get(event.cue_id)
            row.update({"refusals": 1, "closed": end is not None})
            row.update({"recovered": end == "recovered", "dead_ends": end == "dead_end"})
        if isinstance(event, Prompt):
            _count_card(found, event, closed.get(event.prompt_id), ends.get(event.why.cue_id))


def _count_card(found: Counted, prompt: Prompt, closed: PromptClosed | None, end: str | None) -> None:
    if closed and closed.outcome in SHOWN_NO_MORE:
        return
    used = closed.alternative if closed and closed.outcome == "used" else None
    has_some = bool(prompt.alternatives)
    found["refusals"][prompt.headline].update({"offered": has_some, "taken": used is not None})
    for one in prompt.alternatives:
        taken = used == one.id
        told = {"offered": 1, "taken": taken, "recovered": taken and end == "recovered"}
        found["offers"][f"retail/{one.id}"].update(told)


def _count_abuse(
    found: Counted, events: Sequence[Event], began: CallStarted, none: set[str], zone: ZoneInfo
) -> None:
    for event in events:
        if isinstance(event, Cue) and event.kind in ABUSE and event.cue_id not in none:
            at = datetime.fromisoformat(began.started_at) + timedelta(milliseconds=event.at_ms)
            found["abuse_hours"][f"{at.astimezone(UTC).astimezone(zone).hour:02}"]["abuse"] += 1
            found["abuse_agents"][began.agent.id]["abuse"] += 1


def _count_promises(row: Counter[str], events: Sequence[Event]) -> None:
    marks = {(one.utterance, one.start_ms): one.outcome for one in events if isinstance(one, PromiseMarked)}
    for event in events:
        if isinstance(event, PromiseHeard):
            said = marks.get((event.utterance, event.start_ms), "")
            row.update({"promises": 1, "marked": said != "", "kept": said == "kept", "open": said == ""})


def _count_disclosures(rows: Mapping[str, Counter[str]], events: Sequence[Event]) -> None:
    states: dict[str, list[str]] = defaultdict(list)
    for event in events:
        if isinstance(event, DisclosureChanged):
            states[event.disclosure].append(event.state)
    for id_, told in states.items():
        if told[-1] != "withdrawn":
            was_late = "missed" in told
            said = told[-1] == "said"
            rows[id_].update({"due": 1, "said": said and not was_late, "late": said and was_late})
            rows[id_]["missed"] += told[-1] == "missed"


def _reasons(events: Sequence[Event], untrue: set[str]) -> set[str]:
    ended = {event.prompt_id: event.outcome for event in events if isinstance(event, PromptClosed)}
    refused = {event.cue_id for event in events if isinstance(event, Cue) and event.kind == "refusal"} - untrue
    topics = {
        event.headline
        for event in events
        if isinstance(event, Prompt)
        and (event.why.cue_id in refused or ended.get(event.prompt_id) not in SHOWN_NO_MORE)
    }
    churn = any(
        isinstance(event, Cue) and event.kind == "churn" and event.cue_id not in untrue for event in events
    )
    return {f"topic/{topic}" for topic in topics} | ({"kind/churn"} if churn else set())
