"""A card leaves when its advice was followed, comes back while it was not, and is renewed by a newer refusal."""

from pathlib import Path

import pytest

from tests.builders import Line, conversation, drive, final, hangup, live_call, only, partial, play, tick
from tests.core.playbooks import tiny
from voiceassist.actions import DismissPrompt, SetCardVolume, UsePrompt
from voiceassist.events import Event, Prompt, PromptClosed
from voiceassist.playbooks import load_playbook

SWORE, INSULTED, THREATENED = "Where is my damn package", "You are a useless idiot", "I will come and hurt you"
REFUSED, AGAIN = "We don't do that", "There is nothing I can do"


def left(events: list[Event]) -> list[tuple[str, str]]:
    return [(closed.prompt_id, closed.outcome) for closed in only(events, PromptClosed)]


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        (("customer", SWORE), "I can see how annoying that is"),
        (("customer", INSULTED), "I want to help you so please talk to me with respect"),
        (("customer", THREATENED), "If you go on like this I will end the call"),
        (("customer", "I want to speak to a manager"), "My manager will call you at five"),
        (("agent", "Someone will call you"), "and I will do that tomorrow before noon"),
        (("agent", "I guarantee it"), "well what I can promise is Thursday"),
    ],
)
def test_a_card_leaves_when_the_agent_has_done_what_it_says(heard: Line, answer: str) -> None:
    call = live_call()
    assert len(only(drive(call, conversation(heard)), Prompt)) == 1
    assert left(drive(call, [final("agent", answer, at=5000, utterance=2)])) == [("p1", "followed")]


def test_a_card_leaves_on_a_partial_already() -> None:
    call = live_call()
    drive(call, conversation(("customer", INSULTED)))
    assert left(call.handle(partial("agent", "please talk to me with respect", at=4000))) == [("p1", "followed")]


def test_whoever_reads_most_of_the_sentence_has_followed_the_card() -> None:
    call = live_call(with_playbook=tiny(("say: S", "say: Let me look for a repair at your house.")))
    drive(call, [final("agent", "no way")])
    assert left(call.handle(final("agent", "I will look at the weather", at=4000, utterance=2))) == []
    said = final("agent", "Okay I look for somebody who does a repair at the house", at=8000, utterance=3)
    assert left(call.handle(said)) == [("p1", "followed")]


def test_what_was_said_before_the_cue_follows_nothing() -> None:
    events = play(final("agent", "please speak politely"), final("customer", INSULTED, at=3000))
    assert left(events) == []


def test_the_customers_words_follow_nothing() -> None:
    events = play(final("customer", INSULTED), final("customer", "I talk with respect", at=6000, utterance=2))
    assert left(events) == []


def test_a_call_that_ends_as_the_card_says_has_followed_it() -> None:
    lines: tuple[Line, ...] = (("customer", THREATENED), ("agent", "Pardon"), ("customer", THREATENED))
    events = play(*conversation(*lines), hangup(20_000))
    assert only(events, Prompt)[-1].headline == "You may end the call now"
    assert left(events)[-1] == ("p2", "followed")


def test_a_late_alternative_takes_the_card_of_a_dead_end_away() -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), tick(23_000)])
    offered = final("agent", "What I can do is send a courier", at=24_000, utterance=2)
    assert left(call.handle(offered)) == [("p1", "recovered")]


def test_a_newer_refusal_renews_the_card_on_the_screen() -> None:
    call = live_call()
    lines: tuple[Line, ...] = (("agent", REFUSED), ("customer", "But it is my money"), ("agent", AGAIN))
    events = drive(call, conversation(*lines))
    assert left(events) == [("p1", "refreshed")]
    first, anew = only(events, Prompt)
    assert (anew.prompt_id, anew.why.words, anew.again) == ("p2", AGAIN, 0)
    assert anew.expires_ms > first.expires_ms


def test_a_refusal_said_twice_in_one_turn_renews_nothing() -> None:
    events = play(final("agent", REFUSED), final("agent", AGAIN, at=1400, utterance=2))
    assert [card.prompt_id for card in only(events, Prompt)] == ["p1"]


