"""Generated quarrels with two supervisors at them: what they may do, who owns an incident, and what it counts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import drive, final, hangup, live_call, only, partial, records, started
from voiceassist.actions import AlertReason, ChangeAlert, GivenAlertState
from voiceassist.core.call.call import Call
from voiceassist.core.call.incident_changes import change_incident
from voiceassist.core.call.incidents import Incidents, incidents_in
from voiceassist.core.call.told_cues import told_in
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.wall import is_for_wall, row_of
from voiceassist.errors import ActionError
from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertRepeated,
    CueRetracted,
    Event,
    FalseAlarmMarked,
    Input,
)
from voiceassist.store.counts import count

SAID = (
    "you are an idiot",
    "I will hurt you",
    "what are you wearing",
    "I will cancel my contract",
    "I want to speak to a manager",
    "no problem",
)
MISHEARD = {"I will hurt you so much": "I will help you so much"}
STATES: tuple[GivenAlertState, ...] = ("open", "acknowledged", "resolved")
REASONS: tuple[AlertReason, ...] = ("", "helped", "false_alarm", "no_action")
PEOPLE = ("Sue", "Tom")
QUARREL = (final("customer", "you are an idiot"), final("customer", "I will hurt you", at=4_000, utterance=2))


@st.composite
def changes(draw: st.DrawFn) -> ChangeAlert:
    state = draw(st.sampled_from(STATES))
    return ChangeAlert(
        at_ms=0,
        alert_id=f"a{draw(st.integers(1, 4))}",
        state=state,
        by=draw(st.sampled_from(PEOPLE)),
        reason=draw(st.sampled_from(REASONS)) if state == "resolved" else "",
        owner=draw(st.sampled_from(["", *PEOPLE])) if state == "acknowledged" else "",
        seen=draw(st.sampled_from([None, 0, 1, 2, 3])),
    )


@st.composite
def quarrels(draw: st.DrawFn) -> list[Input]:
    """A customer's lines, some misheard at first, with what two supervisors do between them and afterwards."""
    steps: list[Input] = []
    at_ms = 0
    for utterance in range(1, draw(st.integers(1, 8)) + 1):
        text = draw(st.sampled_from([*SAID, *MISHEARD]))
        if text in MISHEARD:
            steps.append(partial("customer", text, at=at_ms, utterance=utterance))
        steps.append(final("customer", MISHEARD.get(text, text), at=at_ms, utterance=utterance))
        at_ms += draw(st.sampled_from([3_000, 12_000, 70_000]))
        steps += draw(st.lists(changes(), max_size=3))
    ended = [hangup(at_ms)] if draw(st.booleans()) else []
    return [*steps, *ended, *draw(st.lists(changes(), max_size=3))]


def played(inputs: list[Input]) -> tuple[Call, list[Event]]:
    call = live_call()
    events: list[Event] = []
    for item in inputs:
        try:
            events += call.handle(item)
        except ActionError:
            continue
    return call, events


QUARRELS = settings(max_examples=60)


@QUARRELS
@given(quarrels())
def test_an_incident_counts_its_alerts_and_repeats_without_what_was_retracted(inputs: list[Input]) -> None:
    _, events = played(inputs)
    told: list[Alert | AlertRepeated] = [*only(events, Alert), *only(events, AlertRepeated)]
    untrue = {event.cue_id for event in only(events, CueRetracted)}
    for view in incidents_in(events).values():
        of_it = [one for one in told if one.incident == view.incident]
        assert view.count == sum(one.why.cue_id not in untrue for one in of_it)
        assert (view.state == "retracted") == (view.count == 0)
    assert sum(len(view.happened) for view in incidents_in(events).values()) == len(told)


@QUARRELS
@given(quarrels())
def test_whatever_two_supervisors_do_an_incident_has_one_owner_or_none(inputs: list[Input]) -> None:
    _, events = played(inputs)
    for at in range(len(events) + 1):
        for view in incidents_in(events[:at]).values():
            assert (view.owner in PEOPLE) if view.state == "acknowledged" else (view.owner in ("", *PEOPLE))
            assert view.state != "open" or view.owner == ""


