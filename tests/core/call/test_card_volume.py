"""How many cards come is the agent's choice, within the playbook's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import conversation, drive, final, live_call, only, play
from voiceassist.actions import CardVolume, DismissPrompt, SetCardVolume
from voiceassist.core.call.card_volume import PACES
from voiceassist.events import CardVolumeChanged, Event, Prompt

GIVEAWAY, REFUSAL, INSULT = "I'll give you a free month", "We don't do that", "you are an idiot"


def at(volume: CardVolume) -> SetCardVolume:
    return SetCardVolume(at_ms=0, volume=volume)


def cards(events: list[Event]) -> list[str]:
    return [card.kind for card in only(events, Prompt)]


def test_a_choice_is_told_once() -> None:
    call = live_call()
    assert [event.volume for event in only(call.handle(at("fewer")), CardVolumeChanged)] == ["fewer"]
    assert call.handle(at("fewer")) == []


def test_fewer_leaves_out_what_matters_least() -> None:
    assert cards(play(at("fewer"), final("agent", GIVEAWAY))) == []
    assert cards(play(at("fewer"), final("agent", REFUSAL))) == ["refusal"]
    assert cards(play(at("more"), final("agent", GIVEAWAY))) == ["giveaway"]


def test_fewer_never_keeps_the_ladder_away() -> None:
    lines = [
        ("customer", INSULT),
        ("agent", "Pardon"),
        ("customer", INSULT),
        ("agent", "Pardon"),
        ("customer", INSULT),
    ]
    few = drive(live_call(), [at("fewer"), *conversation(*lines)])  # type: ignore[arg-type]
    assert cards(few) == cards(drive(live_call(), conversation(*lines)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("volume", "comes"), [("fewer", False), ("normal", False), ("more", True)])
def test_more_shortens_the_rest_of_a_card(volume: CardVolume, comes: bool) -> None:  # noqa: FBT001 - a table
    call = live_call()
    drive(call, [at(volume), final("agent", REFUSAL), DismissPrompt(at_ms=2000, prompt_id="p1")])
    again = call.handle(final("agent", REFUSAL, at=14_000, utterance=2))
    assert bool(only(again, Prompt)) is comes


def test_the_card_on_the_screen_stays_when_the_volume_changes() -> None:
    call = live_call()
    drive(call, [final("agent", GIVEAWAY)])
    assert [type(event) for event in call.handle(at("fewer"))] == [CardVolumeChanged]


@given(st.integers(0, 200), st.sampled_from(sorted(PACES)))
def test_no_volume_exceeds_the_playbooks_numbers(number: int, volume: CardVolume) -> None:
    assert PACES[volume].number(number) <= number
    assert (PACES[volume].number(number) > 0) is (number > 0)
