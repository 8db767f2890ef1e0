"""Incidents: what belongs together, what rises, what only repeats, what turns out to be none."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.builders import Line, conversation, drive, final, live_call, only, partial, play, playbook
from tests.core.playbooks import tiny
from voiceassist.actions import AskHelp, ChangeAlert
from voiceassist.core.call.alerts import kinds_of_one_incident
from voiceassist.core.call.incidents import AlertView, incidents_in
from voiceassist.events import Alert, AlertChanged, AlertRepeated, Event, Input

INSULT, THREAT, CHURN = "you are an idiot", "I will hurt you", "I will cancel my contract"


def lines(*texts: str, every_ms: int = 5_000) -> list[Input]:
    return [final("customer", text, at=n * every_ms, utterance=n + 1) for n, text in enumerate(texts)]


def incidents(events: Iterable[Event]) -> list[AlertView]:
    return list(incidents_in(events).values())


def change(state: str, *, by: str = "Sue", at: int = 9_000, **more: str) -> ChangeAlert:
    return ChangeAlert(at_ms=at, alert_id="a1", state=state, by=by, **more)  # type: ignore[arg-type]


def test_insult_then_threat_twice_is_one_incident_that_rises() -> None:
    events = play(*lines(INSULT, THREAT, INSULT, THREAT, every_ms=4_000))
    told = [(alert.level, alert.incident) for alert in only(events, Alert)]
    assert told == [("warning", "a1"), ("critical", "a1")]
    assert [repeat.incident for repeat in only(events, AlertRepeated)] == ["a1", "a1"]
    (incident,) = incidents(events)
    assert (incident.incident, incident.alert.level, incident.alert.kind, incident.count) == (
        "a1", "critical", "threat", 4,
    )  # fmt: skip


def test_another_kind_is_an_incident_of_its_own() -> None:
    found = incidents(play(*lines(INSULT, CHURN, INSULT, CHURN)))
    assert [(view.alert.kind, view.count) for view in found] == [("insult", 2), ("churn", 2)]


def test_swearing_belongs_to_abuse_only_where_it_climbs() -> None:
    retail = playbook()
    step = replace(retail.ladder.steps["profanity"], climbs=True)
    climbs = replace(retail, ladder=replace(retail.ladder, steps={**retail.ladder.steps, "profanity": step}))
    assert kinds_of_one_incident(climbs) - kinds_of_one_incident(retail) == {"profanity"}


def test_the_same_again_after_the_cooldown_is_told_and_stays_one_incident() -> None:
    (incident, *_) = incidents(play(*lines(THREAT, THREAT, THREAT, every_ms=8_000)))
    assert [alert.alert_id != "" for alert in incident.happened] == [True, False, True]


def test_while_somebody_has_taken_it_on_the_same_again_is_told_to_nobody() -> None:
    first, *rest = lines(THREAT, THREAT, THREAT, every_ms=20_000)
    events = drive(live_call(), [first, change("acknowledged"), *rest])
    (incident, *_) = incidents(events)
    assert [alert.alert_id != "" for alert in incident.happened] == [True, False, False]


def test_what_rises_after_it_was_acknowledged_keeps_its_owner_and_says_so() -> None:
    call = live_call()
    first, *rest = lines(INSULT, THREAT)
    (incident,) = incidents(drive(call, [first, change("acknowledged", at=4_000), *rest]))
    assert (incident.state, incident.owner, incident.risen) == ("acknowledged", "Sue", True)


def test_looking_at_it_again_takes_the_mark_of_a_rise_away() -> None:
    first, *rest = lines(INSULT, THREAT)
    seen = [first, change("acknowledged", at=4_000), *rest, change("acknowledged")]
    (incident,) = incidents(drive(live_call(), seen))
    assert (incident.owner, incident.risen) == ("Sue", False)


def test_after_it_was_resolved_the_next_one_begins_a_new_incident() -> None:
    call = live_call()
    drive(call, [*lines(INSULT), change("resolved")])
    (alert,) = only(call.handle(final("customer", THREAT, at=10_000, utterance=2)), Alert)
    assert (alert.alert_id, alert.incident) == ("a2", "a2")


def test_in_the_quiet_after_it_was_resolved_it_only_counts() -> None:
    call = live_call(with_playbook=tiny())  # nothing rises here, and an insult is quiet for an hour
    events = drive(call, [*lines("idiot"), change("resolved")])
    events += call.handle(final("customer", "idiot", at=10_000, utterance=2))
    (incident,) = incidents(events)
    assert (incident.state, incident.count) == ("resolved", 2)


def test_a_false_alarm_ends_the_quiet() -> None:
    call = live_call()
    drive(call, [*lines(INSULT), change("resolved", reason="false_alarm")])
    (alert,) = only(call.handle(final("customer", INSULT, at=10_000, utterance=2)), Alert)
    assert alert.incident == "a2"


def test_a_retracted_cue_counts_no_more_and_the_incident_falls_back() -> None:
    call = live_call()
    events = drive(call, lines(INSULT))
    events += drive(
        call,
        [
            partial("customer", "I will hurt you so much", at=5_000, utterance=2),
            final("customer", "I will help you so much", at=5_000, utterance=2),
        ],
    )
    (incident,) = incidents(events)
    assert (len(incident.happened), incident.count, incident.alert.kind, incident.state) == (
        2,
        1,
        "insult",
        "open",
    )
    assert only(events, AlertChanged) == []


def test_an_incident_whose_only_cue_is_retracted_is_retracted() -> None:
    heard: list[Input] = [
        partial("customer", "I will hurt you so much"),
        final("customer", "I will help you so much"),
    ]
    (incident,) = incidents(play(*heard))
    assert (incident.state, incident.count) == ("retracted", 0)


def test_asking_for_help_twice_is_one_incident_and_asking_after_it_was_resolved_another() -> None:
    call = live_call()
    asked: list[Input] = [
        AskHelp(at_ms=1_000),
        AskHelp(at_ms=2_000),
        change("resolved", at=3_000),
        AskHelp(at_ms=4_000),
    ]
    assert [view.incident for view in incidents(drive(call, asked))] == ["a1", "a2"]


@pytest.mark.parametrize("pause", [400, 4_000])
def test_every_cue_of_a_quarrel_is_told_or_counted_once(pause: int) -> None:
    quarrel: list[Line] = [("customer", INSULT), ("agent", "please calm down"), ("customer", THREAT)]
    events = play(*conversation(*quarrel * 2, pause=pause))
    happened = [alert.why.cue_id for view in incidents(events) for alert in view.happened]
    assert len(happened) == len(set(happened)) == len(only(events, Alert)) + len(only(events, AlertRepeated))
