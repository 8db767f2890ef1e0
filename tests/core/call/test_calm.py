"""An agent who is fine: abuse as it was so far brings no card and no alert, until the customer goes further."""

import pytest

from tests.builders import drive, final, live_call, only
from voiceassist.actions import SayFine, TakeBreak
from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.errors import ActionError
from voiceassist.events import AgentFine, Alert, CallEnded, CallFailed, Event, Prompt, RecoveryOffered


def insulted(*texts: str, fine_after: int) -> tuple[Call, list[Event]]:
    """A call with a line of the customer every minute; the agent is fine after so many of them."""
    call, events = live_call(), []
    for number, text in enumerate(texts):
        if number == fine_after:
            events += call.handle(SayFine(at_ms=number * 60_000 - 1_000))
        events += drive(call, [final("customer", text, at=number * 60_000, utterance=number + 1)])
    return call, events


def cards(events: list[Event]) -> list[str]:
    return [card.kind for card in only(events, Prompt)]


def alerts(events: list[Event]) -> list[tuple[str, str]]:
    return [(alert.kind, alert.level) for alert in only(events, Alert) if alert.kind in ABUSE_KINDS]


def test_more_of_the_same_brings_neither_card_nor_alert() -> None:
    _, events = insulted("you are an idiot", "you are a liar", "you are a moron", fine_after=1)
    assert (cards(events), alerts(events)) == (["insult"], [("insult", "warning")])
    assert only(events, AgentFine) == [AgentFine(at_ms=59_000)]


def test_who_is_fine_before_anything_was_said_is_told_of_the_first_insult() -> None:
    _, events = insulted("hello there", "you are an idiot", fine_after=1)
    assert cards(events) == ["insult"]
    assert [(event.fine, event.rose) for event in only(events, AgentFine)] == [(True, False), (False, True)]


def test_a_customer_who_goes_further_ends_the_calm() -> None:
    texts = ("you are an idiot", "I will hurt you", "you are a liar")
    _, events = insulted(*texts, fine_after=1)
    assert cards(events) == ["insult", "threat", "insult"]
    assert only(events, AgentFine)[-1].rose


def test_what_is_critical_reaches_the_supervisor_all_the_same() -> None:
    texts = ("I will hurt you", "you filthy immigrant")
    _, events = insulted(*texts, fine_after=1)
    assert cards(events) == ["threat"]
    assert alerts(events) == [("threat", "critical"), ("slur", "critical")]


def test_taking_it_back_lets_the_ladder_go_on_where_it_was() -> None:
    call, before = insulted("you are an idiot", fine_after=9)
    call.handle(SayFine(at_ms=5_000))
    assert only(call.handle(SayFine(at_ms=6_000, fine=False)), AgentFine) == [AgentFine(at_ms=6_000, fine=False)]
    after = drive(call, [final("customer", "you are a liar", at=30_000, utterance=2)])
    assert len(cards([*before, *after])) == 2
    assert alerts(after)[0][1] == "critical"  # one rung up


def test_taking_back_what_was_not_said_changes_nothing() -> None:
    assert live_call().handle(SayFine(at_ms=5_000, fine=False)) == []


def test_other_cards_come_as_before() -> None:
    call, _ = insulted("you are an idiot", fine_after=9)
    call.handle(SayFine(at_ms=5_000))
    refused = drive(call, [final("agent", "I can't do that, it's against our policy", at=30_000)])
    assert cards(refused) == ["refusal"]


# ---- after the call ----


@pytest.mark.parametrize(
    ("text", "rung"),
    [("you are an idiot", "boundary"), ("I will hurt you", "warning"), ("what are you wearing", "warning")],
)
def test_the_agent_of_an_abusive_call_is_offered_a_moment(text: str, rung: str) -> None:
    call, _ = insulted(text, fine_after=9)
    *_, offered, ended = call.handle(CallEnded(at_ms=40_000, reason="hangup"))
    assert (offered, type(ended)) == (RecoveryOffered(at_ms=40_000, rung=rung), CallEnded)


@pytest.mark.parametrize("text", ["this damn website", "I am fed up", "I want to speak to a manager", "hello"])
def test_a_call_that_was_only_unpleasant_offers_nothing(text: str) -> None:
    call, _ = insulted(text, fine_after=9)
    assert only(call.handle(CallEnded(at_ms=40_000, reason="hangup")), RecoveryOffered) == []


def test_a_call_that_we_failed_offers_it_too() -> None:
    call, _ = insulted("I will hurt you", fine_after=9)
    assert len(only(call.handle(CallFailed(at_ms=40_000, error="the engine is gone")), RecoveryOffered)) == 1


def test_an_agent_who_was_fine_is_offered_it_too() -> None:
    call, _ = insulted("you are an idiot", "you are a liar", fine_after=1)
    assert len(only(call.handle(CallEnded(at_ms=90_000, reason="hangup")), RecoveryOffered)) == 1


def test_nobody_takes_a_break_in_a_live_call() -> None:
    with pytest.raises(ActionError, match="after the call"):
        live_call().handle(TakeBreak(at_ms=1_000, by="Ana"))
