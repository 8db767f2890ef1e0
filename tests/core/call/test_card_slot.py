"""One card at a time, and seldom: priority, cooldown, cap, mute, expiry."""

import pytest

from tests.builders import drive, final, hangup, live_call, only, play, tick
from voiceassist.actions import DismissPrompt, SetMute, UsePrompt
from voiceassist.errors import ActionError
from voiceassist.events import Event, MuteChanged, Prompt, PromptClosed

GIVEAWAY, REFUSAL, INSULT = "I'll give you a free month", "We don't do that", "you are an idiot"


def outcomes(events: list[Event]) -> list[tuple[str, str]]:
    return [(closed.prompt_id, closed.outcome) for closed in only(events, PromptClosed)]


def test_a_higher_priority_supersedes_the_open_card() -> None:
    events = play(final("agent", GIVEAWAY), final("agent", REFUSAL, at=4000, utterance=2))
    assert [card.kind for card in only(events, Prompt)] == ["giveaway", "refusal"]
    assert outcomes(events) == [("p1", "superseded")]


def test_a_lower_priority_is_not_shown_while_a_card_is_open() -> None:
    events = play(final("agent", REFUSAL), final("agent", GIVEAWAY, at=4000, utterance=2))
    assert [card.kind for card in only(events, Prompt)] == ["refusal"]


def test_the_same_card_waits_for_its_cooldown() -> None:
    call = live_call()
    call.handle(final("agent", REFUSAL))
    call.handle(DismissPrompt(at_ms=2000, prompt_id="p1"))
    assert only(call.handle(final("agent", REFUSAL, at=15_000, utterance=2)), Prompt) == []
    assert len(only(call.handle(final("agent", REFUSAL, at=60_000, utterance=3)), Prompt)) == 1


def test_the_same_card_comes_no_more_often_than_its_cap() -> None:
    refusals = [final("agent", REFUSAL, at=i * 60_000, utterance=i + 1) for i in range(8)]
    assert len(only(play(*refusals), Prompt)) == 4


def test_a_card_goes_away_by_itself() -> None:
    call = live_call()
    card = only(call.handle(final("agent", REFUSAL)), Prompt)[0]
    assert outcomes(call.handle(tick(card.expires_ms - 1))) == []
    assert outcomes(call.handle(tick(card.expires_ms))) == [("p1", "stale")]


def test_a_muted_agent_sees_no_cards_and_loses_the_open_one() -> None:
    call = live_call()
    call.handle(final("agent", REFUSAL))
    events = call.handle(SetMute(at_ms=3000, muted=True))
    assert [event.muted for event in only(events, MuteChanged)] == [True]
    assert outcomes(events) == [("p1", "muted")]
    assert only(call.handle(final("agent", REFUSAL, at=60_000, utterance=2)), Prompt) == []
    assert call.handle(SetMute(at_ms=70_000, muted=True)) == []


def test_an_agent_who_unmutes_sees_cards_again() -> None:
    call = live_call()
    drive(call, [SetMute(at_ms=100, muted=True), SetMute(at_ms=200, muted=False)])
    assert len(only(call.handle(final("agent", REFUSAL)), Prompt)) == 1


def test_a_used_card_leaves_with_the_alternative_that_was_used() -> None:
    call = live_call()
    call.handle(final("agent", REFUSAL))
    closed = only(call.handle(UsePrompt(at_ms=3000, prompt_id="p1", alternative="owner")), PromptClosed)[0]
    assert (closed.outcome, closed.alternative) == ("used", "owner")


def test_the_end_of_the_call_closes_the_card_before_the_last_event() -> None:
    events = play(final("agent", REFUSAL), hangup(3000))
    assert [type(event).__name__ for event in events[-3:]] == ["RefusalClosed", "Alert", "CallEnded"]
    assert outcomes(events) == [("p1", "call_ended")]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (UsePrompt(at_ms=5000, prompt_id="p9"), "unknown_card"),
        (UsePrompt(at_ms=5000, prompt_id="p2", alternative="yacht"), "unknown_alternative"),
        (DismissPrompt(at_ms=5000, prompt_id="p1"), "card_closed"),
    ],
)
def test_an_action_that_does_not_fit_says_why(action: UsePrompt | DismissPrompt, code: str) -> None:
    call = live_call()
    drive(call, [final("agent", GIVEAWAY), final("agent", REFUSAL, at=3000, utterance=2)])
    with pytest.raises(ActionError) as error:
        call.handle(action)
    assert error.value.code == code
    assert call.phase == "live"