def test_a_newer_refusal_is_not_swallowed_by_the_cooldown() -> None:
    call = live_call()
    offered = "What I can do is send a courier"
    lines: tuple[Line, ...] = (("agent", REFUSED), ("customer", "Oh no"), ("agent", offered))
    drive(call, conversation(*lines))
    more: tuple[Line, ...] = (("customer", "And can you give me a discount"), ("agent", AGAIN))
    assert len(only(drive(call, conversation(*more, start=8000, first=3)), Prompt)) == 1


def test_a_dismissed_card_rests_for_its_cooldown_whatever_is_refused() -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), DismissPrompt(at_ms=2000, prompt_id="p1")])
    lines: tuple[Line, ...] = (("customer", "But it is my money"), ("agent", AGAIN))
    assert only(drive(call, conversation(*lines, start=4000, first=2)), Prompt) == []


def stale_refusal() -> tuple[list[Event], int]:
    call = live_call()
    events = drive(call, [final("agent", REFUSED), tick(32_000)])
    assert left(events) == [("p1", "stale")]
    return drive(call, [final("customer", "I have been here for nine years", at=37_000)]), 37_000


def test_a_card_comes_back_when_the_customer_has_spoken_and_nothing_was_offered() -> None:
    events, _ = stale_refusal()
    card = only(events, Prompt)[0]
    assert (card.prompt_id, card.again, card.kind) == ("p2", 1, "refusal")
    assert card.why.latency_ms < 1000  # of the first time: it is no late card


def test_a_card_that_came_back_does_not_come_again() -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), tick(32_000), final("customer", "I am a good customer", at=37_000)])
    drive(call, [tick(70_000)])
    assert only(drive(call, [final("customer", "I am a good customer", at=71_000, utterance=2)]), Prompt) == []


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("What I can do is send a courier", "agent"),  # the matter is closed
        ("Okay", "customer"),  # nothing to answer
        ("Well then goodbye and thanks", "customer"),
        ("Thank you for explaining that to me", "customer"),
    ],
)
def test_a_card_does_not_come_back_to_a_matter_that_is_closed(said: str, speaker: str) -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), tick(32_000)])
    events = drive(call, conversation((speaker, said), start=37_000, first=2))  # type: ignore[arg-type]
    if speaker == "agent":
        events += drive(call, [final("customer", "And what about my money", at=42_000)])
    assert only(events, Prompt) == []


def test_a_used_card_does_not_come_back() -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), UsePrompt(at_ms=3000, prompt_id="p1"), tick(40_000)])
    assert only(drive(call, [final("customer", "I am a good customer", at=41_000)]), Prompt) == []


def test_a_card_that_had_to_make_way_comes_back() -> None:
    call = live_call()
    lines: tuple[Line, ...] = (("agent", REFUSED), ("customer", INSULTED), ("agent", "Please stay polite with me"))
    events = drive(call, conversation(*lines))
    assert left(events) == [("p1", "superseded"), ("p2", "followed")]
    back = drive(call, [final("customer", "All right but I want my money", at=25_000, utterance=2)])
    assert [(card.kind, card.again) for card in only(back, Prompt)] == [("refusal", 1)]


def test_an_old_matter_is_left_alone() -> None:
    call = live_call()
    drive(call, [final("agent", REFUSED), tick(32_000)])
    assert only(drive(call, [final("customer", "I am a good customer", at=130_000)]), Prompt) == []


def test_nothing_comes_back_to_an_agent_who_wants_fewer_cards() -> None:
    call = live_call()
    drive(call, [SetCardVolume(at_ms=0, volume="fewer"), final("agent", REFUSED), tick(32_000)])
    assert only(drive(call, [final("customer", "I am a good customer", at=60_000)]), Prompt) == []


def test_the_card_for_what_was_not_said_leaves_when_it_is_said() -> None:
    call = live_call(with_playbook=load_playbook(Path("banking"), ""))
    assert only(call.handle(tick(61_000)), Prompt)[0].headline == "Notice of recording: do it now"
    assert left(call.handle(final("agent", "By the way this call is recorded", at=63_000))) == [("p1", "followed")]
