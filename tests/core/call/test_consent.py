"""What makes a customer's consent known, and what then stays as it is."""

from dataclasses import replace

import pytest

from tests.builders import final, hangup, playbook, started
from voiceassist.actions import Consent, SetConsent
from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import Absence
from voiceassist.events import CallEnded, ConsentChanged, ConsentNeed, DisclosureChanged, Event, has_consent


def call_with_notice(consent: Consent = "unknown") -> Call:
    notice = Absence(
        id="recording_notice", title="Notice", speaker="agent", phrases=("this call is recorded",), within_s=30
    )
    call = Call(replace(playbook(), absences=(notice,)))
    call.handle(replace(started(), consent=consent))
    return call


def known(events: list[Event]) -> list[tuple[Consent, str]]:
    return [(event.consent, event.by) for event in events if isinstance(event, ConsentChanged)]


def said(consent: Consent) -> SetConsent:
    return SetConsent(at_ms=1, by="Anna Reed", consent=consent)


def test_the_notice_of_recording_announces_it_once() -> None:
    call = call_with_notice()
    events = call.handle(final("agent", "this call is recorded", at=1000))
    assert known(events) == [("announced", "voiceassist")]
    assert isinstance(events[-1], ConsentChanged | DisclosureChanged)
    assert known(call.handle(final("agent", "this call is recorded", at=5000, utterance=2))) == []


@pytest.mark.parametrize("before", ["given", "refused", "announced"])
def test_a_notice_changes_nothing_that_somebody_said(before: Consent) -> None:
    assert known(call_with_notice(before).handle(final("agent", "this call is recorded", at=1000))) == []


def test_the_agent_says_what_the_customer_said_and_may_correct_it() -> None:
    call = call_with_notice()
    assert known(call.handle(said("given"))) == [("given", "Anna Reed")]
    assert call.handle(said("given")) == []
    assert known(call.handle(said("refused"))) == [("refused", "Anna Reed")]


def test_the_end_of_a_call_stays_its_last_event() -> None:
    assert isinstance(call_with_notice().handle(hangup(9000))[-1], CallEnded)


@pytest.mark.parametrize(
    ("need", "enough"),
    [
        ("no", {"unknown", "announced", "given", "refused"}),
        ("announced", {"announced", "given"}),
        ("given", {"given"}),
    ],
)
def test_what_is_enough_to_record(need: ConsentNeed, enough: set[Consent]) -> None:
    every: tuple[Consent, ...] = ("unknown", "announced", "given", "refused")
    assert {consent for consent in every if has_consent(consent, need)} == enough