@QUARRELS
@given(quarrels())
def test_one_matter_is_one_unresolved_incident_at_a_time_unless_somebody_opens_an_older_one(
    inputs: list[Input],
) -> None:
    _, events = played(inputs)
    for at in range(len(events) + 1):
        views = incidents_in(events[:at]).values()
        opened = {change.alert_id for change in only(events[:at], AlertChanged) if change.state != "resolved"}
        abuse = [v for v in views if v.alert.kind in ("insult", "threat", "sexual") and v.state == "open"]
        assert len([view for view in abuse if view.incident not in opened]) <= 1


@QUARRELS
@given(quarrels())
def test_screens_wall_and_store_agree_on_every_incident(inputs: list[Input]) -> None:
    _, events = played(inputs)
    every = list(records([started(), *events]))
    views = incidents_in(events)
    assert replay(every).alerts == tuple(views.values())
    assert row_of([one for one in every if is_for_wall(one.event)]).alerts == tuple(views.values())
    true = [view for view in views.values() if view.state != "retracted"]
    assert count(events).alerts == len(true)
    assert count(events).unresolved == sum(view.state in ("open", "acknowledged") for view in true)


@QUARRELS
@given(quarrels(), changes())
def test_a_stored_call_takes_a_change_as_the_live_one_does(inputs: list[Input], change: ChangeAlert) -> None:
    call, events = played(inputs)
    stored = incidents_in(events)
    given_live, given_stored = _answers(call, stored, events, change)
    assert given_live == given_stored


def _answers(call: Call, stored: Incidents, events: list[Event], change: ChangeAlert) -> Iterator[object]:
    for handle in (call.handle, lambda action: change_incident(stored, told_in(events), action)):
        try:
            yield [replace(event, at_ms=0) for event in handle(change)]
        except ActionError as error:
            yield error.code, error.done


def test_of_two_who_saw_the_same_only_the_first_is_heard() -> None:
    call = live_call()
    drive(call, [final("customer", "you are an idiot")])
    call.handle(ChangeAlert(at_ms=0, alert_id="a1", state="acknowledged", by="Sue", seen=0))
    with pytest.raises(ActionError) as error:
        call.handle(ChangeAlert(at_ms=0, alert_id="a1", state="resolved", by="Tom", seen=0, reason="helped"))
    assert (error.value.code, error.value.done["by"], error.value.done["state"]) == (
        "alert_changed", "Sue", "acknowledged",
    )  # fmt: skip


def test_another_alert_of_the_incident_names_it_as_well() -> None:
    call = live_call()
    drive(
        call, [final("customer", "you are an idiot"), final("customer", "I will hurt you", at=4_000, utterance=2)]
    )
    (changed,) = call.handle(ChangeAlert(at_ms=9_000, alert_id="a2", state="acknowledged", by="Sue"))
    assert isinstance(changed, AlertChanged)
    assert changed.alert_id == "a1"


def test_a_false_alarm_marks_each_true_cue_and_another_reason_takes_that_back() -> None:
    call = live_call()
    drive(
        call, [final("customer", "you are an idiot"), final("customer", "I will hurt you", at=4_000, utterance=2)]
    )
    marked = call.handle(ChangeAlert(at_ms=9_000, alert_id="a1", state="resolved", by="Sue", reason="false_alarm"))
    assert [(mark.kind, mark.marked) for mark in only(marked, FalseAlarmMarked)] == [
        ("insult", True), ("threat", True),
    ]  # fmt: skip
    again = call.handle(ChangeAlert(at_ms=9_500, alert_id="a1", state="resolved", by="Sue", reason="helped"))
    assert {mark.marked for mark in only(again, FalseAlarmMarked)} == {False}


@pytest.mark.parametrize("wrong", [{"state": "open", "reason": "helped"}, {"state": "resolved", "owner": "Tom"}])
def test_a_reason_and_an_owner_that_fit_nothing_are_named(wrong: dict[str, str]) -> None:
    call = live_call()
    drive(call, [final("customer", "you are an idiot")])
    with pytest.raises(ActionError, match="belongs to the state"):
        call.handle(ChangeAlert(at_ms=0, alert_id="a1", by="Sue", **wrong))  # type: ignore[arg-type]


def test_a_call_is_pressing_while_nobody_has_taken_its_alert_on() -> None:
    call = live_call()
    assert not call.is_pressing
    drive(call, [final("customer", "you are an idiot")])
    assert call.is_pressing
    call.handle(ChangeAlert(at_ms=0, alert_id="a1", state="acknowledged", by="Sue"))
    assert not call.is_pressing
